"""Wrong usage exits with 2 and one line that names what was wrong; help has examples."""

import subprocess
import unittest

from cli_testing import PROGRAM, CliTest, picture


class WrongUsage(CliTest):
    def assert_wrong(self, *arguments, names):
        run = self.run_program(*arguments, status=2)
        self.assertIn(names, run.stderr.decode())
        self.assertEqual(run.stdout, b"")

    def test_values_that_make_no_sense(self):
        source = self.save(picture(), "in.png")
        for option, *values in (
                ("--quality", "0", "101", "-1", "x", "", "50.5"), ("--compression", "10", "-1", "x"),
                ("--subsampling", "4:3:2", "420", ""), ("--arrangement", "tiles", "strips:0", "strips:-1", "strips:x", ""),
                ("--depth", "12", "32", "", "f"), ("--background", "#12", "greenish", "1,2", "1,2,256", ""),
                ("--crop", "10x10", "10+1+1", "0x5+0+0", "5x0+0+0", "-5x5+0+0", "5x5+-1+0", "5x5+1+1+1", "axb+c+d",
                 "5x5+1+1 ", "99999999999999999999x1+0+0", ""),
                ("--threads", "-1", "x", "100000"), ("--format", "xyz", "", ".png")):
            for value in values:
                with self.subTest(option=option, value=value):
                    self.assert_wrong("convert", source, self.path("out.jpg"), f"{option}={value}", names=option)
                    if not value.startswith("-") and value:
                        self.assert_wrong("convert", source, self.path("out.jpg"), option, value, names=option)
        self.assert_untouched(["in.png"])

    def test_options_that_exclude_each_other(self):
        for pair in (("--gray", "--rgb"), ("--rgb", "--rgba"), ("--rgba", "--gray")):
            self.assert_wrong("convert", "a.png", "b.png", *pair, names=pair[0])

    def test_arguments_that_are_missing_or_too_many(self):
        self.assert_wrong(names="")
        self.assert_wrong("convert", names="IN")
        self.assert_wrong("convert", "a.png", names="OUT")
        self.assert_wrong("convert", "a.png", "b.png", "c.png", names="c.png")
        self.assert_wrong("convert", "a.png", "b.png", "--quality", names="--quality")
        self.assert_wrong("info", names="FILE")
        self.assert_wrong("info", "a.png", "--arrangement", "tiles", names="--arrangement")

    def test_what_is_not_known(self):
        self.assert_wrong("frobnicate", names="frobnicate")
        self.assert_wrong("convert", "a.png", "b.png", "--frobnicate", names="--frobnicate")
        self.assert_wrong("--frobnicate", names="")
        source = self.save(picture(), "in.png")
        self.assert_wrong("convert", source, self.path("out.xyz"), names="xyz")

    def test_control_characters_stay_out_of_messages(self):
        run = self.run_program("info", "no\n\x1bsuch.png", status=1)
        self.assertNotIn(b"\x1b", run.stderr)


class Help(CliTest):
    def test_version_is_one_line(self):
        run = self.run_program("--version")
        self.assertRegex(run.stdout.decode(), r"\Aimgbuf \d+\.\d+\.\d+\n\Z")
        self.assertEqual(run.stderr, b"")

    def test_help_of_every_command_has_examples(self):
        self.assertIn("imgbuf info ", self.run_program("--help").stdout.decode())
        for command in ("convert", "formats", "info"):
            text = self.run_program(command, "--help").stdout.decode()
            self.assertIn("Examples:", text)
            self.assertIn(f"imgbuf {command} ", text)
        text = self.run_program("convert", "--help").stdout.decode()
        for option in ("--quality", "--subsampling", "--progressive", "--compression", "--arrangement", "--depth",
                       "--gray", "--rgb", "--rgba", "--background", "--crop", "--flip", "--rotate", "--transpose",
                       "--channels", "--auto-orient", "--strip", "--threads",
                       "--format", "--interlace", "--explain", "--verbose"):
            self.assertIn(option, text)

    def test_the_program_loads_no_slow_library(self):
        libraries = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=False).stdout
        for name in ("libOpenImageIO", "libhwy", "libfmt"):
            self.assertNotIn(name, libraries)


if __name__ == "__main__":
    unittest.main()
