"""What is saved beside pixels that are no longer the picture of which it speaks."""

import io
import struct
import warnings

import numpy as np
import pytest
from PIL import Image

import imgbuf
from samples import gradient, sample

THUMBNAIL = b"a small picture of it all"
RESOURCE = b"8BIM\x04\x0c\0\0\0\0\0\x19" + THUMBNAIL + b"\0"
IPTC = b"8BIM\x04\x04\0\0\0\0\0\x0e" + b"\x1c\x02\x78\0\x09a caption"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" tiff:Orientation="6"/>'
WIDTH, HEIGHT = 6, 4

EXIF_LOSS = "EXIF's thumbnail is left out: it shows the picture as it was"
PHOTOSHOP_LOSS = "Photoshop's thumbnail is left out: it shows the picture as it was"


def exif_block():
    """Orientation, resolution and size of a picture, and a thumbnail."""
    def directory(entries, following):
        values = b"".join(struct.pack("<HHII", *entry) for entry in entries)
        return struct.pack("<H", len(entries)) + values + struct.pack("<I", following)

    exif_at = 8 + 2 + 5 * 12 + 4
    small_at = exif_at + 2 + 2 * 12 + 4
    values_at = small_at + 2 + 2 * 12 + 4
    return (b"II*\0\x08\0\0\0" +
            directory([(0x0112, 3, 1, 6), (0x011A, 5, 1, values_at), (0x011B, 5, 1, values_at + 8), (0x0128, 3, 1, 2),
                       (0x8769, 4, 1, exif_at)], small_at) +
            directory([(0xA002, 4, 1, WIDTH), (0xA003, 4, 1, HEIGHT)], 0) +
            directory([(0x0201, 4, 1, values_at + 16), (0x0202, 4, 1, len(THUMBNAIL))], 0) +
            struct.pack("<IIII", 300, 1, 150, 1) + THUMBNAIL)


def whole():
    image = imgbuf.from_buffer(gradient(HEIGHT, WIDTH))
    image.info = image.info.replace(exif=exif_block(), photoshop=IPTC + RESOURCE, resolution=(300, 150), xmp=XMP)
    return image


def saved(image, format="jpeg", **options):
    """What a file holds, and what was said of it."""
    file = io.BytesIO()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", imgbuf.LossWarning)
        image.save(file, format=format, **options)
    return file.getvalue(), [str(warning.message) for warning in said]


def facts(data):
    """What Pillow reads: EXIF's size and resolution, and that of the file itself."""
    with Image.open(io.BytesIO(data)) as picture:
        exif = picture.getexif()
        size = exif.get_ifd(0x8769)
        return (size[0xA002], size[0xA003]), (exif[0x011A], exif[0x011B]), picture.info["dpi"]


def test_what_is_saved_unchanged_keeps_every_byte():
    for image in (whole(), whole()[:, :], whole().transpose("width", "height", "channel"), whole().copy(),
                  whole().with_info(text=())):
        data, said = saved(image)
        info = imgbuf.open(data).info
        assert (info.exif, info.photoshop, said) == (exif_block(), IPTC + RESOURCE, [])


@pytest.mark.parametrize("change", [
    lambda image: image.crop(1, 1, 3, 2),
    lambda image: image[1:3, 1:4],
    lambda image: image[1:3, 1:4].with_info(text=()),
    lambda image: imgbuf.open(saved(image)[0], crop=(1, 1, 3, 2)),
    lambda image: image.crop(1, 1, 3, 2).copy(),
    lambda image: image.crop(1, 1, 3, 2).transpose("width", "height", "channel"),
])
def test_a_part_says_its_own_size_and_shows_no_thumbnail_of_the_whole(change):
    data, said = saved(change(whole()))
    assert said == [EXIF_LOSS, PHOTOSHOP_LOSS]
    assert THUMBNAIL not in data
    assert facts(data) == ((3, 2), (300, 150), (300, 150))
    assert imgbuf.open(data).info.photoshop == IPTC


