"""Metadata from each format to each: what passes byte for byte, what is asked away, and that losses are said."""

import itertools
import json
import struct
import unittest
import zlib

from PIL import Image, ImageCms

from cli_testing import CliTest, need, picture, tool

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PACKET = (b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
          b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
          b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Label="a label" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
          b'tiff:Orientation="6"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>')


def exif_block():
    exif = Image.Exif()
    exif[0x010F] = "maker"
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2001:02:03 04:05:06"
    return exif.tobytes()[6:]


def iptc_block():
    caption = b"a caption"
    data = b"\x1c\x02\x78" + struct.pack(">H", len(caption)) + caption
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data


EXIF = exif_block()
# Each with the name by which exiftool extracts it.
BLOBS = {"exif": "EXIF", "xmp": "XMP", "icc": "ICC_Profile", "iptc": "IPTC"}


def jpeg_marker(number, payload):
    return bytes([0xFF, number]) + struct.pack(">H", len(payload) + 2) + payload


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_chunks(png, chunks, late):
    """Chunks before the pixels or behind them. The pixels stand in many chunks."""
    before, pixels, position = png[:8], b"", 8
    while position < len(png):
        size, name = struct.unpack(">I4s", png[position:position + 8])
        whole = png[position:position + 12 + size]
        if name == b"IDAT":
            pixels += whole[8:-4]
        elif name != b"IEND":
            before += whole
        position += 12 + size
    idat = b"".join(png_chunk(b"IDAT", pixels[i:i + 500]) for i in range(0, len(pixels), 500))
    return before + (idat + chunks if late else chunks + idat) + png_chunk(b"IEND", b"")


def make(path, parts, late=False):
    """A picture with some parts of metadata. A PNG's text and EXIF may stand behind the pixels."""
    image = picture("RGB", (37, 23))
    more = {"dpi": (300, 150)} if "resolution" in parts else {}
    if "icc" in parts:
        more["icc_profile"] = PROFILE
    if path.suffix == ".png":
        image.save(path, **more)
        chunks = b""
        if "exif" in parts:
            chunks += png_chunk(b"eXIf", EXIF)
        if "xmp" in parts:
            chunks += png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET)
        if "text" in parts:
            chunks += png_chunk(b"tEXt", b"Comment\0a note")
            chunks += png_chunk(b"iTXt", b"Title\0\0\0de\0\0ein Titel \xc3\xbc")
        path.write_bytes(with_chunks(path.read_bytes(), chunks, late))
        return path
    image.save(path, quality=95, **more)
    data = path.read_bytes()
    markers = b""
    if "exif" in parts:
        markers += jpeg_marker(0xE1, b"Exif\0\0" + EXIF)
    if "xmp" in parts:
        markers += jpeg_marker(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PACKET)
    if "iptc" in parts:
        markers += jpeg_marker(0xED, b"Photoshop 3.0\0" + iptc_block())
    if "text" in parts:
        markers += jpeg_marker(0xFE, b"a note")
    if "unknown" in parts:
        markers += jpeg_marker(0xE4, b"\1\2\3")
    end_of_jfif = 2 + 2 + struct.unpack(">H", data[4:6])[0]
    path.write_bytes(data[:end_of_jfif] + markers + data[end_of_jfif:])
    return path


def exiftool(*files):
    """What exiftool says of files: blobs as bytes in base64, resolution in dots per inch, and the rest by name."""
    names = ["-EXIF", "-XMP", "-ICC_Profile", "-IPTC", "-Orientation", "-Make", "-DateTimeOriginal", "-Label",
             "-Caption-Abstract", "-Comment", "-Title", "-JFIF:all", "-PNG-pHYs:all", "-PNG:all"]
    return json.loads(tool("exiftool", "-j", "-b", "-n", *names, *files))


def dots_per_inch(facts):
    """What PNG or JFIF say, not EXIF."""
    if "PixelsPerUnitX" in facts:
        return tuple(round(facts[f"PixelsPerUnit{axis}"] * 0.0254) for axis in "XY")
    if facts.get("ResolutionUnit") == 1:
        return facts["XResolution"], facts["YResolution"]
    return None


