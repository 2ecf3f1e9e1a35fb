"""The pictures of memory in docs/images are what scripts/draw-layouts draws today, and the pages show all of them."""

import argparse
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import unittest

OPTIONS = argparse.Namespace()


class LayoutPictures(unittest.TestCase):
    def test_pictures_are_up_to_date(self):
        images = OPTIONS.source / "docs" / "images"
        with tempfile.TemporaryDirectory() as directory:
            run = subprocess.run([sys.executable, OPTIONS.source / "scripts" / "draw-layouts", OPTIONS.program, directory],
                                 capture_output=True, text=True, timeout=120)
            self.assertEqual(run.returncode, 0, run.stderr)
            drawn = sorted(pathlib.Path(directory).iterdir())
            kept = {path.name for path in images.glob("memory_*.svg")}
            missing = kept - {path.name for path in drawn}
            self.assertLessEqual(missing, {"memory_rewired.svg"}, "drawn by nothing")
            for path in drawn:
                if path.name == "memory_rewired.svg" and resource.getpagesize() != 4096:
                    continue  # its bytes are the page's
                with self.subTest(picture=path.name):
                    self.assertIn(path.name, kept, "run scripts/draw-layouts")
                    self.assertTrue(path.read_bytes() == (images / path.name).read_bytes(), "run scripts/draw-layouts")

    def test_each_picture_is_shown(self):
        pages = [OPTIONS.source / "README.md", *(OPTIONS.source / "docs").glob("*.md")]
        shown = {name for page in pages for name in re.findall(r"images/(memory_\w+\.svg)\)", page.read_text())}
        self.assertEqual(shown, {path.name for path in (OPTIONS.source / "docs" / "images").glob("memory_*.svg")})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
