"""The static library, as the tree that is being tested installs it."""

import concurrent.futures
import os
import subprocess
import unittest

from install_testing import OPTIONS, PackageChecks, configure, run


def is_version_compatible(version_file, wanted):
    major, minor, patch = wanted.split(".")
    asked = {"": wanted, "_MAJOR": major, "_MINOR": minor, "_PATCH": patch, "_COUNT": 3}
    script = "".join(f'set(PACKAGE_FIND_VERSION{part} "{value}")\n' for part, value in asked.items())
    script += f'set(PACKAGE_FIND_NAME imgbuf)\ninclude("{version_file}")\n'
    script += 'if(PACKAGE_VERSION_COMPATIBLE)\n message("yes")\nendif()\n'
    path = version_file.parent / "ask.cmake"
    path.write_text(script)
    return run(OPTIONS.cmake, "-P", path) == "yes\n"


class StaticLibrary(PackageChecks, unittest.TestCase):
    pkg_config_arguments = ("--static",)

    @classmethod
    def install(cls, prefix):
        run(OPTIONS.cmake, "--install", OPTIONS.build, "--prefix", prefix)

    def test_each_header_compiles_alone(self):
        flags = self.flags_of_package("--cflags")
        warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Wsign-conversion", "-Werror"]

        def compile_alone(header):
            return subprocess.run(
                [OPTIONS.compiler, "-std=c++20", "-fsyntax-only", *warnings, *flags, "-x", "c++", "-"],
                input=f"#include <imgbuf/{header.name}>\n", capture_output=True, text=True,
            ).stderr

        headers = sorted((self.moved / "include/imgbuf").glob("*.hpp"))
        self.assertGreater(len(headers), 20)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for header, messages in zip(headers, pool.map(compile_alone, headers)):
                self.assertEqual(messages, "", header.name)

    def test_a_minor_version_is_another_interface(self):
        version_file = self.moved / OPTIONS.libdir / "cmake/imgbuf/imgbuf-config-version.cmake"
        major, minor, _ = map(int, OPTIONS.version.split("."))
        self.assertTrue(is_version_compatible(version_file, OPTIONS.version))
        self.assertTrue(is_version_compatible(version_file, f"{major}.{minor}.0"))
        self.assertFalse(is_version_compatible(version_file, f"{major}.{minor + 1}.0"))
        self.assertFalse(is_version_compatible(version_file, f"{major}.{minor}.999"))
        if minor > 0:
            self.assertFalse(is_version_compatible(version_file, f"{major}.{minor - 1}.0"))

    def test_the_program_is_installed(self):
        program = self.moved / "bin/imgbuf"
        if not program.exists():
            self.skipTest("this build has no program")
        self.assertIn(OPTIONS.version, run(program, "--version"))

    def test_a_project_with_the_source_tree_inside_resolves_its_libraries(self):
        # Generating fails when a library that imgbuf links cannot be seen from the project around it.
        directory = self.directory / "subdirectory"
        configure(directory, f"-DIMGBUF_SOURCE={OPTIONS.source}", f"-DIMGBUF_WITH_TBB={OPTIONS.with_tbb}")
        self.assertNotIn("install(", (directory / "imgbuf/lib/cmake_install.cmake").read_text())
        self.assertFalse((directory / "imgbuf/lib/package").exists())


if __name__ == "__main__":
    unittest.main()
