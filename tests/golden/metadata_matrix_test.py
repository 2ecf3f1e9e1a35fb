"""Metadata from every format to every other: what goes in comes out, and what cannot is named.

Files are made with Pillow and exiftool, and read with exiftool, exiv2, Pillow and libtiff's tools.
"""

import itertools
import json
import re
import struct
import subprocess
import unittest
import zlib

from golden import IMGBUF, GoldenTest, main, needs, output_of, pillow

Image = pillow()
from PIL import ImageChops, ImageCms, ImageOps, ImageStat  # noqa: E402

SIZE = (37, 23)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PACKET = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Label="a label" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
    b'tiff:Orientation="%d"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
NOTE = "a note on it"
WHITE_AND_PRIMARIES = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)

# What each format has a place for. Text in TIFF: what it has a tag for.
EVERYTHING = ("icc", "exif", "xmp", "iptc", "resolution", "gamma", "chromaticities", "srgb", "text", "orientation")
HOLDS = {
    "png": set(EVERYTHING),
    "jpg": {"icc", "exif", "xmp", "iptc", "resolution", "text", "orientation"},
    "tif": {"icc", "exif", "xmp", "iptc", "resolution", "chromaticities", "text", "orientation"},
    "bmp": {"icc", "resolution"},
    "ppm": {"text"},
    "pam": {"text"},
    "npy": set(),
}
# How a loss is said.
LOSSES = {
    "icc": "an ICC profile",
    "exif": "EXIF",
    "xmp": "XMP",
    "iptc": "Photoshop's resources (IPTC)",
    "resolution": "a resolution",
    "gamma": "gamma",
    "chromaticities": "chromaticities",
    "srgb": "sRGB's rendering intent",
    "text": "text",
    "orientation": "EXIF",
}


def exiftool(*arguments):
    return output_of("exiftool", *arguments)


def facts_of(files):
    """What exiftool says of each file, by group and name; blobs as base64."""
    if not files:
        return {}
    names = ["-All", "-EXIF", "-XMP", "-ICC_Profile", "-IPTC"]
    said = json.loads(exiftool("-q", "-j", "-b", "-n", "-a", "-G1", *names, *files))
    return {one["SourceFile"]: one for one in said}


def first(facts, *names):
    """The first of some names that there is; of one that ends in a colon-free name, in any group."""
    for name in names:
        for key, value in facts.items():
            if key == name or (":" not in name and key.rsplit(":", 1)[-1] == name):
                return value
    return None


def blob(facts, name):
    return first(facts, name)


def resolution(facts):
    """In dots per inch."""
    per_metre = first(facts, "PNG-pHYs:PixelsPerUnitX", "PixelsPerMeterX")
    if per_metre:
        down = first(facts, "PNG-pHYs:PixelsPerUnitY", "PixelsPerMeterY")
        return tuple(round(value * 0.0254) for value in (per_metre, down))
    for group in ["IFD0"] if facts["File:FileType"] == "TIFF" else ["JFIF"]:
        if facts.get(f"{group}:XResolution", 1) != 1:
            factor = 2.54 if facts[f"{group}:ResolutionUnit"] == (2 if group == "JFIF" else 3) else 1
            return tuple(round(facts[f"{group}:{axis}Resolution"] * factor) for axis in "XY")
    return None


def chromaticities(facts):
    if "PNG-cHRM:WhitePointX" in facts or "PNG:WhitePointX" in facts:
        names = [point + axis for point in ("WhitePoint", "Red", "Green", "Blue") for axis in "XY"]
        return tuple(round(first(facts, name) * 100000) for name in names)
    if "IFD0:WhitePoint" in facts:
        numbers = f"{facts['IFD0:WhitePoint']} {facts['IFD0:PrimaryChromaticities']}".split()
        return tuple(round(float(number) * 100000) for number in numbers)
    return None


