"""What `img[...]` takes and refuses, what it shares, and the views beside it."""

import gc
import pathlib
import weakref

import numpy as np
import pytest

import imgbuf
from guarded_memory import GuardedImage

SAMPLES = pathlib.Path(__file__).parents[2] / "sample_images"


def rows_image(height=4, width=5, channels=3):
    """An image of separate rows, and the array of the same elements."""
    flat = np.arange(height * width * channels, dtype=np.uint8).reshape(height, width, channels)
    return imgbuf.from_rows([row.copy() for row in flat]), flat


def test_a_view_shares_the_rows_and_a_row_of_them_is_strided():
    image, flat = rows_image()
    view = image[1:3, ::-2, 1]
    assert view.indirections == 1 and view.tolist() == flat[1:3, ::-2, 1].tolist()
    view[0, 0] = 200
    assert image[1, 4, 1] == 200
    row = image[2]
    assert row.indirections == 0 and np.shares_memory(row.numpy(), image[2:3].strips()[0])


def test_a_view_keeps_the_memory_alive():
    class Rows(np.ndarray):
        pass

    memory = np.arange(12, dtype=np.uint8).reshape(3, 4).view(Rows)
    gone = weakref.ref(memory)
    pixel = imgbuf.from_buffer(memory)[1][2:3]
    del memory
    gc.collect()
    assert gone() is not None and pixel.tolist() == [6]
    del pixel
    gc.collect()
    assert gone() is None


def test_a_full_index_is_a_number_unless_there_is_an_ellipsis():
    image, flat = rows_image()
    assert type(image[1, 2, 0]) is int and image[1, 2, 0] == flat[1, 2, 0]
    assert type(image.astype("f4")[1, 2, 0]) is float
    whole = image[1, 2, 0, ...]
    assert isinstance(whole, imgbuf.Image) and whole.ndim == 0 and whole.tolist() == flat[1, 2, 0]
    assert whole[()] == flat[1, 2, 0] and whole[...].shape == () and whole[None].shape == (1,)
    whole[()] = 99
    assert image[1, 2, 0] == 99


class Two:
    def __index__(self):
        return 2


@pytest.mark.parametrize("index", [np.int64(2), np.uint8(2), np.array(2), Two()])
def test_an_integer_is_whatever_has_an_index(index):
    image, flat = rows_image()
    assert image[index].tolist() == flat[2].tolist()
    assert image[index, -1, -1] == flat[2, -1, -1]


@pytest.mark.parametrize(
    "key, message",
    [
        (4, "index 4 is out of bounds for axis 0 with size 4"),
        ((0, -6), "index -6 is out of bounds for axis 1 with size 5"),
        ((..., 3), "index 3 is out of bounds for axis 2 with size 3"),
        ((None, 0, None, 5), "index 5 is out of bounds for axis 1 with size 5"),
        ((0, 0, 0, 0), "image is 3-dimensional, but 4 were indexed"),
        ((..., 0, 0, 0, 0), "image is 3-dimensional, but 4 were indexed"),
        ((..., 0, ...), "single ellipsis"),
        (10**30, "cannot fit 'int'"),
        ((None,) * 62, "at most 64 axes"),
    ],
)
def test_a_wrong_index_is_an_index_error(key, message):
    image, flat = rows_image()
    before = image.tobytes()
    with pytest.raises(IndexError, match=message):
        image[key]
    with pytest.raises(IndexError, match=message):
        image[key] = 0
    assert image.tobytes() == before


@pytest.mark.parametrize(
    "key", [True, np.bool_(True), [0, 1], np.array([0, 1]), np.ones((4, 5), bool), np.array(True), 1.0, (0, (1,)), {}]
)
def test_advanced_indexing_is_refused_with_what_works(key):
    image, _ = rows_image()
    with pytest.raises(TypeError, match="img.numpy()"):
        image[key]
    with pytest.raises(TypeError, match="img.numpy()"):
        image[key] = 0
    with pytest.raises(TypeError, match="channel\\('red'\\)"):
        image["red"]


def test_wrong_slices_are_what_python_says_of_them():
    image, _ = rows_image()
    with pytest.raises(ValueError, match="step"):
        image[::0]
    with pytest.raises(TypeError):
        image[1.0:]


def test_an_error_of_an_index_itself_is_passed_on():
    class Broken:
        def __index__(self):
            raise RuntimeError("broken")

    image, _ = rows_image()
    with pytest.raises(RuntimeError, match="broken"):
        image[Broken()]


def test_elements_cannot_be_deleted():
    image, _ = rows_image()
    with pytest.raises(TypeError, match="deleted"):
        del image[0]


