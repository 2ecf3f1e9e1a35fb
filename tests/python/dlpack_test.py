"""DLPack in both directions: capsules of either kind, what they may say, who frees them and when."""

import ctypes
import gc
import threading
import tracemalloc
import weakref

import _testbuffer
import numpy as np
import pytest

import imgbuf
from process_memory import resident_bytes

DTYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8"]


class Device(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int32), ("id", ctypes.c_int32)]


class DataType(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16)]


class Tensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device", Device),
        ("ndim", ctypes.c_int32),
        ("dtype", DataType),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


DELETER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Managed(ctypes.Structure):
    _fields_ = [("tensor", Tensor), ("manager", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]


class Versioned(ctypes.Structure):
    _fields_ = [
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("manager", ctypes.c_void_p),
        ("deleter", ctypes.c_void_p),
        ("flags", ctypes.c_uint64),
        ("tensor", Tensor),
    ]


READ_ONLY, IS_COPIED = 1, 2
STRUCTURES = {b"dltensor": Managed, b"dltensor_versioned": Versioned}

api = ctypes.pythonapi
api.PyCapsule_New.restype = ctypes.py_object
api.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
api.PyCapsule_GetName.restype = ctypes.c_char_p
api.PyCapsule_GetName.argtypes = [ctypes.py_object]
api.PyCapsule_GetPointer.restype = ctypes.c_void_p
api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
api.PyCapsule_SetName.argtypes = [ctypes.py_object, ctypes.c_char_p]


def structure_in(capsule):
    """The structure that a capsule holds."""
    name = api.PyCapsule_GetName(capsule)
    return STRUCTURES[name].from_address(api.PyCapsule_GetPointer(capsule, name))


def opened(capsule):
    """The structure that a capsule holds, which keeps the capsule."""
    structure = structure_in(capsule)
    structure.capsule = capsule
    return structure


def taken(capsule):
    """The structure of a capsule that a consumer has taken over, as consumers do."""
    structure = structure_in(capsule)
    used = b"used_" + api.PyCapsule_GetName(capsule)
    kept_names.append(used)
    api.PyCapsule_SetName(capsule, used)
    return structure


kept_names = []  # a capsule only points to its name


def delete(structure):
    DELETER(structure.deleter)(ctypes.addressof(structure))


def elements(tensor):
    """The elements of a tensor as a NumPy array over its memory."""
    shape = tensor.shape[: tensor.ndim]
    if 0 in shape:
        return None
    kind = {0: "i", 1: "u", 2: "f"}[tensor.dtype.code]
    dtype = np.dtype(f"{kind}{tensor.dtype.bits // 8}")
    strides = [s * dtype.itemsize for s in tensor.strides[: tensor.ndim]]
    low = sum((n - 1) * s for n, s in zip(shape, strides) if s < 0)
    high = sum((n - 1) * s for n, s in zip(shape, strides) if s > 0) + dtype.itemsize
    memory = (ctypes.c_uint8 * (high - low)).from_address(tensor.data + tensor.byte_offset + low)
    return np.ndarray(shape, dtype, memory, -low, strides)


class Producer:
    """Gives an array by capsules of its own making, and counts how often they are deleted."""

    def __init__(self, array, structure=Versioned, flags=0, version=(1, 0), device=(1, 0), with_strides=True,
                 byte_offset=0, dtype=None):
        self.array, self.deleted, self.device = array, 0, device
        self.made = structure()
        self.shape = (ctypes.c_int64 * max(array.ndim, 1))(*array.shape)
        self.strides = (ctypes.c_int64 * max(array.ndim, 1))(*(s // array.itemsize for s in array.strides))
        code = dtype or ({"i": 0, "u": 1, "f": 2, "b": 6}[array.dtype.kind], 8 * array.itemsize, 1)
        self.made.tensor = Tensor(
            array.ctypes.data - byte_offset if array.size else None,
            Device(*device),
            array.ndim,
            DataType(*code),
            self.shape if array.ndim else None,
            self.strides if with_strides and array.ndim else None,
            byte_offset,
        )
        if structure is Versioned:
            self.made.major, self.made.minor = version
            self.made.flags = flags
        self.deleter = DELETER(self._delete)
        self.made.deleter = ctypes.cast(self.deleter, ctypes.c_void_p)
        self.name = b"dltensor_versioned" if structure is Versioned else b"dltensor"

    def _delete(self, address):
        assert address == ctypes.addressof(self.made)
        self.deleted += 1

    def __dlpack_device__(self):
        return self.device

    def __dlpack__(self, *, max_version=None, copy=None):
        assert max_version == (1, 0) and copy is False
        return self.capsule()

    def capsule(self):
        return api.PyCapsule_New(ctypes.addressof(self.made), self.name, None)


def numbers(shape, dtype="u1"):
    return (np.arange(int(np.prod(shape))) % 100).astype(dtype).reshape(shape)


# To other libraries.


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (2, 3, 4), (1, 1, 1, 7)])
def test_numpy_shares_what_it_takes(dtype, shape):
    flat = numbers(shape, dtype)
    array = np.from_dlpack(imgbuf.from_buffer(flat))
    assert array.dtype == flat.dtype and array.shape == flat.shape
    assert np.array_equal(array, flat) and np.shares_memory(array, flat)


def test_views_are_shared_with_their_strides():
    flat = numbers((6, 8, 3), "u2")
    for view in (flat[::-1], flat[1:, ::-2], flat.transpose(2, 0, 1)[::-1], flat[:, :, 1], flat[3, 5]):
        array = np.from_dlpack(imgbuf.from_buffer(view))
        assert array.strides == view.strides and np.array_equal(array, view) and np.shares_memory(array, flat)


def test_a_broadcast_axis_keeps_its_stride_of_zero():
    flat = np.broadcast_to(numbers((1, 4)), (3, 4))
    capsule = imgbuf.from_buffer(flat).__dlpack__(max_version=(1, 0))
    assert opened(capsule).tensor.strides[:2] == [0, 1]


@pytest.mark.parametrize("shape", [(0,), (0, 4), (3, 0, 2)])
def test_no_elements_have_no_address(shape):
    image = imgbuf.from_buffer(np.empty(shape, "f4"))
    tensor = opened(image.__dlpack__(max_version=(1, 0))).tensor
    assert tensor.data is None and tuple(tensor.shape[: len(shape)]) == shape
    assert np.from_dlpack(image).shape == shape


def test_the_version_that_the_consumer_has_decides_the_kind():
    image = imgbuf.from_buffer(numbers((2, 3)))
    for version in (None, (0, 8)):
        assert api.PyCapsule_GetName(image.__dlpack__(max_version=version)) == b"dltensor"
    for version in ((1, 0), (1, 2), (2, 0)):
        capsule = image.__dlpack__(max_version=version)
        structure = opened(capsule)
        assert isinstance(structure, Versioned)
        assert (structure.major, structure.minor, structure.flags) == (1, 0, 0)
    tensor = opened(image.__dlpack__(max_version=(1, 0))).tensor
    assert (tensor.device.type, tensor.device.id, tensor.byte_offset) == (1, 0, 0)
    assert (tensor.dtype.code, tensor.dtype.bits, tensor.dtype.lanes) == (1, 8, 1)


def test_the_device_is_the_processor():
    image = imgbuf.from_buffer(numbers(4))
    assert image.__dlpack_device__() == (1, 0)
    image.__dlpack__(dl_device=(1, 0))
    with pytest.raises(BufferError):
        image.__dlpack__(dl_device=(2, 0))
    with pytest.raises(imgbuf.InvalidArgument, match="stream"):
        image.__dlpack__(stream=1)


def test_read_only_memory_is_said_to_be_or_copied():
    image = imgbuf.from_buffer(np.frombuffer(bytes(range(12)), "u1"))
    assert image.explain("dlpack").kind == "shared"
    structure = opened(image.__dlpack__(max_version=(1, 0), copy=False))
    assert structure.flags == READ_ONLY
    handoff = image.explain("dlpack-unversioned")
    assert handoff.kind == "copied" and handoff.copied_bytes == 12 and "read-only" in handoff.reason
    with pytest.raises(BufferError, match="read-only"):
        image.__dlpack__(copy=False)
    with pytest.warns(imgbuf.CopyWarning, match="read-only"):
        array = np.from_dlpack(image)
    assert array.tobytes() == bytes(range(12))


@pytest.mark.parametrize("make, reason", [
    (lambda: imgbuf.from_buffer(numbers((2, 3), ">u2")), "byte order"),
    (lambda: imgbuf.from_buffer(np.zeros((2, 3), [("a", "u1"), ("b", "u2")])["b"]), "strides in elements"),
    (lambda: imgbuf.from_buffer(np.zeros(13, "u1")[1:].view("u4")), "multiples of their size"),
    (lambda: imgbuf.from_rows([numbers(5), numbers(5)]), "segment"),
])
def test_what_dlpack_cannot_say_is_copied_only_when_allowed(make, reason):
    image = make()
    handoff = image.explain("dlpack")
    assert handoff.kind == "copied" and reason in handoff.reason
    with pytest.raises(BufferError, match=f"{handoff.copied_bytes} bytes"):
        image.__dlpack__(max_version=(1, 0), copy=False)
    with pytest.warns(imgbuf.CopyWarning, match=f"{handoff.copied_bytes} bytes"):
        capsule = image.__dlpack__(max_version=(1, 0))
    structure = opened(capsule)
    assert structure.flags == IS_COPIED
    assert elements(structure.tensor).tolist() == image.tolist()


def test_a_copy_that_was_asked_for_is_new_memory():
    flat = numbers((3, 4))
    capsule = imgbuf.from_buffer(flat[:, ::-1]).__dlpack__(max_version=(1, 0), copy=True)
    structure = opened(capsule)
    copied = elements(structure.tensor)
    assert structure.flags == IS_COPIED and structure.tensor.strides[:2] == [4, 1]
    assert np.array_equal(copied, flat[:, ::-1]) and not np.shares_memory(copied, flat)


def test_rows_in_one_block_are_strided():
    flat = numbers((4, 6))
    flags = _testbuffer.ND_PIL | _testbuffer.ND_WRITABLE
    rows = _testbuffer.ndarray(flat.ravel().tolist(), shape=[4, 6], format="B", flags=flags)
    image = imgbuf.from_buffer(rows)
    assert image.indirections == 1 and image.explain("dlpack").kind == "shared"
    array = np.from_dlpack(image)
    assert np.array_equal(array, flat)
    assert array.ctypes.data == np.asarray(image).ctypes.data


# Who frees it.


class Counted:
    """A buffer whose release is seen: the memory goes when the last reference does."""

    def __init__(self):
        self.gone = []

    def image(self):
        owner = np.frombuffer(bytearray(range(12)), "u1")
        weakref.finalize(owner, self.gone.append, True)
        return imgbuf.from_buffer(owner)


def test_a_capsule_that_nobody_takes_frees_its_memory():
    counted = Counted()
    capsule = counted.image().__dlpack__(max_version=(1, 0))
    gc.collect()
    assert not counted.gone
    del capsule
    gc.collect()
    assert counted.gone == [True]


@pytest.mark.parametrize("version", [None, (1, 0)])
def test_a_capsule_that_was_taken_is_freed_by_its_deleter_on_any_thread(version):
    counted = Counted()
    capsule = counted.image().__dlpack__(max_version=version)
    structure = taken(capsule)
    del capsule
    gc.collect()
    assert not counted.gone and elements(structure.tensor).tolist() == list(range(12))
    thread = threading.Thread(target=delete, args=(structure,))
    thread.start()
    thread.join()
    gc.collect()
    assert counted.gone == [True]


def test_numpy_keeps_the_memory():
    counted = Counted()
    array = np.from_dlpack(counted.image())
    part = array[3:]
    del array
    gc.collect()
    assert not counted.gone and part.tolist() == list(range(3, 12))
    del part
    gc.collect()
    assert counted.gone == [True]


# From other libraries.


@pytest.mark.parametrize("structure", [Managed, Versioned])
@pytest.mark.parametrize("dtype", DTYPES)
def test_capsules_of_either_kind_are_shared(structure, dtype):
    whole = numbers((3, 4, 5), dtype)
    for flat in (whole, whole[::-1], whole[:, 1:3, ::-1], whole.T, whole[:0], whole[1, 2, 3, ...]):
        producer = Producer(flat, structure)
        image = imgbuf.from_dlpack(producer)
        assert not image.readonly and image.tolist() == flat.tolist() and image.shape == flat.shape
        assert np.dtype(image.format) == flat.dtype
        if flat.size:
            assert np.shares_memory(np.asarray(image), flat)
        assert producer.deleted == 0
        del image
        assert producer.deleted == 1


def test_numpy_gives_its_memory():
    flat = numbers((3, 4), "i4")
    image = imgbuf.from_dlpack(flat)
    flat[1, 1] = -5
    assert image.tolist() == flat.tolist()
    np.asarray(image)[2, 3] = 77
    assert flat[2, 3] == 77


def test_images_go_round():
    flat = numbers((3, 4), "f4")
    image = imgbuf.from_dlpack(imgbuf.from_buffer(flat))
    assert np.shares_memory(np.asarray(image), flat)
    assert imgbuf.from_dlpack(imgbuf.from_buffer(bytes(4))).readonly


def test_a_producer_is_never_asked_for_a_silent_copy():
    with pytest.raises(imgbuf.CopyRequired):
        imgbuf.from_dlpack(imgbuf.from_rows([numbers(5), numbers(5)]))


def test_read_only_is_honoured():
    producer = Producer(numbers((2, 3)), flags=READ_ONLY)
    image = imgbuf.from_dlpack(producer)
    assert image.readonly and not np.asarray(image).flags.writeable
    assert not imgbuf.from_dlpack(Producer(numbers((2, 3)), flags=IS_COPIED)).readonly


def test_no_strides_mean_c_order_and_offsets_count():
    flat = numbers((4, 5), "u2")
    assert imgbuf.from_dlpack(Producer(flat, Managed, with_strides=False)).tolist() == flat.tolist()
    assert imgbuf.from_dlpack(Producer(flat[2:], byte_offset=20)).tolist() == flat[2:].tolist()


def test_bool_comes_as_bytes():
    image = imgbuf.from_dlpack(Producer(np.array([True, False])))
    assert image.format == "B" and image.tolist() == [1, 0] and image.readonly


@pytest.mark.parametrize("wrong, reason", [
    (dict(version=(2, 0)), "version 2.0"),
    (dict(dtype=(1, 8, 3)), "3 lanes"),
    (dict(dtype=(1, 64, 1)), "64 bits"),
    (dict(dtype=(4, 16, 1)), "type code 4"),
    (dict(dtype=(1, 4, 1)), "4 bits"),
    (dict(device=(2, 0)), "device type 2"),
])
def test_what_is_not_ours_is_refused_and_stays_the_capsule_s(wrong, reason):
    producer = Producer(numbers(6), **wrong)
    with pytest.raises(imgbuf.Unsupported, match=reason):
        imgbuf.from_dlpack(producer)
    capsule = producer.capsule()
    with pytest.raises(imgbuf.Unsupported, match=reason):
        imgbuf.from_dlpack(capsule)
    assert api.PyCapsule_GetName(capsule) == producer.name and producer.deleted == 0


def test_tensors_that_are_no_array_are_refused():
    for change in (dict(ndim=-1), dict(ndim=65), dict(shape=None), dict(data=None)):
        producer = Producer(numbers((2, 3)))
        for name, value in change.items():
            setattr(producer.made.tensor, name, value)
        with pytest.raises(imgbuf.InvalidArgument):
            imgbuf.from_dlpack(producer)
        assert producer.deleted == 0
    for shape, strides in (((-2, 3), (3, 1)), ((2, 3), (2**62, 1)), ((2**40, 2**40), (0, 0))):
        producer = Producer(numbers((2, 3), "u4"))
        producer.shape[:], producer.strides[:] = shape, strides
        with pytest.raises((imgbuf.InvalidLayout, imgbuf.InvalidArgument)):
            imgbuf.from_dlpack(producer)
        assert producer.deleted == 0


def test_a_capsule_is_taken_once():
    producer = Producer(numbers(6))
    capsule = producer.capsule()
    image = imgbuf.from_dlpack(capsule)
    assert api.PyCapsule_GetName(capsule) == b"used_dltensor_versioned"
    with pytest.raises(imgbuf.InvalidArgument, match="used_dltensor_versioned"):
        imgbuf.from_dlpack(capsule)
    del capsule, image
    assert producer.deleted == 1


def test_the_deleter_runs_after_the_last_of_all():
    producer = Producer(numbers((4, 6)))
    array = np.asarray(imgbuf.from_dlpack(producer))
    view = memoryview(imgbuf.from_buffer(array[1:]))
    del array
    gc.collect()
    assert producer.deleted == 0 and view[0, 0] == 6
    view.release()
    del view
    gc.collect()
    assert producer.deleted == 1


def test_a_missing_deleter_is_fine():
    producer = Producer(numbers(3))
    producer.made.deleter = None
    assert imgbuf.from_dlpack(producer).tolist() == [0, 1, 2]


def test_other_objects_are_refused():
    with pytest.raises(TypeError):
        imgbuf.from_dlpack([1, 2])
    with pytest.raises(imgbuf.InvalidArgument):
        imgbuf.from_dlpack(api.PyCapsule_New(1, b"something", None))

    class Broken(Producer):
        def __dlpack__(self, **options):
            raise RuntimeError("no memory today")

    with pytest.raises(RuntimeError, match="no memory today"):
        imgbuf.from_dlpack(Broken(numbers(2)))


def test_ten_thousand_round_trips_leave_nothing():
    flat = numbers((64, 64), "f4")
    producer = Producer(flat)

    def round_trip():
        image = imgbuf.from_dlpack(flat)
        np.from_dlpack(image)
        image.__dlpack__(max_version=(1, 0))
        image.__dlpack__(max_version=(1, 0), copy=True)
        imgbuf.from_dlpack(producer)

    for _ in range(500):
        round_trip()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    resident = resident_bytes()
    for _ in range(10_000):
        round_trip()
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert producer.deleted == 10_500
    assert grown < 100_000
    # 16 KiB a copy: a leak would be 160 MB.
    assert resident_bytes() - resident < 20_000_000
