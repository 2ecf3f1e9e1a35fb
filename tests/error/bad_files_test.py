#!/usr/bin/python3
"""The program and files that it cannot decode: one line that names the file, exit status 1, and nothing left behind.

CMake sets IMGBUF to the program and IMGBUF_SOURCE_DIR to the project's root.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

IMGBUF = os.environ["IMGBUF"]
SAMPLES = Path(os.environ["IMGBUF_SOURCE_DIR"]) / "sample_images"

# What the line says beside the file's name.
REASONS = {
    "corrupt_crc.png": "CRC",
    "corrupt_huffman.jpg": "Huffman code",
    "corrupt_idat.png": "row [0-9]+: .+",
    "empty.png": "empty",
    "huge_header.png": "2147483647 x 2147483647.*max_width",
    "not_an_image.png": "PNG, JPEG",
    "truncated.jpg": "row [0-9]+: .*end",
    "truncated.png": "ends too early",
}
# The damage is behind the header: what the file is can still be told.
READABLE_HEADERS = ["corrupt_crc.png", "corrupt_huffman.jpg", "corrupt_idat.png", "truncated.jpg", "truncated.png"]
OPTIONS = {
    "streaming": [],
    "one thread": ["--threads", "1"],
    "whole image": ["--arrangement", "contiguous", "--interlace"],
    "planes": ["--arrangement", "planes"],
    "converted": ["--gray", "--depth", "16"],
}


def run(*arguments, stdin=subprocess.DEVNULL):
    return subprocess.run([IMGBUF, *map(str, arguments)], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def identity(path):
    status = path.stat()
    return status.st_ino, status.st_mode, status.st_mtime_ns


class BadFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="imgbuf-error-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def assert_one_line(self, done, name, reason):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout, b"")
        text = done.stderr.decode("utf-8")
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.startswith(f"imgbuf: {name}: ") and text.endswith("\n"), text)
        self.assertEqual(text.count(str(name)), 1, text)
        self.assertRegex(text[len(f"imgbuf: {name}: ") :], reason)

    def test_nothing_is_written(self):
        for name, reason in REASONS.items():
            for what, options in OPTIONS.items():
                for extension in ["png", "jpg"]:
                    if extension == "jpg" and {"16", "--interlace"} & set(options):
                        continue  # JPEG has 8 bits, and would warn of an option that it has not
                    with self.subTest(name, what=what, to=extension):
                        done = run("convert", SAMPLES / name, self.folder / f"out.{extension}", *options)
                        self.assert_one_line(done, SAMPLES / name, reason)
                        self.assertEqual(list(self.folder.iterdir()), [])

    def test_an_old_file_stays(self):
        old = self.folder / "out.png"
        for name, reason in REASONS.items():
            with self.subTest(name):
                old.write_bytes(b"old")
                old.chmod(0o640)
                before = identity(old)
                self.assert_one_line(run("convert", SAMPLES / name, old), SAMPLES / name, reason)
                self.assertEqual(list(self.folder.iterdir()), [old])
                self.assertEqual(old.read_bytes(), b"old")
                self.assertEqual(identity(old), before)

    def test_in_place(self):
        for name, reason in REASONS.items():
            with self.subTest(name):
                file = self.folder / name
                file.write_bytes((SAMPLES / name).read_bytes())
                self.assert_one_line(run("convert", file, file), file, reason)
                self.assertEqual(file.read_bytes(), (SAMPLES / name).read_bytes())
                self.assertEqual(list(self.folder.iterdir()), [file])
                file.unlink()

    def test_standard_input(self):
        for name, reason in REASONS.items():
            with self.subTest(name), open(SAMPLES / name, "rb") as file:
                done = run("convert", "-", self.folder / "out.png", stdin=file)
                self.assert_one_line(done, "standard input", reason)
                self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_file_that_is_not_there(self):
        missing = self.folder / "missing.png"
        done = run("convert", missing, self.folder / "out.png")
        self.assert_one_line(done, missing, "No such file")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_folder_is_no_picture(self):
        done = run("convert", self.folder, self.folder / "out.png")
        self.assert_one_line(done, self.folder, "(?i)directory")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_info(self):
        for name, reason in REASONS.items():
            with self.subTest(name):
                done = run("info", SAMPLES / name)
                if name in READABLE_HEADERS:
                    self.assertEqual((done.returncode, done.stderr), (0, b""))
                    self.assertIn(b"96", done.stdout)
                else:
                    self.assert_one_line(done, SAMPLES / name, reason)

    def test_info_goes_on_with_the_next_file(self):
        done = run("info", SAMPLES / "empty.png", SAMPLES / "pixel_1x1.png")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertIn(b"pixel_1x1.png", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
