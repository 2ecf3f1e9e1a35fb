#!/usr/bin/python3
"""Every format, element type, number of channels and size, against writers and readers that are not ours; and from each
format to each other: equal where the other holds the pixels, said where it does not."""

import itertools
import json
import subprocess
import unittest

import golden
from golden import GoldenTest, needs

import array_files
import numpy
from array_files import FORMATS, TYPES, channels_of, with_channels

try:
    import imgbuf
except ImportError:
    imgbuf = None  # the package is not built

SIZES = [(1, 1), (15, 16), (31, 33), (1, 64), (64, 1), (7, 130)]


def noise(element, channels, height, width):
    """The same for the same type and shape; integers over all of their range, floating point over 0..1."""
    dice = numpy.random.default_rng([height, width, channels])
    dtype = numpy.dtype(TYPES[element])
    if dtype.kind == "f":
        return with_channels(dice.random((height, width, channels)).astype(dtype), channels)
    limits = numpy.iinfo(dtype)
    array = dice.integers(limits.min, limits.max, (height, width, channels), dtype, endpoint=True)
    return with_channels(array, channels)


def options_for(name, array):
    """What makes JPEG keep most."""
    if name != "JPEG":
        return []
    return ["--quality", "100", *(["--subsampling", "4:4:4"] if channels_of(array) > 2 else [])]


def widened(array, dtype, channels):
    """The same pixels with more bits and more channels, or nothing when these hold less."""
    have = channels_of(array)
    array = array.reshape(*array.shape[:2], have)
    if have in (2, 4) and channels not in (2, 4) or have > 2 and channels <= 2:
        return None
    if have <= 2 < channels:
        array = numpy.concatenate([array[:, :, [0, 0, 0]], array[:, :, 1:]], axis=2)
    if array.shape[2] < channels:
        return None  # no format of ours makes alpha of nothing
    if array.dtype.kind == "u" and dtype.kind == "f" and 8 * array.itemsize <= numpy.finfo(dtype).nmant + 1:
        array = (array / float(numpy.iinfo(array.dtype).max)).astype(dtype)
    elif array.dtype.kind == "f" and dtype.kind == "f" and dtype.itemsize >= array.itemsize:
        array = array.astype(dtype)
    elif array.dtype != dtype:
        return None
    return with_channels(array, channels)


@needs("djpeg", "pamdepth")
class MatrixTest(GoldenTest):
    def assert_array(self, actual, expected):
        self.assertEqual((actual.dtype, actual.shape), (expected.dtype, expected.shape))
        self.assertTrue(numpy.array_equal(actual, expected))

    def assert_close(self, actual, expected):
        """As JPEG of the best quality keeps noise."""
        self.assertEqual(actual.shape, expected.shape)
        self.assertLess(numpy.abs(actual.astype(int) - expected).mean(), 2)

    def written(self, name, array, variant=0):
        """The array in a file of a format, not by imgbuf."""
        kind = FORMATS[name]
        path = self.folder / f"in.{kind.extension}"
        kind.write(path, array, **kind.variants[variant % len(kind.variants)])
        return path


class Claims(unittest.TestCase):
    def test_the_matrix_has_all_that_the_program_claims(self):
        claims = json.loads(golden.output_of(golden.IMGBUF, "formats", "--json"))
        self.assertEqual({c["format"] for c in claims if c["read"] and c["write"]}, {*FORMATS, "PBM"})
        for claim in claims:
            if claim["format"] == "PBM":
                self.assertEqual(claim["element_types"], ["u8"])
                continue
            # BMP has more than 8 bits only by masks, which imgbuf reads and does not write.
            reads = FORMATS[claim["format"]].types + (["u16"] if claim["format"] == "BMP" else [])
            self.assertEqual(sorted(claim["element_types"]), sorted(reads))
            self.assertIn(FORMATS[claim["format"]].extension, claim["extensions"])


class Writes(MatrixTest):
    def test_what_imgbuf_writes(self):
        turn = itertools.count()
        for name, kind in FORMATS.items():
            for (element, channels), (height, width) in itertools.product(kind.kinds(), SIZES):
                arrangement = golden.ARRANGEMENTS[next(turn) % len(golden.ARRANGEMENTS)]
                with self.subTest(name, element=element, channels=channels, size=(height, width), memory=arrangement):
                    array = noise(element, channels, height, width)
                    out = self.convert(self.written("NPY", array), f"out.{kind.extension}", *options_for(name, array),
                                       "--arrangement", arrangement)
                    check = self.assert_close if name == "JPEG" else self.assert_array
                    check(kind.read(out), array)


