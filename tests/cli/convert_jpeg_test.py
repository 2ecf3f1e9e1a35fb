"""JPEG out is what cjpeg writes, JPEG in is what djpeg reads."""

import unittest

from PIL import Image, ImageCms

from cli_testing import EVERY_WAY, CliTest, need, picture, scene, tool

SAMPLINGS = {"4:4:4": "1x1", "4:2:2": "2x1", "4:2:0": "2x2", "4:4:0": "1x2", "4:1:1": "4x1"}


class Encoding(CliTest):
    def jpeg_pixels(self, data, name):
        self.path(name).write_bytes(data)
        return tool("djpeg", "-pnm", self.path(name))

    def assert_as_cjpeg(self, image, options, cjpeg_options):
        source = self.save(image, "in.png")
        image.save(self.path("in.ppm"))
        expected = self.jpeg_pixels(tool("cjpeg", *cjpeg_options, self.path("in.ppm")), "expected.jpg")
        seen = set()
        for way in EVERY_WAY:
            self.convert(source, self.path("out.jpg"), *options, *way)
            seen.add(self.path("out.jpg").read_bytes())
        self.assertEqual(len(seen), 1, "the bytes depend on arrangement or threads")
        self.assertEqual(self.jpeg_pixels(seen.pop(), "out.jpg"), expected)

    @need("cjpeg", "djpeg")
    def test_every_quality(self):
        for quality in ("1", "25", "75", "90", "100"):
            with self.subTest(quality):
                self.assert_as_cjpeg(scene(), ["--quality", quality], ["-quality", quality])

    @need("cjpeg", "djpeg")
    def test_every_subsampling(self):
        for name, factors in SAMPLINGS.items():
            with self.subTest(name):
                self.assert_as_cjpeg(picture(), ["--subsampling", name], ["-quality", "90", "-sample", factors])

    @need("cjpeg", "djpeg")
    def test_every_coding(self):
        for options, cjpeg_options in ((["--progressive"], ["-progressive"]), (["--optimize"], ["-optimize"]),
                                       (["--arithmetic"], ["-arithmetic"])):
            with self.subTest(options):
                self.assert_as_cjpeg(scene(), options, ["-quality", "90", *cjpeg_options])
                with Image.open(self.path("out.jpg")) as image:
                    self.assertEqual(bool(image.info.get("progressive")), options == ["--progressive"])

    @need("cjpeg", "djpeg")
    def test_gray(self):
        self.assert_as_cjpeg(picture("L"), [], ["-quality", "90"])

    @need("cjpeg", "djpeg")
    def test_sizes_around_a_block(self):
        for size in ((1, 1), (7, 9), (8, 8), (15, 17), (16, 16), (33, 31)):
            with self.subTest(size):
                self.assert_as_cjpeg(picture(size=size), [], ["-quality", "90"])


class Decoding(CliTest):
    @need("djpeg")
    def test_pixels_are_those_of_djpeg(self):
        for options in ({}, {"subsampling": 0}, {"subsampling": 1}, {"progressive": True}, {"quality": 20}):
            source = self.save(scene(), "in.jpg", **options)
            expected = tool("djpeg", "-pnm", source)
            self.path("expected.ppm").write_bytes(expected)
            for way in EVERY_WAY:
                self.convert(source, self.path("out.png"), *way)
                with Image.open(self.path("out.png")) as a, Image.open(self.path("expected.ppm")) as b:
                    self.assert_same_pixels(a, b)

    def test_cmyk_stays_cmyk(self):
        source = self.save(picture("CMYK"), "in.jpg", quality=95)
        for way in EVERY_WAY:
            self.assertEqual(self.warnings(self.convert(source, self.path("out.jpg"), "--quality", "100", *way)), [])
            with Image.open(source) as a, Image.open(self.path("out.jpg")) as b:
                self.assertEqual(b.mode, "CMYK")
                difference = max(abs(x - y) for x, y in zip(a.tobytes(), b.tobytes()))
                self.assertLessEqual(difference, 3)

    def test_cmyk_to_png_is_converted_with_a_warning(self):
        source = self.save(picture("CMYK"), "in.jpg", quality=95)
        lines = self.warnings(self.convert(source, self.path("out.png")))
        self.assertEqual([line.split(": ", 3)[3] for line in lines],
                         ["CMYK converted to RGB without colour management: PNG holds no CMYK"])
        with Image.open(source) as a, Image.open(self.path("out.png")) as b:
            expected = [
                tuple((2 * (255 - ink) * (255 - black) + 255) // 510 for ink in inks)
                for *inks, black in a.getdata()
            ]
            self.assertEqual(list(b.getdata()), expected)


class Metadata(CliTest):
    def setUp(self):
        super().setUp()
        self.icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        exif = Image.Exif()
        exif[0x010F] = "maker"
        self.exif = exif.tobytes()
        self.save(scene(), "in.jpg", icc_profile=self.icc, exif=self.exif, dpi=(300, 300))

    def test_blobs_pass_byte_for_byte_both_ways(self):
        self.convert(self.path("in.jpg"), self.path("a.png"))
        self.convert(self.path("a.png"), self.path("b.jpg"))
        for name in ("a.png", "b.jpg"):
            with Image.open(self.path(name)) as image:
                self.assertEqual(image.info["icc_profile"], self.icc)
                self.assertEqual(image.getexif()[0x010F], "maker")
                self.assertAlmostEqual(image.info["dpi"][0], 300, delta=0.02)
        with Image.open(self.path("in.jpg")) as a, Image.open(self.path("b.jpg")) as b:
            self.assertEqual(a.info["exif"], b.info["exif"])

    def test_strip_keeps_only_the_colours(self):
        for name in ("a.png", "b.jpg"):
            self.convert(self.path("in.jpg"), self.path(name), "--strip")
            with Image.open(self.path(name)) as image:
                self.assertEqual(image.info["icc_profile"], self.icc)
                self.assertEqual(dict(image.getexif()), {})
                self.assertNotIn("exif", image.info)

    def test_a_profile_of_other_colours_is_dropped_with_a_warning(self):
        lines = self.warnings(self.convert(self.path("in.jpg"), self.path("out.png"), "--gray"))
        self.assertEqual(len(lines), 1)
        self.assertIn("ICC profile", lines[0])
        with Image.open(self.path("out.png")) as image:
            self.assertNotIn("icc_profile", image.info)


if __name__ == "__main__":
    unittest.main()