@pytest.mark.parametrize("change", [
    lambda image: image.flip("width"),
    lambda image: image[::-1],
    lambda image: image.flip("height").flip("width").with_info(text=()),
])
def test_a_flip_is_another_picture_of_the_same_size(change):
    data, said = saved(change(whole()))
    assert said == [EXIF_LOSS, PHOTOSHOP_LOSS]
    assert THUMBNAIL not in data
    assert facts(data) == ((WIDTH, HEIGHT), (300, 150), (300, 150))


def test_elements_that_get_the_info_of_another_size():
    image = whole()
    turned = imgbuf.from_buffer(np.rot90(np.asarray(image)))
    turned.info = image.info
    for version in (turned, turned.with_info(text=()), turned.with_info(xmp=None).with_info(text=())):
        data, said = saved(version)
        assert said == [EXIF_LOSS, PHOTOSHOP_LOSS]
        assert facts(data) == ((HEIGHT, WIDTH), (150, 300), (150, 300))
    for resolution in ((72, 36), (300, 150)):  # also the one that it had
        assert facts(saved(turned, resolution=resolution)[0]) == ((HEIGHT, WIDTH), resolution, resolution)
        assert facts(saved(turned.with_info(resolution=resolution))[0])[1] == resolution
    stacked = imgbuf.vstack([image, image])
    data, said = saved(stacked)
    assert said == [EXIF_LOSS, PHOTOSHOP_LOSS]
    assert facts(data) == ((WIDTH, 2 * HEIGHT), (300, 150), (300, 150))
    # Cut first, so that what is as wide as the whole was high is no turn of it.
    part = imgbuf.vstack([image.crop(0, 0, HEIGHT, 3), image.crop(0, 0, HEIGHT, 3)])
    assert facts(saved(part)[0]) == ((HEIGHT, WIDTH), (300, 150), (300, 150))


def test_what_is_decoded_into_memory_says_its_own_size():
    target = np.zeros((2, 3, 3), "u1")
    info = imgbuf.decode_into(saved(whole())[0], target, crop=(1, 1, 3, 2))
    data, said = saved(imgbuf.from_buffer(target).with_info(info))
    assert said == [] and THUMBNAIL not in info.exif + info.photoshop and facts(data)[0] == (3, 2)
    target = np.zeros((HEIGHT, WIDTH, 3), "u1")
    assert imgbuf.decode_into(saved(whole())[0], target).exif == exif_block()


def test_a_grid_of_a_part_shows_no_thumbnail_of_the_whole(tmp_path):
    whole().save(tmp_path / "a.jpg")
    grid = imgbuf.open_grid(tmp_path / "a.jpg", crop=(1, 1, 3, 2))
    for image in (grid.copy(), grid.blocks[0, 0], imgbuf.open_grid(tmp_path / "a.jpg")[1:3, 1:4].copy()):
        data, said = saved(image)
        assert said == [EXIF_LOSS, PHOTOSHOP_LOSS] and facts(data)[0] == (3, 2)
    assert saved(imgbuf.open_grid(tmp_path / "a.jpg")[::-1].copy())[1] == [EXIF_LOSS, PHOTOSHOP_LOSS]
    unchanged = imgbuf.open_grid(tmp_path / "a.jpg")[:, :]
    assert saved(unchanged.copy())[1] == saved(unchanged.blocks[0, 0])[1] == []


@pytest.mark.parametrize("mapped", [True, False])
def test_a_crop_of_everything_is_the_whole(tmp_path, mapped):
    whole().with_info(exif=None).save(tmp_path / "a.tif")
    for crop, is_whole in (((0, 0, WIDTH, HEIGHT), True), ((0, 0, WIDTH, HEIGHT - 1), False), ((0, 1, 3, 2), False)):
        image = imgbuf.open(tmp_path / "a.tif", crop=crop, mapped=mapped)
        grid = imgbuf.open_grid(tmp_path / "a.tif", crop=crop, mapped=mapped)
        for picture in (image, grid.copy()):
            assert (PHOTOSHOP_LOSS in saved(picture)[1]) == (not is_whole)


