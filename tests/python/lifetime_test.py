"""Memory lives as long as somebody looks at it, and is released once, whoever looks last."""

import ctypes
import gc
import os
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

import buffer_probe
import imgbuf
from process_memory import resident_bytes

HEIGHT, WIDTH = 8, 64


class Rows:
    """Rows in separate memory whose releases are counted.

    image: over the rows
    flat: the same elements
    """

    def __init__(self, on_release=None):
        self.flat = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH), np.uint8)
        self.blocks = [ctypes.create_string_buffer(row.tobytes(), WIDTH) for row in self.flat]
        self.exporters = [
            buffer_probe.Exporter(ctypes.addressof(block), (WIDTH,), (1,), None, "B", 1, on_release=on_release)
            for block in self.blocks
        ]

    def image(self):
        return imgbuf.from_rows(self.exporters)

    @property
    def held(self):
        """How many rows are held now; none was released more often than acquired."""
        assert all(e.released <= e.acquired for e in self.exporters)
        return sum(e.acquired - e.released for e in self.exporters)


@pytest.mark.parametrize("consume", [
    lambda image: memoryview(image.indirect),
    lambda image: memoryview(memoryview(image.indirect)),
    lambda image: image.indirect,
    lambda image: image.strips(),
    lambda image: [memoryview(strip) for strip in image.strips()],
    lambda image: [strip[:, 1:] for strip in image.strips()],
    lambda image: imgbuf.from_buffer(image.indirect),
    lambda image: imgbuf.vstack([image, image]),
    lambda image: memoryview(imgbuf.from_buffer(memoryview(image.indirect)).indirect),
], ids=["memoryview", "memoryview of one", "indirect", "strips", "views of strips", "slices of strips", "image of the buffer",
        "stack", "memoryview of an image of one"])
def test_every_consumer_keeps_the_rows(consume, request):
    rows = Rows()
    image = rows.image()
    consumer = consume(image)
    del image
    gc.collect()
    assert rows.held == HEIGHT
    text = {
        memoryview: lambda: consumer.tobytes(),
        imgbuf.IndirectBuffer: lambda: memoryview(consumer).tobytes(),
        imgbuf.Image: lambda: consumer.tobytes(),
        list: lambda: b"".join(bytes(np.asarray(piece)) for piece in consumer),
    }[type(consumer)]()
    case = request.node.callspec.id
    expected = rows.flat[:, 1:] if case == "slices of strips" else rows.flat
    assert text == expected.tobytes() * (2 if case == "stack" else 1)
    del consumer
    gc.collect()
    assert rows.held == 0


def test_a_strip_keeps_only_its_own_row():
    rows = Rows()
    strips = rows.image().strips()
    gc.collect()
    assert len(strips) == HEIGHT and rows.held == HEIGHT
    last = strips[-1]
    del strips
    gc.collect()
    assert rows.held == 1 and bytes(last.reshape(-1)) == rows.flat[-1].tobytes()


@pytest.mark.parametrize("consume", [
    lambda image: np.asarray(image),
    lambda image: image.numpy(),
    lambda image: np.asarray(image)[::2, 1:],
    lambda image: memoryview(image),
    lambda image: np.frombuffer(image, np.uint8),
    lambda image: np.asarray(imgbuf.from_buffer(np.asarray(image))),
    lambda image: np.array(image, copy=False),
    lambda image: np.asarray(type("Interface", (), {"__array_interface__": image.__array_interface__, "image": image})()),
], ids=["asarray", "numpy", "slice", "memoryview", "frombuffer", "image of an array", "array", "array interface"])
def test_every_strided_consumer_keeps_the_memory(consume, request):
    block = ctypes.create_string_buffer(bytes(range(48)), 48)
    exporter = buffer_probe.Exporter(ctypes.addressof(block), (6, 8), (8, 1), None, "B", 1)
    consumer = consume(imgbuf.from_buffer(exporter))
    gc.collect()
    assert (exporter.acquired, exporter.released) == (1, 0)
    expected = np.arange(48, dtype=np.uint8).reshape(6, 8)
    if request.node.callspec.id == "slice":
        expected = expected[::2, 1:]
    assert bytes(np.ascontiguousarray(consumer)) == expected.tobytes()
    del consumer
    gc.collect()
    assert (exporter.acquired, exporter.released) == (1, 1)


