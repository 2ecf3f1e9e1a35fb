"""What the tests of the program share: running it, and small pictures made by other programs."""

import itertools
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

from PIL import Image

PROGRAM = os.environ["IMGBUF_PROGRAM"]
ARRANGEMENTS = ("contiguous", "rows", "strips", "strips:1", "strips:5", "planes")
EVERY_WAY = [["--arrangement", a, "--threads", t] for a, t in itertools.product(ARRANGEMENTS, ("1", "2"))]


def need(*tools):
    """Skips a test where one of the programs that it compares with is missing."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return unittest.skipIf(missing, "not installed: " + ", ".join(missing))


def picture(mode="RGB", size=(61, 47), seed=1):
    """Random pixels: nothing of them can be guessed by a codec that goes wrong."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(seed).randbytes(size[0] * size[1] * channels))


def scene(size=(61, 47)):
    """Smooth colours with an edge, as a photo has them."""
    image = Image.new("RGB", size)
    image.putdata([
        (255 * x // size[0], 255 * y // size[1], 255 if (x + y) % 40 < 20 else 60)
        for y in range(size[1]) for x in range(size[0])
    ])
    return image


def tool(*command, stdin=None):
    """The standard output of another program."""
    return subprocess.run([str(c) for c in command], input=stdin, check=True, capture_output=True).stdout


class CliTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.directory.chmod(0o777)

    def path(self, name):
        return self.directory / name

    def run_quietly(self, *arguments, stdin=b"", **more):
        """Runs the program, whatever comes of it."""
        return subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, timeout=60, **more)

    def run_program(self, *arguments, status=0, **more):
        """Runs the program and checks its exit status. Errors are one line each."""
        run = self.run_quietly(*arguments, **more)
        message = run.stderr.decode(errors="replace")
        self.assertEqual(run.returncode, status, f"{arguments}: {message}")
        if status != 0:
            self.assertEqual(message.count("\n"), 1, message)
            self.assertTrue(message.startswith("imgbuf: "), message)
        return run

    def convert(self, *arguments, **more):
        return self.run_program("convert", *arguments, **more)

    def warnings(self, run):
        lines = run.stderr.decode().splitlines()
        for line in lines:
            self.assertTrue(line.startswith("imgbuf: warning: "), line)
        return lines

    def save(self, image, name, **options):
        image.save(self.path(name), **options)
        return self.path(name)

    def assert_same_pixels(self, a, b):
        self.assertEqual((a.mode, a.size), (b.mode, b.size))
        self.assertEqual(a.tobytes(), b.tobytes())

    def assert_untouched(self, names):
        """Nothing lies in the directory but these: no temporary file was left behind."""
        self.assertEqual(sorted(p.name for p in self.directory.iterdir()), sorted(names))
