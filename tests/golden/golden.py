"""What the golden tests share: the program, the samples, and decoders that are not ours.

CMake sets IMGBUF to the program and IMGBUF_SOURCE_DIR to the project's root.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

IMGBUF = os.environ["IMGBUF"]
ROOT = Path(os.environ["IMGBUF_SOURCE_DIR"])
SAMPLES = ROOT / "sample_images"
PHOTOS = ROOT.parent / "shared" / "photos"

BAD_SAMPLES = {
    "corrupt_crc.png",
    "corrupt_huffman.jpg",
    "corrupt_idat.png",
    "empty.png",
    "huge_header.png",
    "not_an_image.png",
    "truncated.jpg",
    "truncated.png",
}
GOOD_SAMPLES = sorted(p for p in SAMPLES.iterdir() if p.suffix in (".png", ".jpg") and p.name not in BAD_SAMPLES)
GOOD_PNGS = [p for p in GOOD_SAMPLES if p.suffix == ".png"]
GOOD_JPEGS = [p for p in GOOD_SAMPLES if p.suffix == ".jpg"]

ARRANGEMENTS = ["contiguous", "rows", "strips:7", "planes"]
THREADS = ["1", "2"]
# As cjpeg's -sample wants them.
SUBSAMPLINGS = {"4:4:4": "1x1", "4:2:2": "2x1", "4:2:0": "2x2", "4:4:0": "1x2", "4:1:1": "4x1", "4:1:0": "4x2"}

SKIPPED = 77  # what CTest takes for "skipped"


def needs(*tools):
    """Skips a test where a program is missing."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


def skip_all(error):
    """Ends the program as skipped: none of its tests can do without what could not be imported."""
    print(f"skipped: not installed: {error.name}")
    sys.exit(SKIPPED)


def pillow():
    """Pillow's Image module; skips the test where there is none."""
    try:
        from PIL import Image
    except ImportError:
        raise unittest.SkipTest("not installed: Pillow") from None
    return Image


def output_of(*command):
    return subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE).stdout


class Pnm:
    """A PGM or PPM file: its size, channels, largest value and samples (two bytes each, big-endian, above 255)."""

    def __init__(self, data):
        fields = []
        at = 0
        while len(fields) < 4:
            end = at
            while not data[end : end + 1].isspace():
                end += 1
            fields.append(data[at:end])
            at = end + 1
        self.channels = {b"P5": 1, b"P6": 3}[fields[0]]
        self.width, self.height, self.maximum = (int(f) for f in fields[1:])
        self.samples = data[at:]

    def cropped(self, x, y, width, height):
        step = self.channels * (2 if self.maximum > 255 else 1)
        row_bytes = self.width * step
        return b"".join(
            self.samples[r * row_bytes + x * step : r * row_bytes + (x + width) * step] for r in range(y, y + height)
        )


def write_pnm(path, width, height, channels, samples):
    with open(path, "wb") as file:
        file.write(b"P%d\n%d %d\n255\n" % (5 if channels == 1 else 6, width, height) + samples)


def djpeg(path):
    """A JPEG's pixels from libjpeg's own program: exact integer transform, smooth chroma."""
    return Pnm(output_of("djpeg", "-dct", "int", "-pnm", path))


def pngtopnm(path):
    return Pnm(output_of("pngtopnm", "-quiet", path))


class GoldenTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="imgbuf-golden-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def convert(self, source, name, *options):
        """Runs `imgbuf convert` into the test's folder and returns the path."""
        out = self.folder / name
        command = [IMGBUF, "convert", str(source), str(out), *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, f"{' '.join(command)}\n{done.stderr}")
        self.assertEqual(done.stdout, "")
        return out

    def assert_same(self, actual, expected, what):
        """assertEqual for many bytes, whose message names the first that differs."""
        if actual == expected:
            return
        self.assertEqual(len(actual), len(expected), f"{what}: number of bytes")
        first = next(i for i, (a, b) in enumerate(zip(actual, expected)) if a != b)
        differing = sum(a != b for a, b in zip(actual, expected))
        values = f"{actual[first]}, not {expected[first]}"
        self.fail(f"{what}: {differing} of {len(actual)} bytes differ, the first is byte {first}: {values}")


def main():
    """Runs the tests of the program; exits with SKIPPED when none of them could run."""
    result = unittest.main(module="__main__", exit=False, verbosity=2).result
    if not result.wasSuccessful() or result.testsRun == 0:
        sys.exit(1)
    sys.exit(SKIPPED if len(result.skipped) >= result.testsRun else 0)