def test_rewired_arrays_keep_their_mapping_and_the_strips_keep_theirs():
    page = os.sysconf("SC_PAGE_SIZE")
    strips = [imgbuf.empty((2, page), arrangement="strips:2", shared=True) for _ in range(4)]
    for i, strip in enumerate(strips):
        strip.numpy()[:] = i
    descriptors = len(os.listdir("/proc/self/fd"))
    stack = imgbuf.vstack(strips[::-1])
    assert stack.explain("numpy").kind == "rewired"
    arrays = [np.asarray(stack), stack.numpy(), np.frombuffer(stack, np.uint8).reshape(8, page)]
    del stack, strips, strip
    gc.collect()
    for array in arrays:
        assert [int(row[5]) for row in array] == [3, 3, 2, 2, 1, 1, 0, 0]
    arrays[0][0, 0] = 77
    assert arrays[1][0, 0] == arrays[2][0, 0] == 77
    del arrays, array
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= descriptors - 4


def test_buffers_are_released_on_whichever_thread_lets_go_last():
    threads = []
    rows = Rows(on_release=lambda: threads.append(threading.get_ident()))
    box = [rows.image()]
    done = threading.Event()

    def let_go():
        box.clear()
        done.set()

    other = threading.Thread(target=let_go)
    other.start()
    other.join()
    assert done.is_set() and rows.held == 0
    assert len(threads) == HEIGHT and set(threads) == {other.ident} and other.ident != threading.get_ident()


