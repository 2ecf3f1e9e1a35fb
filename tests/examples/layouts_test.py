"""docs/layout.md prints what its program prints: every block of numbers in the page, and all of them."""

import argparse
import pathlib
import re
import subprocess
import sys
import unittest

OPTIONS = argparse.Namespace()


def examples(text):
    """The examples in a text: a line that names the view, and its indented lines."""
    return [example.rstrip() for example in re.findall(r"^\S.*\n(?:  .*\n)+", text, re.MULTILINE)]


class Layouts(unittest.TestCase):
    def test_the_page_prints_what_the_library_says(self):
        run = subprocess.run([OPTIONS.program], capture_output=True, text=True, check=True)
        self.assertNotIn("is not what the library says", run.stdout)
        self.assertNotIn("nowhere", run.stdout)
        blocks = re.findall(r"```text\n(.*?)```", OPTIONS.page.read_text(), re.DOTALL)
        self.maxDiff = None
        printed, written = examples(run.stdout), [example for block in blocks for example in examples(block)]
        self.assertEqual("".join(block + "\n" for block in printed), run.stdout.replace("\n\n", "\n"))
        self.assertEqual(sorted(written), sorted(printed))

    def test_the_pictures_name_layouts_of_the_page(self):
        pictures = [path.read_text() for path in sorted(OPTIONS.page.parent.glob("images/layout_*.svg"))]
        named = re.findall(r"\([\d, ]+\) strides \([-\d, ]+\)(?: levels .*? offsets \([-\d, ]+\))?", "".join(pictures))
        self.assertGreater(len(named), 5)
        page = OPTIONS.page.read_text()
        self.assertEqual([layout for layout in named if layout not in page], [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--page", type=pathlib.Path, required=True)
    parser.add_argument("--program", required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