def test_exif_may_come_with_the_prefix_that_jpeg_has():
    exif = Image.Exif()
    exif[0x0112] = 6
    image = whole().with_info(exif=exif.tobytes())
    assert exif.tobytes().startswith(b"Exif\0\0") and image.info.exif == exif.tobytes()[6:]
    assert image.info.orientation == 6 and image.info.replace(orientation=3).orientation == 3
    assert image.info.replace(exif=exif.tobytes(), orientation=8).orientation == 8
    with Image.open(io.BytesIO(saved(whole(), exif=exif.tobytes())[0])) as picture:
        assert picture.getexif()[0x0112] == 6


def test_an_info_that_was_taken_away_says_nothing_of_a_new_one():
    image = whole().flip("width")
    image.info = None
    image.info = whole().info
    data, said = saved(image)
    assert said == [] and imgbuf.open(data).info.exif == exif_block()


def test_a_loss_may_be_an_exception_which_keeps_the_old_file(tmp_path):
    (tmp_path / "out.jpg").write_bytes(b"old")
    with warnings.catch_warnings():
        warnings.simplefilter("error", imgbuf.LossWarning)
        with pytest.raises(imgbuf.LossWarning, match="thumbnail"):
            whole().flip("width").save(tmp_path / "out.jpg")
    assert (tmp_path / "out.jpg").read_bytes() == b"old"


def test_a_format_that_holds_no_orientation_says_that_the_picture_lies():
    line = "with orientation 6: the picture is shown as it is stored, not turned"
    for format in ("bmp", "ppm", "npy"):
        assert any(line in text for text in saved(whole(), format)[1]), format
        upright = whole().with_info(orientation=1)
        assert not any("orientation" in text for text in saved(upright, format)[1]), format
    for format in ("jpeg", "png", "tiff"):
        assert not any("orientation" in text for text in saved(whole(), format)[1]), format


def test_an_orientation_is_written_into_xmp_as_well():
    info = whole().info
    assert info.replace(orientation=1).xmp == XMP.replace(b"6", b"1")
    assert info.replace(orientation=None).xmp == XMP.replace(b"6", b"1")
    assert info.replace(orientation=3, xmp=b"<a tiff:Orientation='1'/>").xmp == b"<a tiff:Orientation='3'/>"
    alone = info.replace(exif=None)
    assert (alone.replace(orientation=None).exif, alone.replace(orientation=None).xmp) == (None, XMP.replace(b"6", b"1"))
    assert alone.replace(orientation=6).orientation == 6
    data, _ = saved(whole(), orientation=1)
    assert imgbuf.open(data).info.orientation == 1 and b'tiff:Orientation="1"' in data


def test_exif_s_resolution_follows():
    for image, options in ((whole(), dict(resolution=(72, 36))), (whole().with_info(resolution=(72, 36)), {})):
        assert facts(saved(image, **options)[0]) == ((WIDTH, HEIGHT), (72, 36), (72, 36))
    info = whole().info
    assert info.replace(resolution=None).exif == info.exif
    assert info.replace(exif=None, resolution=(72, 36)).exif is None
    metric = Image.Exif()
    metric.load(b"Exif\0\0" + info.replace(resolution=(2835, 1417, "metre")).exif)
    assert (metric[0x011A], metric[0x011B], metric[0x0128]) == (28.35, 14.17, 3)
    with pytest.raises(imgbuf.InvalidArgument, match="resolution"):
        info.replace(resolution=(1, 2, "furlong"))
    with pytest.raises(imgbuf.InvalidArgument, match="resolution"):
        info.replace(resolution=(-1, 2))


def test_a_smaller_decode_says_its_size():
    image = imgbuf.open(sample("oriented_exif_icc.jpg"))
    stamped = io.BytesIO()
    image.save(stamped, format="jpeg", exif=exif_block())
    data, said = saved(imgbuf.open(stamped.getvalue(), scale=2))
    assert said == [EXIF_LOSS]
    assert facts(data)[0] == ((image.info.width + 1) // 2, (image.info.height + 1) // 2)
