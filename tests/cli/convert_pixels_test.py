"""Pixels that come out of PNG are those that an independent decoder reads."""

import random
import struct
import unittest

from PIL import Image

from cli_testing import EVERY_WAY, CliTest, need, picture, scene, tool

SIZE = (61, 47)


def pnm(kind, channels, maximum, seed=2):
    """A random PNM file: `kind` is its magic number."""
    count = SIZE[0] * SIZE[1] * channels
    rng = random.Random(seed)
    values = [rng.randrange(maximum + 1) for _ in range(count)]
    data = struct.pack(f">{count}H", *values) if maximum > 255 else bytes(values)
    return f"{kind}\n{SIZE[0]} {SIZE[1]}\n{maximum}\n".encode() + data


def samples(pnm_bytes):
    """The samples of a binary PGM or PPM of 16 bits."""
    header, data = pnm_bytes.split(b"\n65535\n", 1)
    return struct.unpack(f">{len(data) // 2}H", data)


class PngToPng(CliTest):
    def assert_lossless(self, source):
        for way in EVERY_WAY:
            out = self.path("out.png")
            self.assertEqual(self.warnings(self.convert(source, out, *way)), [])
            with Image.open(source) as a, Image.open(out) as b:
                self.assert_same_pixels(a, b)
                self.assertEqual(a.getpalette(), b.getpalette())
                self.assertEqual(a.info.get("transparency"), b.info.get("transparency"))
            a, b = (tool("pngtopnm", p) for p in (source, out))
            self.assertEqual(a, b)

    @need("pngtopnm")
    def test_every_mode_of_pillow(self):
        for mode in ("L", "LA", "RGB", "RGBA"):
            with self.subTest(mode):
                self.assert_lossless(self.save(picture(mode), "in.png"))
        self.assert_lossless(self.save(picture("L").convert("1"), "in.png"))

    @need("pngtopnm")
    def test_palettes_of_every_depth(self):
        for colors in (2, 4, 16, 200):
            with self.subTest(colors):
                image = picture().quantize(colors)
                self.assert_lossless(self.save(image, "in.png"))
                self.assert_lossless(self.save(image, "in.png", transparency=1))

    @need("pnmtopng", "pngtopnm")
    def test_every_depth_of_netpbm(self):
        for maximum in (1, 3, 15, 255, 65535):
            for options in ([], ["-interlace"]):
                with self.subTest(maximum=maximum, options=options):
                    self.path("in.png").write_bytes(tool("pnmtopng", *options, stdin=pnm("P5", 1, maximum)))
                    self.assert_lossless(self.path("in.png"))
        for maximum in (255, 65535):
            self.path("in.png").write_bytes(tool("pnmtopng", "-interlace", stdin=pnm("P6", 3, maximum)))
            self.assert_lossless(self.path("in.png"))

    @need("pnmtopng", "pngtopnm")
    def test_16_bits_stay_exactly(self):
        for kind, channels in (("P5", 1), ("P6", 3)):
            source = pnm(kind, channels, 65535)
            self.path("in.png").write_bytes(tool("pnmtopng", stdin=source))
            for way in EVERY_WAY:
                self.convert(self.path("in.png"), self.path("out.png"), *way)
                self.assertEqual(samples(tool("pngtopnm", self.path("out.png"))), samples(source))

    @need("pngtopnm")
    def test_written_interlaced_and_at_every_compression(self):
        source = self.save(scene().convert("RGBA"), "in.png")
        sizes = set()
        for options in (["--interlace"], ["--compression", "0"], ["--compression", "9"]):
            self.convert(source, self.path("out.png"), *options)
            with Image.open(source) as a, Image.open(self.path("out.png")) as b:
                self.assert_same_pixels(a, b)
                self.assertEqual(b.info.get("interlace"), 1 if options == ["--interlace"] else None)
            sizes.add(self.path("out.png").stat().st_size)
        self.assertEqual(len(sizes), 3)


