#!/usr/bin/python3
"""PNG to PNG keeps every kind of PNG: pixels, colour type, depth, palette and transparency."""

import random

import golden
import png_file
from golden import GoldenTest
from png_file import Png

DEPTHS = {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}
SIZES = [(1, 1), (7, 3), (8, 8), (33, 17)]


def random_png(color_type, depth, width, height, transparent, interlaced):
    """Noise of one kind of PNG; the same for the same kind."""
    dice = random.Random(f"{color_type} {depth} {width} {height} {transparent}")
    sample_count = width * png_file.CHANNELS[color_type]
    png = Png(width, height, depth, color_type, [], interlaced)
    # Fewer entries than the depth allows, and an odd number of them.
    entries = min(1 << depth, 201 if depth == 8 else 1 << depth)
    if color_type == 3:
        png.palette = dice.randbytes(3 * entries)
    for _ in range(height):
        if color_type == 3:
            png.rows.append(bytes(dice.randrange(entries) for _ in range(sample_count)))
        elif depth == 16:
            png.rows.append(dice.randbytes(2 * sample_count))
        else:
            png.rows.append(bytes(dice.randrange(1 << depth) for _ in range(sample_count)))
    if transparent and color_type == 3:
        # The last entry is not opaque, so that every writer writes all of them.
        png.transparency = dice.randbytes(entries // 2) + b"\x7f"
    elif transparent:
        step = png.pixel_bytes
        pixel = png.rows[-1][-step:]
        png.transparency = pixel if depth == 16 else bytes(b for sample in pixel for b in (0, sample))
    return png


def all_kinds():
    for color_type, depths in DEPTHS.items():
        for depth in depths:
            for transparent in [False, True] if color_type in (0, 2, 3) else [False]:
                for interlaced in [False, True]:
                    yield color_type, depth, transparent, interlaced


class Lossless(GoldenTest):
    def assert_kept(self, source, name, *options):
        expected = png_file.read(source)
        actual = png_file.read(self.convert(source, name, *options))
        self.assertEqual(actual.kind(), expected.kind())
        self.assert_same(b"".join(actual.rows), b"".join(expected.rows), "samples")
        return actual

    def test_samples(self):
        for sample in golden.GOOD_PNGS:
            with self.subTest(sample.name):
                self.assert_kept(sample, "out.png")

    def test_every_kind(self):
        for color_type, depth, transparent, interlaced in all_kinds():
            for width, height in SIZES:
                kind = {"color_type": color_type, "depth": depth, "transparent": transparent, "interlaced": interlaced}
                with self.subTest(**kind, size=(width, height)):
                    source = self.folder / "in.png"
                    png_file.write(source, random_png(color_type, depth, width, height, transparent, interlaced))
                    self.assert_kept(source, "out.png")

    def test_interlaced_output(self):
        for color_type, depth, transparent, interlaced in all_kinds():
            with self.subTest(color_type=color_type, depth=depth, transparent=transparent, interlaced=interlaced):
                source = self.folder / "in.png"
                png_file.write(source, random_png(color_type, depth, 19, 13, transparent, interlaced))
                self.assertTrue(self.assert_kept(source, "out.png", "--interlace").interlaced)

    def test_the_oracle_agrees_with_pillow(self):
        Image = golden.pillow()
        for sample in golden.GOOD_PNGS:
            png = png_file.read(sample)
            if png.bit_depth != 8 or png.color_type not in (0, 2, 6):
                continue
            with self.subTest(sample.name), Image.open(sample) as image:
                self.assert_same(b"".join(png.rows), image.tobytes(), "samples")


if __name__ == "__main__":
    golden.main()
