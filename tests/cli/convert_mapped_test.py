"""Uncompressed pictures are taken out of the mapped file: a part of a huge one, and one that shrinks meanwhile."""

import os
import random
import shutil
import struct
import subprocess
import unittest

from PIL import Image

from cli_testing import PROGRAM, CliTest, need, picture, tool

GEOMETRIES = (
    [], ["--crop", "20x9+11+7"], ["--flip", "h"], ["--flip", "v"], ["--rotate", "90"], ["--rotate", "180"],
    ["--transpose"], ["--channels", "B,G,R"], ["--crop", "20x9+11+7", "--rotate", "270", "--channels", "G"],
)


class SameAsReadTest(CliTest):
    def test_every_geometry_of_every_format(self):
        source = picture()
        for name in ("in.ppm", "in.bmp", "in.tif"):
            path = self.save(source, name)
            for options in GEOMETRIES:
                with self.subTest(name=name, options=options):
                    self.convert(path, self.path("mapped.png"), *options)
                    self.convert(path, self.path("read.png"), *options, "--no-map")
                    self.assertEqual(self.path("mapped.png").read_bytes(), self.path("read.png").read_bytes())

    def test_the_plan_tells_the_two_apart(self):
        path = self.save(picture(), "in.ppm")
        mapped = self.convert(path, self.path("out.tif"), "--explain").stdout.decode()
        self.assertIn("seen where it lies, nothing is decoded", mapped)
        self.assertIn("at a time out of the input", mapped)
        self.assertNotIn("held", mapped)
        read = self.convert(path, self.path("out.tif"), "--explain", "--no-map").stdout.decode()
        self.assertNotIn("seen where it lies", read)
        self.assertIn("held", read)

    def test_standard_input_is_mapped_when_it_is_a_file(self):
        path = self.save(picture(), "in.ppm")
        with open(path, "rb") as file:
            run = subprocess.run([PROGRAM, "convert", "-", self.path("out.tif"), "--explain"], stdin=file,
                                 capture_output=True, timeout=60, check=True)
        self.assertIn(b"seen where it lies", run.stdout)
        self.convert("-", self.path("out.png"), stdin=path.read_bytes())
        self.assert_same_pixels(Image.open(self.path("out.png")), picture())


