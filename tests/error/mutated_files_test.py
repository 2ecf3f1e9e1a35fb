#!/usr/bin/python3
"""A thousand files with hostile fields, through the real program: each is a picture or one error line, at small cost.

`mutated_files_test.py FOLDER` writes the files, to look at them; the number of one is in its name and in messages.

CMake sets IMGBUF to the program, and IMGBUF_SANITIZERS when it is built with any: they take memory of their own.
"""

import os
import resource
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from mutations import SAMPLES, Mutation, jpeg, png

IMGBUF = os.environ.get("IMGBUF", "imgbuf")
HAS_SANITIZERS = bool(os.environ.get("IMGBUF_SANITIZERS"))
COUNT = 1000
TARGETS = ["png", "npy", "tif", "bmp", "jpg", "pam", "pfm", "ppm"]
# Streaming, the whole image, one thread, and other memory.
OPTIONS = [[], ["--rotate", "90"], ["--arrangement", "planes"], ["--threads", "1", "--flip", "v"], ["--interlace"]]

# No file is larger than 150 kB, and what its bytes hold is little more; what its header claims does not count.
ADDRESS_BYTES = 1 << 30
RESIDENT_BYTES = 64 << 20
SECONDS = 20


def most_resident_bytes():
    """The most that any run of the program took so far."""
    return 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


class MutatedFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if HAS_SANITIZERS:
            return
        before = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_BYTES, before[1]))  # the programs that are run inherit it
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_AS, before)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="imgbuf-mutated-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_program(self, *arguments):
        """Runs the program, checks what it says, and tells whether it is done."""
        command = [IMGBUF, *map(str, arguments)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
        text = done.stderr.decode("utf-8")  # strictly: a message holds nothing of a file that is no text
        self.assertIn(done.returncode, (0, 1), text)
        lines = text.splitlines()
        self.assertTrue(all(line.startswith("imgbuf: ") and line.isprintable() for line in lines), text)
        self.assertLess(max(map(len, lines), default=0), 500)
        errors = [line for line in lines if not line.startswith("imgbuf: warning: ")]
        self.assertEqual(len(errors), done.returncode, text)
        if not HAS_SANITIZERS:
            self.assertLess(most_resident_bytes(), RESIDENT_BYTES)
        return done.returncode == 0

    def test_a_thousand(self):
        written = []
        for number in range(COUNT):
            mutation = Mutation(number)
            file = self.folder / mutation.name
            file.write_bytes(mutation.data)
            out = self.folder / f"{number:04d}-out.{TARGETS[number % len(TARGETS)]}"
            with self.subTest(mutation.what):
                self.run_program("info", file, *(["--json"] if number % 2 else []))
                if self.run_program("convert", file, out, *OPTIONS[number // 20 % len(OPTIONS)]):
                    written.append(out)
                    self.assertTrue(out.is_file())
                self.assertEqual(file.read_bytes(), mutation.data)
            file.unlink()
            self.assertEqual(sorted(self.folder.iterdir()), written, mutation.what)
        # Both ends are reached: mutations that break nothing test as little as those that break all.
        self.assertGreater(len(written), COUNT // 10)
        self.assertLess(len(written), COUNT // 2)
        self.assertTrue(self.run_program("info", *written))


    def test_sizes_that_nobody_has(self):
        """Where a codec of another library holds a whole picture, a header alone must not make it do so."""
        interlaced, progressive = SAMPLES / "interlaced_rgb8.png", SAMPLES / "progressive.jpg"
        sizes = [(20000, 20000), (1000000, 16000), (1000000, 1), (1, 1000000), (1000001, 1), (65500, 65500)]
        for width, height in sizes:
            for name, data in (("big.png", png.resized(interlaced.read_bytes(), width, height)),
                               ("big.jpg", jpeg.resized(progressive.read_bytes(), width, height))):
                with self.subTest(name, width=width, height=height):
                    file = self.folder / name
                    file.write_bytes(data)
                    self.run_program("info", file)
                    self.assertFalse(self.run_program("convert", file, self.folder / "out.npy", "--rotate", "90"))
                    self.assertFalse((self.folder / "out.npy").exists())


def write_all(folder):
    for number in range(COUNT):
        mutation = Mutation(number)
        (folder / mutation.name).write_bytes(mutation.data)
        print(mutation.what)


if __name__ == "__main__":
    if len(sys.argv) == 2 and Path(sys.argv[1]).is_dir():
        write_all(Path(sys.argv[1]))
    else:
        unittest.main(verbosity=2)
