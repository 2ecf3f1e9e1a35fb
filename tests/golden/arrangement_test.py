#!/usr/bin/python3
"""What is written depends neither on the arrangement in memory nor on the number of threads."""

import golden
from golden import GoldenTest


class Arrangement(GoldenTest):
    def assert_one_output(self, sample, extension, *options):
        expected = self.convert(sample, f"expected.{extension}", *options).read_bytes()
        for arrangement in golden.ARRANGEMENTS:
            for threads in golden.THREADS:
                with self.subTest(sample.name, to=extension, arrangement=arrangement, threads=threads):
                    memory = ["--arrangement", arrangement, "--threads", threads]
                    actual = self.convert(sample, f"actual.{extension}", *options, *memory).read_bytes()
                    self.assert_same(actual, expected, "file")

    def test_to_png(self):
        for sample in golden.GOOD_SAMPLES:
            self.assert_one_output(sample, "png", "--compression", "1")

    def test_to_jpeg(self):
        for sample in golden.GOOD_SAMPLES:
            self.assert_one_output(sample, "jpg")

    def test_with_pixel_conversion_and_geometry(self):
        for name in ["palette_transparent.png", "oriented_exif_icc.jpg", "gray_1bit.png", "cmyk.jpg"]:
            sample = golden.SAMPLES / name
            options = ["--auto-orient", "--crop", "61x47+13+9", "--rgba", "--depth", "16"]
            self.assert_one_output(sample, "png", *options)


if __name__ == "__main__":
    golden.main()
