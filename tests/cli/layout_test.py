"""`imgbuf layout`: what it tells and draws, and how it reads Python's slices."""

import ast
import json
import random
import unittest
import xml.etree.ElementTree

import numpy

from cli_testing import CliTest, need, picture, tool

SVG = "{http://www.w3.org/2000/svg}"


def python_index(text):
    """What Python itself makes of an index expression."""
    class Catch:
        def __getitem__(self, key):
            return key

    brackets = text if text.startswith("[") else f"[{text}]"
    ast.parse("a" + brackets, mode="eval")
    return eval("a" + brackets, {"a": Catch(), "np": numpy, "newaxis": None})  # text of this test's own making


class Layout(CliTest):
    def layout(self, *arguments):
        return json.loads(self.run_program("layout", *arguments, "--json").stdout)

    def svg(self, *arguments):
        return self.run_program("layout", *arguments, "--svg", "-").stdout

    def refused(self, *arguments):
        return self.run_program("layout", *arguments, status=2).stderr.decode().removeprefix("imgbuf: ").rstrip("\n")

    def test_slices_mean_what_they_mean_in_numpy(self):
        expressions = ["1", "[-1]", "::-1", "[::-1, 1:3]", "..., 0", "[0, ..., 0]", "None, 1:", "[:, None, ::2]", "...",
                       "2:0:-1", "-100:100", "5:2", "np.newaxis, ..., None", "[1, 2, 3]", "[1, 2, 3, ...]", "1,",
                       "99999999999999999999999:", ":-99999999999999999999999:-3", "None:None:-2", " 1 : 3 , : "]
        array = numpy.zeros((4, 6, 5), numpy.uint16)
        for text in expressions:
            with self.subTest(text=text):
                expected = array[python_index(text)]
                told = self.layout("--shape", "4,6,5", "--format", "H", f"--slice={text}")
                self.assertEqual(tuple(a["extent"] for a in told["axes"]), expected.shape)
                if expected.size:  # of an axis of one index NumPy keeps any stride
                    self.assertEqual([a["byte_stride"] for a in told["axes"] if a["extent"] > 1],
                                     [b for b, n in zip(expected.strides, expected.shape) if n > 1])

    def test_random_slices_mean_what_they_mean_in_numpy(self):
        seed = random.randrange(1 << 32)
        print("seed", seed)
        chance = random.Random(seed)
        array = numpy.zeros((4, 6, 5), numpy.uint8)
        number = lambda: chance.choice(["", "", "0", "1", "-1", "3", "-4", "9", "-9"])
        for _ in range(40):
            items = [f"{number()}:{number()}" + chance.choice(["", ":", ":2", ":-1", ":-3"])
                     for _ in range(chance.randrange(4))]
            items.insert(chance.randrange(len(items) + 1), chance.choice(["...", "None", "2", "-1"]))
            text = chance.choice(["{}", "[{}]"]).format(chance.choice([",", ", ", " ,"]).join(items))
            try:
                expected = array[python_index(text)]
            except IndexError:
                self.refused("--shape", "4,6,5", f"--slice={text}")
                continue
            with self.subTest(text=text):
                told = self.layout("--shape", "4,6,5", f"--slice={text}")
                self.assertEqual(tuple(a["extent"] for a in told["axes"]), numpy.shape(expected))

    def test_what_python_refuses_is_refused_at_its_place(self):
        for text, column in [("1,,2", 3), ("[1", 3), ("1 2", 3), ("::0", 3), ("x", 1), ("1:2:3:4", 6), ("012", 1)]:
            with self.subTest(text=text):
                if text != "::0":  # Python finds this when it slices
                    with self.assertRaises((SyntaxError, NameError)):
                        python_index(text)
                self.assertIn(f"--slice: character {column}: ", self.refused("--shape", "4,6", f"--slice={text}"))
        self.assertEqual(self.refused("--shape", "4,6", "--slice", "0, 6"),
                         "--slice: character 4: index 6 is outside axis 1, which has 6")
        self.assertEqual(self.refused("--shape", "4,6", "--slice", "0, 1, 2"),
                         "--slice: character 7: there is no axis for it: there are 2")

    def test_wrong_usage(self):
        image = self.save(picture("L"), "in.png")
        self.assertEqual(self.refused(), "layout: a file or --shape is needed")
        self.refused(image, "--shape", "2,3")
        self.refused(image, "--format", "B")
        self.refused("--shape", "2,3", "--json", "--svg", "-")
        self.assertEqual(self.refused("--shape", "2,-3"), "--shape: '2,-3' is no shape such as 480,640,3")
        self.assertIn("'zz'", self.refused("--shape", "2,3", "--format", "zz"))
        self.refused("--shape", "2,3,4,5", "--arrangement", "planes")
        self.run_program("layout", self.path("missing.png"), status=1)
        self.assertIn("limit", self.run_program("layout", "--shape", "1000000,1000000", status=1).stderr.decode())
        self.assert_untouched(["in.png"])

    def test_files_are_viewed_or_decoded(self):
        source = self.save(picture("RGB"), "in.png")
        tiff = self.save(picture("RGB"), "in.tif")
        self.assertTrue(self.layout(tiff)["read_only"])
        self.assertFalse(self.layout(source)["read_only"])
        decoded = self.layout(tiff, "--arrangement", "strips:5")
        self.assertFalse(decoded["read_only"])
        self.assertEqual(len(decoded["segments"]), 10 + 1)
        self.assertEqual(decoded["pointers"], [{"tables": 1, "pointers": 47}])
        from_pipe = json.loads(self.run_program("layout", "-", "--json", stdin=source.read_bytes()).stdout)
        self.assertEqual(from_pipe["shape"], [47, 61, 3])

    @need("tiffcp")
    def test_memory_that_is_not_the_file_s_is_said_with_the_reason(self):
        tiled = self.save(picture("RGB"), "flat.tif").with_name("tiled.tif")
        tool("tiffcp", "-t", "-w", "16", "-l", "32", "-c", "none", self.path("flat.tif"), tiled)
        png = self.save(picture("RGB"), "in.png")
        cells = "it is stored in 2 x 4 cells, of which open_grid makes a view"
        for arguments, stdin, reason in [([self.path("flat.tif")], b"", None), ([tiled], b"", cells),
                                         ([png], b"", "PNG is compressed"),
                                         ([self.path("flat.tif"), "--arrangement", "rows"], b"",
                                          "--arrangement asks for new memory"),
                                         (["-"], png.read_bytes(), "standard input is read")]:
            with self.subTest(arguments=arguments):
                first, second = self.run_program("layout", *arguments, stdin=stdin).stdout.decode().split("\n")[:2]
                told = json.loads(self.run_program("layout", *arguments, "--json", stdin=stdin).stdout)
                self.assertEqual(told["mapped"], reason is None)
                self.assertEqual(told.get("not_mapped"), reason)
                self.assertEqual(told["title"].endswith(", decoded"), reason is not None)
                self.assertEqual(first.split(None, 1), ["memory", f"new, the file is decoded into it: {reason}" if reason
                                                        else "the mapped file"])
                self.assertEqual(first.index(first.split()[1]), second.index("("))  # in the report's own columns
        self.assertEqual(self.layout(tiled, "--slice", "::-1")["title"], "tiled.tif[::-1], decoded")
        self.assertEqual(self.layout(tiled, "--title", "mine")["title"], "mine")
        part = self.run_program("layout", "--shape", "4,6").stdout.decode()
        self.assertTrue(part.startswith("shape "))
        self.assertEqual({"mapped", "not_mapped"} & self.layout("--shape", "4,6").keys(), set())

    def test_text_and_json_say_the_same(self):
        arguments = ["--shape", "4,6,3", "--arrangement", "planes", "--slice", "::-1"]
        text = self.run_program("layout", *arguments).stdout.decode()
        told = self.layout(*arguments)
        self.assertIn(told["not_pep3118"], text)
        self.assertEqual(told["title"], "planes[::-1]")
        for handoff in told["handoffs"]:
            self.assertIn(handoff["reason"], text)

    def test_pictures_are_xml_and_small(self):
        for shape in ["4,6,3", "4000,6000,3", "()", "0,3", "7", "2,3,4,5,3", "1000000", "1,1,1"]:
            for arrangement in ["contiguous", "rows", "strips:16", "planes"]:
                if arrangement == "planes" and shape.count(",") not in (1, 2):
                    continue
                for index in ["...", "..., None", "::-3, ..." if shape != "()" else "None"]:
                    with self.subTest(shape=shape, arrangement=arrangement, index=index):
                        svg = self.svg("--shape", shape, "--arrangement", arrangement, "--slice", index)
                        self.assertLess(len(svg), 100_000)
                        root = xml.etree.ElementTree.fromstring(svg)
                        self.assertEqual(root.tag, SVG + "svg")

    def test_titles_are_text_whatever_they_hold(self):
        name = self.path("a<b & \"c\".pgm")
        name.write_bytes(b"P5 2 2 255 abcd")
        root = xml.etree.ElementTree.fromstring(self.svg(name))
        self.assertEqual(root.find(SVG + "title").text, name.name)
        root = xml.etree.ElementTree.fromstring(self.svg(name, "--title", b"no \xff UTF-8".decode(errors="surrogateescape")))
        self.assertEqual(root.find(SVG + "title").text, "no \ufffd UTF-8")

    def test_pictures_are_written_whole_or_not_at_all(self):
        out = self.path("out.svg")
        self.run_program("layout", "--shape", "4,6", "--svg", out)
        self.assertEqual(out.read_bytes(), self.svg("--shape", "4,6"))
        self.assertEqual(self.layout("--shape", "4,6", "--svg", out)["nbytes"], 24)
        before = out.read_bytes()
        self.run_program("layout", "--shape", "4,6", "--slice", "9", "--svg", out, status=2)
        self.assertEqual(out.read_bytes(), before)
        self.run_program("layout", "--shape", "4,6", "--svg", self.path("none/out.svg"), status=1)
        self.assert_untouched(["out.svg"])

    @need("rsvg-convert")
    def test_drawn_by_another_program(self):
        png = tool("rsvg-convert", stdin=self.svg("--shape", "4,6,3", "--arrangement", "rows"))
        self.assertTrue(png.startswith(b"\x89PNG"))


if __name__ == "__main__":
    unittest.main()
