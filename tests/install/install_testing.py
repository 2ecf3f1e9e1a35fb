"""What the tests of the installed packages share: options of the build, ways to run it, and the checks of any package."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import types

OPTIONS = types.SimpleNamespace(**json.loads(pathlib.Path(sys.argv.pop(1)).read_text()))
OPTIONS.source = pathlib.Path(OPTIONS.source)
OPTIONS.scratch = pathlib.Path(OPTIONS.scratch)

CONSUMER = pathlib.Path(__file__).parent / "consumer"
SAMPLE = OPTIONS.source / "sample_images/scene_rgb8.png"
# Namespaces below imgbuf that no public header has.
PRIVATE_NAMESPACES = {
    name
    for path in (OPTIONS.source / "lib").rglob("*.?pp")
    if "include" not in path.parts
    for name in re.findall(r"^namespace imgbuf::(\w+)", path.read_text(), re.MULTILINE)
} - {"detail"}
# A program over a sanitized static library needs the sanitizers too, and so it is with whatever flags were given.
FLAGS = OPTIONS.flags.split() + ([f"-fsanitize={OPTIONS.sanitizers}"] if OPTIONS.sanitizers else [])


def run(*command, **environment):
    """Runs a program and returns what it printed; what a failing one printed is in the error."""
    done = subprocess.run(
        [str(word) for word in command], env={**os.environ, **environment}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(map(str, command))} exits with {done.returncode}:\n{done.stdout}")
    return done.stdout


def configure(build, *settings, project=CONSUMER):
    run(
        OPTIONS.cmake, "-S", project, "-B", build, "-G", OPTIONS.generator, "-DCMAKE_BUILD_TYPE=Debug",
        f"-DCMAKE_CXX_COMPILER={OPTIONS.compiler}", f"-DCMAKE_CXX_COMPILER_LAUNCHER={OPTIONS.launcher}",
        f"-DCMAKE_CXX_FLAGS={' '.join(FLAGS)}", *settings,
    )


def build(directory):
    run(OPTIONS.cmake, "--build", directory, "--parallel", os.cpu_count())


class PackageChecks:
    """Checks of an installed tree. A test class derives from it and defines `install(prefix)`."""

    pkg_config_arguments = ()  # what pkg-config is called with to link this kind of library
    find_arguments = ()  # what a project that uses the CMake package is configured with

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="imgbuf_install_"))
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.installed = cls.directory / "installed"
        cls.install(cls.installed)
        cls.moved = cls.directory / "moved elsewhere"
        shutil.copytree(cls.installed, cls.moved, symlinks=True)

    def run_consumer(self, program, **environment):
        output = run(program, SAMPLE, self.directory, **environment)
        self.assertEqual(output, f"imgbuf {OPTIONS.version}\n")

    def flags_of_package(self, *arguments):
        pkgconfig = self.moved / OPTIONS.libdir / "pkgconfig"
        return shlex.split(run("pkg-config", *arguments, "imgbuf", PKG_CONFIG_PATH=str(pkgconfig)))

    def test_a_cmake_project_finds_the_package(self):
        for place in (self.installed, self.moved):
            with self.subTest(place=place.name):
                directory = self.directory / f"cmake of {place.name}"
                configure(directory, f"-DCMAKE_PREFIX_PATH={place}", *self.find_arguments)
                build(directory)
                self.run_consumer(directory / "consumer")

    def test_a_compiler_is_told_by_pkg_config(self):
        program = self.directory / "pkg_config_consumer"
        flags = self.flags_of_package("--cflags", "--libs", *self.pkg_config_arguments)
        run(OPTIONS.compiler, "-std=c++20", *FLAGS, CONSUMER / "main.cpp", *flags, "-o", program)
        self.run_consumer(program, LD_LIBRARY_PATH=str(self.moved / OPTIONS.libdir))
        self.assertEqual(self.flags_of_package("--modversion"), [OPTIONS.version])

    def test_nothing_installed_knows_where_it_was_installed(self):
        files = [path for path in self.installed.rglob("*") if path.is_file()]
        self.assertGreater(len(files), 20)
        here = str(self.directory).encode()
        self.assertEqual([path.name for path in files if here in path.read_bytes()], [])
        cmake = [path for path in files if path.suffix == ".cmake"]
        source = str(OPTIONS.source).encode()
        self.assertEqual([path.name for path in cmake if source in path.read_bytes()], [])

    def test_documents_and_headers_are_there(self):
        for name in ("LICENSE", "README.md", "CHANGELOG.md", "docs/architecture.md", "docs/images/arrangements.svg"):
            self.assertTrue((self.installed / "share/doc/imgbuf" / name).is_file(), name)
        headers = {path.name for path in (self.installed / "include/imgbuf").iterdir()}
        self.assertEqual(headers, {path.name for path in (OPTIONS.source / "lib/include/imgbuf").iterdir()})
