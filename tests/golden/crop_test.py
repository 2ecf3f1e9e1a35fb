#!/usr/bin/python3
"""A crop is the crop of the full decode, wherever it lies."""

import golden
import png_file
from golden import GoldenTest, needs

WIDTH, HEIGHT = 117, 83
# x, y, width, height: corners, edges, blocks of 8 and 16 and beside them, one row, one column, all.
CROPS = [
    (0, 0, 1, 1),
    (WIDTH - 1, HEIGHT - 1, 1, 1),
    (0, 0, 16, 16),
    (3, 5, 17, 9),
    (15, 15, 2, 2),
    (16, 16, 40, 32),
    (17, 13, 100, 70),
    (31, 33, 33, 31),
    (0, 41, WIDTH, 1),
    (58, 0, 1, HEIGHT),
    (86, 60, 31, 23),
    (0, 0, WIDTH, HEIGHT),
]


def crop_option(x, y, width, height):
    return ["--crop", f"{width}x{height}+{x}+{y}"]


class Crop(GoldenTest):
    @needs("cjpeg", "djpeg")
    def test_jpeg_of_every_subsampling(self):
        scene = png_file.read(golden.SAMPLES / "interlaced_rgb8.png")
        self.assertEqual((scene.width, scene.height), (WIDTH, HEIGHT))
        pnm, jpeg = self.folder / "in.ppm", self.folder / "in.jpg"
        golden.write_pnm(pnm, WIDTH, HEIGHT, 3, b"".join(scene.rows))
        for name, factors in golden.SUBSAMPLINGS.items():
            for coding in [[], ["-progressive"], ["-restart", "1"]]:
                jpeg.write_bytes(golden.output_of("cjpeg", "-sample", factors, *coding, pnm))
                whole = golden.djpeg(jpeg)
                for crop in CROPS:
                    with self.subTest(subsampling=name, coding=coding, crop=crop):
                        actual = png_file.read(self.convert(jpeg, "out.png", *crop_option(*crop)))
                        self.assertEqual((actual.width, actual.height), crop[2:])
                        self.assert_same(b"".join(actual.rows), whole.cropped(*crop), "pixels")

    @needs("djpeg")
    def test_jpeg_in_every_arrangement(self):
        jpeg = golden.SAMPLES / "scene_q90.jpg"
        crop = (201, 97, 149, 121)
        expected = golden.djpeg(jpeg).cropped(*crop)
        for arrangement in golden.ARRANGEMENTS:
            for threads in golden.THREADS:
                with self.subTest(arrangement=arrangement, threads=threads):
                    memory = ["--arrangement", arrangement, "--threads", threads]
                    actual = png_file.read(self.convert(jpeg, "out.png", *crop_option(*crop), *memory))
                    self.assert_same(b"".join(actual.rows), expected, "pixels")

    def test_png(self):
        names = ["interlaced_rgb8", "gray_1bit", "gray_4bit", "palette_transparent", "scene_rgb16", "sprite_rgba"]
        for name in names:
            whole = png_file.read(golden.SAMPLES / f"{name}.png")
            for crop in CROPS:
                with self.subTest(name, crop=crop):
                    expected = whole.cropped(*crop)
                    actual = png_file.read(self.convert(golden.SAMPLES / f"{name}.png", "out.png", *crop_option(*crop)))
                    self.assertEqual(actual.kind(), expected.kind())
                    self.assert_same(b"".join(actual.rows), b"".join(expected.rows), "samples")

    def test_crops_of_crops(self):
        whole = png_file.read(golden.SAMPLES / "interlaced_rgb8.png")
        options = crop_option(10, 20, 60, 50) + crop_option(5, 7, 31, 23)
        actual = png_file.read(self.convert(golden.SAMPLES / "interlaced_rgb8.png", "out.png", *options))
        self.assert_same(b"".join(actual.rows), b"".join(whole.cropped(15, 27, 31, 23).rows), "samples")


if __name__ == "__main__":
    golden.main()
