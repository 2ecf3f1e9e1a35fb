#!/usr/bin/python3
"""A JPEG decodes to the pixels that cjpeg's file of the same quality and subsampling decodes to."""

import struct

import golden
import png_file
from golden import GoldenTest, needs

QUALITIES = [50, 90, 100]
SIZES = [(1, 1), (8, 8), (15, 17), (33, 31), (117, 83)]


def frame(path):
    """The frame header of a JPEG: its marker and everything in it."""
    data = path.read_bytes()
    at = 2
    while True:
        marker, size = struct.unpack_from(">HH", data, at)
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            return marker, data[at + 4 : at + 2 + size]
        at += 2 + size


@needs("cjpeg", "djpeg")
class Encode(GoldenTest):
    def setUp(self):
        super().setUp()
        self.scene = png_file.read(golden.SAMPLES / "interlaced_rgb8.png")

    def inputs(self, picture, width, height):
        """The same pixels as PNG for us and as PNM for cjpeg."""
        part = picture.cropped(0, 0, width, height)
        png, pnm = self.folder / "in.png", self.folder / "in.pnm"
        png_file.write(png, part)
        channels = png_file.CHANNELS[part.color_type]
        golden.write_pnm(pnm, width, height, channels, b"".join(part.rows))
        return png, pnm

    def assert_as_cjpeg(self, png, pnm, ours, theirs):
        actual = self.convert(png, "actual.jpg", *ours)
        expected = self.folder / "expected.jpg"
        expected.write_bytes(golden.output_of("cjpeg", "-dct", "int", *theirs, pnm))
        self.assertEqual(frame(actual), frame(expected))
        self.assert_same(golden.djpeg(actual).samples, golden.djpeg(expected).samples, "pixels")

    def test_every_subsampling_and_quality(self):
        for width, height in SIZES:
            png, pnm = self.inputs(self.scene, width, height)
            for name, factors in golden.SUBSAMPLINGS.items():
                for quality in QUALITIES:
                    with self.subTest(size=(width, height), subsampling=name, quality=quality):
                        ours = ["--quality", str(quality), "--subsampling", name]
                        self.assert_as_cjpeg(png, pnm, ours, ["-quality", quality, "-sample", factors])

    def test_progressive(self):
        for width, height in SIZES:
            png, pnm = self.inputs(self.scene, width, height)
            for name, factors in golden.SUBSAMPLINGS.items():
                with self.subTest(size=(width, height), subsampling=name):
                    ours = ["--quality", "90", "--subsampling", name, "--progressive"]
                    self.assert_as_cjpeg(png, pnm, ours, ["-quality", 90, "-sample", factors, "-progressive"])

    def test_defaults(self):
        png, pnm = self.inputs(self.scene, 117, 83)
        self.assert_as_cjpeg(png, pnm, [], ["-quality", 90, "-sample", "2x2"])

    def test_optimised_and_arithmetic(self):
        png, pnm = self.inputs(self.scene, 117, 83)
        self.assert_as_cjpeg(png, pnm, ["--optimize"], ["-quality", 90, "-optimize"])
        self.assert_as_cjpeg(png, pnm, ["--arithmetic"], ["-quality", 90, "-arithmetic"])

    def test_gray(self):
        scene = png_file.read(golden.SAMPLES / "scene_gray8.png")
        for width, height in SIZES:
            png, pnm = self.inputs(scene, width, height)
            for quality in QUALITIES:
                for progressive in [False, True]:
                    with self.subTest(size=(width, height), quality=quality, progressive=progressive):
                        ours = ["--quality", str(quality)] + ["--progressive"] * progressive
                        theirs = ["-quality", quality, "-grayscale"] + ["-progressive"] * progressive
                        self.assert_as_cjpeg(png, pnm, ours, theirs)

    def test_cmyk_as_pillow_writes_it(self):
        Image = golden.pillow()
        for quality in QUALITIES:
            with self.subTest(quality=quality), Image.open(golden.SAMPLES / "cmyk.jpg") as inks:
                expected = self.folder / "expected.jpg"
                inks.save(expected, quality=quality)
                actual = self.convert(golden.SAMPLES / "cmyk.jpg", "actual.jpg", "--quality", str(quality))
                with Image.open(actual) as a, Image.open(expected) as e:
                    self.assertEqual(a.mode, "CMYK")
                    self.assert_same(a.tobytes(), e.tobytes(), "inks")


if __name__ == "__main__":
    golden.main()
