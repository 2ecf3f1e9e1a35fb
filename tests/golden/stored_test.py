#!/usr/bin/python3
"""Files without compression, against NumPy, Pillow, netpbm and libtiff: what is particular to a format or a program.

matrix_test.py goes through all types, channels and sizes.
"""

import itertools
import subprocess

import golden
from golden import GoldenTest, needs

try:
    import numpy
    from PIL import Image
except ImportError as error:
    golden.skip_all(error)

SIZES = [(1, 1), (3, 7), (17, 40), (200, 150)]


def noise(dtype, *shape):
    """The same elements for the same type and shape; floating point over 0..1."""
    dice = numpy.random.default_rng(sum(shape))
    if numpy.issubdtype(dtype, numpy.floating):
        return dice.random(shape).astype(dtype)
    limits = numpy.iinfo(dtype)
    return dice.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


class StoredTest(GoldenTest):
    def assert_array(self, actual, expected):
        self.assertEqual((actual.dtype, actual.shape), (expected.dtype, expected.shape))
        self.assertTrue((actual == expected).all())

    def as_array(self, path):
        """What imgbuf reads in a file."""
        return numpy.load(self.convert(path, "read.npy"))

    def save(self, array, name="in.npy"):
        numpy.save(self.folder / name, array)
        return self.folder / name


class Npy(StoredTest):
    def test_an_axis_of_one_channel(self):
        array = noise(numpy.int16, 4, 3, 1)
        for stored in (array, numpy.asfortranarray(array)):
            self.assert_array(self.as_array(self.save(stored)), array[:, :, 0])

    def test_versions(self):
        array = noise(numpy.uint16, 7, 9, 3)
        for version in ((1, 0), (2, 0), (3, 0)):
            with open(self.folder / "in.npy", "wb") as file:
                numpy.lib.format.write_array(file, array, version=version)
            self.assert_array(self.as_array(self.folder / "in.npy"), array)


class Pnm(StoredTest):
    @needs("pamtopnm", "pamchannel")
    def test_pam_and_16_bits(self):
        array = noise(numpy.uint16, 9, 13, 4)
        pam = self.convert(self.save(array), "out.pam")
        colors = golden.output_of("pamchannel", "-tupletype", "RGB", "-infile", pam, "0", "1", "2")
        self.assertIn(b"MAXVAL 65535\n", colors)
        self.assertTrue(colors.endswith(b"ENDHDR\n" + array[:, :, :3].astype(">u2").tobytes()))
        (self.folder / "in.pam").write_bytes(colors)
        self.assert_array(self.as_array(self.folder / "in.pam"), array[:, :, :3])

    @needs("pnmtopnm", "pgmtopgm", "pamdepth")
    def test_plain_files_and_any_maximum(self):
        array = noise(numpy.uint8, 11, 17, 3)
        raw = self.convert(self.save(array), "raw.ppm")
        plain = self.folder / "plain.ppm"
        plain.write_bytes(golden.output_of("pnmtopnm", "-plain", raw))
        self.assert_array(self.as_array(plain), array)
        for maximum in (1, 15, 100, 1000, 4095):
            with self.subTest(maximum=maximum):
                scaled = golden.output_of("pamdepth", maximum, raw)
                (self.folder / "scaled.ppm").write_bytes(scaled)
                full = 65535 if maximum > 255 else 255
                samples = numpy.frombuffer(golden.Pnm(scaled).samples, ">u2" if maximum > 255 else "u1").astype(float)
                expected = numpy.floor(samples * full / maximum + 0.5).reshape(array.shape)
                read = self.as_array(self.folder / "scaled.ppm")
                self.assertTrue((read == expected).all())

    def test_bitmaps(self):
        for height, width in SIZES:
            image = Image.fromarray(noise(numpy.uint8, height, width)).convert("1")
            image.save(self.folder / "in.pbm")
            self.assert_array(self.as_array(self.folder / "in.pbm"), numpy.asarray(image.convert("L")))
            out = self.convert(self.folder / "in.pbm", "out.pbm")
            self.assertEqual(out.read_bytes(), (self.folder / "in.pbm").read_bytes())

    @needs("pfmtopam")
    def test_pfm(self):
        array = noise(numpy.uint8, 5, 8, 3)
        pfm = self.convert(self.save(array), "out.pfm", "--depth", "32f")
        pam = golden.output_of("pamtopnm", self.folder_file("back.pam", golden.output_of("pfmtopam", pfm)))
        self.assertEqual(golden.Pnm(golden.output_of("pamdepth", "255", self.folder_file("b.pnm", pam))).samples, array.tobytes())
        self.assert_array(self.as_array(pfm), (array / numpy.float32(255)).astype(numpy.float32))

    def folder_file(self, name, data):
        (self.folder / name).write_bytes(data)
        return self.folder / name