def test_many_threads_share_and_let_go_of_one_image():
    rows = Rows()
    image = rows.image()
    wanted = rows.flat.tobytes()
    wrong = []

    def look(image):
        for _ in range(50):
            views = [memoryview(image.indirect), image.strips(), imgbuf.vstack([image, image])]
            if views[0].tobytes() != wanted or image.tobytes() != wanted:
                wrong.append(True)
            del views

    threads = [threading.Thread(target=look, args=(image,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    del image
    for thread in threads:
        thread.join()
    del thread, threads
    gc.collect()
    assert not wrong and rows.held == 0


def test_a_release_leaves_the_exception_that_is_being_raised():
    seen = []
    rows = Rows(on_release=lambda: seen.append(sys.exc_info()[0]))

    def fail():
        image = rows.image()  # noqa: F841
        raise KeyError("pending")

    with pytest.raises(KeyError, match="pending"):
        fail()
    gc.collect()
    assert rows.held == 0 and len(seen) == HEIGHT


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_release_that_fails_is_no_exception_of_ours():
    def fail():
        raise ValueError("while releasing")

    rows = Rows(on_release=fail)
    image = rows.image()
    try:
        raise KeyError("pending")
    except KeyError:
        del image
    assert rows.held == 0


@pytest.mark.parametrize("bad", range(3))
def test_rows_that_do_not_fit_release_those_that_did(bad):
    rows = Rows()
    wrong = [bytearray(WIDTH - 1), b"", None][bad]
    with pytest.raises((ValueError, TypeError)):
        imgbuf.from_rows([*rows.exporters, wrong])
    gc.collect()
    assert rows.held == 0

    def failing():
        yield from rows.exporters
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        imgbuf.from_rows(failing())
    gc.collect()
    assert rows.held == 0


def test_a_refused_request_keeps_nothing():
    rows = Rows()
    image = rows.image()
    indirect = image.indirect
    before = sys.getrefcount(image), sys.getrefcount(indirect)
    for _ in range(100):
        with pytest.raises(BufferError):
            memoryview(image)
        with pytest.raises(BufferError):
            buffer_probe.request(indirect, buffer_probe.SIMPLE)
        with pytest.raises(imgbuf.CopyRequired):
            image.numpy()
    assert (sys.getrefcount(image), sys.getrefcount(indirect)) == before
    del image, indirect
    gc.collect()
    assert rows.held == 0


def test_nothing_leaks_in_ten_thousand_handoffs():
    rows = Rows()
    block = bytearray(48)

    def cycle():
        image = rows.image()
        view = memoryview(image.indirect)
        view[2, 3] = 5
        strips = image.strips()
        with pytest.raises(BufferError):
            memoryview(image)
        stack = imgbuf.vstack([image, image])
        again = imgbuf.from_buffer(stack.indirect)
        array = np.asarray(imgbuf.from_buffer(block))
        assert again.shape == (2 * HEIGHT, WIDTH) and array.nbytes == 48 and len(strips) == HEIGHT
        image.explain("numpy")

    def state():
        gc.collect()
        return len(gc.get_objects()), len(os.listdir("/proc/self/fd")), sys.getallocatedblocks()

    for _ in range(500):
        cycle()
    objects, descriptors, blocks = state()
    resident = resident_bytes()
    for _ in range(10000):
        cycle()
    objects_after, descriptors_after, blocks_after = state()
    assert rows.held == 0
    assert descriptors_after == descriptors
    assert abs(objects_after - objects) < 100  # an object a cycle would be 10,000
    assert abs(blocks_after - blocks) < 1000
    assert resident_bytes() - resident < 4 << 20  # 400 bytes a cycle, less than one array
    block.append(0)  # nobody holds it


SHUTDOWNS = {
    "living images": """
        a = imgbuf.from_rows([bytearray(64) for _ in range(100)])
        b = memoryview(a.indirect)
        c = np.asarray(imgbuf.from_buffer(bytearray(64)))
        sys.modules["keeps"] = [a, b, c]
        cycle = [a, b, c]
        cycle.append(cycle)
    """,
    "images in a module that goes late": """
        import builtins
        builtins.kept = [imgbuf.from_rows([bytearray(64), bytearray(64)])]
        builtins.kept.append(memoryview(builtins.kept[0].indirect))
    """,
    "an image that an exit function drops": """
        import atexit
        kept = [imgbuf.from_rows([bytearray(64)] * 3)]
        atexit.register(kept.clear)
    """,
    "an image in a thread that outlives the interpreter": """
        import threading, time
        def hold():
            image = imgbuf.from_rows([bytearray(64)] * 3)
            views = [memoryview(image.indirect), image.strips()]
            started.set()
            time.sleep(1000)
        started = threading.Event()
        threading.Thread(target=hold, daemon=True).start()
        started.wait()
    """,
    "work in a destructor that runs late": """
        class Late:
            def __init__(self):
                self.image = imgbuf.from_rows([bytearray(64)] * 3)
                self.copy, self.save, self.empty = self.image.copy, self.image.save, imgbuf.empty
                self.progress = lambda done, total: None
                self.file = __import__("io").BytesIO()

            def __del__(self):
                self.copy()
                self.empty((10, 10))
                self.save(self.file, format="png", progress=self.progress)
                self.file.getvalue()[0]

        late = Late()
        late.itself = late
    """,
    "a keeper released after finalisation": """
        import buffer_probe
        buffer_probe.drop_at_exit(imgbuf.from_rows([bytearray(64)] * 3).indirect)
    """,
}


@pytest.mark.parametrize("body", SHUTDOWNS.values(), ids=SHUTDOWNS.keys())
def test_the_interpreter_ends_in_order(body):
    program = "import sys\nimport numpy as np\nimport imgbuf\n" + textwrap.dedent(body) + "\nprint('end', flush=True)\n"
    result = subprocess.run([sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "end\n" and result.stderr == ""


def test_an_info_that_is_given_while_other_threads_read_leaves_the_elements_alone():
    image = imgbuf.zeros((2,) * 12)  # more axes than a layout holds inline
    stop = threading.Event()

    def give_infos():
        while not stop.is_set():
            image.info = None

    threads = [threading.Thread(target=give_infos) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        assert all(image.copy().shape == image.shape for _ in range(3000))
        assert all(image.numpy(copy=True).shape == image.shape for _ in range(3000))
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("work", [
    "image.copy()",
    "imgbuf.open(data)",
    "imgbuf.open(data, progress=slow)",
    "imgbuf.open(Slow())",
    "imgbuf.open(SlowInto())",
    "image.save(Slow(), format='png', compression=0)",
    "image[...] = Wrapped()",
], ids=["copy", "open", "in progress", "in read", "in readinto", "in write", "in an array protocol"])
def test_daemon_threads_do_not_end_the_process_badly(work):
    program = """
import io
import threading, time
import imgbuf
image = imgbuf.zeros((1000, 1000, 3), arrangement="rows")
encoded = io.BytesIO()
image.save(encoded, format="jpg")
data = encoded.getvalue()

def slow(*arguments):
    time.sleep(0.001)

class Slow(io.BytesIO):
    def __init__(self):
        super().__init__(data)

    def read(self, size):
        slow()
        return super().read(min(size, 1000))

    def write(self, given):
        slow()
        return len(given)

class SlowInto:
    def __init__(self):
        self.file = io.BytesIO(data)

    def readinto(self, room):
        slow()
        return self.file.readinto(memoryview(room)[:1000])

class Wrapped:
    @property
    def __array__(self):
        slow()
        raise AttributeError

    def __index__(self):
        slow()
        return 3

def work():
    while True:
        WORK

for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.2)
""".replace("WORK", work)
    for _ in range(5):
        result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert (result.returncode, result.stderr) == (0, "")
