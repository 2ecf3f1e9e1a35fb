#!/usr/bin/python3
"""Real photographs, where there are any: ../shared/photos beside the project."""

import unittest

import golden
from golden import GoldenTest, needs


@unittest.skipUnless(golden.PHOTOS.is_dir(), f"no photographs: {golden.PHOTOS} is not there")
class Photos(GoldenTest):
    def photo(self, name):
        path = golden.PHOTOS / name
        if not path.is_file():
            self.skipTest(f"no photograph {path}")
        return path

    def test_png_to_png(self):
        Image = golden.pillow()
        for name in ["kodim03.png", "kodim23.png", "Exoplanet_Phase_Curve__Diagram__indexed_gimp.png"]:
            with self.subTest(name), Image.open(self.photo(name)) as expected:
                with Image.open(self.convert(self.photo(name), "out.png", "--compression", "1")) as actual:
                    self.assertEqual((actual.mode, actual.size), (expected.mode, expected.size))
                    self.assert_same(actual.tobytes(), expected.tobytes(), "pixels")
                    self.assertEqual(actual.getpalette(), expected.getpalette())

    @needs("cjpeg", "djpeg")
    def test_png_to_jpeg(self):
        Image = golden.pillow()
        for name in ["kodim08.png", "kodim13.png"]:
            with self.subTest(name):
                pnm, expected = self.folder / "in.ppm", self.folder / "expected.jpg"
                with Image.open(self.photo(name)) as image:
                    image.save(pnm)
                expected.write_bytes(golden.output_of("cjpeg", "-quality", "85", pnm))
                actual = self.convert(self.photo(name), "actual.jpg", "--quality", "85")
                self.assert_same(golden.djpeg(actual).samples, golden.djpeg(expected).samples, "pixels")

    @needs("djpeg")
    def test_jpeg_to_png(self):
        Image = golden.pillow()
        photo = self.photo("012mp-bus.jpg")
        expected = golden.djpeg(photo)
        with Image.open(self.convert(photo, "out.png", "--compression", "1")) as actual:
            self.assertEqual(actual.size, (expected.width, expected.height))
            self.assert_same(actual.tobytes(), expected.samples, "pixels")

    @needs("djpeg")
    def test_crops_of_jpeg(self):
        Image = golden.pillow()
        for name in ["012mp-bus.jpg", "large_no_samp_7680_4320.jpg"]:
            photo = self.photo(name)
            whole = golden.djpeg(photo)
            for x, y in [(0, 0), (1001, 777), (whole.width - 301, whole.height - 203)]:
                with self.subTest(name, x=x, y=y):
                    with Image.open(self.convert(photo, "out.png", "--crop", f"301x203+{x}+{y}")) as actual:
                        self.assert_same(actual.tobytes(), whole.cropped(x, y, 301, 203), "pixels")


if __name__ == "__main__":
    golden.main()