def text(facts):
    names = ["IFD0:ImageDescription"] if facts["File:FileType"] == "TIFF" else ["PNG:Description", "Comment"]
    found = first(facts, *names)
    if isinstance(found, list):
        found = found[0]
    # A JPEG's comment has no keyword: it stands before the text.
    return found and re.sub("^Description: ", "", str(found).strip())


READ = {
    "icc": lambda facts: blob(facts, "ICC_Profile"),
    # Of a TIFF not the bytes are the same but what they say.
    "exif": lambda facts: tuple(first(facts, n) for n in ("IFD0:Make", "ExifIFD:DateTimeOriginal", "GPS:GPSLatitude")),
    "xmp": lambda facts: blob(facts, "XMP"),
    "iptc": lambda facts: blob(facts, "IPTC"),
    "resolution": resolution,
    "gamma": lambda facts: first(facts, "PNG:Gamma"),
    "chromaticities": chromaticities,
    "srgb": lambda facts: first(facts, "PNG:SRGBRendering"),
    "text": text,
    "orientation": lambda facts: first(facts, "IFD0:Orientation"),
}
NOTHING = {"exif": (None, None, None)}


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def picture(mode="RGB", size=SIZE):
    """Another colour in each corner, so that every turn is another picture, and smooth, so that JPEG keeps it."""
    image = Image.new("RGB", size)
    image.putdata([(255 * x // size[0], 255 * y // size[1], 128) for y in range(size[1]) for x in range(size[0])])
    return image.convert(mode)


@needs("exiftool")
class MetadataTest(GoldenTest):
    def make(self, name, kinds=(), image=None):
        """A file with kinds of metadata, made by others."""
        path = self.folder / name
        kind_of_file = path.suffix[1:]
        options = {"dpi": (300, 150)} if "resolution" in kinds else {}
        if kind_of_file in ("jpg", "tif") and "icc" in kinds:
            options["icc_profile"] = PROFILE
        if kind_of_file == "jpg":
            options["quality"] = 95
        (image or picture()).save(path, **options)
        if kind_of_file == "bmp":
            data = bytearray(path.read_bytes())
            if "resolution" not in kinds:
                data[38:46] = bytes(8)  # Pillow always writes one
            path.write_bytes(self.with_profile(data) if "icc" in kinds else data)
            return path
        if kind_of_file in ("ppm", "pam"):
            if "text" in kinds:
                path.write_bytes(path.read_bytes().replace(b"\n", b"\n# " + NOTE.encode() + b"\n", 1))
            return path
        written = []
        if "icc" in kinds and kind_of_file == "png":
            (self.folder / "p.icc").write_bytes(PROFILE)
            written.append(f"-icc_profile<={self.folder / 'p.icc'}")
        if "exif" in kinds:
            written += ["-IFD0:Make=maker", "-ExifIFD:DateTimeOriginal=2001:02:03 04:05:06", "-GPS:GPSLatitude=47.5"]
        if "orientation" in kinds:
            written += ["-n", "-IFD0:Orientation=6"]
        if "xmp" in kinds:
            (self.folder / "x.xmp").write_bytes(PACKET % 6)
            written.append(f"-xmp<={self.folder / 'x.xmp'}")
        if "iptc" in kinds:
            written += ["-IPTC:Caption-Abstract=a caption", "-IPTC:Keywords=one", "-IPTC:Keywords=two"]
        if "text" in kinds:
            written.append({"png": "-PNG:Description=", "jpg": "-Comment=", "tif": "-IFD0:ImageDescription="}
                           [kind_of_file] + NOTE)
        if "chromaticities" in kinds and kind_of_file == "tif":
            written += ["-IFD0:WhitePoint=0.3127 0.329", "-IFD0:PrimaryChromaticities=0.64 0.33 0.3 0.6 0.15 0.06"]
        if written:
            exiftool("-q", "-q", "-overwrite_original", *written, path)
        if kind_of_file == "png":
            self.add_chunks(path, kinds)
        return path

    def add_chunks(self, path, kinds):
        chunks = b""
        if "gamma" in kinds:
            chunks += chunk(b"gAMA", struct.pack(">I", 50000))
        if "chromaticities" in kinds:
            chunks += chunk(b"cHRM", struct.pack(">8I", *WHITE_AND_PRIMARIES))
        if "srgb" in kinds:
            chunks += chunk(b"sRGB", b"\1")
        data = path.read_bytes()
        path.write_bytes(data[:33] + chunks + data[33:])

    def with_profile(self, data):
        """Pillow writes no BMP with a profile: a header of version 5 in the place of its own."""
        pixels = data[54:]
        fields = struct.pack("<4I", 0, 0, 0, 0) + b"DEBM" + bytes(48) + struct.pack("<4I", 4, 124 + len(pixels),
                                                                                     len(PROFILE), 0)
        header = struct.pack("<I", 124) + data[18:54] + fields
        size = 14 + 124 + len(pixels) + len(PROFILE)
        return b"BM" + struct.pack("<III", size, 0, 138) + header + pixels + PROFILE

    def run_convert(self, source, name, *options):
        """The path, the report of --json, and the lines of standard error."""
        target = self.folder / name
        command = [IMGBUF, "convert", str(source), str(target), "--json", *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, f"{' '.join(command)}\n{done.stderr}")
        return target, json.loads(done.stdout), done.stderr.splitlines()


class Matrix(MetadataTest):
    """Each kind alone, from each format that holds it to each."""

    def test_what_goes_in_comes_out_or_is_named(self):
        sources = ["png", "jpg", "tif", "bmp", "ppm"]
        runs = []
        for source, kind in itertools.product(sources, EVERYTHING):
            if kind not in HOLDS[source]:
                continue
            made = self.make(f"{kind}.{source}", [kind])
            for target in HOLDS:
                out, report, lines = self.run_convert(made, f"{kind}_of_{source}.{target}")
                runs.append((kind, source, target, made, out, report, lines))
        facts = facts_of([run[3] for run in runs] + [run[4] for run in runs if run[2] not in ("npy", "pam", "ppm")])
        for kind, source, target, made, out, report, lines in runs:
            with self.subTest(kind=kind, source=source, target=target):
                before = READ[kind](facts[str(made)]) if source != "ppm" else NOTE
                self.assertNotIn(before, (None, NOTHING.get(kind)))
                if kind in HOLDS[target]:
                    self.assertEqual(report["losses"], [])
                    self.assertEqual(lines, [])
                    if target in ("ppm", "pam"):
                        self.assertRegex(out.read_bytes()[:60], rb"\n# (Description: )?a note on it\n")
                    else:
                        self.assertEqual(READ[kind](facts[str(out)]), before)
                        if kind == "exif" and "tif" not in (source, target):
                            self.assertEqual(blob(facts[str(out)], "EXIF"), blob(facts[str(made)], "EXIF"))
                else:
                    if target not in ("npy", "pam", "ppm"):
                        self.assertEqual(READ[kind](facts[str(out)]), NOTHING.get(kind))
                    self.assertEqual(len(report["losses"]), 1, report["losses"])
                    self.assertIn(LOSSES[kind], report["losses"][0])
                    self.assertEqual(lines, [f"imgbuf: warning: {made}: {report['losses'][0]}"])

    def test_all_at_once(self):
        """No kind is in the way of another."""
        kinds = ["icc", "exif", "xmp", "iptc", "resolution", "text", "orientation"]
        formats = ["png", "jpg", "tif"]
        made = {source: self.make(f"all.{source}", kinds) for source in formats}
        runs = [(s, t, *self.run_convert(made[s], f"all_of_{s}.{t}")) for s, t in itertools.product(formats, formats)]
        facts = facts_of([*made.values(), *(run[2] for run in runs)])
        for source, target, out, report, lines in runs:
            with self.subTest(source=source, target=target):
                self.assertEqual((report["losses"], lines), ([], []))
                for kind in kinds:
                    found = READ[kind](facts[str(out)])
                    if kind == "text" and (source, target) == ("tif", "jpg"):
                        found = facts[str(out)]["IFD0:ImageDescription"]  # a tag of EXIF, so that it needs no comment
                    self.assertEqual(found, READ[kind](facts[str(made[source])]), kind)

    @needs("exiv2")
    def test_another_reader(self):
        for source, target in itertools.product(["png", "jpg", "tif"], repeat=2):
            with self.subTest(source=source, target=target):
                made = self.make(f"in.{source}", ["exif", "iptc", "xmp", "icc"])
                out, _, _ = self.run_convert(made, f"out.{target}")
                for what in ("-PIkt", "-PXkt"):
                    said = output_of("exiv2", what, out)
                    self.assertTrue(said)
                    self.assertEqual(said, output_of("exiv2", what, made))
                exif = output_of("exiv2", "-Pkt", "-K", "Exif.Image.Make", "-K", "Exif.Photo.DateTimeOriginal", "-K",
                                 "Exif.GPSInfo.GPSLatitude", out)
                self.assertEqual(exif.count(b"\n"), 3, exif)
                with Image.open(out) as image:
                    self.assertEqual(image.info["icc_profile"], PROFILE)

    @needs("tiffinfo")
    def test_libtiff_has_no_complaint(self):
        made = self.make("in.png", EVERYTHING)
        out, _, _ = self.run_convert(made, "out.tif", "--keep=exif,xmp,iptc,icc,resolution,chromaticities,text")
        done = subprocess.run(["tiffinfo", str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for line in ("White Point: 0.3127-0.329", "RichTIFFIPTC Data: <present>", "XMLPacket (XMP Metadata)",
                     "ICC Profile: <present>", "Resolution: 118.11, 59.06 pixels/cm"):
            self.assertIn(line, done.stdout)


class ExifOfTiff(MetadataTest):
    """EXIF's directories are a part of a TIFF's own: tag by tag they are the same."""

    TAGS = ["-IFD0:Make=maker", "-IFD0:Model=model", "-IFD0:Software=by hand", "-IFD0:Artist=me", "-IFD0:HostComputer=h",
            "-IFD0:ModifyDate=2002:03:04 05:06:07", "-IFD0:XPTitle=title", "-IFD0:XResolution=240",
            "-IFD0:YResolution=240", "-ExifIFD:ExposureTime=1/250", "-ExifIFD:FNumber=2.8", "-ExifIFD:ISO=400",
            "-ExifIFD:UserComment=a comment", "-ExifIFD:ColorSpace=sRGB", "-ExifIFD:Gamma=2.2",
            "-InteropIFD:InteropIndex=R98", "-GPS:GPSLatitude=47.5", "-GPS:GPSLatitudeRef=N", "-GPS:GPSAltitude=123.5"]
    GROUPS = ("IFD0:", "ExifIFD:", "GPS:", "InteropIFD:")
    OF_THE_FILE = {"ImageWidth", "ImageHeight", "BitsPerSample", "Compression", "PhotometricInterpretation",
                   "StripOffsets", "SamplesPerPixel", "RowsPerStrip", "StripByteCounts", "PlanarConfiguration",
                   "SampleFormat", "YCbCrPositioning", "IPTC", "XMP", "SubfileType", "Orientation"}

    def tags_of(self, facts):
        return {name: value for name, value in facts.items()
                if name.startswith(self.GROUPS) and name.split(":")[1] not in self.OF_THE_FILE}

    def test_every_tag(self):
        formats = ["png", "jpg", "tif"]
        for source in formats:
            made = self.make(f"in.{source}")
            exiftool("-q", "-q", "-overwrite_original", *self.TAGS, made)
            # There and back, to find what comes out of a TIFF.
            runs = [self.run_convert(made, f"{source}.{target}") for target in formats]
            runs += [self.run_convert(self.folder / f"{source}.tif", f"{source}_tif.{target}") for target in formats]
            facts = facts_of([made, *(out for out, _, _ in runs)])
            wanted = self.tags_of(facts[str(made)])
            self.assertGreaterEqual(len(wanted), len(self.TAGS))
            for out, report, _ in runs:
                with self.subTest(source=source, out=out.name):
                    self.assertEqual(report["losses"], [])
                    got = self.tags_of(facts[str(out)])
                    self.assertEqual({name: got.get(name) for name in wanted}, wanted)
                    self.assertNotIn("File:Comment", facts[str(out)])  # what a tag says is not said again

    def test_a_thumbnail_has_no_place_in_a_tiff(self):
        made = self.make("in.jpg", ["exif"])
        picture(size=(8, 5)).save(self.folder / "small.jpg")
        exiftool("-q", "-q", "-overwrite_original", f"-ThumbnailImage<={self.folder / 'small.jpg'}", made)
        _, report, _ = self.run_convert(made, "out.tif")
        self.assertEqual(report["losses"], ["TIFF cannot hold of EXIF the thumbnail"])
        _, report, _ = self.run_convert(made, "out.png")
        self.assertEqual(report["losses"], [])

    def test_tags_that_nobody_knows_are_named(self):
        made = self.make("in.tif")
        exiftool("-q", "-q", "-overwrite_original", "-IFD0:PixelScale=1 1 0", "-IFD0:ModelTiePoint=0 0 0 5 6 0", made)
        for target in ("png", "jpg", "tif", "bmp"):
            _, report, _ = self.run_convert(made, f"out.{target}")
            self.assertEqual(report["losses"], ["not kept: tags 33550, 33922"])


class Orientation(MetadataTest):
    """The eight orientations come out upright."""

    # What was done to the upright picture, so that a viewer undoes it.
    STORED = {1: None, 2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90",
              7: "TRANSVERSE", 8: "ROTATE_270"}

    def turned(self, upright, value):
        return upright if value == 1 else upright.transpose(getattr(Image.Transpose, self.STORED[value]))

    def assert_same_picture(self, found, expected):
        self.assertEqual(found.size, expected.size)
        mean = sum(ImageStat.Stat(ImageChops.difference(found.convert("RGB"), expected)).mean) / 3
        self.assertLess(mean, 3, "another picture")

    def as_seen(self, path):
        """As a viewer shows it. Pillow turns a TIFF when it loads it."""
        with Image.open(path) as image:
            image.load()
            return image if image.format == "TIFF" else ImageOps.exif_transpose(image)

    def test_upright_and_as_stored(self):
        formats = ["png", "jpg", "tif"]
        upright = picture()
        runs = []
        for source, value in itertools.product(formats, range(1, 9)):
            stored = self.turned(upright, value)
            made = self.make(f"in_{value}.{source}", image=stored)
            (self.folder / "x.xmp").write_bytes(PACKET % value)
            exiftool("-q", "-q", "-overwrite_original", "-n", f"-xmp<={self.folder / 'x.xmp'}", f"-IFD0:Orientation={value}",
                     f"-ExifIFD:ExifImageWidth={stored.width}", f"-ExifIFD:ExifImageHeight={stored.height}", made)
            self.assert_same_picture(self.as_seen(made), upright)
            for target, options in itertools.product(formats, ((), ("--auto-orient",))):
                name = f"{source}{value}{len(options)}.{target}"
                out = self.run_convert(made, name, *options)[0]
                runs.append((source, value, target, options, out, stored))
        facts = facts_of([run[4] for run in runs])
        for source, value, target, options, out, stored in runs:
            with self.subTest(source=source, value=value, target=target, options=options):
                expected, tag = (upright, 1) if options else (stored, value)
                said = facts[str(out)]
                size = tuple(first(said, f"{group}:Image{side}") for side in ("Width", "Height")
                             for group in [{"png": "PNG", "jpg": "File", "tif": "IFD0"}[target]])
                self.assertEqual(size, expected.size)
                self.assert_same_picture(self.as_seen(out), upright)
                self.assertEqual(said["IFD0:Orientation"], tag)
                self.assertEqual(said["XMP-tiff:Orientation"], tag)
                self.assertEqual((said["ExifIFD:ExifImageWidth"], said["ExifIFD:ExifImageHeight"]), expected.size)

    def test_a_thumbnail_goes_when_the_picture_changes(self):
        made = self.make("in.jpg", ["exif", "orientation"])
        picture(size=(8, 5)).save(self.folder / "small.jpg")
        exiftool("-q", "-q", "-overwrite_original", f"-ThumbnailImage<={self.folder / 'small.jpg'}", made)
        thumbnail = output_of("exiftool", "-b", "-ThumbnailImage", made)
        self.assertTrue(thumbnail)
        for options, stays in (((), True), (("--gray",), True), (("--auto-orient",), False),
                               (("--crop=10x10+0+0",), False), (("--flip=h",), False), (("--crop=37x23+0+0",), True)):
            for target in ("jpg", "png"):
                with self.subTest(options=options, target=target):
                    out, report, _ = self.run_convert(made, f"out.{target}", *options)
                    self.assertEqual(output_of("exiftool", "-b", "-ThumbnailImage", out), thumbnail if stays else b"")
                    self.assertEqual(thumbnail[20:] in out.read_bytes(), stays)  # no byte of what was cut away is left
                    said = ["EXIF's thumbnail is left out: it shows the picture as it was"]
                    self.assertEqual(report["losses"], [] if stays else said)
                    self.assertEqual(READ["exif"](facts_of([out])[str(out)])[0], "maker")

    def test_photoshop_s_thumbnail_goes_when_the_picture_changes(self):
        made = self.make("in.jpg", ["iptc"])
        small = b"\0\0\0\1" + b"a small picture of it all"
        resource = b"8BIM\x04\x0c\0\0" + struct.pack(">I", len(small)) + small + b"\0" * (len(small) % 2)
        data = made.read_bytes()
        start = data.index(b"Photoshop 3.0\0") - 4
        size = struct.unpack(">H", data[start + 2:start + 4])[0]
        made.write_bytes(data[:start + 2] + struct.pack(">H", size + len(resource)) + data[start + 4:start + 2 + size] +
                         resource + data[start + 2 + size:])
        for options, stays in (((), True), (("--crop=10x10+0+0",), False), (("--rotate=180",), False)):
            for target in ("jpg", "tif"):
                with self.subTest(options=options, target=target):
                    out, report, _ = self.run_convert(made, f"out.{target}", *options)
                    self.assertEqual(small in out.read_bytes(), stays)
                    said = ["Photoshop's thumbnail is left out: it shows the picture as it was"]
                    self.assertEqual(report["losses"], [] if stays else said)
                    self.assertEqual(READ["iptc"](facts_of([out])[str(out)]), READ["iptc"](facts_of([made])[str(made)]))


class Chosen(MetadataTest):
    """--strip and --keep, by what another program finds."""

    def test_every_choice(self):
        kinds = ["icc", "exif", "xmp", "iptc", "resolution", "text"]
        formats = ["png", "jpg", "tif"]
        choices = {("--strip",): {"icc"}, ("--strip=all",): set(), ("--keep=icc,exif",): {"icc", "exif"}}
        choices.update({(f"--keep={kind}",): {kind} for kind in kinds})
        runs = []
        for source in formats:
            made = self.make(f"in.{source}", kinds)
            for target, (options, kept) in itertools.product(formats, choices.items()):
                name = f"{source}{'_'.join(options)}.{target}"
                runs.append((source, target, options, kept, *self.run_convert(made, name, *options)))
        facts = facts_of([run[4] for run in runs])
        for source, target, options, kept, out, report, lines in runs:
            with self.subTest(source=source, target=target, options=options):
                found = {kind for kind in kinds if READ[kind](facts[str(out)]) not in (None, NOTHING.get(kind))}
                if target == "tif" and "exif" in kept:
                    found -= {"resolution", "text"} - kept  # EXIF's own are in the same directory
                self.assertEqual(found, kept)
                self.assertEqual(set(report["dropped"]), set(kinds) - kept)
                self.assertEqual((report["losses"], lines), ([], []))


if __name__ == "__main__":
    main()
