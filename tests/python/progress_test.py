"""Progress, and what stops a call: exceptions in `progress`, Ctrl-C."""

import io
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

import imgbuf
from samples import sample


class Stop(Exception):
    pass


NAMES = ["scene_rgb8.png", "interlaced_rgb8.png", "scene_q90.jpg", "progressive.jpg"]


def saved_with(progress, name, **options):
    format = "png" if name.endswith("png") else "jpeg"
    imgbuf.open(sample(name)).save(io.BytesIO(), format=format, progress=progress, **options)


@pytest.mark.parametrize("name", NAMES)
def test_progress_goes_up_to_all_rows_on_the_calling_thread(name):
    calls = {}

    def into(key):
        def progress(done, total):
            assert threading.current_thread() is threading.main_thread()
            calls.setdefault(key, []).append((done, total))

        return progress

    image = imgbuf.open(sample(name), progress=into("open"))
    imgbuf.decode_into(sample(name), np.zeros(image.shape, np.uint8), progress=into("decode_into"))
    saved_with(into("save"), name)
    saved_with(into("save interlaced"), name, interlaced=True)
    for steps in calls.values():
        assert steps == sorted(steps) and steps[-1] == (image.shape[0], image.shape[0])
    assert len(calls) == 4


@pytest.mark.parametrize("name", NAMES)
def test_an_exception_in_progress_ends_the_call_and_is_raised(name):
    error = Stop("enough")
    calls = []

    def progress(done, total):
        calls.append(done)
        raise error

    memory = np.zeros(imgbuf.open(sample(name)).shape, np.uint8)
    for call in [
        lambda: imgbuf.open(sample(name), progress=progress),
        lambda: imgbuf.decode_into(sample(name), memory, progress=progress),
        lambda: saved_with(progress, name),
    ]:
        calls.clear()
        with pytest.raises(Stop) as caught:
            call()
        assert caught.value is error and len(calls) == 1


# The child decodes or encodes a picture that is large enough to take far longer than signals are looked for; a thread of
# it sends the signal as soon as it sees that the work has begun, which it could not without the GIL. What was not reached
# shows that it stopped.
CHILD = """
import io, os, signal, sys, threading, time
import numpy as np
import imgbuf

HEIGHT, WIDTH = 30000, 6000

def picture():
    "One row, again and again."
    row = (np.arange(WIDTH) % 251 + 1).astype(np.uint8)
    return imgbuf.from_buffer(memoryview(np.broadcast_to(row, (HEIGHT, WIDTH))))

def interrupt_when(begun):
    def wait():
        while not begun():
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)
    threading.Thread(target=wait, daemon=True).start()
"""


def run_child(code, *arguments):
    command = [sys.executable, "-c", CHILD + code, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


@pytest.mark.parametrize("format", ["png", "jpeg"])
@pytest.mark.parametrize("source", ["path", "bytes"])
def test_ctrl_c_ends_a_decode(format, source, tmp_path):
    path = tmp_path / "large"
    out = run_child(
        """
path, format, source = sys.argv[1:]
picture().save(path, format=format, compression=1)
data = path if source == "path" else open(path, "rb").read()
target = np.zeros((HEIGHT, WIDTH), np.uint8)
interrupt_when(lambda: target[0, 0])
try:
    imgbuf.decode_into(data, target)
except KeyboardInterrupt:
    print("interrupted", target[-1, 0])
""",
        path, format, source,
    )
    assert out == ["interrupted", "0"]


@pytest.mark.parametrize("format", ["png", "jpeg"])
def test_ctrl_c_ends_a_save_and_leaves_nothing(format, tmp_path):
    out = run_child(
        """
folder, format = sys.argv[1:]
image = picture()
interrupt_when(lambda: any(os.stat(os.path.join(folder, name)).st_size for name in os.listdir(folder)))
try:
    image.save(os.path.join(folder, "large"), format=format, compression=0)
except KeyboardInterrupt:
    print("interrupted", len(os.listdir(folder)))
""",
        tmp_path, format,
    )
    assert out == ["interrupted", "0"]


def test_ctrl_c_ends_the_scans_of_a_progressive_file(tmp_path):
    """All scans are read before the first row: the file's position shows that they have begun."""
    out = run_child(
        """
path, = sys.argv[1:]
noise = np.random.default_rng(1).integers(0, 256, (3000, 6000), np.uint8)
imgbuf.from_buffer(noise).save(path, format="jpeg", progressive=True)

def position():
    for fd in os.listdir("/proc/self/fd"):
        try:
            if os.readlink("/proc/self/fd/" + fd) == path:
                return os.lseek(int(fd), 0, os.SEEK_CUR)
        except OSError:
            pass
    return 0

target = np.zeros(noise.shape, np.uint8)
size = os.path.getsize(path)
interrupt_when(lambda: position() > size // 8)
try:
    imgbuf.decode_into(path, target)
except KeyboardInterrupt:
    print("interrupted", target.any())
""",
        tmp_path / "large.jpg",
    )
    assert out == ["interrupted", "False"]


def test_ctrl_c_ends_waiting_for_a_pipe(tmp_path):
    out = run_child(
        """
path, = sys.argv[1:]
os.mkfifo(path)
threading.Thread(target=lambda: (open(path, "wb"), time.sleep(1000)), daemon=True).start()
interrupt_when(lambda: any(os.path.realpath(f"/proc/self/fd/{fd}") == path for fd in os.listdir("/proc/self/fd")))
try:
    imgbuf.open(path)
except KeyboardInterrupt:
    print("interrupted")
""",
        tmp_path / "fifo",
    )
    assert out == ["interrupted"]


def test_a_signal_handler_that_raises_nothing_does_not_disturb():
    got = []
    old = signal.signal(signal.SIGUSR1, lambda number, frame: got.append(number))
    try:
        image = imgbuf.open(sample("scene_rgb8.png"), progress=lambda done, total: signal.raise_signal(signal.SIGUSR1))
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert got and image.shape == (320, 480, 3)
