"""Functions, methods and classes are as CPython's own: signatures, modules, pickles, errors of calls; images as values."""

import copy
import inspect
import pickle

import numpy as np
import pytest

import imgbuf

FUNCTIONS = [getattr(imgbuf, n) for n in imgbuf.__all__ if callable(getattr(imgbuf, n))]
IMAGE = imgbuf.zeros((3, 4))


@pytest.mark.parametrize("thing", FUNCTIONS, ids=lambda f: f.__name__)
def test_everything_is_of_the_package(thing):
    assert thing.__module__ == "imgbuf" and thing is getattr(imgbuf, thing.__name__)
    assert pickle.loads(pickle.dumps(thing)) is thing


def test_signatures_are_those_of_the_functions():
    assert str(inspect.signature(imgbuf.open)).startswith("(source, *, arrangement=None, shared=False, ")
    assert str(inspect.signature(imgbuf.Image.crop)) == "(self, /, x, y, width, height)"
    assert str(inspect.signature(IMAGE.crop)) == "(x, y, width, height)"
    assert inspect.signature(imgbuf.Limits).parameters["max_scans"].default == imgbuf.Limits().max_scans
    assert imgbuf.open.__doc__.startswith("Opens a picture")


def test_methods_are_pickled_by_name():
    assert pickle.loads(pickle.dumps(imgbuf.Image.crop)) is imgbuf.Image.crop
    assert repr(imgbuf.open) == "<built-in function open>"
    assert repr(imgbuf.Image.crop) == "<method 'crop' of 'imgbuf.Image' objects>"


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: imgbuf.open(b"secret", scal=2), "open() got an unexpected keyword argument 'scal'"),
        (lambda: imgbuf.open(), "open() missing required argument 'source'"),
        (lambda: imgbuf.open(b"secret", b"secret"), "open() takes 1 positional argument but 2 were given"),
        (lambda: imgbuf.open(b"secret", source=b"secret"), "open() got multiple values for argument 'source'"),
        (lambda: imgbuf.open(b"secret", scale="secret"), "open() argument 'scale' must be int, not str"),
        (lambda: imgbuf.open(b"secret", scale=2**70), "open() got a number that is out of range: 'scale'"),
        (
            lambda: imgbuf.open(b"secret", limits=3, shared=None),
            "open() argument 'limits' must be imgbuf.Limits or None, not int; "
            "argument 'shared' must be bool, not None",
        ),
        (
            lambda: imgbuf.open(b"secret", crop=(1, 2, "secret", 4)),
            "open() argument 'crop' must be a sequence of 4 int or None, not tuple (int, int, str, int)",
        ),
        (
            lambda: imgbuf.open(b"secret", channels=["secret"] * 8 + [2.0]),
            "open() argument 'channels' must be a sequence of int or str or None, not list of 9",
        ),
        (lambda: IMAGE.crop(1, 2, 3), "crop() missing required argument 'height'"),
        (lambda: IMAGE.crop(1, 2, 3, 4, 5), "crop() takes 4 positional arguments but 5 were given"),
        (lambda: IMAGE.crop("secret", y=1, width=1, height=1), "crop() argument 'x' must be int, not str"),
        (lambda: IMAGE.tolist(1), "tolist() takes 0 positional arguments but 1 was given"),
        (lambda: imgbuf.Limits(max_scan=3), "Limits() got an unexpected keyword argument 'max_scan'"),
        (lambda: imgbuf.Limits(max_scans="secret"), "Limits() argument 'max_scans' must be int, not str"),
        (lambda: imgbuf.Limits(3), "Limits() takes 0 positional arguments but 1 was given"),
    ],
)
def test_a_call_that_does_not_fit_names_function_and_argument(call, message):
    with pytest.raises(TypeError) as error:
        call()
    assert str(error.value) == message


def test_a_method_needs_an_image():
    with pytest.raises(TypeError, match="'crop' for 'imgbuf.Image' objects doesn't apply to a 'int'"):
        imgbuf.Image.crop(3, 0, 0, 1, 1)