class ShrinkingFileTest(CliTest):
    """The program waits for the pipe that it writes to, so that the file shrinks in the midst of it."""

    SIZE = (1500, 1000)

    def run_shrinking(self, path, left, *options):
        command = [PROGRAM, "convert", path, "-", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
            run.stdout.read(1)
            os.truncate(path, left)
            run.stdout.read()
            message = run.stderr.read().decode()
            self.assertEqual(run.wait(timeout=60), 1, message)
        self.assertEqual(message.count("\n"), 1, message)
        return message

    def test_is_an_error_line(self):
        source = picture(size=self.SIZE)
        for target in ("png", "tif"):
            for options in ([], ["--flip", "v"], ["--rotate", "90"], ["--depth", "16"]):
                for left in (0, 5000, 4_000_000):
                    with self.subTest(target=target, options=options, left=left):
                        path = self.save(source, "in.ppm")
                        message = self.run_shrinking(path, left, "--format", target, *options)
                        self.assertEqual(message, f"imgbuf: {path}: the file became shorter while it was read\n")

    def test_is_no_error_of_the_output(self):
        # Rows of this size are written out of the map by the system itself, which has no pages to take them from.
        path = self.save(picture(size=(30_000, 60)), "in.ppm")
        message = self.run_shrinking(path, 100_000, "--format", "tif")
        self.assertEqual(message, f"imgbuf: {path}: the file became shorter while it was read\n")

    def test_is_an_error_line_without_a_map(self):
        path = self.save(picture(size=self.SIZE), "in.ppm")
        message = self.run_shrinking(path, 5000, "--format", "png", "--no-map", "--threads", "1")
        self.assertIn("the file ends too early", message)

    def test_leaves_the_old_output(self):
        path = self.save(picture(size=self.SIZE), "in.ppm")
        os.truncate(path, 5000)
        self.path("out.png").write_bytes(b"old")
        self.convert(path, self.path("out.png"), status=1)
        self.assertEqual(self.path("out.png").read_bytes(), b"old")
        self.assert_untouched(["in.ppm", "out.png"])


@need("time")
class HugeTiffTest(CliTest):
    """4 GB of RGB strips in shuffled order, sparse but for what the test looks at."""

    WIDTH, HEIGHT, ROWS = 40_000, 36_000, 8
    CROP = (17_321, 20_123, 1000, 1000)
    LIMIT_KIB = 32 * 1024

    def make(self):
        if shutil.disk_usage(self.directory).free < 8 << 30:
            self.skipTest("the disk is small")
        path = self.path("huge.tif")
        strips = self.HEIGHT // self.ROWS
        strip_bytes = self.WIDTH * 3 * self.ROWS
        order = list(range(strips))
        random.Random(1).shuffle(order)
        first = 1 << 20
        offsets = [first + place * strip_bytes for place in order]
        fields = [(256, 4, [self.WIDTH]), (257, 4, [self.HEIGHT]), (258, 3, [8, 8, 8]), (259, 3, [1]), (262, 3, [2]),
                  (273, 16, offsets), (277, 3, [3]), (278, 4, [self.ROWS]), (279, 16, [strip_bytes] * strips)]
        entries, data = b"", b""
        data_at = 16 + 8 + 20 * len(fields) + 8
        for tag, kind, values in fields:
            packed = struct.pack("<%d%s" % (len(values), {3: "H", 4: "I", 16: "Q"}[kind]), *values)
            if len(packed) > 8:
                value, data = struct.pack("<Q", data_at + len(data)), data + packed
            else:
                value = packed.ljust(8, b"\0")
            entries += struct.pack("<HHQ", tag, kind, len(values)) + value
        x, y, width, height = self.CROP
        rows = Image.frombytes("RGB", (width, height), random.Random(2).randbytes(width * height * 3))
        with open(path, "wb") as file:
            file.write(struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, len(fields)) + entries + bytes(8) + data)
            file.truncate(first + strips * strip_bytes)
            for row in range(height):
                strip, inside = divmod(y + row, self.ROWS)
                file.seek(offsets[strip] + (inside * self.WIDTH + x) * 3)
                file.write(rows.crop((0, row, width, row + 1)).tobytes())
        return path, rows

    def run_measured(self, *arguments):
        """The peak of resident memory in KiB, mapped pages among it. A child of ours would begin with our own peak."""
        return int(tool("/usr/bin/time", "-f", "%M", "-o", "/dev/stdout", PROGRAM, *arguments).split()[-1])

    def assert_little(self, kib):
        if not os.environ.get("IMGBUF_SANITIZERS"):  # which take memory of their own
            self.assertLess(kib, self.LIMIT_KIB)

    def test_a_corner_takes_little_memory(self):
        path, rows = self.make()
        if path.stat().st_blocks * 512 > 1 << 30:
            self.skipTest("the file system has no sparse files")
        self.assert_little(self.run_measured("info", path))
        x, y, width, height = self.CROP
        crop = ["--crop", f"{width}x{height}+{x}+{y}"]
        expected = {(): rows, ("--rotate", "90"): rows.transpose(Image.Transpose.ROTATE_270),
                    ("--flip", "v"): rows.transpose(Image.Transpose.FLIP_TOP_BOTTOM)}
        for options, pixels in expected.items():
            with self.subTest(options=options):
                out = self.path("corner.png")
                self.assert_little(self.run_measured("convert", path, out, *crop, *options))
                self.assert_same_pixels(Image.open(out), pixels)

    def test_tiles_that_are_left_out_take_no_memory(self):
        path, out = self.path("tiles.tif"), self.path("corner.pgm")
        fields = [(256, 100_000), (257, 100_000), (258, 8), (259, 1), (262, 1), (277, 1), (322, 50_000), (323, 100_000)]
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
        values_at = 8 + 2 + 12 * (len(fields) + 2) + 4
        entries += b"".join(struct.pack("<HHII", tag, 4, 2, values_at) for tag in (324, 325))
        path.write_bytes(b"II*\0\x08\0\0\0" + struct.pack("<H", len(fields) + 2) + entries + bytes(4 + 8))
        for options in ((), ("--no-map",)):
            self.assert_little(self.run_measured("convert", path, out, "--crop", "10x10+5+7", *options))
            self.assertEqual(out.read_bytes()[-100:], bytes(100))

    def test_all_rows_take_little_memory(self):
        path, _ = self.make()
        out = self.path("out.tif")
        peak = self.run_measured("convert", path, out, "--crop", "40000x3000+0+10000", "--channels", "R")
        self.assert_little(peak / 2)
        self.assertGreaterEqual(out.stat().st_size, 40_000 * 3000)


if __name__ == "__main__":
    unittest.main()
