#!/usr/bin/python3
"""Shows that layers.py sees what it is there to see: each case plants one fault in a tree without any."""

import tempfile
import unittest
from pathlib import Path

import layers

GOOD = {
    "lib/CMakeLists.txt": "add_subdirectory(base)\nadd_subdirectory(codecs)\n",
    "lib/base/CMakeLists.txt": "target_sources(imgbuf PRIVATE error.cpp)  # old.cpp\n",
    "lib/base/error.cpp": '#include "imgbuf/error.hpp"\n\n#include <tbb/info.h>\n#include <unistd.h>\n#include <string>\n',
    "lib/codecs/CMakeLists.txt": "target_sources(imgbuf PRIVATE\n  png/reader.cpp\n)\n",
    "lib/codecs/png/guard.hpp": "#pragma once\n#include <png.h>\n#include \"imgbuf/error.hpp\"\n",
    "lib/codecs/png/reader.cpp": '#include "codecs/png/guard.hpp"\n#include "imgbuf/reader.hpp"\n',
    "lib/include/imgbuf/error.hpp": "#pragma once\n#include <string>\n",
    "lib/include/imgbuf/reader.hpp": '#pragma once\n#include "imgbuf/error.hpp"\n',
    "apps/imgbuf/CMakeLists.txt": "add_executable(imgbuf_cli ${CMAKE_CURRENT_SOURCE_DIR}/main.cpp)\n",
    "apps/imgbuf/main.cpp": "#include <CLI/App.hpp>\n",
}


class Layers(unittest.TestCase):
    def violations(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {**GOOD, **changes}.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return layers.check(root)

    def assert_one(self, changes, place, words):
        found = self.violations(changes)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(place + ": "), found[0])
        self.assertIn(words, found[0])

    def planted(self, name, line):
        """A tree in which `line` follows the first line of a file."""
        return {name: GOOD[name].split("\n", 1)[0] + "\n" + line + "\n" + GOOD[name].split("\n", 1)[1]}

    def test_a_right_tree_has_no_violation(self):
        self.assertEqual(self.violations({}), [])

    def test_an_include_that_points_up(self):
        public = "lib/include/imgbuf/error.hpp"
        self.assert_one(self.planted(public, '#include "imgbuf/reader.hpp"'), public + ":2", "codecs is not below base")
        private = "lib/base/error.cpp"
        self.assert_one(
            self.planted(private, '  #  include "codecs/png/guard.hpp"'), private + ":2", "codecs is not below base"
        )

    def test_an_include_of_a_sibling_layer(self):
        changes = {
            "lib/filters/CMakeLists.txt": "target_sources(imgbuf PRIVATE blur.cpp)",
            "lib/filters/blur.cpp": '#include "imgbuf/reader.hpp"\n',
        }
        self.assert_one(changes, "lib/filters/blur.cpp:1", "codecs is not below filters")

    def test_a_third_party_header_outside_its_layer(self):
        for header, name in [
            ("png.h", "lib/base/error.cpp"),
            ("jpeglib.h", "lib/base/error.cpp"),
            ("zlib.h", "lib/base/error.cpp"),
            ("hwy/highway.h", "lib/base/error.cpp"),
            ("numpy/arrayobject.h", "lib/codecs/png/reader.cpp"),
            ("opencv2/core.hpp", "lib/codecs/png/reader.cpp"),
            ("OpenImageIO/imageio.h", "lib/base/error.cpp"),
            ("tbb/parallel_for.h", "lib/codecs/png/reader.cpp"),
            ("fmt/format.h", "lib/codecs/png/reader.cpp"),
            ("CLI/App.hpp", "lib/base/error.cpp"),
        ]:
            self.assert_one(self.planted(name, f"#include <{header}>"), name + ":2", f"<{header}> is known to")

    def test_a_header_that_is_not_known(self):
        name = "lib/base/error.cpp"
        self.assert_one(self.planted(name, "#include <boost/any.hpp>"), name + ":2", "no header that layers.py knows")

    def test_a_public_header_with_more_than_std_and_imgbuf(self):
        name = "lib/include/imgbuf/reader.hpp"
        self.assert_one(self.planted(name, "#include <png.h>"), name + ":2", "a public header includes only")
        self.assert_one(self.planted(name, "#include <unistd.h>"), name + ":2", "a public header includes only")
        self.assert_one(self.planted(name, '#include "codecs/png/guard.hpp"'), name + ":2", "includes a private one")

    def test_files_and_headers_of_no_layer(self):
        self.assert_one({"lib/include/imgbuf/new.hpp": ""}, "lib/include/imgbuf/new.hpp:1", "a file of no layer")
        self.assert_one(
            {"lib/misc/CMakeLists.txt": "x(a.cpp)", "lib/misc/a.cpp": ""}, "lib/misc/a.cpp:1", "a file of no layer"
        )
        name = "lib/base/error.cpp"
        self.assert_one(self.planted(name, '#include "imgbuf/new.hpp"'), name + ":2", "has no layer in layers.py")
        self.assert_one(self.planted(name, '#include "error.hpp"'), name + ":2", "is no path from lib/")

    def test_forgotten_files(self):
        self.assert_one({"lib/base/old.cpp": ""}, "lib/base/old.cpp:1", "in no CMakeLists.txt")
        self.assert_one({"apps/imgbuf/other.cpp": ""}, "apps/imgbuf/other.cpp:1", "in no CMakeLists.txt")
        self.assert_one({"tests/unit/a_test.cpp": ""}, "tests/unit/a_test.cpp:1", "in no CMakeLists.txt")
        self.assert_one({"lib/base/lonely.hpp": ""}, "lib/base/lonely.hpp:1", "nobody includes")

    def test_comments_are_no_includes(self):
        name = "lib/base/error.cpp"
        text = "/*\n#include <png.h>\n*/\n// #include <png.h>\n#include <zlib.h>"
        self.assert_one(self.planted(name, text), name + ":6", "<zlib.h>")


if __name__ == "__main__":
    unittest.main()
