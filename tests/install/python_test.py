"""The installed Python package is complete and works without the build tree.

Usage: python_test.py CMAKE BUILD PACKAGES      PACKAGES: where packages are installed, below the prefix
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD, PACKAGES = sys.argv[1:4]

PROGRAM = """
import imgbuf
image = imgbuf.zeros((2, 3), arrangement="rows")
image[1] = [1, 2, 3]
print(imgbuf.__file__, image.tolist(), bool(imgbuf.Image.__doc__))
"""


class InstalledPackage(unittest.TestCase):
    def test_the_installed_package_works_by_itself(self):
        with tempfile.TemporaryDirectory() as prefix:
            subprocess.run([CMAKE, "--install", BUILD, "--component", "python", "--prefix", prefix], check=True,
                           capture_output=True)
            packages = pathlib.Path(prefix, PACKAGES)
            built = {p.name for p in pathlib.Path(BUILD, "python", "imgbuf").iterdir() if p.name != "__pycache__"}
            self.assertEqual({p.name for p in (packages / "imgbuf").iterdir()}, built)
            self.assertIn("py.typed", built)
            run = subprocess.run([sys.executable, "-B", "-c", PROGRAM], capture_output=True, text=True, check=False,
                                 cwd=prefix, env={**os.environ, "PYTHONPATH": str(packages)})
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertEqual(run.stdout, f"{packages / 'imgbuf' / '__init__.py'} [[0, 0, 0], [1, 2, 3]] True\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
