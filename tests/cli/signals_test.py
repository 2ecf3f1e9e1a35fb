"""Interrupting the program, and pipes whose other end goes."""

import os
import resource
import signal
import subprocess
import time
import unittest

from cli_testing import PROGRAM, CliTest, picture

OLD = b"the old file"
DEADLINE_SECONDS = 30


class Signals(CliTest):
    def setUp(self):
        super().setUp()
        self.data = self.save(picture(size=(200, 800)), "in.png").read_bytes()
        self.path("in.png").unlink()
        self.path("out.jpg").write_bytes(OLD)

    def start(self, *arguments):
        """Starts a conversion of standard input and waits until it has opened its output."""
        process = subprocess.Popen([PROGRAM, "convert", "-", self.path("out.jpg"), *arguments],
                                   stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.kill)
        process.stdin.write(self.data[:len(self.data) // 2])
        process.stdin.flush()
        deadline = time.monotonic() + DEADLINE_SECONDS
        while len(list(self.directory.iterdir())) < 2:
            self.assertIsNone(process.poll(), "it has ended already")
            self.assertLess(time.monotonic(), deadline, "no temporary file")
            time.sleep(0.002)
        return process

    def test_the_temporary_file_goes_and_the_signal_kills(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for threads in ("1", "2"):
                for more in ([], ["--interlace", "--format", "png"]):
                    with self.subTest(number=number, threads=threads, more=more):
                        process = self.start("--threads", threads, *more)
                        process.send_signal(number)
                        self.assertEqual(process.wait(DEADLINE_SECONDS), -number)
                        self.assertEqual(process.stderr.read(), b"")
                        self.assert_untouched(["out.jpg"])
                        self.assertEqual(self.path("out.jpg").read_bytes(), OLD)

    def test_an_ignored_signal_stays_ignored(self):
        process = subprocess.Popen([PROGRAM, "convert", "-", self.path("out.jpg")], stdin=subprocess.PIPE,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        process.stdin.write(self.data[:len(self.data) // 2])
        process.stdin.flush()
        while len(list(self.directory.iterdir())) < 2:
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        process.stdin.write(self.data[len(self.data) // 2:])
        process.stdin.close()
        self.assertEqual(process.wait(DEADLINE_SECONDS), 0)
        self.assertNotEqual(self.path("out.jpg").read_bytes(), OLD)

    def test_a_file_that_may_not_grow_is_an_error(self):
        self.path("in.png").write_bytes(self.data)
        limit = (4096, 4096)
        run = subprocess.run([PROGRAM, "convert", self.path("in.png"), self.path("out.jpg")], stderr=subprocess.PIPE,
                             timeout=DEADLINE_SECONDS, check=False,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"out.jpg: ", run.stderr)
        self.assertIn(b"File too large", run.stderr)
        self.assertEqual(run.stderr.count(b"\n"), 1)
        self.assertEqual(sorted(p.name for p in self.directory.iterdir()), ["in.png", "out.jpg"])
        self.assertEqual(self.path("out.jpg").read_bytes(), OLD)

    def test_a_reader_that_goes_is_an_error(self):
        self.path("in.png").write_bytes(self.data)
        for arguments in (["convert", self.path("in.png"), "-"], ["info", self.path("in.png")],
                          ["convert", self.path("in.png"), "-", "--explain"], ["--version"]):
            read_end, write_end = os.pipe()
            os.close(read_end)
            run = subprocess.run([PROGRAM, *map(str, arguments)], stdout=write_end, stderr=subprocess.PIPE,
                                 timeout=DEADLINE_SECONDS, check=False)
            os.close(write_end)
            self.assertEqual(run.returncode, 1, arguments)
            self.assertIn(b"standard output: ", run.stderr)
            self.assertIn(b"Broken pipe", run.stderr)
            self.assertEqual(run.stderr.count(b"\n"), 1)


if __name__ == "__main__":
    unittest.main()
