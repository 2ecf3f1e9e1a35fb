"""PEP 3118 in both directions, against CPython's own consumers and exporters and against memory of the tests' own making.

Each random structure has a seed, which failures print; IMGBUF_TEST_SEED=n runs that one alone.
"""

import contextlib
import ctypes
import os
import random
import struct
import sys
from pathlib import Path

import _testbuffer as cpython
import pytest

import buffer_probe as probe
import imgbuf

sys.path.insert(0, str(Path(__file__).parent / "support"))
from structures import ORDERS, ItemFormat, Structure  # noqa: E402

SEEDS = [int(os.environ["IMGBUF_TEST_SEED"])] if "IMGBUF_TEST_SEED" in os.environ else range(4000)

# Every request that a consumer can make.
REQUESTS = {
    name + "".join(more): getattr(probe, name) | sum(getattr(probe, flag[1:]) for flag in more)
    for name in ("SIMPLE", "ND", "STRIDES", "C_CONTIGUOUS", "F_CONTIGUOUS", "ANY_CONTIGUOUS", "INDIRECT")
    for more in ((), ("|WRITABLE",), ("|FORMAT",), ("|WRITABLE", "|FORMAT"))
}
REQUESTS.update({
    "INDIRECT|C_CONTIGUOUS": probe.INDIRECT | probe.C_CONTIGUOUS,
    "INDIRECT|F_CONTIGUOUS|FORMAT": probe.INDIRECT | probe.F_CONTIGUOUS | probe.FORMAT,
    "INDIRECT|ANY_CONTIGUOUS": probe.INDIRECT | probe.ANY_CONTIGUOUS,
    "C_CONTIGUOUS|F_CONTIGUOUS": probe.C_CONTIGUOUS | probe.F_CONTIGUOUS,
})


@contextlib.contextmanager
def named(seed, structure):
    """Says in each failure inside what it was about."""
    try:
        yield
    except Exception as error:
        raise AssertionError(f"seed {seed}: {structure}") from error


def over_structures(**options):
    """Runs a test for the random structure of each seed. Options are functions of the randomness."""

    def decorate(test):
        def run():
            for seed in SEEDS:
                randomness = random.Random(seed)
                structure = Structure(randomness, **{key: make(randomness) for key, make in options.items()})
                with named(seed, structure):
                    test(structure)

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return run

    return decorate


def answer(consumer, flags):
    """What a request is answered: its fields, or None when it is refused."""
    try:
        fields = probe.request(consumer, flags)
    except BufferError:
        return None
    del fields["obj"]
    return fields


def memory_at(address, count):
    return ctypes.string_at(address, count)


def references(exporter, image):
    """Exporters of CPython over the same memory. A memoryview does not find an empty buffer contiguous whatever its strides,
    as `PyBuffer_IsContiguous` and CPython's other exporter do; that one has no axis where a request has none."""
    if 0 not in image.shape:
        yield memoryview(exporter)
    else:
        yield cpython.ndarray(exporter, getbuf=cpython.PyBUF_FULL_RO)


def locate(fields, index):
    """The address of an item by the rule of PEP 3118."""
    address = fields["buf"]
    suboffsets = fields["suboffsets"] or (-1,) * len(index)
    for i, stride, suboffset in zip(index, fields["strides"] or (), suboffsets):
        address += i * stride
        if suboffset >= 0:
            address = struct.unpack("P", memory_at(address, struct.calcsize("P")))[0] + suboffset
    return address


@over_structures(item=lambda r: ItemFormat(code := r.choice("BbHhIifd"), code))
def test_the_structures_are_what_cpython_reads(structure):
    """The tests' own memory, read by CPython: otherwise all that follows would prove nothing."""
    assert memoryview(structure.exporter).tolist() == structure.tolist()


def test_the_structures_are_of_all_kinds():
    made = [Structure(random.Random(seed)) for seed in range(4000)]
    assert {(len(s.shape), s.indirections) for s in made} == {(n, p) for n in range(6) for p in range(n + 1)}
    formats = {(s.item.text[:1] if s.item.text[0] in "@=<>!" else "") + s.item.text[-1] for s in made}
    assert {order + code for order in ORDERS for code in "BbHhIiefd"} <= formats
    assert any(stride < 0 for s in made for stride in s.strides) and any(0 in s.shape for s in made)
    assert any(s.item.axes for s in made)


