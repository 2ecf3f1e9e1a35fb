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


class Examples(unittest.TestCase):
    def test_the_readme_prints_the_example(self):
        readme = (OPTIONS.source / "README.md").read_text()
        code = (OPTIONS.source / "docs/examples/negative_center.cpp").read_text()
        blocks = re.findall(r"```cpp\n(.*?)```", readme, re.S)
        self.assertTrue(any(block in code and "row_pointers" in block for block in blocks))

    def test_the_example_inverts_the_centre_and_nothing_else(self):
        source = OPTIONS.source / "sample_images/scene_rgb8.png"
        with tempfile.TemporaryDirectory() as directory:
            out = pathlib.Path(directory) / "out.png"
            subprocess.run([OPTIONS.program, source, out], check=True)
            before, after = Image.open(source).convert("RGB"), Image.open(out).convert("RGB")
        width, height = before.size
        box = (width // 4, height // 4, width // 4 + width // 2, height // 4 + height // 2)
        expected = before.copy()
        expected.paste(ImageChops.invert(before.crop(box)), box)
        self.assertIsNone(ImageChops.difference(expected, after).getbbox())

    def test_the_example_reports_an_error(self):
        run = subprocess.run([OPTIONS.program, "missing.png", "out.png"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("missing.png: ", run.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--program", required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
