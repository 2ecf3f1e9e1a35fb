"""Crops and orientations are what they are on the whole decoded picture."""

import unittest

from PIL import Image, ImageOps

from cli_testing import EVERY_WAY, CliTest, picture, scene

CROPS = ((0, 0, 61, 47), (0, 0, 1, 1), (60, 46, 1, 1), (3, 5, 17, 40), (8, 8, 16, 16), (0, 20, 61, 7), (30, 0, 31, 47))


def exif_orientation(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def crop_text(x, y, width, height):
    return f"{width}x{height}+{x}+{y}"


class Crop(CliTest):
    def assert_crops(self, source):
        self.convert(source, self.path("whole.png"))
        with Image.open(self.path("whole.png")) as whole:
            for x, y, width, height in CROPS:
                for way in ([], *EVERY_WAY) if (width, height) == (17, 40) else ([],):
                    self.convert(source, self.path("out.png"), "--crop", crop_text(x, y, width, height), *way)
                    with Image.open(self.path("out.png")) as out:
                        self.assert_same_pixels(out, whole.crop((x, y, x + width, y + height)))

    def test_png(self):
        self.assert_crops(self.save(picture("RGBA"), "in.png"))

    def test_palette(self):
        self.assert_crops(self.save(picture().quantize(16), "in.png"))

    def test_jpeg_of_every_kind(self):
        for options in ({}, {"subsampling": 0}, {"subsampling": 1}, {"progressive": True}):
            with self.subTest(options):
                self.assert_crops(self.save(picture(), "in.jpg", **options))
        self.assert_crops(self.save(picture("L"), "in.jpg"))

    def test_a_crop_of_a_crop(self):
        source = self.save(picture(), "in.png")
        self.convert(source, self.path("out.png"), "--crop", "40x30+5+6", "--crop", "10x9+8+7")
        with Image.open(self.path("out.png")) as out:
            self.assert_same_pixels(out, picture().crop((13, 13, 23, 22)))

    def test_outside_is_wrong_usage_that_names_both_sizes(self):
        source = self.save(picture(), "in.png")
        for crop in ("62x47+0+0", "1x1+61+0", "1x1+0+47", "61x47+1+0"):
            run = self.convert(source, self.path("out.png"), "--crop", crop, status=2)
            self.assertIn(crop.split("+")[0], run.stderr.decode())
            self.assertIn("61x47", run.stderr.decode())
        self.assert_untouched(["in.png"])


class AutoOrient(CliTest):
    def test_all_eight(self):
        for value in range(1, 9):
            for name in ("in.png", "in.jpg"):
                source = self.save(picture(), name, exif=exif_orientation(value))
                self.convert(source, self.path("plain.png"))
                for way in ([], *EVERY_WAY):
                    with self.subTest(value=value, name=name, way=way):
                        self.convert(source, self.path("out.png"), "--auto-orient", *way)
                        with Image.open(self.path("plain.png")) as plain, Image.open(self.path("out.png")) as out:
                            self.assertEqual(plain.getexif().get(0x0112), value)
                            self.assertEqual(out.getexif().get(0x0112), 1)
                            self.assert_same_pixels(out, ImageOps.exif_transpose(plain))

    def test_with_a_conversion_of_pixels(self):
        for value in range(1, 9):
            source = self.save(picture("RGBA"), "in.png", exif=exif_orientation(value))
            self.convert(source, self.path("plain.png"), "--gray")
            for options in ([], ["--interlace"]):
                self.convert(source, self.path("out.png"), "--gray", "--auto-orient", *options)
                with Image.open(self.path("plain.png")) as plain, Image.open(self.path("out.png")) as out:
                    self.assert_same_pixels(out, ImageOps.exif_transpose(plain))

    def test_steps_apply_in_the_order_given(self):
        for value in range(1, 9):
            source = self.save(picture(), "in.png", exif=exif_orientation(value))
            with Image.open(source) as image:
                turned = ImageOps.exif_transpose(image)
                cropped = image.crop((2, 9, 42, 29))
                cropped.getexif()[0x0112] = value
                turned_later = ImageOps.exif_transpose(cropped)
            self.convert(source, self.path("out.png"), "--auto-orient", "--crop", "40x20+2+9")
            with Image.open(self.path("out.png")) as out:
                self.assert_same_pixels(out, turned.crop((2, 9, 42, 29)))
            self.convert(source, self.path("out.png"), "--crop", "40x20+2+9", "--auto-orient")
            with Image.open(self.path("out.png")) as out:
                self.assert_same_pixels(out, turned_later)

    def test_without_a_tag_nothing_changes(self):
        source = self.save(scene(), "in.png")
        self.convert(source, self.path("a.png"))
        self.convert(source, self.path("b.png"), "--auto-orient")
        self.assertEqual(self.path("a.png").read_bytes(), self.path("b.png").read_bytes())

    def test_strip_without_turning_is_said(self):
        source = self.save(picture(), "in.jpg", exif=exif_orientation(6))
        self.assertEqual(len(self.warnings(self.convert(source, self.path("out.jpg"), "--strip"))), 1)
        self.assertEqual(self.warnings(self.convert(source, self.path("out.jpg"), "--strip", "--auto-orient")), [])


if __name__ == "__main__":
    unittest.main()