def test_a_type_error_of_the_callers_own_code_stays_what_it_is(tmp_path):
    def fail(done, total):
        raise TypeError("of my own")

    with pytest.raises(TypeError, match="^of my own$"):
        IMAGE.save(tmp_path / "a.png", progress=fail)


def test_limits_are_values():
    limits = imgbuf.Limits(max_scans=7, max_pixels=10)
    assert limits == imgbuf.Limits(max_pixels=10, max_scans=7) and limits != imgbuf.Limits()
    assert limits != 7 and len({limits, imgbuf.Limits(max_pixels=10, max_scans=7)}) == 1
    assert eval(repr(limits), {"imgbuf": imgbuf}) == limits
    for again in (pickle.loads(pickle.dumps(limits)), copy.copy(limits), copy.deepcopy(limits)):
        assert again == limits and again.max_scans == 7


def test_handoffs_are_values():
    rows = imgbuf.from_rows([bytes(4), bytes(4)])
    for target in ("numpy", "indirect", "dlpack"):
        handoff = rows.explain(target)
        assert handoff == rows.explain(target) and hash(handoff) == hash(rows.explain(target))
        again = pickle.loads(pickle.dumps(handoff))
        assert again == handoff and str(again) == str(handoff)
        assert copy.copy(handoff) == copy.deepcopy(handoff) == handoff
    assert rows.explain("numpy") != rows.explain("indirect")


@pytest.mark.parametrize("kind", [
    imgbuf.Image, imgbuf.Grid, imgbuf.GridBlocks, imgbuf.Handoff, imgbuf.IndirectBuffer, imgbuf.Layout,
    imgbuf.LayoutSegment, imgbuf.Comparison, imgbuf.Difference, imgbuf.Histogram, imgbuf.ChannelStatistics])
def test_what_functions_make_has_no_constructor(kind):
    for make in (kind, lambda: kind.__new__(kind), lambda: object.__new__(kind), lambda: type("Sub", (kind,), {})()):
        with pytest.raises(TypeError):
            make()


def test_infos_are_values():
    info = IMAGE.info
    assert info == imgbuf.zeros((3, 4)).info and info != imgbuf.zeros((4, 4)).info
    assert pickle.loads(pickle.dumps(info)) == info
    assert eval(repr(info), vars(imgbuf)) == info


@pytest.mark.parametrize("kind", [e for e in FUNCTIONS if isinstance(e, type) and issubclass(e, imgbuf.Error)])
def test_errors_are_pickled_as_what_they_are(kind):
    error = kind("file: reason", code=dict((k, c) for c, k in imgbuf._errors._CLASSES.items()).get(kind, ""),
                 reason="reason", place="file")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind and (again.code, again.reason, again.place) == (error.code, "reason", "file")


def test_errors_of_the_system_are_pickled_with_their_errno(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        imgbuf.info(tmp_path / "none.png")
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, FileNotFoundError) and again.errno == caught.value.errno


def test_an_image_is_copied_but_not_pickled():
    image = imgbuf.from_rows([bytes([1, 2, 3]), bytes([4, 5, 6])])
    for again in (copy.copy(image), copy.deepcopy(image)):
        assert again.tolist() == image.tolist() and not again.readonly
    with pytest.raises(TypeError, match=r"pickle the array that img.numpy\(copy=True\) gives"):
        pickle.dumps(image)
    again = imgbuf.from_buffer(pickle.loads(pickle.dumps(image.numpy(copy=True))))
    assert again.tolist() == image.tolist()


def test_images_are_equal_to_themselves_alone():
    image = imgbuf.zeros((2, 2))
    assert image == image and image != image[:] and image != image.copy()
    assert len({image, image, image[:]}) == 2
    assert (np.zeros((2, 2)) == image).all()  # NumPy's own comparison: of each element


def test_only_a_single_element_is_true_or_false():
    assert not imgbuf.zeros(1) and not imgbuf.zeros(()) and imgbuf.from_buffer(b"\2") and imgbuf.from_buffer(b"\2")[0, ...]
    for image in (IMAGE, imgbuf.zeros((0, 3))):
        with pytest.raises(ValueError, match="neither true nor false"):
            bool(image)