PAIRS = list(itertools.product((".png", ".jpg"), (".png", ".jpg")))
PARTS = ("exif", "xmp", "icc", "iptc", "resolution", "text")


@need("exiftool")
class Passes(CliTest):
    """Each part from each format to each."""

    def both(self, from_suffix, to_suffix, parts, *options):
        source = make(self.path("in" + from_suffix), parts)
        target = self.path("out" + to_suffix)
        run = self.convert(source, target, *options)
        return *exiftool(source, target), self.warnings(run)

    def test_blobs_byte_for_byte(self):
        for (a, b), part in itertools.product(PAIRS, BLOBS):
            if part == "iptc" and a == ".png":
                continue  # from a PNG: tests/golden/metadata_matrix_test.py
            with self.subTest(pair=(a, b), part=part):
                before, after, warnings = self.both(a, b, [part])
                self.assertIn(BLOBS[part], before)
                self.assertEqual(before[BLOBS[part]], after[BLOBS[part]])
                self.assertEqual(warnings, [])
                for name in ("Orientation", "Make", "DateTimeOriginal", "Label"):
                    self.assertEqual(before.get(name), after.get(name), name)
                others = [name for other, name in BLOBS.items() if other != part and name in after]
                self.assertEqual(others, [])

    def test_resolution(self):
        for a, b in PAIRS:
            with self.subTest(pair=(a, b)):
                before, after, warnings = self.both(a, b, ["resolution"])
                self.assertEqual(dots_per_inch(before), (300, 150))
                self.assertEqual(dots_per_inch(after), (300, 150))
                self.assertEqual(warnings, [])
                _, turned, _ = self.both(a, b, ["resolution"], "--rotate=90")
                self.assertEqual(dots_per_inch(turned), (150, 300))

    def test_text(self):
        for a, b in PAIRS:
            with self.subTest(pair=(a, b)):
                _, after, warnings = self.both(a, b, ["text"])
                comments = after["Comment"] if isinstance(after["Comment"], list) else [after["Comment"]]
                self.assertIn("a note", comments)
                if (a, b) == (".png", ".png"):
                    self.assertIn("ein Titel \u00fc", str(after))
                if (a, b) == (".png", ".jpg"):
                    self.assertEqual([w.split(": ", 3)[3] for w in warnings],
                                     ["JPEG cannot hold the language of the text 'Title'"])
                    self.assertIn(b"Title: ein Titel \xc3\xbc", self.path("out.jpg").read_bytes())
                else:
                    self.assertEqual(warnings, [])

    def test_orientation(self):
        for a, b in PAIRS:
            for options, expected in (([], 6), (["--rotate=90"], 6), (["--auto-orient"], 1)):
                with self.subTest(pair=(a, b), options=options):
                    _, after, _ = self.both(a, b, ["exif", "xmp"], *options)
                    self.assertEqual(after["Orientation"], expected)

    def test_an_orientation_that_a_format_cannot_hold_is_said(self):
        source = make(self.path("in.jpg"), ["exif"])
        line = "with orientation 6: the picture is shown as it is stored, not turned"
        for target in ("out.bmp", "out.ppm", "out.npy", "out.png", "out.jpg", "out.tif"):
            holds = target.endswith(("png", "jpg", "tif"))
            for options, is_lost in (([], not holds), (["--auto-orient"], False)):
                with self.subTest(target=target, options=options):
                    lines = self.warnings(self.convert(source, self.path(target), *options))
                    self.assertEqual([line in text for text in lines].count(True), int(is_lost), lines)

    def test_exif_s_resolution_turns_with_the_picture(self):
        exif = Image.Exif()
        exif[0x011A], exif[0x011B], exif[0x0128] = 300.0, 150.0, 2
        exif[0x010F] = "maker"
        for suffix in (".jpg", ".png"):
            source = self.save(picture(), "in" + suffix, exif=exif, dpi=(300, 150))
            for options, expected in (([], (300, 150)), (["--rotate=90"], (150, 300)), (["--transpose"], (150, 300)),
                                      (["--rotate=180"], (300, 150))):
                with self.subTest(suffix=suffix, options=options):
                    self.convert(source, self.path("out" + suffix), *options)
                    with Image.open(self.path("out" + suffix)) as out:
                        said = out.getexif()
                        self.assertEqual((said[0x011A], said[0x011B]), expected)
                        self.assertEqual(tuple(round(x) for x in out.info["dpi"]), expected)

    def test_to_and_fro_nothing_changes(self):
        parts = ["exif", "xmp", "icc", "resolution"]
        source = make(self.path("a.png"), parts)
        self.convert(source, self.path("b.jpg"))
        self.convert(self.path("b.jpg"), self.path("c.png"))
        first, last = exiftool(source, self.path("c.png"))
        for name in ("EXIF", "XMP", "ICC_Profile", "PixelsPerUnitX", "PixelsPerUnitY"):
            self.assertEqual(first[name], last[name], name)