class Reads(MatrixTest):
    def test_what_others_write(self):
        turn = itertools.count()
        for name, kind in FORMATS.items():
            for (element, channels), (height, width) in itertools.product(kind.kinds(), SIZES):
                variant = next(turn)
                with self.subTest(name, element=element, channels=channels, size=(height, width), variant=variant):
                    array = noise(element, channels, height, width)
                    source = self.written(name, array, variant)
                    arrangement = golden.ARRANGEMENTS[variant // 3 % len(golden.ARRANGEMENTS)]
                    out = self.convert(source, "out.npy", "--arrangement", arrangement)
                    self.assert_array(numpy.load(out), kind.read(source) if name == "JPEG" else array)

    def test_every_way_to_write_it(self):
        for name, kind in FORMATS.items():
            for (element, channels), variant in itertools.product(kind.kinds(), range(len(kind.variants))):
                with self.subTest(name, element=element, channels=channels, variant=kind.variants[variant]):
                    array = noise(element, channels, 33, 47)
                    out = self.convert(self.written(name, array, variant), "out.npy")
                    self.assert_array(numpy.load(out), kind.read(self.written(name, array, variant)))

    def test_masks_of_more_than_8_bits(self):
        array = noise("u16", 3, 9, 5) >> 6
        words = array[:, :, 0].astype("<u4") << 20 | array[:, :, 1].astype("<u4") << 10 | array[:, :, 2]
        array_files.write_bmp(self.folder / "in.bmp", noise("u8", 4, 9, 5))
        data = bytearray((self.folder / "in.bmp").read_bytes())
        data[54:66] = numpy.array([0x3FF << 20, 0x3FF << 10, 0x3FF], "<u4").tobytes()
        data[66:70] = bytes(4)
        data[122:] = words[::-1].tobytes()
        (self.folder / "in.bmp").write_bytes(data)
        read = numpy.load(self.convert(self.folder / "in.bmp", "out.npy"))
        self.assert_array(read, numpy.rint(array * (65535 / 1023)).astype("u2"))


@unittest.skipIf(imgbuf is None, "not built: the Python package")
class InOneProcess(MatrixTest):
    def test_opened_and_saved(self):
        for name, kind in FORMATS.items():
            for (element, channels), variant in itertools.product(kind.kinds(), range(len(kind.variants))):
                source = self.written(name, noise(element, channels, 31, 33), variant)
                expected = kind.read(source)
                for arrangement in golden.ARRANGEMENTS:
                    with self.subTest(name, element=element, channels=channels, variant=variant, memory=arrangement):
                        image = imgbuf.open(source, arrangement=arrangement)
                        read = image.numpy(copy=None)
                        self.assert_array(read.astype(read.dtype.newbyteorder("=")), expected.reshape(read.shape))
                        if name != "JPEG":
                            out = self.folder / f"out.{kind.extension}"
                            image.save(out)
                            self.assert_array(kind.read(out), expected)


class FewBits(MatrixTest):
    """Gray of 1, 2 and 4 bits, and palettes: everywhere the same colours, and where they can be, the same bits."""

    KINDS = [(bits, False) for bits in (1, 2, 4)] + [(bits, True) for bits in (1, 2, 4, 8)]
    KEEPERS = ["png", "tif", "bmp"]  # of bits and palettes; BMP has no 2 bits
    TARGETS = [*KEEPERS, "pnm", "pam", "npy", "pfm", "ppm"]

    def source(self, bits, has_palette, height, width):
        """A PNG, and what it shows."""
        dice = numpy.random.default_rng([bits, height, width])
        samples = dice.integers(0, 1 << bits, (height, width), "u1")
        path = self.folder / "in.png"
        if has_palette:
            palette = dice.integers(0, 256, (1 << bits, 3), "u1")
            array_files.write_packed_png(path, samples, bits, palette)
            return path, palette[samples]
        array_files.write_packed_png(path, samples, bits)
        return path, numpy.repeat((samples * (255 // ((1 << bits) - 1)))[:, :, None], 3, axis=2)

    def assert_shown(self, path, expected, bits):
        if path.suffix[1:] in self.KEEPERS and not (path.suffix == ".bmp" and bits == 2):
            self.assertEqual(array_files.depth(path), bits)
        self.assert_array(array_files.shown(path), expected)

    def test_from_png(self):
        turn = itertools.count()
        for (bits, has_palette), (height, width) in itertools.product(self.KINDS, SIZES):
            source, expected = self.source(bits, has_palette, height, width)
            for extension in self.TARGETS:
                arrangement = golden.ARRANGEMENTS[next(turn) % len(golden.ARRANGEMENTS)]
                with self.subTest(bits=bits, palette=has_palette, size=(height, width), to=extension):
                    out = self.convert(source, f"out.{extension}", "--arrangement", arrangement)
                    self.assert_shown(out, expected, bits)

    def test_from_the_others(self):
        for bits, has_palette in self.KINDS:
            source, expected = self.source(bits, has_palette, 31, 33)
            between = ["tif", "bmp"]
            if not has_palette:
                between += ["pam", "pbm"] if bits == 1 else ["pam"]
            for first, second in itertools.product(between, self.TARGETS):
                if bits == 2 and "bmp" in (first, second):
                    continue  # they would have 4 from there on
                with self.subTest(bits=bits, palette=has_palette, source=first, to=second):
                    out = self.convert(self.convert(source, f"between.{first}"), f"out.{second}")
                    self.assert_shown(out, expected, bits)

    def test_bitmaps_hold_one_bit(self):
        for bits, has_palette in self.KINDS:
            source, expected = self.source(bits, has_palette, 15, 17)
            with self.subTest(bits=bits, palette=has_palette):
                if bits == 1 and not has_palette:
                    self.assert_shown(self.convert(source, "out.pbm"), expected, bits)
                    continue
                out = self.folder / "refused.pbm"
                done = subprocess.run([golden.IMGBUF, "convert", source, out], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr.count("\n"), out.exists()), (1, 1, False), done.stderr)


class FromEachToEach(MatrixTest):
    def assert_said_or_kept(self, source, array, name):
        """What becomes of an array in a file, in another format."""
        kind = FORMATS[name]
        out = self.folder / f"out.{kind.extension}"
        # Metadata is another matter: tifffile's files have a resolution.
        command = [golden.IMGBUF, "convert", source, out, "--strip=all", *options_for(name, array)]
        done = subprocess.run(command, capture_output=True, text=True)
        lines = done.stderr.splitlines()
        holds = any(array.dtype == TYPES[t] for t in kind.types) and channels_of(array) in kind.channels
        if done.returncode != 0:
            self.assertEqual((done.returncode, len(lines)), (1, 1), done.stderr)
            self.assertFalse(holds, done.stderr)
            self.assertEqual(list(self.folder.iterdir()), [source])
            return
        read = kind.read(out)
        out.unlink()
        if lines:
            self.assertFalse(holds, done.stderr)
            self.assertTrue(all(line.startswith(f"imgbuf: warning: {source}: ") for line in lines), done.stderr)
            return
        if name == "JPEG":
            self.assertTrue(holds, "reduced in silence")
            self.assert_close(read, array)
            return
        expected = array if holds else widened(array, read.dtype, channels_of(read))
        self.assertIsNotNone(expected, "reduced in silence")
        self.assert_array(read, expected)

    def test_pairs(self):
        variant = itertools.count()
        for from_name, kind in FORMATS.items():
            for element, channels in kind.kinds():
                source = self.written(from_name, noise(element, channels, 31, 33), next(variant))
                array = kind.read(source)
                for to_name in FORMATS:
                    with self.subTest(element=element, channels=channels, source=from_name, to=to_name):
                        self.assert_said_or_kept(source, array, to_name)
                source.unlink()

    def test_only_bits_become_bits(self):
        for name, kind in FORMATS.items():
            source = self.written(name, noise(kind.types[0], kind.channels[0], 7, 9))
            out = self.folder / "out.pbm"
            done = subprocess.run([golden.IMGBUF, "convert", source, out], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr.count("\n"), out.exists()), (1, 1, False), done.stderr)


if __name__ == "__main__":
    golden.main()
