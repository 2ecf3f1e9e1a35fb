#!/usr/bin/python3
"""The pixels of every good sample are those of an independent decoder."""

import golden
import png_file
from golden import GoldenTest


class Decode(GoldenTest):
    def test_there_are_samples(self):
        self.assertGreaterEqual(len(golden.GOOD_PNGS), 13)
        self.assertGreaterEqual(len(golden.GOOD_JPEGS), 7)

    def test_png_as_pillow_sees_it(self):
        Image = golden.pillow()
        for sample in golden.GOOD_PNGS:
            with self.subTest(sample.name):
                if png_file.read(sample).bit_depth == 16:
                    continue  # Pillow truncates them
                with Image.open(sample) as image:
                    expected = image.convert("RGBA").tobytes()
                with Image.open(self.convert(sample, "native.png")) as image:
                    self.assert_same(image.convert("RGBA").tobytes(), expected, "native")
                rgba = png_file.read(self.convert(sample, "rgba.png", "--rgba", "--depth", "8"))
                self.assertEqual((rgba.color_type, rgba.bit_depth), (6, 8))
                self.assert_same(b"".join(rgba.rows), expected, "--rgba")

    @golden.needs("pngtopnm")
    def test_png_as_netpbm_sees_it(self):
        for sample in golden.GOOD_PNGS:
            if png_file.read(sample).bit_depth == 1:
                continue  # a PBM, which Pnm does not read
            with self.subTest(sample.name):
                expected = golden.pngtopnm(sample)
                actual = golden.pngtopnm(self.convert(sample, "native.png"))
                self.assertEqual((actual.width, actual.height), (expected.width, expected.height))
                self.assertEqual((actual.channels, actual.maximum), (expected.channels, expected.maximum))
                self.assert_same(actual.samples, expected.samples, "native")

    @golden.needs("pngtopnm")
    def test_16_bit_png_to_8_bit(self):
        for name in ["scene_rgb16.png", "scene_gray16.png"]:
            with self.subTest(name):
                wide = golden.pngtopnm(golden.SAMPLES / name)
                self.assertEqual(wide.maximum, 65535)
                values = zip(wide.samples[::2], wide.samples[1::2])
                expected = bytes((256 * high + low + 128) // 257 for high, low in values)
                narrow = png_file.read(self.convert(golden.SAMPLES / name, "narrow.png", "--depth", "8"))
                self.assertEqual(narrow.bit_depth, 8)
                self.assert_same(b"".join(narrow.rows), expected, "round(v / 257)")

    @golden.needs("djpeg")
    def test_jpeg_as_djpeg_sees_it(self):
        for sample in golden.GOOD_JPEGS:
            if sample.name == "cmyk.jpg":
                continue
            with self.subTest(sample.name):
                expected = golden.djpeg(sample)
                actual = png_file.read(self.convert(sample, "out.png"))
                self.assertEqual((actual.width, actual.height), (expected.width, expected.height))
                self.assertEqual((actual.color_type, actual.bit_depth), (0 if expected.channels == 1 else 2, 8))
                self.assert_same(b"".join(actual.rows), expected.samples, "pixels")

    def test_cmyk_jpeg_as_pillow_sees_it(self):
        Image = golden.pillow()
        with Image.open(golden.SAMPLES / "cmyk.jpg") as image:
            self.assertEqual(image.mode, "CMYK")
            inks = image.tobytes()
        expected = bytearray()
        for i in range(0, len(inks), 4):
            paper = 255 - inks[i + 3]
            # (max - ink) * (max - black) / max, to nearest
            expected += bytes(((255 - ink) * paper * 2 + 255) // 510 for ink in inks[i : i + 3])
        actual = png_file.read(self.convert(golden.SAMPLES / "cmyk.jpg", "out.png"))
        self.assertEqual((actual.color_type, actual.bit_depth), (2, 8))
        self.assert_same(b"".join(actual.rows), bytes(expected), "pixels")


if __name__ == "__main__":
    golden.main()