def test_iteration_goes_along_the_first_axis():
    image, flat = rows_image()
    assert [row.tolist() for row in image] == flat.tolist()
    assert list(image[0, 0]) == flat[0, 0].tolist()
    assert list(image[:0]) == []
    assert [row.tolist() for row in reversed(image)] == flat[::-1].tolist()
    with pytest.raises(TypeError, match="without axes"):
        iter(image[0, 0, 0, ...])


def test_membership_is_that_of_numbers():
    image = imgbuf.from_rows([np.array([1.5, np.nan], ">f4"), np.array([7, 2**24], ">f4")])
    assert 7 in image and 1.5 in image and np.float32(1.5) in image and np.int64(7) in image
    assert 8 not in image and np.nan not in image and 2**24 in image and 2**24 + 1 not in image
    assert 10**400 not in image
    doubles = imgbuf.from_buffer(np.array([2.0**53]))
    assert 2**53 in doubles and 2**53 + 1 not in doubles
    for value in ("7", None, 7j, image):
        with pytest.raises(TypeError):
            value in image


def test_transposing_keeps_the_names_of_axes():
    image, flat = rows_image()
    assert image.T.tolist() == flat.T.tolist() == image.transpose().tolist() == image.transpose(None).tolist()
    assert image.T.axes == ("channel", "width", "height")
    for order in [("channel", "height", "width"), (2, 0, 1), (-1, -3, -2)]:
        for turned in (image.transpose(*order), image.transpose(order), image.transpose(list(order))):
            assert turned.axes == ("channel", "height", "width")
            assert turned.tolist() == flat.transpose(2, 0, 1).tolist()
    for order in [(0, 1), (0, 1, 1), (0, 1, 2, 0)]:
        with pytest.raises(ValueError):
            image.transpose(*order)
    with pytest.raises(IndexError, match="axis 3"):
        image.transpose(0, 1, 3)


def test_flipping_takes_numbers_and_names():
    image, flat = rows_image()
    for axis, name in enumerate(("height", "width", "channel")):
        for flipped in (image.flip(axis), image.flip(axis - 3), image.flip(name)):
            assert flipped.tolist() == np.flip(flat, axis).tolist() and flipped.axes == image.axes
    for axis, error, message in [
        (3, IndexError, "axis 3"),
        (-4, IndexError, "axis -4"),
        ("depth", ValueError, "height, width, channel"),
        ("", ValueError, "no axis"),
        (None, TypeError, "NoneType"),
        (True, TypeError, "bool"),
    ]:
        with pytest.raises(error, match=message):
            image.flip(axis)


def test_a_crop_is_a_rectangle_of_pixels_however_the_axes_stand():
    image, flat = rows_image()
    assert image.crop(1, 2, width=3, height=1).tolist() == flat[2:3, 1:4].tolist()
    assert image.T.crop(1, 2, 3, 1).tolist() == flat[2:3, 1:4].T.tolist()
    assert image.crop(0, 0, 5, 4).tolist() == flat.tolist() and image.crop(5, 4, 0, 0).shape == (0, 0, 3)
    image.crop(1, 1, 2, 2)[...] = 255
    flat[1:3, 1:3] = 255
    assert image.tolist() == flat.tolist()
    too_wide = (1, 0, 2**63 - 1, 1)
    for crop in [(-1, 0, 2, 2), (0, -1, 2, 2), (4, 0, 2, 1), (0, 3, 1, 2), (0, 0, -1, 1), (6, 0, 0, 0), too_wide]:
        with pytest.raises(ValueError, match="not inside an image of 5 x 4"):
            image.crop(*crop)
    with pytest.raises(ValueError, match="no height axis"):
        image[0].crop(0, 0, 1, 1)


def test_a_channel_is_a_plane():
    image, flat = rows_image()
    for number in (2, -1, np.int8(2)):
        plane = image.channel(number)
        assert plane.axes == ("height", "width") and plane.tolist() == flat[..., 2].tolist()
    assert image.T.channel(1).axes == ("width", "height")
    wrong = [(3, IndexError), (-4, IndexError), ("red", ValueError), (None, TypeError), (True, TypeError)]
    for channel, error in wrong:
        with pytest.raises(error):
            image.channel(channel)
    with pytest.raises(ValueError, match="no channel axis"):
        image[..., 0].channel(0)


def test_squeezing_drops_axes_of_one():
    image, flat = rows_image()
    one = image[1:2, :, 2:]
    assert one.squeeze().axes == ("width",) and one.squeeze().tolist() == flat[1, :, 2].tolist()
    assert one.squeeze(0).axes == one.squeeze("height").axes == ("width", "channel")
    assert one.squeeze((0, "channel")).axes == ("width",) and image.squeeze().shape == image.shape
    assert image[:1, :1, :1].squeeze().shape == ()
    with pytest.raises(ValueError, match="axis 1"):
        one.squeeze(1)
    with pytest.raises(IndexError):
        one.squeeze(3)