class Requests(CliTest):
    """--gray, --rgb, --rgba, --depth and --background."""

    def converted(self, image, *options, warnings=0):
        self.save(image, "in.png")
        out = None
        for way in EVERY_WAY:
            run = self.convert(self.path("in.png"), self.path("out.png"), *options, *way)
            self.assertEqual(len(self.warnings(run)), warnings, run.stderr)
            data = self.path("out.png").read_bytes()
            self.assertIn(out, (None, data))
            out = data
        with Image.open(self.path("out.png")) as result:
            result.load()
            return result

    def test_gray(self):
        source = picture("RGB")
        result = self.converted(source, "--gray")
        self.assertEqual(result.mode, "L")
        for (r, g, b), gray in zip(source.getdata(), result.getdata()):
            self.assertLessEqual(abs(0.299 * r + 0.587 * g + 0.114 * b - gray), 0.501)

    def test_gray_to_rgb_repeats(self):
        source = picture("L")
        self.assert_same_pixels(self.converted(source, "--rgb"), source.convert("RGB"))

    def test_rgba_of_opaque_pixels(self):
        source = picture("RGB")
        self.assert_same_pixels(self.converted(source, "--rgba"), source.convert("RGBA"))

    def test_rgba_of_a_palette(self):
        source = picture("RGB").quantize(30)
        self.assert_same_pixels(self.converted(source, "--rgba"), source.convert("RGBA"))

    def test_rgb_composites_alpha(self):
        source = picture("RGBA")
        for options, background in ((["--rgb"], (255, 255, 255)), (["--rgb", "--background", "#204060"], (32, 64, 96)),
                                    (["--rgb", "--background", "1,2,3"], (1, 2, 3))):
            result = self.converted(source, *options, warnings=1)
            expected = [
                tuple((2 * (a * v + (255 - a) * under) + 255) // 510 for v, under in zip(color, background))
                for *color, a in source.getdata()
            ]
            self.assertEqual(list(result.getdata()), expected)

    @need("pnmtopng", "pngtopnm")
    def test_depth_16_to_8_rounds(self):
        source = pnm("P6", 3, 65535)
        self.path("in.png").write_bytes(tool("pnmtopng", stdin=source))
        self.convert(self.path("in.png"), self.path("out.png"), "--depth", "8")
        with Image.open(self.path("out.png")) as result:
            self.assertEqual(list(result.tobytes()), [(2 * v + 257) // 514 for v in samples(source)])

    @need("pngtopnm")
    def test_depth_8_to_16_repeats(self):
        source = self.save(picture("RGB"), "in.png")
        self.convert(source, self.path("out.png"), "--depth", "16")
        self.assertEqual(samples(tool("pngtopnm", self.path("out.png"))),
                         tuple(257 * v for v in picture("RGB").tobytes()))

    def test_alpha_to_jpeg_is_composited_with_a_warning(self):
        source = self.save(picture("RGBA"), "in.png")
        run = self.convert(source, self.path("out.jpg"), "--quality", "100", "--background", "navy")
        self.assertEqual(self.warnings(run), [
            f"imgbuf: warning: {source}: alpha composited over #000080: JPEG holds no alpha"])
        self.convert(source, self.path("rgb.png"), "--rgb", "--background", "#000080")
        self.convert(self.path("rgb.png"), self.path("again.jpg"), "--quality", "100")
        self.assertEqual(self.path("out.jpg").read_bytes(), self.path("again.jpg").read_bytes())

    @need("pnmtopng")
    def test_16_bits_to_jpeg_are_reduced_with_a_warning(self):
        self.path("in.png").write_bytes(tool("pnmtopng", stdin=pnm("P6", 3, 65535)))
        lines = self.warnings(self.convert(self.path("in.png"), self.path("out.jpg")))
        self.assertEqual([line.split(": ", 3)[3] for line in lines],
                         ["16-bit samples reduced to 8: JPEG holds 8 bits"])

    def test_what_the_format_cannot_hold_is_wrong_usage(self):
        source = self.save(picture("RGB"), "in.png")
        for out, options in (("o.jpg", ["--depth", "16"]), ("o.jpg", ["--rgba"]), ("o.png", ["--depth", "32f"]),
                             ("o.jpg", ["--depth", "32f"])):
            self.convert(source, self.path(out), *options, status=2)
        self.assert_untouched(["in.png"])


if __name__ == "__main__":
    unittest.main()
