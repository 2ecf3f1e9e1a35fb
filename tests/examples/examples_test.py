"""The examples of the documentation do what they say, and the README prints them as they are."""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from PIL import Image, ImageChops

OPTIONS = argparse.Namespace()


def program(name):
    return OPTIONS.programs / f"example_{name}"


class Examples(unittest.TestCase):
    def test_the_readme_prints_the_examples(self):
        readme = (OPTIONS.source / "README.md").read_text()
        blocks = re.findall(r"```cpp\n(.*?)```", readme, re.S)
        self.assertEqual(len(blocks), 2)
        for block, name in zip(blocks, ("negative_center", "mean_of_two")):
            self.assertIn(block, (OPTIONS.source / f"docs/examples/{name}.cpp").read_text())

    def test_the_example_inverts_the_centre_and_nothing_else(self):
        source = OPTIONS.source / "sample_images/scene_rgb8.png"
        with tempfile.TemporaryDirectory() as directory:
            out = pathlib.Path(directory) / "out.png"
            subprocess.run([program("negative_center"), source, out], check=True)
            before, after = Image.open(source).convert("RGB"), Image.open(out).convert("RGB")
        width, height = before.size
        box = (width // 4, height // 4, width // 4 + width // 2, height // 4 + height // 2)
        expected = before.copy()
        expected.paste(ImageChops.invert(before.crop(box)), box)
        self.assertIsNone(ImageChops.difference(expected, after).getbbox())

    def test_the_mean_of_two_pictures_is_their_mean(self):
        first = OPTIONS.source / "sample_images/scene_rgb8.png"
        with tempfile.TemporaryDirectory() as directory:
            out = pathlib.Path(directory) / "out.png"
            subprocess.run([program("mean_of_two"), first, first, out], check=True)
            self.assertIsNone(ImageChops.difference(Image.open(first), Image.open(out)).getbbox())
            flipped = pathlib.Path(directory) / "flipped.png"
            picture = Image.open(first)
            picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(flipped)
            subprocess.run([program("mean_of_two"), first, flipped, out], check=True)
            a, b, mean = (list(Image.open(path).getdata()) for path in (first, flipped, out))
        for x, y, m in zip(a, b, mean):
            # Halves go to the even number.
            self.assertEqual(m, tuple(round((i + j) / 2) for i, j in zip(x, y)))

    def test_the_example_reports_an_error(self):
        run = subprocess.run([program("negative_center"), "missing.png", "out.png"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("missing.png: ", run.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
