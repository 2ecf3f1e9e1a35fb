"""`imgbuf compare`: metrics against NumPy's, exit statuses, pictures of differences."""

import json
import os
import pathlib
import subprocess
import time
import unittest

from cli_testing import PROGRAM, CliTest, need, picture, scene, tool
from PIL import Image

try:
    import numpy
except ImportError:
    numpy = None

with_numpy = unittest.skipIf(numpy is None, "not installed: NumPy")


def convolved(values, weights):
    """Each place where all weights lie inside, along both axes."""
    for _ in range(2):
        values = sum(w * values[:, i:values.shape[1] - len(weights) + 1 + i] for i, w in enumerate(weights)).T
    return values


def ssim(a, b, peak):
    """Of two channels: Wang, Bovik, Sheikh and Simoncelli 2004, equation 13, as it stands there."""
    distance = numpy.arange(-5, 6)
    weights = numpy.exp(-distance**2 / (2 * 1.5**2))
    weights /= weights.sum()
    a, b = a.astype(float), b.astype(float)
    mean_a, mean_b = convolved(a, weights), convolved(b, weights)
    variance_a = convolved(a * a, weights) - mean_a**2
    variance_b = convolved(b * b, weights) - mean_b**2
    covariance = convolved(a * b, weights) - mean_a * mean_b
    c1, c2 = (0.01 * peak)**2, (0.03 * peak)**2
    return numpy.mean((2 * mean_a * mean_b + c1) * (2 * covariance + c2) /
                      ((mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2)))