class Bmp(StoredTest):
    def test_what_pillow_writes(self):
        for height, width in SIZES:
            for mode in ("1", "L", "P", "RGB"):
                with self.subTest(mode=mode, size=(height, width)):
                    shape = (height, width) + ((3,) if mode == "RGB" else ())
                    array = noise(numpy.uint8, *shape)
                    image = Image.fromarray(array, "L" if mode in ("1", "P") else mode)
                    if mode == "1":
                        image = image.convert("1")
                    if mode == "P":
                        image = Image.fromarray(noise(numpy.uint8, height, width, 3)).quantize(200)
                    image.save(self.folder / "in.bmp")
                    expected = image.convert({"1": "L", "P": "RGB"}.get(mode, mode))
                    self.assert_array(self.as_array(self.folder / "in.bmp"), numpy.asarray(expected))

    @needs("ppmtobmp", "bmptopnm")
    def test_netpbm(self):
        array = noise(numpy.uint8, 21, 13, 3)
        raw = self.convert(self.save(array), "raw.ppm")
        for system in ("-windows", "-os2"):
            (self.folder / "in.bmp").write_bytes(golden.output_of("ppmtobmp", system, "-bpp=24", raw))
            self.assert_array(self.as_array(self.folder / "in.bmp"), array)
        out = self.convert(raw, "out.bmp")
        self.assertEqual(golden.Pnm(golden.output_of("bmptopnm", out)).samples, array.tobytes())


