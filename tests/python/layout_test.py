"""`Image.layout`: values, text and picture of how an image lies in memory."""

import gc
import random
import xml.etree.ElementTree

import pytest

import imgbuf

SVG = "{http://www.w3.org/2000/svg}"


def test_values_are_those_of_the_image():
    image = imgbuf.empty((5, 6, 3), "B", "strips:2")[::-1, 1:]
    layout = image.layout
    assert (layout.shape, layout.strides, layout.suboffsets) == (image.shape, image.strides, image.suboffsets)
    assert layout.levels == (0, 1, 1)
    assert layout.pointer_offsets == (3,)
    assert layout.pointers == ((1, 5),)
    assert layout.walk_order == (0, 1, 2)
    assert [(s.nbytes, s.element_bytes, s.pointer_bytes, s.readonly) for s in layout.segments] == [
        (36, 30, 0, False), (36, 30, 0, False), (18, 15, 0, False), (40, 0, 40, True)]
    assert repr(layout.segments[0]) == "<imgbuf.LayoutSegment of 36 bytes, 30 of elements, 0 of pointers>"
    assert not layout.c_contiguous and not layout.f_contiguous
    assert imgbuf.empty((2, 3)).layout.c_contiguous
    assert imgbuf.empty((2, 3)).transpose().layout.f_contiguous
    assert imgbuf.empty((2, 3)).layout.suboffsets == ()


def test_what_pep_3118_cannot_say_has_a_reason():
    layout = imgbuf.empty((4, 6, 3), "B", "planes").layout
    assert layout.suboffsets is None
    assert layout.strides == (8, 1, 8)
    assert "PEP 3118" in layout.reason
    assert imgbuf.empty((4, 6, 3), "B", "rows").layout.reason == ""


@pytest.mark.parametrize("arrangement", ["contiguous", "rows", "strips:2", "planes"])
def test_handoffs_are_what_explain_says(arrangement):
    image = imgbuf.empty((5, 6, 3), "B", arrangement)
    for target, handoff in image.layout.handoffs.items():
        assert str(handoff) == str(image.explain(target))


def test_a_consumer_with_too_few_axes_has_a_reason():
    handoffs = imgbuf.empty((1,) * 40).layout.handoffs
    assert isinstance(handoffs["numpy"], str) and "32" in handoffs["numpy"]
    assert handoffs["buffer"].kind == "shared"


def test_text():
    layout = imgbuf.empty((4, 6, 3), "B", "rows").layout
    assert str(layout) == repr(layout)
    assert "strides       (8, 3, 1)\n" in str(layout)


def test_notebooks_get_a_picture():
    layout = imgbuf.empty((4, 6, 3), "B", "rows").layout
    root = xml.etree.ElementTree.fromstring(layout._repr_svg_())
    assert root.tag == SVG + "svg"
    assert root.find(SVG + "title").text == "(4, 6, 3) u8"
    titled = xml.etree.ElementTree.fromstring(layout.svg("Größe <1> & \udcff"))
    assert titled.find(SVG + "title").text == "Größe <1> & \ufffd"


def test_pictures_of_random_views_are_xml_and_small():
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(150):
        shape = tuple(chance.choice([0, 1, 2, 3, 4, 7, 40]) for _ in range(chance.choice([2, 3, 3, 3])))
        image = imgbuf.empty(shape, chance.choice(["B", "H", ">f", "d"]),
                             chance.choice(["contiguous", "rows", "strips:1", "strips:3", "planes"]))
        for _ in range(chance.randrange(3)):
            index = [slice(chance.choice([None, 0, 1, -2]), chance.choice([None, 3, -1]), chance.choice([1, -1, 2, -3]))
                     for _ in range(chance.randrange(image.ndim + 1))]
            image = image[tuple(index + [chance.choice([..., None])])]
        if chance.random() < .3:
            image = image.transpose()
        picture = image.layout.svg()
        assert len(picture) < 100_000
        for element in xml.etree.ElementTree.fromstring(picture).iter():
            for name in ("x", "y", "width", "height"):
                if name in element.attrib and element.tag == SVG + "rect":
                    assert -1 <= float(element.attrib[name]) < 5000, (image.layout, element.attrib)


def test_a_layout_keeps_its_memory():
    image = imgbuf.from_rows([bytearray(b"abc"), bytearray(b"def")])
    layout = image.layout
    before = layout.svg()
    del image
    gc.collect()
    assert layout.svg() == before


def test_strips_that_can_be_rewired_say_so():
    strips = [imgbuf.empty((2, 4096), "B", shared=True) for _ in range(4)]
    shuffled = imgbuf.vstack([strips[i] for i in (1, 3, 0, 2)])
    handoffs = shuffled.layout.handoffs
    assert handoffs["numpy"].kind == "rewired"
    assert 'class="rewired"' in shuffled.layout.svg()