class Chosen(CliTest):
    """--strip and --keep."""

    def parts_of(self, path):
        (facts,) = json.loads(self.run_program("info", path, "--json").stdout)
        names = {"photoshop": "iptc", "srgb_intent": "srgb"}  # blocks that hold IPTC alone here
        return {names.get(name, name) for name in facts["metadata"]}

    def test_every_choice(self):
        for suffix in (".png", ".jpg"):
            has = set(PARTS) - ({"iptc"} if suffix == ".png" else set())
            source = make(self.path("in" + suffix), PARTS)
            self.assertEqual(self.parts_of(source), has)
            choices = {(): has, ("--strip",): {"icc"}, ("--strip=all",): set(), ("--keep", "exif,icc"): {"exif", "icc"}}
            for part in has:
                choices["--keep", part] = {part}
            for options, expected in choices.items():
                with self.subTest(suffix=suffix, options=options):
                    target = self.path("out" + suffix)
                    # A file name after --strip is no value of it.
                    run = self.run_program("convert", *options, source, target, "--json")
                    self.assertEqual(self.parts_of(target), expected)
                    report = json.loads(run.stdout)
                    self.assertEqual(set(report["dropped"]), has - expected)

    def test_what_is_dropped_is_explained(self):
        source = make(self.path("in.jpg"), PARTS)
        text = self.convert(source, self.path("out.jpg"), "--keep=icc,text", "--explain").stdout.decode()
        self.assertIn("dropped         exif, xmp, iptc, resolution, as asked\n", text)

    def test_wrong_usage(self):
        source = make(self.path("in.png"), ["text"])
        for options in (["--keep", "tiff"], ["--keep="], ["--keep", "icc,"], ["--strip=some"],
                        ["--strip", "--keep", "icc"]):
            run = self.convert(source, self.path("out.png"), *options, status=2)
            self.assertIn(options[0].split("=")[0], run.stderr.decode())
        self.assert_untouched(["in.png"])