def test_indexing_keeps_the_names_of_axes():
    image, _ = rows_image()
    assert image[0].axes == ("width", "channel") and image[..., 0].axes == ("height", "width")
    assert image[None, :, 0, None].axes == ("", "height", "", "channel")


def test_indexing_keeps_the_names_of_channels():
    image = imgbuf.open(SAMPLES / "sprite_rgba.png")
    names = ("red", "green", "blue", "alpha")
    assert image.channels == names and image[1:, ::2].channels == names and image.T.channels == names
    assert image[..., ::-1].channels == names[::-1] and image.flip("channel").channels == names[::-1]
    assert image[..., 1:3].channels == names[1:3] and image[..., 3:].squeeze("channel").channels == ("alpha",)
    for number, name in enumerate(names):
        plane = image.channel(name)
        assert plane.channels == (name,) and plane.tolist() == image[..., number].tolist()
        assert plane.channel(name).tolist() == plane.tolist()
        assert image.flip("channel").channel(name).tolist() == plane.tolist()
        assert image.T.channel(name).tolist() == plane.T.tolist()
    with pytest.raises(ValueError, match="no channel 'cyan': there are red, green, blue, alpha"):
        image.channel("cyan")
    with pytest.raises(ValueError, match="there are blue"):
        image.channel("blue").channel("red")
    assert image.copy("planes").channels == image.astype("f4").channels == names


def test_an_image_of_one_element_is_a_number_and_no_text_of_digits():
    image = imgbuf.zeros((3,))
    image[...] = [49, 50, 51]
    assert int(image[1, ...]) == 50 and float(image[1:2]) == 50.0 and image[2:].item() == 51
    for convert in (int, float, imgbuf.Image.item):
        with pytest.raises(ValueError, match="one element"):
            convert(image)


def test_dates_are_no_numbers():
    image = imgbuf.zeros((8,))
    for value in (np.datetime64("2020"), np.timedelta64(5, "s"), np.zeros(8, "M8[s]")):
        with pytest.raises(TypeError):
            image[...] = value
    assert image.tolist() == [0] * 8


@pytest.mark.parametrize("dtype", ["u1", "i1", ">u2", "i2", "u4", ">i4", "f2", ">f4", "f8", ">f8"])
@pytest.mark.parametrize("kind", ["rows", "planes", "strided"])
def test_single_elements_are_read_and_written_in_place(dtype, kind):
    lowest = np.iinfo(dtype).min if np.dtype(dtype).kind in "iu" else -2.5
    highest = np.iinfo(dtype).max if np.dtype(dtype).kind in "iu" else 1000.0
    flat = np.random.default_rng(1).integers(0, 100, (3, 4, 2)).astype(dtype)
    memory = GuardedImage(flat, kind, gap=1, shift=1)
    for key in [(0, 0, 0), (2, 3, 1), (-1, -4, -2), (1, -1, 0)]:
        assert memory.image[key] == memory.flat[key] and type(memory.image[key]) is type(memory.flat[key].item())
        for value in (lowest, highest, 7, True):
            memory.image[key] = value
            memory.flat[key] = value
            assert memory.image[key] == memory.flat[key]
            memory.check()
    for key in [(3, 0, 0), (0, -5, 0), (0, 0, 2), (2**70, 0, 0), (-(2**70), 0, 0), (0, 0, 0, 0)]:
        with pytest.raises(IndexError):
            memory.image[key]
        with pytest.raises(IndexError):
            memory.image[key] = 1
    with pytest.raises(TypeError):
        memory.image[0, 0, 1.0]
    with pytest.raises(TypeError):
        del memory.image[0, 0, 0]
    memory.check()


def test_elements_of_one_axis_and_of_many():
    image = imgbuf.zeros(4, "i2")
    image[-1] = -5
    assert (image[3], image[(3,)], image.tolist()) == (-5, -5, [0, 0, 0, -5])
    many = imgbuf.zeros((1, 2, 1, 2, 1, 2), "u2")
    many[0, 1, 0, 1, 0, 1] = 300
    assert many[0, 1, 0, 1, 0, 1] == 300 and many[0, 1, 0, 1, 0, 0] == 0
    with pytest.raises(OverflowError, match="300 does not fit"):
        imgbuf.zeros(4)[0] = 300
    with pytest.raises(ValueError, match="read-only"):
        imgbuf.from_buffer(b"abc")[0] = 1
