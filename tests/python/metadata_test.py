"""What is said beside the pixels: read, replaced, given to images, written."""

import copy
import dataclasses
import io
import os
import pickle
import warnings

import numpy as np
import pytest
from PIL import Image, ImageCms

import imgbuf
from samples import gradient, sample


def saved(image, format, **options):
    file = io.BytesIO()
    image.save(file, format=format, **options)
    return file.getvalue()


def blank(height=4, width=6, channels=3):
    return imgbuf.from_buffer(gradient(height, width, channels))


def test_info_says_what_pillow_says():
    info = imgbuf.open(sample("oriented_exif_icc.jpg")).info
    with Image.open(sample("oriented_exif_icc.jpg")) as picture:
        assert (info.width, info.height) == picture.size
        assert info.icc == picture.info["icc_profile"]
        assert b"Exif\0\0" + info.exif == picture.info["exif"]
        assert info.orientation == picture.getexif()[0x0112] == 6
        assert info.resolution[:2] == picture.info["dpi"]
        assert info.text[0].text.encode() == picture.info["comment"]
    info = imgbuf.open(sample("oriented_exif.png")).info
    with Image.open(sample("oriented_exif.png")) as picture:
        picture.load()
        assert info.exif == picture.info["exif"].removeprefix(b"Exif\0\0")
        assert {entry.keyword: entry.text for entry in info.text} == {
            key: str(value) for key, value in picture.text.items() if not key.startswith("XML:")
        }
        assert info.gamma == pytest.approx(picture.info["gamma"])
        assert info.chromaticities == pytest.approx(picture.info["chromaticity"])
        assert info.srgb_intent == picture.info["srgb"]
        assert info.xmp and info.resolution.unit == "metre"


def test_palettes_and_transparent_colours_are_pillows():
    info = imgbuf.open(sample("palette_transparent.png")).info
    with Image.open(sample("palette_transparent.png")) as picture:
        colors = np.reshape(picture.getpalette("RGBA"), (-1, 4))
        alphas = list(picture.info["transparency"])
    assert np.array_equal(np.array(info.palette)[:, :3], colors[: len(info.palette), :3])
    assert [entry[3] for entry in info.palette][: len(alphas)] == alphas
    assert info.color == "palette" and info.bit_depth == 4
    with Image.open(sample("transparent_color.png")) as picture:
        assert imgbuf.open(sample("transparent_color.png")).info.transparent_color == picture.info["transparency"]