class Compare(CliTest):
    def compare(self, *arguments, **more):
        return self.run_program("compare", *arguments, **more)

    def facts(self, *arguments, status=1):
        run = self.compare_differing(*arguments, "--json", status=status)
        return json.loads(run.stdout)

    def compare_differing(self, *arguments, status=1, **more):
        """Status 1 is an answer and not an error: nothing is on standard error."""
        run = self.run_quietly("compare", *arguments, **more)
        self.assertEqual((run.returncode, run.stderr), (status, b""))
        return run

    def test_an_input_is_no_output(self):
        source = self.save(picture(), "in.png")
        other = self.save(scene(), "other.png")
        self.path("link.png").symlink_to(source)
        before = source.read_bytes(), other.read_bytes()
        for command in (["compare", source, other, "--diff", self.path("link.png")],
                        ["compare", source, other, "--diff", other],
                        ["stats", self.path("link.png"), "--svg", source],
                        ["layout", source, "--svg", source]):
            with self.subTest(command=command):
                run = self.run_program(*command, status=2)
                self.assertIn(b"is the input, which would be lost", run.stderr)
                self.assertEqual((source.read_bytes(), other.read_bytes()), before)

    def test_thresholds_are_numbers_of_the_metric(self):
        source = self.save(picture(), "in.png")
        for metric, threshold in (("max", "nan"), ("max", "-1"), ("mse", "-0.5"), ("psnr", "nan"), ("ssim", "nan")):
            self.run_program("compare", source, source, "--metric", metric, "--fail-over", threshold, status=2)
        self.run_program("compare", source, source, "--metric", "ssim", "--fail-over", "-0.5")

    @with_numpy
    def test_differences_that_do_not_fit_are_said(self):
        a = numpy.full((12, 12), -100, "i1")
        numpy.save(self.path("a.npy"), a)
        numpy.save(self.path("b.npy"), -a)
        run = self.run_quietly("compare", self.path("a.npy"), self.path("b.npy"), "--diff", self.path("d.npy"))
        self.assertIn(b"differences above 127 are written as 127", run.stderr)
        self.assertTrue((numpy.load(self.path("d.npy")) == 127).all())

    def test_a_file_that_shrinks_is_an_error_line(self):
        # The first picture is mapped when the second is waited for.
        other = self.save(picture(size=(1500, 1000)), "other.ppm").read_bytes()
        for left in (0, 5000, 4_000_000):
            with self.subTest(left=left):
                path = self.save(picture(size=(1500, 1000)), "in.ppm")
                with subprocess.Popen([PROGRAM, "compare", path, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE) as run:
                    maps = pathlib.Path(f"/proc/{run.pid}/maps")
                    deadline = time.monotonic() + 60
                    while str(path) not in maps.read_text():
                        self.assertLess(time.monotonic(), deadline, "the picture is not mapped")
                        time.sleep(0.001)
                    os.truncate(path, left)
                    output, message = run.communicate(other, timeout=60)
                self.assertEqual((run.returncode, output), (2, b""))
                self.assertEqual(message.decode(), f"imgbuf: {path}: the file became shorter while it was read\n")

    @with_numpy
    def test_metrics_are_numpys(self):
        dice = numpy.random.default_rng(5)
        for kind, peak in (("u1", 255), ("u2", 65535), ("f4", 1), ("f8", 1)):
            for shape in ((23, 31), (23, 31, 3), (11, 40, 4), (90, 11, 3)):
                with self.subTest(kind=kind, shape=shape):
                    a = dice.random(shape) * peak
                    b = a + dice.normal(scale=0.05 * peak, size=shape)
                    a, b = (numpy.clip(x, 0, peak).astype(kind) for x in (a, b))
                    numpy.save(self.path("a.npy"), a)
                    numpy.save(self.path("b.npy"), b.astype(">" + kind))
                    facts = self.facts(self.path("a.npy"), self.path("b.npy"))
                    a, b = (x.reshape(*shape[:2], -1).astype(float) for x in (a, b))
                    self.assertEqual(len(facts["channels"]), a.shape[2])
                    expected = []
                    for c, channel in enumerate(facts["channels"]):
                        difference = abs(a[:, :, c] - b[:, :, c])
                        mse = (difference**2).mean()
                        expected.append((mse, ssim(a[:, :, c], b[:, :, c], peak)))
                        self.assertEqual(channel["max"], difference.max())
                        self.assertEqual(difference[channel["y"], channel["x"]], difference.max())
                        self.assertAlmostEqual(channel["mse"] / mse, 1, delta=1e-12)
                        self.assertAlmostEqual(channel["psnr"], 10 * numpy.log10(peak**2 / mse), delta=1e-9)
                        self.assertAlmostEqual(channel["ssim"], expected[-1][1], delta=1e-9)
                    mse, similarity = numpy.mean(expected, axis=0)
                    self.assertAlmostEqual(facts["all"]["mse"] / mse, 1, delta=1e-12)
                    self.assertAlmostEqual(facts["all"]["psnr"], 10 * numpy.log10(peak**2 / mse), delta=1e-9)
                    self.assertAlmostEqual(facts["all"]["ssim"], similarity, delta=1e-9)
                    self.assertLess(facts["all"]["ssim"], 0.999)

    @with_numpy
    def test_a_jpeg_is_as_far_as_numpy_says(self):
        source = self.save(scene((120, 90)), "in.png")
        lossy = self.save(scene((120, 90)), "lossy.jpg", quality=40)
        a, b = (numpy.asarray(Image.open(path)) for path in (source, lossy))
        found = float(self.compare_differing(source, lossy, "--metric", "ssim").stdout)
        self.assertAlmostEqual(found, numpy.mean([ssim(a[:, :, c], b[:, :, c], 255) for c in range(3)]), delta=1e-9)

    def test_equal_pictures(self):
        image = picture()
        a, b = self.save(image, "a.png"), self.save(image, "b.tif")
        self.assertIn(": equal", self.compare(a, b).stdout.decode())
        facts = self.facts(a, b, status=0)
        self.assertEqual((facts["equal"], facts["over"]), (True, False))
        self.assertEqual(facts["all"], {"max": 0, "mse": 0, "psnr": "inf", "ssim": 1})
        for metric, value in (("max", "0"), ("mse", "0"), ("psnr", "inf"), ("ssim", "1")):
            self.assertEqual(self.compare(a, b, "--metric", metric).stdout.decode().strip(), value)

    def test_thresholds(self):
        image = picture("L")
        a = self.save(image, "a.png")
        image.putpixel((13, 31), image.getpixel((13, 31)) ^ 8)
        b = self.save(image, "b.png")
        psnr = float(self.compare_differing(a, b, "--metric", "psnr").stdout)
        self.assertAlmostEqual(float(self.compare_differing(a, b, "--metric", "mse").stdout), 64 / (61 * 47))
        for status, *options in (
                (1,), (1, "--fail-over", "7"), (0, "--fail-over", "8"), (1, "--fail-over", "7.99"),
                (1, "--metric", "max", "--fail-over", "0"), (0, "--metric", "max", "--fail-over", "9"),
                (1, "--metric", "mse", "--fail-over", "0.02"), (0, "--metric", "mse", "--fail-over", "0.03"),
                (1, "--metric", "psnr", "--fail-over", psnr + 1), (0, "--metric", "psnr", "--fail-over", psnr - 1),
                (1, "--metric", "ssim", "--fail-over", "1"), (0, "--metric", "ssim", "--fail-over", "0.9")):
            with self.subTest(options=options):
                self.compare_differing(a, b, *options, status=status)
                self.assertEqual(self.facts(a, b, *options, status=status)["over"], status == 1)

    def test_where_the_greatest_difference_is(self):
        image = picture()
        a = self.save(image, "a.png")
        image.putpixel((60, 20), tuple(v ^ x for v, x in zip(image.getpixel((60, 20)), (0, 64, 0))))
        image.putpixel((3, 40), tuple(v ^ x for v, x in zip(image.getpixel((3, 40)), (0, 64, 32))))
        facts = self.facts(a, self.save(image, "b.png"))
        self.assertEqual([c["name"] for c in facts["channels"]], ["R", "G", "B"])
        self.assertEqual([c["max"] for c in facts["channels"]], [0, 64, 32])
        self.assertEqual((facts["channels"][1]["x"], facts["channels"][1]["y"]), (60, 20))
        self.assertEqual((facts["all"]["x"], facts["all"]["y"], facts["all"]["max"]), (60, 20, 64))
        text = self.compare_differing(a, self.path("b.png")).stdout.decode()
        self.assertRegex(text, r"at +- +60,20 +3,40 +60,20\n")

    @with_numpy
    def test_nan(self):
        a = numpy.random.default_rng(1).random((20, 20, 3)).astype("f4")
        a[4, 5, 1] = numpy.nan
        numpy.save(self.path("a.npy"), a)
        self.assertTrue(self.facts(self.path("a.npy"), self.path("a.npy"), status=0)["equal"])
        a[7, 8, 2] = numpy.nan
        numpy.save(self.path("b.npy"), a)
        facts = self.facts(self.path("a.npy"), self.path("b.npy"))
        self.assertEqual(facts["channels"][2], {"name": "B", "max": "inf", "x": 8, "y": 7, "mse": "inf",
                                                "psnr": "-inf", "ssim": "nan"})
        for metric in ("max", "mse", "psnr", "ssim"):
            self.compare_differing(self.path("a.npy"), self.path("b.npy"), "--metric", metric, "--fail-over",
                                   "0" if metric in ("psnr", "ssim") else "1e300")
        names = self.path("a.npy"), self.path("b.npy")
        for sample in (numpy.nan, numpy.inf):
            a[7, 8, 2] = sample
            numpy.save(names[1], a)
            self.assertEqual(self.compare_differing(*names, "--metric", "ssim").stdout, b"nan\n")
            text = self.compare_differing(*names).stdout.decode()
            self.assertRegex(text, r"ssim .* nan")
            self.assertNotIn("-nan", text)

    def test_small_pictures_have_no_ssim(self):
        a, b = self.save(picture(size=(10, 30)), "a.png"), self.save(picture(size=(10, 30), seed=2), "b.png")
        self.assertNotIn("ssim", self.facts(a, b)["all"])
        self.assertIn("smaller than its window", self.compare_differing(a, b).stdout.decode())
        run = self.compare(a, b, "--metric", "ssim", status=2)
        self.assertIn(b"smaller than SSIM's window", run.stderr)

    def test_what_cannot_be_compared_is_trouble(self):
        color = self.save(picture(), "color.png")
        for name, other, reason in (("gray.png", picture("L"), b"rgb u8 and gray u8"),
                                    ("alpha.png", picture("RGBA"), b"rgb u8 and rgba u8"),
                                    ("size.png", picture(size=(61, 48)), b"61 x 47 and 61 x 48")):
            self.assertIn(reason, self.compare(color, self.save(other, name), status=2).stderr)
        self.convert(color, self.path("deep.png"), "--depth", "16")
        self.assertIn(b"rgb u8 and rgb u16", self.compare(color, self.path("deep.png"), status=2).stderr)
        self.assertIn(b"none.png", self.compare(color, self.path("none.png"), status=2).stderr)
        self.path("text.png").write_text("text")
        self.compare(self.path("text.png"), color, status=2)
        for wrong in (["--metric", "rms"], ["--fail-over", "x"], ["--amplify", "2"],
                      ["--diff", self.path("d.png"), "--amplify", "0"], ["--diff", self.path("d.xyz")]):
            self.compare(color, color, *wrong, status=2)
        self.compare("-", "-", status=2)
        self.assertFalse(self.path("d.png").exists())

    def test_palettes_and_cmyk_are_compared_as_colors(self):
        colors = picture().quantize(16)
        a, b = self.save(colors, "a.png"), self.save(colors.convert("RGB"), "b.png")
        self.assertTrue(self.facts(a, b, status=0)["equal"])
        self.save(picture("CMYK"), "c.jpg")
        self.convert(self.path("c.jpg"), self.path("c.png"), "--rgb")
        self.assertTrue(self.facts(self.path("c.jpg"), self.path("c.png"), status=0)["equal"])

    def test_standard_input(self):
        a = self.save(picture(), "a.png")
        self.compare("-", a, stdin=a.read_bytes())
        self.compare(a, "-", stdin=a.read_bytes())

    def test_a_picture_of_the_differences(self):
        a, b = picture("RGBA"), picture("RGBA", seed=2)
        names = self.save(a, "a.png"), self.save(b, "b.png")
        pixels = list(zip(a.getdata(), b.getdata()))
        for amplify in (1, 3):
            run = self.run_quietly("compare", *names, "--diff", self.path("d.png"), "--amplify", amplify)
            self.assertEqual(run.returncode, 1)
            most = max(abs(p[3] - q[3]) for p, q in pixels)
            self.assertEqual(run.stderr.decode(), f"imgbuf: warning: {self.path('d.png')}: alpha differs too, by at "
                                                  f"most {most}: it is not in this picture\n")
            with Image.open(self.path("d.png")) as found:
                self.assertEqual(found.mode, "RGB")
                self.assertEqual(list(found.getdata()), [
                    tuple(min(255, amplify * abs(x - y)) for x, y in zip(p[:3], q[:3])) for p, q in pixels])

    def test_a_black_picture_of_differences_that_are_alpha_s(self):
        a = picture("RGBA")
        b = a.copy()
        b.putalpha(255)
        names = self.save(a, "a.png"), self.save(b, "b.png")
        self.assertIn(b"alpha differs too", self.run_quietly("compare", *names, "--diff", self.path("d.png")).stderr)
        with Image.open(self.path("d.png")) as found:
            self.assertEqual(found.getextrema(), ((0, 0),) * 3)
        # Colours alone differ.
        b = picture("RGBA", seed=2)
        b.putalpha(a.getchannel("A"))
        self.compare_differing(names[0], self.save(b, "b.png"), "--diff", self.path("d.png"))

    def test_alpha_is_no_difference_that_does_not_fit(self):
        colors = numpy.zeros((12, 12, 2), "i1")
        numpy.save(self.path("a.npy"), colors)
        colors[..., 1] = -128
        numpy.save(self.path("b.npy"), colors)
        run = self.run_quietly("compare", self.path("a.npy"), self.path("b.npy"), "--diff", self.path("d.npy"))
        self.assertNotIn(b"are written as", run.stderr)
        self.assertIn(b"alpha differs too, by at most 128", run.stderr)

    def test_threads_do_not_matter(self):
        a, b = self.save(picture(size=(300, 500)), "a.png"), self.save(picture(size=(300, 500), seed=2), "b.png")
        one, two = (self.compare_differing(a, b, "--json", "--threads", n).stdout for n in ("1", "2"))
        self.assertEqual(one, two)

    @need("pnmpsnr")
    def test_netpbm_agrees(self):
        a, b = picture(size=(40, 30)), picture(size=(40, 30), seed=2)
        for name, image in (("a.ppm", a), ("b.ppm", b)):
            image.save(self.path(name))
        lines = tool("pnmpsnr", "-rgb", "-machine", self.path("a.ppm"), self.path("b.ppm")).decode().split()
        facts = self.facts(self.path("a.ppm"), self.path("b.ppm"))
        for theirs, ours in zip(lines, facts["channels"]):
            self.assertAlmostEqual(float(theirs), ours["psnr"], delta=0.01)


if __name__ == "__main__":
    unittest.main()
