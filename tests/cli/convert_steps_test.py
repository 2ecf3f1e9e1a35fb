"""Geometry options in every order, against Pillow doing the same one after the other."""

import itertools
import unittest

import numpy
from PIL import Image

from cli_testing import EVERY_WAY, CliTest, need, picture, tool

T = Image.Transpose
# What undoes each value of EXIF's orientation.
UPRIGHT = {1: None, 2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE, 6: T.ROTATE_270,
           7: T.TRANSVERSE, 8: T.ROTATE_90}
TURNS = {"--flip=h": T.FLIP_LEFT_RIGHT, "--flip=v": T.FLIP_TOP_BOTTOM, "--rotate=90": T.ROTATE_270,
         "--rotate=180": T.ROTATE_180, "--rotate=270": T.ROTATE_90, "--transpose": T.TRANSPOSE}
CROPS = ((4, 3, 17, 12), (2, 1, 7, 5))  # of the first step and the second, inside whatever the first leaves
SIZE = (37, 23)
WAYS = itertools.cycle([*EVERY_WAY, ["--interlace"]])


def crop_option(box):
    left, top, right, bottom = box
    return f"--crop={right - left}x{bottom - top}+{left}+{top}"


def selected(image, channels):
    """The picture of some channels, whose numbers are those of its colours."""
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    bands = [image.getchannel(c) for c in channels]
    return bands[0] if len(bands) == 1 else Image.merge({2: "LA", 3: "RGB", 4: "RGBA"}[len(bands)], bands)


def applied(image, option, position, tag):
    """What one option makes of a picture."""
    if option == "crop":
        return image.crop(CROPS[position])
    if option == "--auto-orient":
        return image if UPRIGHT[tag] is None else image.transpose(UPRIGHT[tag])
    if option.startswith("--channels="):
        return selected(image, [int(c) for c in option.split("=")[1].split(",")])
    return image.transpose(TURNS[option])


def values(image):
    """Pixels as numbers that do not depend on how Pillow keeps them."""
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    return numpy.asarray(image).astype(int)


def palette_picture(alpha):
    image = picture(size=SIZE).quantize(16)
    if alpha:
        image.info["transparency"] = bytes(range(0, 160, 10))
    return image


def one_bit_picture():
    return picture("L", SIZE).point(lambda v: 255 * (v > 127), mode="1")


def wide_gray_picture():
    return Image.fromarray(numpy.random.default_rng(1).integers(0, 65536, SIZE[::-1], dtype=numpy.uint16))


# For each kind of picture some channels that change it.
PICTURES = {
    "gray": (lambda: picture("L", SIZE), ["0,0,0"]),
    "gray with alpha": (lambda: picture("LA", SIZE), ["1", "0", "0,0,0,1"]),
    "rgb": (lambda: picture("RGB", SIZE), ["2,1,0", "1"]),
    "rgba": (lambda: picture("RGBA", SIZE), ["2,1,0", "0,1,2", "2,0,1,3", "3", "1,3"]),
    "palette": (lambda: palette_picture(False), ["2,1,0", "0"]),
    "translucent palette": (lambda: palette_picture(True), ["2,1,0", "3", "0,1,2,3"]),
    "1-bit gray": (one_bit_picture, ["0,0,0"]),
    "16-bit gray": (wide_gray_picture, []),
}