@over_structures(readonly=lambda r: r.random() < 0.3)
def test_an_image_over_any_structure_has_its_elements(structure):
    image = imgbuf.from_buffer(structure.exporter)
    assert image.shape == structure.image_shape
    assert image.ndim == len(image.shape)
    assert image.indirections == structure.indirections
    is_truth = "?" in structure.item.text
    assert image.readonly == (structure.readonly or is_truth)
    assert image.format == structure.item.canonical()
    assert image.itemsize == structure.item.element_bytes
    assert image.tolist() == structure.tolist()
    assert image.tobytes("C") == structure.tobytes("C") == image.tobytes()
    assert image.tobytes("F") == structure.tobytes("F")
    assert image.nbytes == len(structure.tobytes("C"))
    is_fortran = cpython.is_contiguous(image.indirect, "F")
    assert image.tobytes("A") == structure.tobytes("F" if is_fortran else "C")
    del image
    assert structure.exporter.acquired == structure.exporter.released == 1


@over_structures()
def test_the_indirect_buffer_of_any_image_has_its_elements(structure):
    """By the rule of PEP 3118, item by item, and by CPython's consumers."""
    indirect = imgbuf.from_buffer(structure.exporter).indirect
    fields = probe.request(indirect, probe.FULL_RO)
    assert fields["shape"] == (structure.image_shape or None)
    for index, element in structure.elements().items():
        assert memory_at(locate(fields, index), fields["itemsize"]) == element, index
    view = memoryview(indirect)
    assert view.nbytes == len(structure.tobytes("C"))
    assert view.tobytes("C") == structure.tobytes("C")
    assert view.tobytes("F") == structure.tobytes("F")
    assert cpython.ndarray(indirect, getbuf=cpython.PyBUF_FULL_RO).tolist() == structure.tolist()
    if view.format in "BbHhIifd":
        assert view.tolist() == structure.tolist()


@over_structures()
def test_contiguity_is_answered_as_cpython_does(structure):
    image = imgbuf.from_buffer(structure.exporter)
    indirect = image.indirect
    view = memoryview(indirect)
    for order, flag in (("C", view.c_contiguous), ("F", view.f_contiguous), ("A", view.contiguous)):
        # A memoryview looks at the strides of an empty buffer, `PyBuffer_IsContiguous` does not.
        assert cpython.is_contiguous(indirect, order) == (flag or 0 in image.shape)
        assert cpython.py_buffer_to_contiguous(indirect, order, cpython.PyBUF_FULL_RO) == image.tobytes(order)
        if 0 < image.ndim and 0 not in image.shape:
            contiguous = cpython.get_contiguous(indirect, cpython.PyBUF_READ, order)
            assert contiguous.tobytes(order) == image.tobytes(order)
            # CPython compares what is contiguous in one order on both sides.
            assert cpython.cmp_contig(contiguous, indirect) == flag
    # An image has elements where the exporter has items of several; an empty one has no pointers; and suboffsets that are
    # all negative, which make a memoryview doubt, are left out.
    has_idle_suboffsets = structure.suboffsets is not None and structure.indirections == 0
    if not structure.item.axes and 0 not in structure.shape and not has_idle_suboffsets:
        original = memoryview(structure.exporter)
        assert (view.c_contiguous, view.f_contiguous) == (original.c_contiguous, original.f_contiguous)


@over_structures(readonly=lambda r: r.random() < 0.3)
def test_every_request_is_answered_as_a_memoryview_answers_it(structure):
    image = imgbuf.from_buffer(structure.exporter)
    for exporter in (image.indirect, image) if image.explain("buffer").kind == "shared" else (image.indirect,):
        for reference in references(exporter, image):
            for name, flags in REQUESTS.items():
                assert answer(exporter, flags) == answer(reference, flags), (exporter, reference, name)


@over_structures(readonly=lambda r: r.random() < 0.3)
def test_an_image_exports_no_pointers(structure):
    """Where an image is strided without a copy its buffer is that; otherwise every request fails."""
    image = imgbuf.from_buffer(structure.exporter)
    if image.explain("buffer").kind == "copied":
        for flags in REQUESTS.values():
            with pytest.raises(BufferError, match="copy"):
                probe.request(image, flags)
        return
    fields = probe.request(image, probe.FULL_RO)
    assert fields["suboffsets"] is None
    for index, element in structure.elements().items():
        assert memory_at(locate(fields, index), image.itemsize) == element
    assert memoryview(image).tobytes() == structure.tobytes("C")
    if image.indirections == 0:
        assert answer(image, probe.FULL_RO) == answer(image.indirect, probe.FULL_RO)


@over_structures(item=lambda r: ItemFormat(code := r.choice("BbHhIifd"), code))
def test_writing_through_an_image_writes_the_exporters_memory(structure):
    view = memoryview(imgbuf.from_buffer(structure.exporter).indirect)
    original = memoryview(structure.exporter)
    assert not view.readonly
    if 0 in structure.shape:
        return
    index = tuple(extent - 1 for extent in structure.shape)
    view[index] = 1
    assert original[index] == 1
    original[index] = 0
    assert view[index] == 0


