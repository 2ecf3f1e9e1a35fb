"""What `imgbuf formats` tells is so, and content goes before names."""

import json
import unittest

from cli_testing import CliTest, picture


class Formats(CliTest):
    def formats(self):
        return json.loads(self.run_program("formats", "--json").stdout)

    def test_text_and_json_tell_the_same_formats(self):
        lines = self.run_program("formats").stdout.decode().splitlines()
        self.assertEqual([line.split()[0] for line in lines[1:]], [f["format"] for f in self.formats()])

    def test_how_they_open(self):
        opens = {f["format"]: f["opens"] for f in self.formats()}
        self.assertEqual({name for name, how in opens.items() if how == "decoded"}, {"PNG", "JPEG", "PBM"})
        self.assertEqual({name for name, how in opens.items() if how == "mapped"},
                         {"PGM", "PPM", "PNM", "PAM", "PFM", "BMP", "NPY", "TIFF"})

    def test_each_extension_can_be_written_and_read(self):
        source = self.save(picture("L"), "in.png")
        for facts in self.formats():
            for extension in facts["extensions"]:
                with self.subTest(extension=extension):
                    if extension == "pbm":
                        continue  # holds bits only
                    out = self.path(f"out.{extension}")
                    self.convert(source, out)
                    (info,) = json.loads(self.run_program("info", out, "--json").stdout)
                    self.assertEqual(info["format"], "PGM" if extension == "pnm" else facts["format"])
                    self.assertIn(info["element_type"], facts["element_types"])

    def test_content_goes_before_the_name(self):
        source = self.save(picture("L"), "in.png")
        wrong = self.path("wrong.tif")
        wrong.write_bytes(source.read_bytes())
        expected = [f"imgbuf: warning: {wrong}: the file is PNG, not TIFF as its name says"]
        self.assertEqual(self.warnings(self.run_program("info", wrong)), expected)
        self.assertEqual(self.warnings(self.convert(wrong, self.path("out.bmp"))), expected)
        self.assertEqual(self.warnings(self.run_program("info", source)), [])


if __name__ == "__main__":
    unittest.main()
