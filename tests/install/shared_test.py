"""The shared library, built by a project that has the source tree inside, used in place and installed."""

import re
import sys
import unittest

from install_testing import OPTIONS, PRIVATE_NAMESPACES, PackageChecks, build, configure, run

BUILD = OPTIONS.scratch / "shared_build"


class SharedLibrary(PackageChecks, unittest.TestCase):
    # A shared library asks nothing of those who link it.
    find_arguments = tuple(f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in ("PNG", "JPEG", "ZLIB", "TBB", "Threads"))

    @classmethod
    def install(cls, prefix):
        configure(
            BUILD, f"-DIMGBUF_SOURCE={OPTIONS.source}", f"-DIMGBUF_WITH_TBB={OPTIONS.with_tbb}", "-DIMGBUF_INSTALL=ON",
            "-DBUILD_SHARED_LIBS=ON", f"-DCMAKE_INSTALL_LIBDIR={OPTIONS.libdir}",
        )
        build(BUILD)
        run(OPTIONS.cmake, "--install", BUILD, "--prefix", prefix)

    def library(self):
        return self.moved / OPTIONS.libdir / "libimgbuf.so"

    def test_a_project_with_the_source_tree_inside_runs(self):
        self.run_consumer(BUILD / "consumer")

    def test_names_say_which_versions_go_together(self):
        major, minor, _ = OPTIONS.version.split(".")
        soname = f"libimgbuf.so.{major}.{minor}" if major == "0" else f"libimgbuf.so.{major}"
        self.assertIn(f"[{soname}]", run(OPTIONS.readelf, "--dynamic", self.library()))
        self.assertEqual(self.library().resolve().name, f"libimgbuf.so.{OPTIONS.version}")
        self.assertEqual((self.library().parent / soname).resolve(), self.library().resolve())

    def test_pkg_config_names_no_library_but_this(self):
        self.assertEqual(self.flags_of_package("--print-requires", "--print-requires-private"), [])
        libraries = [flag for flag in self.flags_of_package("--libs", "--static") if flag.startswith("-l")]
        self.assertEqual(libraries, ["-limgbuf"])

    def test_only_public_names_are_exported(self):
        headers = (OPTIONS.source / "lib/include/imgbuf").glob("*.hpp")
        declared = set(re.findall(r"\w+", " ".join(header.read_text() for header in headers)))
        exported = run(OPTIONS.nm, "--dynamic", "--demangle", "--defined-only", self.library()).splitlines()
        names = [line.split(None, 2)[2] for line in exported]
        self.assertGreater(len(names), 100)
        wrong = []
        for name in names:
            bare = re.sub(r"^(vtable|typeinfo|typeinfo name) for ", "", name)
            match = re.match(r"imgbuf::(detail::)?(\w+)[^(]*", bare)
            if not match or match.group(2) not in declared - PRIVATE_NAMESPACES or "::State" in match.group(0):
                wrong.append(name)
        self.assertEqual(wrong, [])

    def test_no_public_name_is_hidden(self):
        # What other files call is a global symbol. One of imgbuf itself, and not of a private namespace, is declared in a
        # public header; when it is hidden it lacks its IMGBUF_API.
        objects = sorted((BUILD / "imgbuf/lib").rglob("*.o"))
        self.assertGreater(len(objects), 50)
        hidden = set()
        for line in run(OPTIONS.readelf, "--symbols", "--wide", "--demangle", *objects).splitlines():
            # Number, value, size, type, binding, visibility, section, name.
            words = line.split(None, 7)
            if len(words) == 8 and words[4:6] == ["GLOBAL", "HIDDEN"] and words[6] != "UND":
                path = words[7].split("(")[0].split("::")
                if path[0] == "imgbuf" and path[1] not in PRIVATE_NAMESPACES and "State" not in path:
                    hidden.add(words[7])
        self.assertEqual(sorted(hidden), [])


if __name__ == "__main__":
    if OPTIONS.sanitizers:
        print("skipped: packaging does not depend on sanitizers, and a second library with them takes long to build")
        sys.exit(0)
    unittest.main()