class BehindThePixels(CliTest):
    """PNG's text and EXIF may stand behind the pixels."""

    def test_a_file_loses_nothing(self):
        for parts, options in itertools.product((["text"], ["exif"], ["text", "exif"]),
                                                ([], ["--crop=10x10+0+0"], ["--rotate=90"], ["--interlace"])):
            with self.subTest(parts=parts, options=options):
                early = make(self.path("early.png"), parts)
                late = make(self.path("late.png"), parts, late=True)
                self.assertNotEqual(early.read_bytes(), late.read_bytes())
                for source, target in ((early, "a.png"), (late, "b.png")):
                    self.assertEqual(self.convert(source, self.path(target), *options).stderr, b"")
                with Image.open(self.path("a.png")) as a, Image.open(self.path("b.png")) as b:
                    a.load()
                    b.load()
                    self.assertEqual(a.info, b.info)
                self.assertEqual(*[self.run_program("info", "-", stdin=self.path(n).read_bytes()).stdout
                                   for n in ("a.png", "b.png")])

    def test_orientation_behind_the_pixels_counts(self):
        late = make(self.path("late.png"), ["exif"], late=True)
        self.convert(late, self.path("out.png"), "--auto-orient")
        with Image.open(self.path("out.png")) as out:
            self.assertEqual(out.size, (23, 37))
            self.assertEqual(out.getexif()[0x0112], 1)

    def test_an_orientation_that_comes_too_late_stays_everywhere(self):
        late = make(self.path("late.png"), ["exif"], late=True).read_bytes()
        late = late.replace(late[33:], png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET) + late[33:], 1)
        for options in (["--auto-orient"], ["--strip"]):
            with self.subTest(options=options):
                run = self.convert("-", self.path("out.jpg"), *options, stdin=late)
                self.assertIn(b"EXIF's orientation (turn by 90 degrees clockwise) goes with the metadata and is not applied", run.stderr)
                with Image.open(self.path("out.jpg")) as out:
                    self.assertEqual(out.size, (37, 23))
        self.convert("-", self.path("out.jpg"), "--auto-orient", stdin=late)
        self.assertIn(PACKET, self.path("out.jpg").read_bytes())

    def test_an_orientation_of_xmp_alone_is_kept_and_that_is_said(self):
        source = make(self.path("in.png"), ["xmp"])
        run = self.convert(source, self.path("out.png"), "--auto-orient")
        (line,) = self.warnings(run)
        self.assertIn("XMP's orientation is kept and the picture is not turned", line)
        self.assertIn(PACKET, self.path("out.png").read_bytes())
        self.assertEqual(self.convert(source, self.path("out.png"), "--auto-orient", "--strip").stderr, b"")

    def test_a_text_beside_exif_s_is_said(self):
        for text, lost in ((b"a caption", False), (b"another", True)):
            exif = Image.Exif()
            exif[0x010E] = "a caption"
            jpeg = self.save(picture(), "clean.jpg", exif=exif.tobytes())
            data = jpeg.read_bytes()
            for keyword, path in (("Comment", "in.jpg"), ("Description", "in.png")):
                with self.subTest(text=text, keyword=keyword):
                    if keyword == "Comment":
                        self.path(path).write_bytes(data[:2] + jpeg_marker(0xFE, text) + data[2:])
                    else:
                        self.convert(jpeg, self.path(path))
                        png = self.path(path).read_bytes()
                        chunk = png_chunk(b"tEXt", b"Description\0" + text)
                        self.path(path).write_bytes(png[:33] + chunk + png[33:])
                    run = self.convert(self.path(path), self.path("out.tif"))
                    self.assertEqual(bool(self.warnings(run)), lost or keyword == "Comment", run.stderr)
                    with Image.open(self.path("out.tif")) as out:
                        self.assertEqual(out.tag_v2[270], "a caption")

    def test_info_tells_it(self):
        late = make(self.path("late.png"), ["text", "exif"], late=True)
        (facts,) = json.loads(self.run_program("info", late, "--json").stdout)
        self.assertEqual([t["keyword"] for t in facts["metadata"]["text"]], ["Comment", "Title"])
        self.assertEqual(facts["metadata"]["exif"]["orientation"], 6)

    def test_a_pipe_says_what_it_loses(self):
        late = make(self.path("late.png"), ["text"], late=True)
        for options in ([], ["--crop=10x10+0+0"], ["--channels=B,G,R"]):
            with open(late, "rb") as file:
                run = self.convert("-", self.path("out.png"), *options, stdin=file.read())
            self.assertEqual([w.split(": ", 3)[3] for w in self.warnings(run)],
                             ["text 'Comment' stands after the pixels and is not kept",
                              "text 'Title' stands after the pixels and is not kept"])


