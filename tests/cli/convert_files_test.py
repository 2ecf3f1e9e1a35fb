"""Where output goes, what it replaces, and that a failure leaves everything as it was."""

import os
import pathlib
import stat
import subprocess
import threading
import unittest

from PIL import Image

from cli_testing import PROGRAM, CliTest, picture, scene

OLD = b"the old file"


class Outputs(CliTest):
    def setUp(self):
        super().setUp()
        self.source = self.save(scene(), "in.png")
        self.convert(self.source, self.path("expected.jpg"))
        self.expected = self.path("expected.jpg").read_bytes()
        self.path("expected.jpg").unlink()

    def test_standard_streams(self):
        data = self.source.read_bytes()
        run = self.convert("-", "-", "--format", "jpg", stdin=data)
        self.assertEqual(run.stdout, self.expected)
        self.assertEqual(self.convert(self.source, "-", "--format", "JPEG").stdout, self.expected)
        self.convert("-", self.path("out.jpg"), stdin=data)
        self.assertEqual(self.path("out.jpg").read_bytes(), self.expected)
        with open(self.source, "rb") as redirected:
            run = subprocess.run([PROGRAM, "convert", "-", "-", "--format", "jpg"], stdin=redirected,
                                 capture_output=True, check=True)
        self.assertEqual(run.stdout, self.expected)

    def test_without_an_extension_the_format_is_the_inputs(self):
        for name in (self.path("out"), "-"):
            run = self.convert(self.source, name)
            data = run.stdout or self.path("out").read_bytes()
            self.assertTrue(data.startswith(b"\x89PNG"))
        self.convert(self.source, self.path("out"), "--format", "jpg")
        self.assertEqual(self.path("out").read_bytes(), self.expected)

    def test_format_goes_before_the_extension(self):
        self.convert(self.source, self.path("out.png"), "--format", "jpg")
        self.assertEqual(self.path("out.png").read_bytes(), self.expected)

    def test_fifo_is_written_in_place(self):
        fifo = self.path("fifo.jpg")
        os.mkfifo(fifo)
        got = []
        reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
        reader.start()
        self.convert(self.source, fifo)
        reader.join()
        self.assertEqual(got, [self.expected])
        self.assertTrue(stat.S_ISFIFO(fifo.stat().st_mode))

    def test_fifo_is_read(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        data = self.source.read_bytes()
        writer = threading.Thread(target=lambda: fifo.write_bytes(data))
        writer.start()
        self.convert(fifo, self.path("out.jpg"))
        writer.join()
        self.assertEqual(self.path("out.jpg").read_bytes(), self.expected)

    def test_devices_are_written_in_place(self):
        self.convert(self.source, "/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        run = self.convert(self.source, "/dev/full", status=1)
        self.assertIn("/dev/full: ", run.stderr.decode())

    def test_symbolic_links_are_followed(self):
        self.path("target.jpg").write_bytes(OLD)
        self.path("link.jpg").symlink_to("target.jpg")
        self.convert(self.source, self.path("link.jpg"))
        self.assertTrue(self.path("link.jpg").is_symlink())
        self.assertEqual(self.path("target.jpg").read_bytes(), self.expected)

    def test_the_mode_is_kept_or_follows_the_umask(self):
        self.path("old.jpg").write_bytes(OLD)
        self.path("old.jpg").chmod(0o640)
        self.convert(self.source, self.path("old.jpg"))
        self.assertEqual(stat.S_IMODE(self.path("old.jpg").stat().st_mode), 0o640)
        self.convert(self.source, self.path("new.jpg"), preexec_fn=lambda: os.umask(0o027))
        self.assertEqual(stat.S_IMODE(self.path("new.jpg").stat().st_mode), 0o640)

    def test_onto_itself(self):
        for name, options in (("in.png", ["--gray"]), ("in.png", ["--interlace"])):
            self.save(scene(), name)
            self.convert(self.source, self.path("elsewhere.png"), *options)
            self.convert(self.path(name), self.path(name), *options)
            self.assertEqual(self.path(name).read_bytes(), self.path("elsewhere.png").read_bytes())

    def test_a_name_that_begins_with_a_dash(self):
        self.run_program("convert", "--", "in.png", "--out.jpg", cwd=self.directory)
        self.assertEqual(self.path("--out.jpg").read_bytes(), self.expected)


class Failures(CliTest):
    def setUp(self):
        super().setUp()
        self.source = self.save(picture(size=(300, 400)), "in.png")
        self.path("old.jpg").write_bytes(OLD)

    def assert_failed(self, *arguments, names, **more):
        """Exit status 1, one line that begins with the file's name, and nothing touched."""
        run = self.convert(*arguments, status=1, **more)
        self.assertEqual(self.path("old.jpg").read_bytes(), OLD)
        self.assert_untouched(names)
        return run.stderr.decode()

    def test_a_truncated_input_leaves_the_old_output(self):
        whole = self.source.read_bytes()
        self.source.unlink()
        self.save(picture(size=(300, 400)), "whole.jpg")
        jpeg = self.path("whole.jpg").read_bytes()
        self.path("whole.jpg").unlink()
        for name, data in (("cut.png", whole), ("cut.jpg", jpeg)):
            for length in (0, 4, 20, 60, len(data) // 2, len(data) - 1):
                if name == "cut.jpg" and length == len(data) - 1:
                    continue  # half of the last marker: djpeg takes it as well
                self.path(name).write_bytes(data[:length])
                for threads in ("1", "2"):
                    message = self.assert_failed(self.path(name), self.path("old.jpg"), "--threads", threads,
                                                 names=["old.jpg", name])
                    self.assertTrue(message.startswith(f"imgbuf: {self.path(name)}: "), message)
            self.path(name).unlink()

    def test_a_corrupt_input_leaves_the_old_output(self):
        data = bytearray(self.source.read_bytes())
        data[len(data) // 2] ^= 0x55
        self.source.write_bytes(data)
        self.assert_failed(self.source, self.path("old.jpg"), names=["in.png", "old.jpg"])

    def test_an_input_that_is_none(self):
        names = ["in.png", "old.jpg"]
        message = self.assert_failed(self.path("none.png"), self.path("old.jpg"), names=names)
        self.assertIn("none.png: ", message)
        self.assertIn("No such file", message)
        self.assert_failed(self.directory, self.path("old.jpg"), names=names)
        self.path("text.png").write_text("this is no picture")
        self.assert_failed(self.path("text.png"), self.path("old.jpg"), names=[*names, "text.png"])

    def test_an_output_that_cannot_be(self):
        names = ["in.png", "old.jpg"]
        message = self.assert_failed(self.source, self.path("no/such/place.jpg"), names=names)
        self.assertTrue(message.startswith(f"imgbuf: {self.path('no/such/place.jpg')}: "), message)
        self.path("directory.jpg").mkdir()
        self.assert_failed(self.source, self.path("directory.jpg"), names=[*names, "directory.jpg"])

    def test_a_read_only_output_is_not_replaced(self):
        self.path("old.jpg").chmod(0o444)
        self.source.chmod(0o644)
        as_somebody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        program = pathlib.Path(PROGRAM)
        if as_somebody and subprocess.run([program, "--version"], capture_output=True, check=False,
                                          **as_somebody).returncode != 0:
            self.skipTest("an ordinary user may not run the program where it was built")
        message = self.assert_failed(self.source, self.path("old.jpg"), names=["in.png", "old.jpg"], **as_somebody)
        self.assertIn("Permission denied", message)

    def test_explain_writes_nothing(self):
        run = self.convert(self.source, self.path("old.jpg"), "--explain", "--gray", "--progressive")
        text = run.stdout.decode()
        for word in ("decode", "convert pixels", "encode", "streaming", "memory", "copied"):
            self.assertIn(word, text)
        self.assertEqual(run.stderr, b"")
        self.convert(self.source, self.path("no/such/place.png"), "--explain")
        self.assertEqual(self.path("old.jpg").read_bytes(), OLD)
        self.assert_untouched(["in.png", "old.jpg"])
        self.convert(self.path("none.png"), "out.png", "--explain", status=1)

    def test_explain_says_what_is_lost(self):
        source = self.save(picture("RGBA"), "alpha.png")
        text = self.convert(source, "out.jpg", "--explain").stdout.decode()
        self.assertIn("alpha composited over #ffffff: JPEG holds no alpha", text)

    def test_verbose_tells_plan_and_work_on_standard_error(self):
        run = self.convert(self.source, "-", "--verbose")
        text = run.stderr.decode()
        self.assertIn("streaming       yes, ", text)
        self.assertIn("400 rows", text)
        self.path("out.png").write_bytes(run.stdout)
        with Image.open(self.path("out.png")) as out:
            self.assert_same_pixels(out, picture(size=(300, 400)))


if __name__ == "__main__":
    unittest.main()