# CPython's own exporter.


def random_ndarray(randomness, flags):
    """An `_testbuffer.ndarray` of random shape and elements, and its elements as nested lists."""
    code = randomness.choice("BbHhIiefd")
    order = randomness.choice(ORDERS)
    ndim = randomness.randint(1, 5)
    shape = [randomness.randint(1, (0, 9, 6, 4, 3, 3)[ndim]) for _ in range(ndim)]
    count = 1
    for extent in shape:
        count *= extent
    items = [randomness.randint(0, 100) if code not in "efd" else randomness.randint(-800, 800) / 8 for _ in range(count)]
    return cpython.ndarray(items, shape=shape, format=order + code, flags=flags)


@pytest.mark.parametrize("flags", [
    0,
    cpython.ND_WRITABLE,
    cpython.ND_FORTRAN,
    cpython.ND_WRITABLE | cpython.ND_FORTRAN,
    cpython.ND_PIL,
    cpython.ND_PIL | cpython.ND_WRITABLE,
])
def test_cpythons_exporter_is_imported(flags):
    for seed in SEEDS[:1000] if len(SEEDS) > 1 else SEEDS:
        randomness = random.Random(seed)
        exporter = random_ndarray(randomness, flags)
        for _ in range(randomness.randint(0, 2)):  # slices keep or lose pointers as CPython's exporter has it
            steps = [slice(None, None, randomness.choice((1, 1, -1, 2, -2))) for _ in exporter.shape]
            exporter = exporter[tuple(steps)]
        with named(seed, f"{exporter.shape} {exporter.strides} {exporter.suboffsets} {exporter.format}"):
            image = imgbuf.from_buffer(exporter)
            assert image.tolist() == exporter.tolist()
            assert image.tobytes() == exporter.tobytes()
            assert image.readonly == bool(exporter.readonly)
            assert (image.indirections > 0) == any(s >= 0 for s in exporter.suboffsets)
            again = cpython.ndarray(image.indirect, getbuf=cpython.PyBUF_FULL_RO)
            assert again.tolist() == exporter.tolist()
            if not exporter.readonly and exporter.format[-1] in "BbHhIi" and len(exporter.format) == 1:
                index = tuple(extent - 1 for extent in exporter.shape)
                memoryview(image.indirect)[index] = 7
                assert memoryview(exporter)[index] == 7


CPYTHON_REQUESTS = [name for name in dir(cpython) if name.startswith("PyBUF_") and name not in ("PyBUF_READ", "PyBUF_WRITE")]


@over_structures(readonly=lambda r: r.random() < 0.3, ndim=lambda r: r.randint(0, 3))
def test_the_flags_of_cpythons_requests(structure):
    """`_testbuffer.ndarray` as the consumer, with each of its own requests."""
    if 0 in structure.shape:
        return  # see `references`
    indirect = imgbuf.from_buffer(structure.exporter).indirect
    reference = memoryview(indirect)
    for name in CPYTHON_REQUESTS:
        flags = getattr(cpython, name)
        try:
            wanted = cpython.ndarray(reference, getbuf=flags)
        except BufferError:
            with pytest.raises(BufferError):
                cpython.ndarray(indirect, getbuf=flags)
            continue
        got = cpython.ndarray(indirect, getbuf=flags)
        for field in ("shape", "strides", "suboffsets", "format", "itemsize", "nbytes", "readonly", "ndim"):
            assert getattr(got, field) == getattr(wanted, field), (name, field)


# Errors.


@pytest.mark.parametrize("text", ["q", "Q", "l", "<q", "P", "n", "s", "4s", "T{B:a:H:b:}", "Bx", "xB", "Zf", "g", "", "O"])
def test_formats_that_are_no_element_type_are_refused_by_name(text):
    block = ctypes.create_string_buffer(64)
    exporter = probe.Exporter(ctypes.addressof(block), (2,), (8,), None, text, 8)
    with pytest.raises(imgbuf.Unsupported, match="format"):
        imgbuf.from_buffer(exporter)
    assert exporter.acquired == exporter.released == 1


@pytest.mark.parametrize("shape, strides, suboffsets, itemsize, error", [
    ((2,) * 65, (0,) * 65, None, 1, imgbuf.Error),  # more axes than a buffer may have
    ((-1,), (1,), None, 1, imgbuf.InvalidArgument),
    ((2**62, 4), (0, 0), None, 1, imgbuf.InvalidLayout),  # more elements than can be counted
    ((2, 2), (2**62, 2**62), None, 1, imgbuf.InvalidLayout),
    ((2,), (2**63 - 1,), (0,), 1, imgbuf.InvalidLayout),
    ((2,), (1,), None, 2, imgbuf.InvalidArgument),  # items of two bytes of format "B"
])
def test_structures_that_cannot_be_are_refused(shape, strides, suboffsets, itemsize, error):
    block = ctypes.create_string_buffer(64)
    exporter = probe.Exporter(ctypes.addressof(block), shape, strides, suboffsets, "B", itemsize)
    with pytest.raises(error):
        imgbuf.from_buffer(exporter)
    assert exporter.acquired == exporter.released == 1