class Tiff(StoredTest):
    def test_what_pillow_writes(self):
        for height, width in SIZES:
            for mode in ("1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "I;16", "F"):
                with self.subTest(mode=mode, size=(height, width)):
                    if mode in ("I;16", "F"):
                        array = noise({"I;16": numpy.uint16, "F": numpy.float32}[mode], height, width)
                        Image.fromarray(array).save(self.folder / "in.tif")
                        self.assert_array(self.as_array(self.folder / "in.tif"), array)
                        continue
                    image = Image.fromarray(noise(numpy.uint8, height, width, 4), "RGBA").convert(
                        "RGB" if mode in ("P", "CMYK", "1", "L") else "RGBA").convert(mode)
                    image.save(self.folder / "in.tif")
                    read = self.convert(self.folder / "in.tif", "out.tif")
                    with Image.open(read) as again:
                        shown = (lambda i: i.convert("RGB" if mode == "P" else "L" if mode == "1" else mode))
                        self.assert_array(numpy.asarray(shown(again)), numpy.asarray(shown(image)))

    @needs("tiffcp")
    def test_what_libtiff_writes(self):
        orders, kinds, planes = (["-L"], ["-B"]), ([], ["-8"]), (["-p", "contig"], ["-p", "separate"])
        cuts = (["-s", "-r", "7"], ["-s", "-r", "1"], ["-s"], ["-t", "-w", "16", "-l", "16"], ["-t", "-w", "64", "-l", "32"])
        for dtype, channels in ((numpy.uint8, 3), (numpy.uint16, 4), (numpy.uint8, 1), (numpy.float32, 1)):
            array = noise(dtype, 75, 50, channels)
            array = array[:, :, 0] if channels == 1 else array
            source = self.convert(self.save(array), "source.tif")
            # tiffcp takes samples apart of 8 bits only.
            for order, kind, plane, cut in itertools.product(orders, kinds, planes if array.itemsize == 1 else planes[:1], cuts):
                with self.subTest(dtype=dtype, channels=channels, options=[*order, *kind, *plane, *cut]):
                    command = ["tiffcp", "-c", "none", *order, *kind, *plane, *cut, source, self.folder / "in.tif"]
                    subprocess.run([str(c) for c in command], check=True)
                    self.assert_array(self.as_array(self.folder / "in.tif"), array)

    @needs("tiffinfo", "tiffcp")
    def test_what_libtiff_reads(self):
        for kind, channels in itertools.product("u1 i1 u2 i2 u4 i4 f2 f4 f8".split(), (1, 2, 3, 4)):
            with self.subTest(kind=kind, channels=channels):
                array = noise(numpy.dtype(kind), 17, 40, channels)
                array = array[:, :, 0] if channels == 1 else array
                out = self.convert(self.save(array), "out.tif")
                said = subprocess.run(["tiffinfo", "-D", out], check=True, capture_output=True, text=True)
                self.assertEqual(said.stderr, "")
                self.assertIn("Image Width: 40 Image Length: 17", said.stdout)
                # Read by libtiff alone, and written by it as it writes.
                subprocess.run(["tiffcp", "-c", "none", out, self.folder / "copy.tif"], check=True)
                self.assert_array(self.as_array(self.folder / "copy.tif"), array)

    def test_what_is_left_out_of_the_file(self):
        # libtiff's own tools refuse such files, which GDAL writes: tifffile reads zeros as GDAL does.
        try:
            import array_files
        except SystemExit:
            self.skipTest("not installed: tifffile")
        cuts = ({"rowsperstrip": 7}, {"rowsperstrip": 40}, {"tile": (16, 16)}, {"tile": (16, 64)})
        variants = ({}, {"byteorder": ">", "bigtiff": True}, {"planar": True})
        for cut, variant in itertools.product(cuts, variants):
            dtype = numpy.uint16 if variant else numpy.uint8
            for every in (1, 2, 3):
                with self.subTest(cut=cut, variant=variant, every=every):
                    path = self.folder / "in.tif"
                    array = numpy.maximum(noise(dtype, 75, 50, 3), 1)
                    array_files.write_tiff(path, array, **cut, **variant)
                    array_files.leave_out(path, every)
                    expected = array_files.read_tiff(path)
                    self.assertEqual((expected == 0).all(), every == 1)
                    self.assertTrue(((expected == 0) | (expected == array)).all())
                    self.assert_array(self.as_array(path), expected)
                    for options in (["--no-map"], ["--rotate", "90"], ["--crop", "30x40+9+20"]):
                        read = numpy.load(self.convert(path, "read.npy", *options))
                        part = expected[20:60, 9:39] if options[0] == "--crop" else expected
                        self.assert_array(read, numpy.rot90(part, -1) if options[0] == "--rotate" else part)
                    self.assertIn(b"50 x 75", golden.output_of(golden.IMGBUF, "info", path))

    def test_metadata(self):
        profile = bytes(16) + b"RGB " + bytes(range(256)) * 3
        image = Image.fromarray(noise(numpy.uint8, 9, 5, 3))
        image.save(self.folder / "in.tif", icc_profile=profile, dpi=(300, 150), software="a test", tiffinfo={274: 6, 700: b"<x/>"})
        with Image.open(self.convert(self.folder / "in.tif", "out.tif")) as out:
            self.assertEqual(out.info["icc_profile"], profile)
            self.assertEqual(out.info["dpi"], (300, 150))
            self.assertEqual((out.tag_v2[274], out.tag_v2[305], out.tag_v2[700]), (6, "a test", b"<x/>"))


if __name__ == "__main__":
    golden.main()