class Steps(CliTest):
    def assert_steps(self, source, options, tag=1, more=()):
        arguments = [crop_option(CROPS[i]) if o == "crop" else o for i, o in enumerate(options)]
        self.convert(source, self.path("out.png"), *arguments, *more)
        with Image.open(source) as image, Image.open(self.path("out.png")) as out:
            for position, option in enumerate(options):
                transparency = image.info.get("transparency")
                image = applied(image, option, position, tag)
                if transparency is not None and image.mode == "P":
                    image.info["transparency"] = transparency
            self.assertEqual(out.size, image.size)
            numpy.testing.assert_array_equal(values(out), values(image))

    def test_all_orders_of_two(self):
        for name, (make, channels) in PICTURES.items():
            source = self.save(make(), "in.png")
            steps = ["crop", *TURNS, *("--channels=" + c for c in channels)]
            for first, second in itertools.product(steps, steps):
                if first.startswith("--channels") and second.startswith("--channels"):
                    continue  # the second would have to be of what the first leaves
                way = next(WAYS)
                with self.subTest(picture=name, steps=(first, second), way=way):
                    self.assert_steps(source, (first, second), more=way)

    def test_each_alone_in_every_way(self):
        for name in ("rgb", "rgba", "palette"):
            make, channels = PICTURES[name]
            source = self.save(make(), "in.png")
            for step in ("crop", *TURNS, *("--channels=" + c for c in channels)):
                for way in ([], *EVERY_WAY):
                    with self.subTest(picture=name, step=step, way=way):
                        self.assert_steps(source, (step,), more=way)

    def test_channels_of_channels(self):
        source = self.save(picture("RGBA", SIZE), "in.png")
        self.assert_steps(source, ("--channels=2,1,0", "--channels=0"))
        self.assert_steps(source, ("--channels=3", "--channels=0,0,0"))

    def test_pictures_larger_than_a_band(self):
        for mode, size in (("L", (301, 203)), ("RGB", (203, 301)), ("RGBA", (129, 65))):
            source = self.save(picture(mode, size), "in.png")
            for step in TURNS:
                with self.subTest(mode=mode, step=step):
                    self.assert_steps(source, (step,))
                    self.assert_steps(source, (step, "crop"))

    def test_orientation_with_each(self):
        for tag in range(1, 9):
            exif = Image.Exif()
            exif[0x0112] = tag
            source = self.save(picture("RGB", SIZE), "in.png", exif=exif)
            for step in ("crop", *TURNS, "--channels=2,1,0", "--channels=0"):
                for options in ((step, "--auto-orient"), ("--auto-orient", step)):
                    with self.subTest(tag=tag, options=options):
                        self.assert_steps(source, options, tag, more=next(WAYS))
                        with Image.open(self.path("out.png")) as out:
                            self.assertEqual(out.getexif().get(0x0112), 1)
                self.assert_steps(source, (step,), tag)
                with Image.open(self.path("out.png")) as out:
                    self.assertEqual(out.getexif().get(0x0112), tag)

    def test_a_second_auto_orient_changes_nothing(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        source = self.save(picture("RGB", SIZE), "in.png", exif=exif)
        for options in (["--auto-orient"] * 2, ["--rotate=90", "--auto-orient"]):
            self.convert(source, self.path("a.png"), *options)
            self.convert(source, self.path("b.png"), *options, "--auto-orient")
            self.assertEqual(self.path("a.png").read_bytes(), self.path("b.png").read_bytes())

    def test_jpeg_both_ways(self):
        source = self.save(picture("RGB", SIZE), "in.jpg")
        for step in ("crop", *TURNS, "--channels=2,1,0", "--channels=0"):
            self.convert(source, self.path("plain.png"))
            self.convert(source, self.path("out.png"), crop_option(CROPS[0]) if step == "crop" else step)
            with Image.open(self.path("plain.png")) as plain, Image.open(self.path("out.png")) as out:
                self.assert_same_pixels(out, applied(plain, step, 0, 1))

    @need("pnmtopng", "pngtopnm")
    def test_16_bit_colours(self):
        pixels = numpy.random.default_rng(2).integers(0, 65536, (*SIZE[::-1], 3)).astype(">u2")
        head = f"P6\n{SIZE[0]} {SIZE[1]}\n65535\n".encode()
        self.path("in.png").write_bytes(tool("pnmtopng", stdin=head + pixels.tobytes()))
        for option, expected in (("--rotate=90", numpy.rot90(pixels, -1)), ("--flip=v", pixels[::-1]),
                                 ("--flip=h", pixels[:, ::-1]), ("--channels=B,G,R", pixels[:, :, ::-1]),
                                 ("--transpose", pixels.transpose(1, 0, 2)), ("--channels=G", pixels[:, :, 1:2])):
            for way in ([], *EVERY_WAY):
                self.convert(self.path("in.png"), self.path("out.png"), option, *way)
                data = tool("pngtopnm", self.path("out.png"))
                self.assertTrue(data.endswith(b"\n65535\n" + expected.astype(">u2").tobytes()), option)

    @need("pnmtopng")
    def test_a_transparent_colour_is_alpha(self):
        image = picture("RGB", SIZE)
        image.putpixel((3, 4), (1, 2, 3))
        source = self.save(image, "in.png", transparency=(1, 2, 3))
        self.convert(source, self.path("alpha.png"), "--channels", "A")
        self.convert(source, self.path("rgb.png"), "--channels", "R,G,B")
        with Image.open(self.path("alpha.png")) as alpha, Image.open(self.path("rgb.png")) as rgb:
            self.assertEqual((alpha.getpixel((3, 4)), alpha.getextrema()), (0, (0, 255)))
            self.assert_same_pixels(rgb, image)
            self.assertNotIn("transparency", rgb.info)

    def test_alpha_that_is_left_out_is_not_composited(self):
        image = picture("RGBA", SIZE)
        source = self.save(image, "in.png")
        run = self.convert(source, self.path("out.png"), "--channels", "R,G,B")
        self.assertEqual(run.stderr, b"")
        with Image.open(self.path("out.png")) as out:
            self.assert_same_pixels(out, Image.merge("RGB", image.split()[:3]))

    def test_colours_change_after_channels(self):
        source = self.save(picture("RGB", SIZE), "in.png")
        self.convert(source, self.path("bgr.png"), "--channels=B,G,R")
        self.convert(self.path("bgr.png"), self.path("a.png"), "--gray", "--rotate", "90")
        self.convert(source, self.path("b.png"), "--gray", "--rotate", "90", "--channels=B,G,R")
        self.assertEqual(self.path("a.png").read_bytes(), self.path("b.png").read_bytes())

    def test_what_cannot_be_is_wrong_usage(self):
        source = self.save(picture("RGB", SIZE), "in.png")
        for option, reason in (("--channels=A", "no channel 'A' in rgb u8 pixels; there are R, G, B"),
                               ("--channels=3", "no channel '3'"), ("--channels=R,G", "make no pixels"),
                               ("--channels=", "--channels"), ("--channels=R,,B", "--channels"),
                               ("--rotate=45", "--rotate"), ("--rotate=0", "--rotate"), ("--flip=x", "--flip")):
            run = self.convert(source, self.path("out.png"), option, status=2)
            self.assertIn(reason, run.stderr.decode())
        self.assert_untouched(["in.png"])


class Explained(CliTest):
    """What is held, and why."""

    def lines(self, *options):
        source = self.save(picture("RGB", (200, 300)), "in.png")
        text = self.convert(source, self.path("out.png"), "--threads=1", *options, "--explain").stdout.decode()
        return [line.split(maxsplit=1) for line in text.splitlines()]

    def test_streaming(self):
        for options in (["--flip=h"], ["--channels=B,G,R"], ["--flip=h", "--channels=G,G,R"], ["--crop=10x10+1+1"]):
            lines = self.lines(*options)
            self.assertTrue(any(line[0] == "streaming" and line[1].startswith("yes") for line in lines), lines)

    def test_flipped_upside_down_nothing_is_copied(self):
        lines = self.lines("--flip=v")
        self.assertIn(["streaming", "no, the whole image is held (rows): the last rows of the file are needed for the "
                       "first ones of the output"], lines)
        self.assertIn(["copied", "0 pixel bytes"], lines)
        held = [line[1] for line in lines if line[0] == "held"]
        self.assertEqual(len(held), 1)
        self.assertTrue(held[0].endswith(" bytes: 300 decoded rows, the whole picture"), held)

    def test_rows_that_become_columns_are_copied_in_bands(self):
        lines = self.lines("--rotate=90")
        self.assertIn(["orient", "turn by 90 degrees clockwise, as a view, copied in bands of 64 rows"], lines)
        self.assertIn(["copied", "180000 pixel bytes in orient: rows become columns"], lines)
        self.assertTrue(any(l[0] == "held" and l[1].endswith("64 turned rows, a band of the output") for l in lines))
        self.assertIn(["streaming", "no, the whole image is held (rows): each row of the output takes a pixel of every "
                       "row of the file"], lines)

    def test_a_crop_behind_turns_reaches_the_decoder(self):
        for options, region in ((["--flip=h", "--crop=10x20+5+6"], "10x20 at 185,6"),
                                (["--flip=v", "--crop=10x20+5+6"], "10x20 at 5,274"),
                                (["--rotate=90", "--crop=10x20+5+6"], "20x10 at 6,285"),
                                (["--rotate=270", "--crop=10x20+5+6"], "20x10 at 174,5"),
                                (["--transpose", "--crop=10x20+5+6", "--flip=h"], "20x10 at 6,5"),
                                (["--crop=100x100+50+60", "--rotate=180", "--crop=10x20+5+6"], "10x20 at 135,134")):
            decode = self.lines(*options)[0]
            self.assertEqual(decode, ["decode", f"PNG, 200x300, rgb u8; only the region {region}"])

    def test_a_step_may_come_again(self):
        source = self.save(picture("RGB", SIZE), "in.png")
        self.convert(source, self.path("a.png"))
        for options in (["--transpose"] * 2, ["--rotate=90"] * 4, ["--flip=h", "--flip=v", "--rotate=180"]):
            self.convert(source, self.path("b.png"), *options)
            self.assertEqual(self.path("a.png").read_bytes(), self.path("b.png").read_bytes())

    def test_an_interlaced_output_is_held_as_it_will_be(self):
        held = "300 rows of the output, the whole picture"
        lines = self.lines("--interlace", "--flip=h", "--channels=B,G,R")
        self.assertTrue(any(line[0] == "held" and line[1].endswith(held) for line in lines), lines)
        self.assertIn(["copied", "180000 pixel bytes in select channels: only these channels go into the image"], lines)
        self.assertIn(["orient", "flip horizontally, as a view"], lines)
        lines = self.lines("--interlace", "--flip=v")
        self.assertIn(["copied", "0 pixel bytes"], lines)
        lines = self.lines("--interlace", "--rotate=90")
        self.assertIn(["copied", "180000 pixel bytes in orient: rows become columns"], lines)

    def test_channels(self):
        self.assertIn(["select", "channels B, G, R of rgb u8, as a view"], self.lines("--channels=B,G,R"))
        self.assertIn(["select", "channels G, G, R of rgb u8, in the decoder"], self.lines("--channels=G,G,R"))


if __name__ == "__main__":
    unittest.main()
