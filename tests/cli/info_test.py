"""What `imgbuf info` tells, for people and as JSON."""

import json
import os
import subprocess
import unittest

from PIL import Image, PngImagePlugin

from cli_testing import PROGRAM, CliTest, need, picture, tool


class Info(CliTest):
    def facts(self, *arguments, status=0):
        run = self.run_program("info", *arguments, "--json", status=status)
        return json.loads(run.stdout.decode("utf-8", errors="strict"))

    def test_png(self):
        source = self.save(picture("RGBA"), "in.png", dpi=(300, 150))
        (facts,) = self.facts(source)
        expected = {"file": str(source), "format": "PNG", "width": 61, "height": 47, "channels": 4, "color": "rgb",
                    "alpha": True, "element_type": "u8", "bit_depth": 8, "color_type": "RGB+alpha", "interlaced": False,
                    "progressive": False, "subsampling": ""}
        self.assertEqual({**facts, **expected}, facts)
        self.assertEqual(facts["metadata"]["resolution"], {"x": 11811, "y": 5906, "unit": "per metre"})

    def test_jpeg(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        source = self.save(picture(), "in.jpg", progressive=True, subsampling=1, exif=exif, icc_profile=b"x" * 200)
        (facts,) = self.facts(source)
        expected = {"format": "JPEG", "channels": 3, "color_type": "YCbCr", "progressive": True, "subsampling": "4:2:2"}
        self.assertEqual({**facts, **expected}, facts)
        self.assertEqual(facts["metadata"]["exif"]["orientation"], 6)
        self.assertEqual(facts["metadata"]["icc"], {"bytes": 200, "name": "", "class": "xxxx", "color_space": "xxxx"})

    @need("pnmtopng")
    def test_depths_of_the_file_and_of_the_elements(self):
        for maximum, depth, element in ((1, 1, "u8"), (3, 2, "u8"), (15, 4, "u8"), (255, 8, "u8"), (65535, 16, "u16")):
            values = range(min(maximum + 1, 1000))  # enough of them that no smaller depth would do
            data = b"".join(v.to_bytes(2 if maximum > 255 else 1, "big") for v in values)
            pgm = f"P5\n{len(values)} 1\n{maximum}\n".encode() + data
            self.path("in.png").write_bytes(tool("pnmtopng", "-interlace", stdin=pgm))
            (facts,) = self.facts(self.path("in.png"))
            self.assertEqual((facts["bit_depth"], facts["element_type"], facts["interlaced"]), (depth, element, True))

    @unittest.skipIf(os.environ.get("IMGBUF_WITH_EXIF") == "0", "built without libexif")
    def test_exif_tags_by_name(self):
        exif = Image.Exif()
        exif[0x010F] = "maker"
        exif[0x0112] = 6
        exif[0x8825] = {1: "N"}
        exif[0xC7A1] = "of nobody"
        for name in ("in.png", "in.jpg"):
            (facts,) = self.facts(self.save(picture(), name, exif=exif))
            tags = facts["metadata"]["exif"]["tags"]
            self.assertEqual(tags["IFD0"], {"Make": "maker", "Orientation": "Right-top", "0xc7a1": "of nobody"})
            self.assertEqual(tags["GPS"], {"GPSLatitudeRef": "N"})
            self.assertEqual(set(tags), {"IFD0", "GPS"})

    def exif_facts(self, exif):
        (facts,) = self.facts(self.save(picture(), "in.jpg", exif=exif))
        return facts["metadata"]["exif"]

    @unittest.skipIf(os.environ.get("IMGBUF_WITH_EXIF") == "0", "built without libexif")
    def test_exif_values_that_have_no_word_are_numbers(self):
        exif = Image.Exif()
        exif[0x0128] = 1  # a unit that is none
        exif[0x0103] = 77
        exif[0x0112] = 0
        exif[0xC7A2] = 0.1  # a double
        exif[0xC7A3] = (1, 70000)
        exif[0x8769] = {0x9000: b"0999", 0xA300: b"\7", 0x9209: 12345}
        found = self.exif_facts(exif)
        self.assertEqual(found["tags"]["IFD0"], {"Compression": "77", "Orientation": "0", "ResolutionUnit": "1",
                                                 "0xc7a2": "0.1", "0xc7a3": "1, 70000"})
        self.assertEqual(found["tags"]["EXIF"], {"ExifVersion": "0999", "Flash": "12345", "FileSource": "7"})
        self.assertNotIn("tag_notes", found)

    @unittest.skipIf(os.environ.get("IMGBUF_WITH_EXIF") == "0", "built without libexif")
    def test_comments_of_exif_are_decoded(self):
        text = "\u00dcber den Wolken \U0001f600"
        coded = {"ASCII": (b"ASCII\0\0\0a comment\0rest", "a comment"),
                 "lines": (b"ASCII\0\0\0two\r\nlines\x1b", "two\r\nlines\x1b"),
                 "short": (b"short", "short"),
                 "no text": (b"\0" * 8 + b"\1\2", None),
                 "no code": (b"\0" * 8 + text.encode(), text),
                 "forgotten code": (b"a comment without", "a comment without"),
                 "in EXIF's order": (b"UNICODE\0" + text.encode("utf-16-be"), text),
                 "with a mark": (b"UNICODE\0" + text.encode("utf-16"), text),
                 "odd": (b"UNICODE\0\0a\0b\0", "ab"),
                 "half a pair": (b"UNICODE\0\xd8\x3d\0b\xdc\0", "\ufffdb\ufffd"),
                 "empty": (b"UNICODE\0", "")}
        for name, (data, expected) in coded.items():
            with self.subTest(name=name):
                exif = Image.Exif()
                exif.endian = ">"
                exif[0x8769] = {0x9286: data}
                exif[0x8825] = {0x1B: data}
                block = exif.tobytes()
                self.assertEqual(block[6:8], b"MM")
                found = self.exif_facts(block)
                self.assertEqual(found["tags"]["EXIF"], {"UserComment": expected})
                self.assertEqual(found["tags"]["GPS"], {"GPSProcessingMethod": expected})
        exif = Image.Exif()
        exif[0x9C9B] = text.encode("utf-16-le") + b"\0\0"
        self.assertEqual(self.exif_facts(exif)["tags"]["IFD0"], {"XPTitle": text})

    @unittest.skipIf(os.environ.get("IMGBUF_WITH_EXIF") == "0", "built without libexif")
    def test_exif_without_a_value_says_why(self):
        exif = Image.Exif()
        exif[0x8769] = {0xA302: b"\1\2\3 of a sensor", 0x9286: b"JIS\0\0\0\0\0\x1b$B"}
        found = self.exif_facts(exif)
        self.assertEqual(found["tags"]["EXIF"], {"CFAPattern": None, "UserComment": None})
        self.assertEqual(found["tag_notes"], {"EXIF": {
            "CFAPattern": "15 bytes, which are not interpreted",
            "UserComment": "3 bytes of text in JIS, which is not decoded"}})

    @unittest.skipIf(os.environ.get("IMGBUF_WITH_EXIF") == "0", "built without libexif")
    def test_long_values_of_exif_say_that_they_are_cut(self):
        exif = Image.Exif()
        exif[0x010E] = ("\u00fc" * 3000).encode()
        exif[0x010F] = "m" * 4095
        exif[0x8298] = "c" * 5000
        exif[0xC7A3] = tuple(range(100000, 101000))
        found = self.exif_facts(exif)
        tags, notes = found["tags"]["IFD0"], found["tag_notes"]["IFD0"]
        self.assertEqual(tags["ImageDescription"], "\u00fc" * 2047)
        self.assertEqual(tags["Make"], "m" * 4095)
        self.assertEqual(tags["Copyright"], "c" * 4095)
        numbers = tags["0xc7a3"].split(", ")
        self.assertEqual(numbers, [str(n) for n in range(100000, 100000 + len(numbers))])
        self.assertEqual(notes, {"ImageDescription": "cut: the first 4094 of 6000 bytes",
                                 "Copyright": "cut: the first 4095 of 5000 bytes",
                                 "0xc7a3": f"cut: the first {len(numbers)} of 1000 values"})
        self.assertGreater(len(numbers), 500)

    def test_a_pipe_does_not_show_what_stands_behind_the_pixels(self):
        note = "metadata behind the pixels was not looked for"
        png, jpeg = self.save(picture(), "in.png"), self.save(picture(), "in.jpg")
        for path, is_piped, is_said in ((png, True, True), (png, False, False), (jpeg, True, False)):
            with self.subTest(path=path, is_piped=is_piped):
                name, data = ("-", path.read_bytes()) if is_piped else (path, b"")
                (facts,) = json.loads(self.run_program("info", name, "--json", stdin=data).stdout)
                self.assertEqual(note in facts.get("note", ""), is_said)
                self.assertEqual("note" in facts, is_said)
                text = self.run_program("info", name, stdin=data).stdout.decode()
                self.assertEqual(f"  note            {note}" in text, is_said)
        with open(png, "rb") as file:  # a file that can be sought in, whatever it is called
            run = subprocess.run([PROGRAM, "info", "-", "--json"], stdin=file, capture_output=True, timeout=60)
        self.assertNotIn("note", json.loads(run.stdout)[0])

    def test_exif_that_is_cut_or_nonsense_is_no_crash(self):
        exif = Image.Exif()
        exif[0x010F] = "a maker with a long name"
        exif[0x0112] = 6
        block = exif.tobytes()
        for end in range(6, len(block)):
            image = self.save(picture("L", (3, 3)), "in.jpg", exif=block[:end])
            self.assertIn("exif" if end > 6 else "text", {**self.facts(image)[0]["metadata"], "text": 0})
        for i in range(6, len(block)):
            damaged = block[:i] + b"\xff" + block[i + 1:]
            self.facts(self.save(picture("L", (3, 3)), "in.jpg", exif=damaged))

    def test_packets_and_resources(self):
        caption = b"\x1c\x02\x78\0\x09a caption\x1c\x02\x19\0\x03key"
        resources = (b"8BIM\x03\xed\x02xy\0\0\0\0\x03abc\0" + b"8BIM\x04\x04\0\0" + len(caption).to_bytes(4, "big") +
                     caption + b"8BIM cut")
        source = self.save(picture(), "in.jpg")
        data = source.read_bytes()
        marker = b"Photoshop 3.0\0" + resources
        packet = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"
        source.write_bytes(data[:20] + b"\xff\xed" + (len(marker) + 2).to_bytes(2, "big") + marker + b"\xff\xe1" +
                           (len(packet) + 2).to_bytes(2, "big") + packet + data[20:])
        (facts,) = self.facts(source)
        self.assertEqual(facts["metadata"]["xmp"], {"bytes": 12, "text": "<x:xmpmeta/>"})
        photoshop = facts["metadata"]["photoshop"]
        self.assertEqual(photoshop["bytes"], len(resources))
        self.assertEqual(photoshop["resources"], [{"id": 1005, "name": "xy", "bytes": 3},
                                                  {"id": 1028, "name": "", "bytes": len(caption)}])
        self.assertEqual(facts["metadata"]["iptc"], {"bytes": len(caption), "datasets": [
            {"record": 2, "dataset": 120, "name": "Caption/Abstract", "text": "a caption"},
            {"record": 2, "dataset": 25, "name": "Keywords", "text": "key"}]})

    def test_a_translucent_palette(self):
        for transparency, count in ((None, 0), (bytes([0, 255, 7]), 2)):
            more = {} if transparency is None else {"transparency": transparency}
            source = self.save(picture().quantize(16), "in.png", **more)
            (facts,) = self.facts(source)
            self.assertEqual((facts["palette_entries"], facts["palette_entries_with_alpha"]), (16, count))
            text = self.run_program("info", source).stdout.decode()
            self.assertIn("16 entries, 2 of them with alpha\n" if count else "16 entries\n", text)

    def test_text_is_valid_json_whatever_its_bytes(self):
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", 'a "quoted"\nline\t\\ with \x01 and \xe9')
        text.add_itxt("Title", "\u65e5\u672c")
        text.add(b"iTXt", b"Bad\0\0\0\0\0\xff\xfe")
        source = self.save(picture(), "in.png", pnginfo=text)
        (facts,) = self.facts(source)
        texts = {entry["keyword"]: entry["text"] for entry in facts["metadata"]["text"]}
        self.assertEqual(texts["Comment"], 'a "quoted"\nline\t\\ with \x01 and \xe9')
        self.assertEqual(texts["Title"], "\u65e5\u672c")
        for line in self.run_program("info", source).stdout.decode(errors="replace").split("\n"):
            self.assertFalse(any(ord(c) < 32 for c in line), line)

    def test_names_that_are_no_utf8(self):
        name = os.path.join(os.fsencode(self.directory), b"caf\xe9\n.png")
        with open(name, "wb") as file:
            picture().save(file, format="PNG")
        (facts,) = self.facts(os.fsdecode(name))
        self.assertTrue(facts["file"].endswith("caf\ufffd\n.png"))

    def test_arrangements(self):
        source = self.save(picture("RGB"), "in.png")

        def memory(arrangement):
            (facts,) = self.facts(source, "--arrangement", arrangement)
            return facts["memory"]

        contiguous = memory("contiguous")
        self.assertEqual(contiguous["shape"], [47, 61, 3])
        self.assertEqual(contiguous["strides"], [183, 3, 1])
        self.assertEqual(contiguous["suboffsets"], [])
        self.assertEqual(contiguous["segment_bytes"], [47 * 183])
        rows = memory("rows")
        self.assertEqual((rows["strides"], rows["suboffsets"]), ([8, 3, 1], [0, -1, -1]))
        self.assertEqual(sorted(rows["segment_bytes"]), [47 * 8, 47 * 183])
        strips = memory("strips:10")
        self.assertEqual(sorted(strips["segment_bytes"]), sorted([47 * 8, 7 * 183] + 4 * [1830]))
        self.assertIn("PEP 3118", memory("planes")["not_pep3118"])
        text = self.run_program("info", source, "--arrangement", "rows").stdout.decode()
        self.assertIn("(8, 3, 1)", text)
        self.assertIn("(0, -1, -1)", text)

    def test_a_file_that_fails_does_not_stop_the_others(self):
        good = self.save(picture(), "good.png")
        self.path("bad.png").write_bytes(good.read_bytes()[:20])
        run = self.run_program("info", self.path("bad.png"), good, status=1)
        self.assertIn("good.png", run.stdout.decode())
        self.assertIn("bad.png: ", run.stderr.decode())
        bad, fine = self.facts(self.path("bad.png"), good, status=1)
        self.assertIn("bad.png", bad["error"])
        self.assertEqual(fine["width"], 61)

    def test_standard_input(self):
        data = self.save(picture(), "in.png").read_bytes()
        run = self.run_program("info", "-", stdin=data)
        self.assertIn("61 x 47", run.stdout.decode())


if __name__ == "__main__":
    unittest.main()
