"""doxygen reads the public headers and the pages without a warning, and every public name says what it is.

Members of classes may stand without a sentence where their names and types say all (`rank()`, `red`). Types, functions,
aliases and constants of the namespace may not; the overloads of a function share a comment. Links from page to page
lead somewhere.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

OPTIONS = argparse.Namespace()


def is_documented(node):
    texts = (node.find(tag) for tag in ("briefdescription", "detaileddescription"))
    return any(text is not None and "".join(text.itertext()).strip() for text in texts)


def dead_links(html):
    """The links of the pages to files that are not there."""
    dead = []
    for page in [html / "index.html", *html.glob("md_*.html")]:
        for target in re.findall(r'href="([^"#]+)', page.read_text()):
            if not re.match(r"\w+:", target) and not (html / target).exists():
                dead.append(f"{page.name}: {target}")
    return dead


def undocumented(xml):
    """The public types and the names of namespaces; and those of them without a comment."""
    names = {}
    for path in sorted(xml.glob("*.xml")):
        for compound in ElementTree.parse(path).getroot().iter("compounddef"):
            own_name = compound.findtext("compoundname")
            if compound.get("kind") in ("class", "struct"):
                names[own_name] = is_documented(compound)
            elif compound.get("kind") == "namespace":
                for member in compound.iter("memberdef"):
                    name = f"{own_name}::{member.findtext('name')}"
                    names[name] = names.get(name, False) or is_documented(member)
    return names, sorted(name for name, documented in names.items() if not documented)


class Reference(unittest.TestCase):
    def test_no_warning_no_dead_link_and_no_name_without_a_comment(self):
        with tempfile.TemporaryDirectory() as directory:
            settings = OPTIONS.doxyfile.read_text() + f"\nOUTPUT_DIRECTORY = {directory}\nGENERATE_XML = YES\n"
            run = subprocess.run(
                [OPTIONS.doxygen, "-"], input=settings, cwd=OPTIONS.source, capture_output=True, text=True
            )
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            dead = dead_links(pathlib.Path(directory, "html"))
            pages = [path.name for path in pathlib.Path(directory, "html").glob("*.html")]
            names, missing = undocumented(pathlib.Path(directory, "xml"))
        self.assertIn("classimgbuf_1_1Layout.html", pages)
        self.assertIn("imgbuf::walk_blocks", names)
        self.assertEqual(missing, [])
        self.assertEqual(dead, [])

    def test_links_in_the_sources_of_pages_lead_somewhere(self):
        pages = [*OPTIONS.source.glob("*.md"), *OPTIONS.source.glob("docs/**/*.md")]
        broken = []
        for page in pages:
            text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)  # a lambda is no link
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
                if "://" not in target and not (page.parent / target).exists():
                    broken.append(f"{page.relative_to(OPTIONS.source)}: {target}")
        self.assertEqual(broken, [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--doxyfile", type=pathlib.Path, required=True)
    parser.add_argument("--doxygen", required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
