"""`imgbuf stats`: what it finds against NumPy, what it draws in terminals and files."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import unittest
from xml.etree import ElementTree

from cli_testing import PROGRAM, CliTest, need, picture, scene
from PIL import Image

try:
    import numpy
except ImportError:
    numpy = None

with_numpy = unittest.skipIf(numpy is None, "not installed: NumPy")


def on_terminal(*arguments, columns=90, **environment):
    """What the program writes to a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LC_") and k not in ("LANG", "NO_COLOR", "TERM")}
    program = subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=theirs, env={**clean, **environment})
    os.close(theirs)
    output = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        output += piece
    os.close(ours)
    program.wait(timeout=60)
    return output.decode()


class Stats(CliTest):
    def stats(self, *arguments, **more):
        return self.run_program("stats", *arguments, **more)

    def facts(self, *arguments, **more):
        return json.loads(self.stats(*arguments, "--json", **more).stdout)

    @with_numpy
    def test_numbers_are_numpys(self):
        dice = numpy.random.default_rng(9)
        for kind in "u1 i1 u2 i2 u4 i4 f2 f4 f8".split():
            for shape in ((33, 21), (33, 21, 3), (7, 90, 4)):
                with self.subTest(kind=kind, shape=shape):
                    dtype = numpy.dtype(kind)
                    if dtype.kind == "f":
                        array = dice.normal(size=shape).astype(dtype)
                    else:
                        limits = numpy.iinfo(dtype)
                        array = dice.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)
                    numpy.save(self.path("in.npy"), array.astype(">" + kind))
                    facts = self.facts(self.path("in.npy"))
                    plain = array.reshape(*shape[:2], -1).astype(float)
                    for c, channel in enumerate(facts["channels"]):
                        values = plain[:, :, c]
                        self.assertEqual(channel["count"], values.size)
                        self.assertEqual((channel["minimum"], channel["maximum"]), (values.min(), values.max()))
                        scale = abs(values).max()
                        self.assertAlmostEqual(channel["mean"] / scale, values.mean() / scale, delta=1e-14)
                        self.assertAlmostEqual(channel["standard_deviation"] / values.std(), 1, delta=1e-13)
                        histogram = channel["histogram"]
                        low, high = histogram["low"], histogram["high"]
                        end = high + 1 if dtype.kind != "f" and dtype.itemsize <= 2 else high
                        self.assertEqual(histogram["counts"], numpy.histogram(values, 256, (low, end))[0].tolist())
                    if dtype.kind == "f" or dtype.itemsize == 4:
                        self.assertEqual((low, high), (plain.min(), plain.max()))
                    else:
                        self.assertEqual((low, high), (limits.min, limits.max))

    @with_numpy
    def test_samples_that_are_not_finite_are_told_apart(self):
        array = numpy.full((6, 5), 2, "f4")
        array[0, :3] = numpy.nan
        array[1, :2] = -numpy.inf
        array[5, 4] = numpy.inf
        numpy.save(self.path("in.npy"), array)
        channel = self.facts(self.path("in.npy"))["channels"][0]
        self.assertEqual([channel[k] for k in ("count", "nan", "positive_infinity", "negative_infinity", "mean")],
                         [24, 3, 1, 2, 2])
        self.assertIn("3 NaN, 1 infinite, 2 negative infinite", self.stats(self.path("in.npy")).stdout.decode())
        numpy.save(self.path("in.npy"), numpy.array([[0, 1e300], [1, 2]]))  # too large to be squared
        self.assertRegex(self.stats(self.path("in.npy")).stdout.decode(), r"1e\+300 +2.5e\+299 +nan")
        numpy.save(self.path("in.npy"), numpy.full((2, 2), numpy.nan))
        self.assertEqual(self.facts(self.path("in.npy"))["channels"][0]["mean"], "nan")
        self.stats(self.path("in.npy"), "--svg", self.path("out.svg"))

    def test_bins_crop_and_depth(self):
        image = picture("L", (40, 30))
        source = self.save(image, "in.png")
        histogram = self.facts(source)["channels"][0]["histogram"]
        self.assertEqual(histogram["counts"], image.histogram())
        self.assertEqual((histogram["low"], histogram["high"]), (0, 255))
        counts = self.facts(source, "--bins", "4")["channels"][0]["histogram"]["counts"]
        self.assertEqual(counts, [sum(image.histogram()[i:i + 64]) for i in range(0, 256, 64)])
        cropped = self.facts(source, "--crop", "7x5+30+20")
        self.assertEqual((cropped["width"], cropped["height"]), (7, 5))
        self.assertEqual(cropped["channels"][0]["histogram"]["counts"], image.crop((30, 20, 37, 25)).histogram())
        self.path("deep.pgm").write_bytes(b"P5 2 2 1023\n" + struct.pack(">4H", 0, 5, 1000, 1023))
        histogram = self.facts(self.path("deep.pgm"))["channels"][0]["histogram"]
        self.assertEqual((histogram["low"], histogram["high"], len(histogram["counts"])), (0, 1023, 256))
        self.assertEqual([i for i, n in enumerate(histogram["counts"]) if n], [0, 1, 250, 255])

    def test_palettes_count_as_colors(self):
        colors = picture().quantize(16)
        facts = self.facts(self.save(colors, "in.png"))
        self.assertEqual([c["name"] for c in facts["channels"]], ["R", "G", "B"])
        counts = sum((c["histogram"]["counts"] for c in facts["channels"]), [])
        self.assertEqual(counts, colors.convert("RGB").histogram())

    def test_text_without_a_terminal_is_plain(self):
        source = self.save(scene(), "in.png")
        text = self.stats(source, env={**os.environ, "LANG": "C.UTF-8", "TERM": "xterm"}).stdout
        self.assertTrue(text.isascii())
        self.assertNotIn(b"\x1b", text)
        self.assertIn(b"#", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_a_terminal_is_filled(self):
        source = self.save(scene((300, 200)), "in.png")
        for columns in (40, 90, 300):
            text = on_terminal("stats", source, columns=columns, LANG="C.UTF-8", TERM="xterm")
            self.assertIn("█", text)
            for color in ("91", "92", "94"):
                self.assertIn(f"\x1b[{color}m", text)
            charts = text[text.index("R, up to"):]
            for code in ("\x1b[91m", "\x1b[92m", "\x1b[94m", "\x1b[0m", "\r"):
                charts = charts.replace(code, "")
            self.assertLessEqual(max(map(len, charts.split("\n"))), columns)
        self.assertTrue(on_terminal("stats", source, LANG="C", TERM="xterm").isascii())
        self.assertTrue(on_terminal("stats", source, LC_ALL="C", LANG="C.UTF-8", TERM="xterm").isascii())
        self.assertNotIn("\x1b", on_terminal("stats", source, LANG="C.UTF-8", TERM="dumb"))
        self.assertNotIn("\x1b", on_terminal("stats", source, LANG="C.UTF-8", TERM="xterm", NO_COLOR="1"))

    def test_svg(self):
        source = self.save(picture("RGBA"), "a<b.png")
        text = self.stats(source, "--svg", self.path("out.svg")).stdout
        self.assertIn(b"minimum", text)
        drawn = self.path("out.svg").read_bytes()
        root = ElementTree.fromstring(drawn)
        self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
        self.assertIn("a<b.png", [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")])
        self.assertEqual(self.stats(source, "--svg", "-").stdout, drawn)
        self.stats(source, "--svg", self.path("none/out.svg"), status=1)
        self.stats(source, "--svg", "-", "--json", status=2)

    @need("rsvg-convert")
    def test_svg_shows_each_channel(self):
        source = self.save(scene((200, 100)), "in.png")
        self.stats(source, "--svg", self.path("out.svg"))
        subprocess.run(["rsvg-convert", self.path("out.svg"), "-o", self.path("out.png")], check=True)
        with Image.open(self.path("out.png")) as drawn:
            colors = {color[:3] for _, color in drawn.convert("RGB").getcolors(1 << 20)}
        for red, green, blue in ((0xd9, 0x48, 0x4a), (0x1f, 0x9d, 0x61), (0x3a, 0x76, 0xe0)):
            self.assertIn((red, green, blue), colors)

    def test_wrong_usage_and_failures(self):
        source = self.save(picture(), "in.png")
        for wrong in (["--bins", "0"], ["--bins", "x"], ["--bins", "257"], ["--crop", "5x5"], ["--crop", "5x5+60+0"]):
            self.stats(source, *wrong, status=2)
        self.assertIn(b"none.png", self.stats(self.path("none.png"), status=1).stderr)
        self.path("text.png").write_text("text")
        self.stats(self.path("text.png"), status=1)

    def test_standard_input_and_threads(self):
        source = self.save(picture(size=(400, 300)), "in.png")
        one = self.facts("-", stdin=source.read_bytes())
        self.assertEqual(one.pop("file"), "standard input")
        two = self.facts(source, "--threads", "2")
        two.pop("file")
        self.assertEqual(one, two)


if __name__ == "__main__":
    unittest.main()