def test_an_info_is_a_value():
    info = imgbuf.info(sample("oriented_exif.png"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        info.icc = b""
    assert info == imgbuf.info(sample("oriented_exif.png")) and info != info.replace(gamma=1.0)
    assert pickle.loads(pickle.dumps(info)) == info == copy.deepcopy(info)
    assert "width=120" in repr(info) and "icc=" not in repr(info) and f"exif=<{len(info.exif)} bytes>" in repr(info)
    assert hash(info.replace(text=())) == hash(info.replace(text=()))


def test_giving_an_image_an_info_changes_this_image_only():
    array = gradient(4, 6)
    one, other = imgbuf.from_buffer(array), imgbuf.from_buffer(array)
    before = one.info
    assert (before.width, before.height, before.color, before.alpha) == (6, 4, "rgb", False)
    one.info = before.replace(icc=b"profile", resolution=(72, 72))
    assert one.info.icc == b"profile" and one.info.resolution == imgbuf.Resolution(72, 72, "inch")
    assert before.icc is None and other.info == before
    one.info = None
    assert one.info == before


def test_views_say_their_own_size_and_keep_the_rest():
    image = imgbuf.open(sample("oriented_exif.png"))
    both = imgbuf.vstack([image, image])
    assert both.info.height == 2 * image.info.height and both.info.exif == image.info.exif
    assert imgbuf.from_buffer(np.zeros(3, np.uint8)).info is None
    assert imgbuf.from_buffer(np.zeros((2, 2, 5), np.uint8)).info is None


def test_an_info_of_another_picture_gives_what_is_said_beside_pixels():
    image = blank()
    image.info = imgbuf.info(sample("scene_gray16.png")).replace(gamma=0.5)
    assert (image.info.width, image.info.color, image.info.bit_depth, image.info.gamma) == (6, "rgb", 8, 0.5)
    assert image.info.file == imgbuf.FileInfo()
    for name in ["gray_1bit.png", "palette_transparent.png", "transparent_color.png", "cmyk.jpg"]:
        image.info = imgbuf.info(sample(name))
        assert (image.info.color, image.info.bit_depth, image.info.palette) == ("rgb", 8, ())
        assert imgbuf.open(saved(image, "png")).tolist() == image.tolist()
    assert image.info.transparent_color is None


def test_an_info_can_say_what_the_channels_of_foreign_elements_are():
    indices = imgbuf.from_buffer((gradient(4, 6, 1) % 3)[..., 0])
    colors = ((255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 100))
    indices.info = imgbuf.info(sample("scene_palette.png")).replace(palette=colors)
    assert indices.channels == ("index",) and indices.info.palette == colors
    read = imgbuf.open(saved(indices, "png"))
    assert read.info.palette == colors and read.tolist() == [[[i] for i in row] for row in indices.tolist()]
    inks = blank(4, 6, 4)
    inks.info = imgbuf.info(sample("cmyk.jpg"))
    assert inks.channels == ("cyan", "magenta", "yellow", "black")
    named = imgbuf.open(sample("scene_rgb8.png"), channels=("blue", "green", "red"))
    named.info = imgbuf.info(sample("scene_rgb8.png"))
    assert named.channels == ("blue", "green", "red")


EVERYTHING = dict(
    icc=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
    orientation=5,
)


@pytest.mark.parametrize("format", ["png", "jpeg"])
def test_what_is_given_is_written_and_read_by_pillow(format):
    image = blank()
    wanted = image.info.replace(
        resolution=(11811, 5906, "metre") if format == "png" else (300, 150, "inch"),
        text=(imgbuf.TextEntry("Comment", "Kugeln über dem See", "latin1" if format == "png" else "unknown"),),
        **EVERYTHING,
    )
    image.info = wanted
    assert image.info == wanted
    data = saved(image, format)
    info = imgbuf.open(data).info
    for field in ["icc", "xmp", "exif", "orientation", "resolution", "text"]:
        assert getattr(info, field) == getattr(wanted, field), field
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        assert picture.info["icc_profile"] == EVERYTHING["icc"]
        assert picture.getexif()[0x0112] == 5
        assert picture.info["dpi"] == pytest.approx((300, 150), abs=0.1)
        if format == "png":
            assert picture.text["Comment"] == "Kugeln über dem See"
        else:
            assert picture.info["comment"].decode() == "Kugeln über dem See"


def test_text_of_every_encoding_survives():
    image = blank()
    entries = (
        imgbuf.TextEntry("Title", "é", "latin1"),
        imgbuf.TextEntry("Long", "é" * 500, "latin1", compressed=True),
        imgbuf.TextEntry("Author", "東京 \U0001f5fb", "utf8", language="ja", translated_keyword="著者"),
    )
    image.info = image.info.replace(text=entries)
    assert imgbuf.open(saved(image, "png")).info.text == entries
    with pytest.raises(ValueError):
        image.info = image.info.replace(text=(imgbuf.TextEntry("Title", "東", "latin1"),))
    odd = b"\xff\xfe comment"
    comment = b"\xff\xd8\xff\xfe" + (len(odd) + 2).to_bytes(2, "big") + odd
    read = imgbuf.open(comment + saved(blank(), "jpeg")[2:])
    assert read.info.text[0].text.encode("utf-8", "surrogateescape") == odd
    assert odd in saved(read, "jpeg")


def test_colour_facts_of_png_survive():
    image = blank()
    image.info = image.info.replace(gamma=0.5, chromaticities=[0.31, 0.33, 0.6, 0.3, 0.3, 0.6, 0.15, 0.05])
    info = imgbuf.open(saved(image, "png")).info
    assert info.gamma == 0.5 and info.chromaticities == (0.31, 0.33, 0.6, 0.3, 0.3, 0.6, 0.15, 0.05)
    image.info = image.info.replace(gamma=None, chromaticities=None, srgb_intent=1)
    info = imgbuf.open(saved(image, "png")).info
    assert info.srgb_intent == 1 and info.gamma is None


def test_orientation_is_written_into_the_exif():
    info = blank().info
    assert info.orientation == 1 and info.exif is None
    for orientation in range(1, 9):
        turned = info.replace(orientation=orientation)
        assert turned.orientation == orientation
        assert turned.replace(orientation=3).orientation == 3
    of_file = imgbuf.info(sample("oriented_exif.png"))
    upright = of_file.replace(orientation=1)
    assert len(upright.exif) == len(of_file.exif) and upright.exif != of_file.exif
    assert upright.replace(orientation=of_file.orientation) == of_file
    assert of_file.replace(exif=None).orientation == 1
    assert of_file.replace(exif=None, orientation=4).orientation == 4
    for orientation in (0, 9, -1):
        with pytest.raises(imgbuf.InvalidArgument, match="1 to 8"):
            info.replace(orientation=orientation)
    with pytest.raises(imgbuf.Unsupported, match="no orientation"):
        info.replace(exif=b"II*\0\x08\0\0\0\0\0\0\0\0\0", orientation=2)


DATASETS = b"\x1c\x02\x78\0\x03abc"
OTHER_BLOCK = b"8BIM\x03\xed\0\0\0\0\0\x02ab"


def test_iptc_lives_among_photoshops_resources():
    info = blank().info
    assert info.iptc is None
    stamped = info.replace(iptc=DATASETS)
    assert stamped.iptc == DATASETS
    assert stamped.photoshop == b"8BIM\x04\x04\0\0\0\0\0\x08" + DATASETS
    beside = info.replace(photoshop=OTHER_BLOCK).replace(iptc=bytearray(DATASETS))
    assert beside.iptc == DATASETS and beside.photoshop.endswith(OTHER_BLOCK)
    assert beside.replace(iptc=None).photoshop == OTHER_BLOCK
    assert stamped.replace(iptc=None) == info
    assert info.replace(iptc=DATASETS, photoshop=OTHER_BLOCK) == beside
    with pytest.raises(TypeError):
        info.replace(iptc="text")


@pytest.mark.parametrize("format", ["png", "jpeg", "tiff"])
def test_iptc_is_written_and_read(format):
    image = blank().with_info(iptc=DATASETS)
    assert imgbuf.open(saved(image, format)).info.iptc == DATASETS


def test_with_info_is_another_image_over_the_same_pixels():
    image = blank()
    before = image.info
    stamped = image.with_info(icc=b"profile", orientation=6)
    assert (stamped.info.icc, stamped.info.orientation) == (b"profile", 6)
    assert image.info == before
    stamped[0, 0, 0] = 77
    assert image[0, 0, 0] == 77
    assert image.with_info(stamped.info).info == stamped.info
    assert image.with_info(stamped.info, icc=None).info == before.replace(orientation=6)
    assert image.with_info().info == before
    assert stamped[1:].with_info(gamma=1.0).info.icc == b"profile"
    with pytest.raises(TypeError, match="an info has no icc_profile"):
        image.with_info(icc_profile=b"profile")
    with pytest.raises(TypeError, match="ImageInfo"):
        image.with_info(3)
    with pytest.raises(imgbuf.InvalidArgument, match="no picture"):
        imgbuf.from_buffer(np.zeros(3, np.uint8)).with_info(icc=b"")
    for shape in ((3,), (2, 3, 5)):
        elements = imgbuf.zeros(shape)
        with pytest.raises(imgbuf.InvalidArgument, match="no picture: "):
            elements.with_info(before)
        with pytest.raises(imgbuf.InvalidArgument, match="no picture: "):
            elements.info = before


def test_save_takes_metadata_of_its_own():
    image = blank().with_info(xmp=b"<x/>", resolution=(72, 72))
    before = image.info
    read = imgbuf.open(saved(image, "png", icc=EVERYTHING["icc"], orientation=8, iptc=DATASETS, xmp=None)).info
    assert (read.icc, read.orientation, read.iptc, read.xmp) == (EVERYTHING["icc"], 8, DATASETS, None)
    assert read.resolution == (2835, 2835, "metre")
    assert image.info == before
    file = io.BytesIO()
    with pytest.raises(TypeError, match="an info has no colour"):
        image.save(file, format="png", colour="red")
    with pytest.raises(TypeError, match="width cannot be replaced"):
        image.save(file, format="png", width=3)
    assert file.getvalue() == b""


@pytest.mark.parametrize("name", ["width", "height", "color", "alpha", "element_type", "file"])
def test_what_the_pixels_are_cannot_be_replaced(name):
    with pytest.raises(TypeError, match=name):
        blank().info.replace(**{name: 1})


def test_a_field_that_is_none_cannot_be_replaced():
    with pytest.raises(TypeError):
        blank().info.replace(colour="red")


@pytest.mark.parametrize(
    "changes, kind, match",
    [
        ({"icc": 3}, TypeError, ""),
        ({"icc_name": 3}, TypeError, ""),
        ({"palette": [(1, 2)]}, imgbuf.InvalidArgument, "palette"),
        ({"palette": [(0, 0, 256)]}, imgbuf.InvalidArgument, "palette runs from 0 to 255: not 256"),
        ({"palette": [(0, 0, 0)] * 257}, imgbuf.InvalidArgument, "256 entries"),
        ({"palette": 5}, TypeError, "palette"),
        ({"resolution": (-1, 1)}, imgbuf.InvalidArgument, "resolution"),
        ({"resolution": (1, 1, "foot")}, imgbuf.InvalidArgument, "'inch', not 'foot'"),
        ({"resolution": ("a", 1)}, TypeError, "resolution"),
        ({"gamma": 0}, imgbuf.InvalidArgument, "gamma"),
        ({"gamma": float("nan")}, imgbuf.InvalidArgument, "gamma"),
        ({"gamma": 1e9}, imgbuf.InvalidArgument, "gamma"),
        ({"gamma": "big"}, TypeError, "gamma"),
        ({"chromaticities": (1, 2)}, imgbuf.InvalidArgument, "8 numbers"),
        ({"srgb_intent": 4}, imgbuf.InvalidArgument, "srgb_intent"),
        ({"bit_depth": 0}, imgbuf.InvalidArgument, "bit_depth"),
        ({"bit_depth": 9}, imgbuf.InvalidArgument, "bit_depth runs from 1 to 8"),
        ({"transparent_color": (1, 2)}, imgbuf.InvalidArgument, "3 samples"),
        ({"transparent_color": (1, 2, 65536)}, imgbuf.InvalidArgument, "65535"),
        ({"text": ("a",)}, TypeError, "TextEntry"),
        ({"text": (imgbuf.TextEntry("a", "b", "ebcdic"),)}, imgbuf.InvalidArgument, "ebcdic"),
        ({"text": (imgbuf.TextEntry("a", 3),)}, TypeError, "str"),
    ],
)
def test_values_that_a_field_cannot_have_are_errors(changes, kind, match):
    image = blank()
    before = image.info
    with pytest.raises(kind, match=match):
        image.info = image.info.replace(**changes)
    assert image.info == before


def test_only_an_info_is_an_info():
    for value in [3, "info", {"icc": b""}]:
        with pytest.raises(TypeError, match="ImageInfo"):
            blank().info = value


# What a file cannot hold.


def test_what_is_lost_is_a_warning():
    image = imgbuf.open(sample("oriented_exif.png"))
    image.info = image.info.replace(srgb_intent=None, gamma=0.6)
    with pytest.warns(imgbuf.LossWarning) as caught:
        image.save(io.BytesIO(), format="jpeg")
    texts = [str(warning.message) for warning in caught]
    for lost in ["gamma 0.6", "language of the text 'Title'"]:
        assert any(lost in text for text in texts), lost
    assert all(warning.filename == __file__ for warning in caught)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        saved(image, "png")


def test_a_loss_that_is_an_error_keeps_the_old_file(tmp_path):
    path = tmp_path / "old.jpg"
    path.write_bytes(b"old")
    image = imgbuf.open(sample("oriented_exif.png"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", imgbuf.LossWarning)
        with pytest.raises(imgbuf.LossWarning):
            image.save(path)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["old.jpg"]


def test_what_a_decoder_passes_over_is_a_warning():
    data = bytearray(sample("scene_q90.jpg").read_bytes())
    start = data.index(b"\xff\xda")
    data[start:start] = b"junk"  # between two markers
    with pytest.warns(imgbuf.LossWarning, match="extraneous"):
        imgbuf.open(bytes(data))


def test_errors_can_be_pickled():
    for read in [lambda: imgbuf.open(sample("truncated.png")), lambda: blank().save("/no/x.png")]:
        with pytest.raises(imgbuf.Error) as caught:
            read()
        error = caught.value
        same = pickle.loads(pickle.dumps(error))
        assert type(same) is type(error) and str(same) == str(error)
        assert (same.code, same.place) == (error.code, error.place)
        assert getattr(same, "errno", 0) == getattr(error, "errno", 0)


def test_none_takes_every_field_away():
    info = imgbuf.open(sample("scene_rgb8.png")).info.replace(
        icc=b"profile", text=(imgbuf.TextEntry("Comment", "x"),), not_carried=("a thing",), resolution=(300, 300, "inch"))
    for field in dataclasses.fields(info):
        if field.name in ("width", "height", "color", "alpha", "element_type", "bit_depth", "file"):
            continue
        changed = info.replace(**{field.name: None})
        assert getattr(changed, field.name) == field.default
    assert info.replace(orientation=6).replace(orientation=None).orientation == 1
    assert info.replace(orientation=None).exif is None
    assert info.replace(iptc=None).photoshop is None