class Report(CliTest):
    """--json."""

    def report(self, *arguments, **more):
        return json.loads(self.convert(*arguments, "--json", **more).stdout)

    def test_of_a_conversion(self):
        source = make(self.path("in.jpg"), ["unknown"])
        target = self.path("out.png")
        report = self.report(source, target, "--rotate=90", "--quality=50")
        self.assertEqual(report["input"], {"file": str(source), "format": "JPEG", "width": 37, "height": 23,
                                           "pixels": "rgb u8"})
        self.assertEqual(report["output"], {"file": str(target), "format": "PNG", "width": 23, "height": 37,
                                            "pixels": "rgb u8"})
        self.assertEqual(report["bytes_written"], target.stat().st_size)
        self.assertEqual(report["rows"], 37)
        self.assertEqual(report["copied_bytes"], report["plan"]["copied_bytes"])
        self.assertEqual(report["copied_bytes"], 37 * 23 * 3)
        self.assertGreater(report["seconds"], 0)
        self.assertFalse(report["plan"]["streaming"])
        self.assertEqual([s["name"] for s in report["plan"]["stages"]], ["decode", "orient", "encode"])
        self.assertEqual(sum(b["bytes"] for b in report["plan"]["buffers"]), report["plan"]["buffer_bytes"])
        self.assertEqual(report["losses"], ["not kept: 3 bytes of APP4"])
        self.assertEqual(report["warnings"], ["--quality has no effect: it is for JPEG, and PNG is written"])

    def test_of_a_plan(self):
        source = self.save(picture("RGBA"), "in.png")
        report = self.report(source, self.path("out.jpg"), "--explain")
        self.assertEqual(report["losses"], ["alpha composited over #ffffff: JPEG holds no alpha"])
        self.assertNotIn("seconds", report)
        self.assert_untouched(["in.png"])
        report = self.report(source, "-", "--explain", "--format=jpg")
        self.assertEqual(report["output"]["file"], "standard output")

    def test_late_losses(self):
        late = make(self.path("late.png"), ["text"], late=True)
        report = self.report("-", self.path("out.png"), stdin=late.read_bytes())
        self.assertEqual(len(report["losses"]), 2)
        self.assertEqual(report["warnings"], [])

    def test_not_together_with_the_picture(self):
        source = self.save(picture(), "in.png")
        for target in ("-", "/dev/stdout"):
            run = self.convert(source, target, "--json", status=2)
            self.assertEqual(run.stdout, b"")
            self.assertIn("--json", run.stderr.decode())

    def test_a_failure_reports_nothing(self):
        self.path("in.png").write_bytes(b"no picture")
        self.assertEqual(self.convert(self.path("in.png"), self.path("out.png"), "--json", status=1).stdout, b"")


class WithoutEffect(CliTest):
    """Options that do not apply to the output are said."""

    def test_each(self):
        source = self.save(picture(), "in.png")
        gray = self.save(picture("L"), "gray.png")
        for path, target, options, said in (
                (source, "o.png", ["--quality=50"], ["--quality"]),
                (source, "o.png", ["--subsampling=4:4:4", "--progressive"], ["--subsampling", "--progressive"]),
                (source, "o.png", ["--optimize", "--arithmetic"], ["--optimize", "--arithmetic"]),
                (source, "o.jpg", ["--compression=1", "--interlace"], ["--compression", "--interlace"]),
                (source, "o.jpg", ["--optimize", "--arithmetic"], ["--optimize"]),
                (gray, "o.jpg", ["--subsampling=4:4:4"], ["--subsampling"]),
                (source, "o.jpg", ["--gray", "--subsampling=4:4:4"], ["--subsampling"]),
                (source, "o.jpg", ["--subsampling=4:4:4", "--quality=50", "--progressive", "--optimize"], []),
                (source, "o.png", ["--compression=1", "--interlace"], [])):
            for more in ([], ["--explain"]):
                with self.subTest(target=target, options=options, more=more):
                    lines = self.warnings(self.convert(path, self.path(target), *options, *more))
                    self.assertEqual([line.split(": ", 3)[3].split()[0] for line in lines], said)
                    for line in lines:
                        self.assertTrue(line.startswith(f"imgbuf: warning: {self.path(target)}: "), line)


if __name__ == "__main__":
    unittest.main()