@pytest.mark.parametrize("error", [BufferError, ValueError, KeyboardInterrupt, MemoryError])
def test_what_an_exporter_raises_is_raised(error):
    exporter = probe.Exporter(0, (), (), None, "B", 1, error=error)
    with pytest.raises(error):
        imgbuf.from_buffer(exporter)
    assert exporter.acquired == 0


@pytest.mark.parametrize("flags", [cpython.ND_GETBUF_FAIL, cpython.ND_GETBUF_FAIL | cpython.ND_GETBUF_UNDEFINED])
def test_cpythons_exporter_that_fails(flags):
    failing = cpython.ndarray([1, 2, 3], shape=[3], flags=flags)
    with pytest.raises(BufferError):
        imgbuf.from_buffer(failing)


def test_what_has_no_buffer_is_a_type_error():
    for thing in (None, 3, "text", object(), [1, 2]):
        with pytest.raises(TypeError):
            imgbuf.from_buffer(thing)


def test_read_only_exporters_of_all_kinds_are_shared():
    import array
    import mmap
    import tempfile

    import numpy as np

    flat = np.arange(6, dtype=np.uint8)
    flat.flags.writeable = False
    broadcast = np.broadcast_to(np.uint8(3), (2, 3))
    with tempfile.TemporaryFile() as file:
        file.write(b"abcdef")
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            for exporter in (b"abcdef", flat, broadcast, mapped, memoryview(bytearray(6)).toreadonly()):
                image = imgbuf.from_buffer(exporter)
                assert image.readonly and image.tobytes() == memoryview(exporter).tobytes()
                with pytest.raises(BufferError, match="read-only"):
                    probe.request(image, probe.WRITABLE)
                del image
    for exporter in (bytearray(6), array.array("H", [1, 2]), np.arange(3, dtype=">i2"), memoryview(bytearray(6))):
        image = imgbuf.from_buffer(exporter)
        assert not image.readonly and image.tobytes() == memoryview(exporter).tobytes()


def test_an_exporter_is_locked_as_long_as_it_is_shared():
    data = bytearray(b"abcdef")
    image = imgbuf.from_buffer(data)
    view = memoryview(image)
    del image
    with pytest.raises(BufferError):
        data.append(0)
    view.release()
    data.append(0)


def test_tobytes_takes_the_orders_of_memoryview():
    image = imgbuf.from_buffer(bytearray(b"abcd"))
    assert image.tobytes(None) == image.tobytes(order="A") == b"abcd"
    with pytest.raises(ValueError, match="order"):
        image.tobytes("K")


def test_an_image_without_an_array_cannot_be_made():
    for kind in (imgbuf.Image, imgbuf.IndirectBuffer):
        for make in (kind, lambda kind=kind: kind.__new__(kind), lambda kind=kind: object.__new__(kind)):
            with pytest.raises(TypeError):
                make()


def test_an_empty_buffer_has_no_pointers_that_a_consumer_would_follow():
    """CPython's consumers follow the pointers of the first axes before they find that the last has no elements."""
    block = ctypes.create_string_buffer(b"\x01" * 64, 64)
    exporter = probe.Exporter(ctypes.addressof(block), (4, 0), (8, 1), (0, -1), "B", 1)
    image = imgbuf.from_buffer(exporter)
    assert image.indirections == 1 and image.tolist() == [[], [], [], []] and image.tobytes() == b""
    view = memoryview(image.indirect)
    assert view.suboffsets == () and view.shape == (4, 0)
    assert view.tolist() == [[], [], [], []] and view.tobytes("F") == b""


def test_the_order_of_axes_does_not_matter_to_the_indirect_buffer():
    """An image of row pointers with its axes in another order needs a new table, which `indirect` makes."""
    rows = [bytearray(range(y * 64, y * 64 + 64)) for y in range(3)]
    image = imgbuf.from_rows([memoryview(row).cast("B", (4, 16)) for row in rows])
    turned = image.transpose(1, 0, 2)
    assert turned.suboffsets is None and turned.explain("indirect").table_bytes == 4 * 3 * 8
    view = memoryview(turned.indirect)
    assert view.tolist() == [[list(rows[y][x * 16:x * 16 + 16]) for y in range(3)] for x in range(4)]
    view[3, 1, 5] = 9
    assert rows[1][3 * 16 + 5] == 9
