"""Processes that are forked from one that has decoded on several threads."""

import concurrent.futures
import io
import multiprocessing
import threading

import numpy as np

import imgbuf
from samples import sample

NAMES = ["scene_rgb8.png", "scene_q90.jpg", "progressive.jpg", "interlaced_rgb8.png", "sprite_rgba.png"]


def checksum(name):
    """Decodes into every kind of memory and encodes again: what it gives depends on the pixels alone."""
    sums = []
    for arrangement, shared in [("contiguous", False), ("rows", False), ("strips:16", True), ("planes", False)]:
        image = imgbuf.open(sample(name), arrangement=arrangement, shared=shared)
        file = io.BytesIO()
        image.save(file, format="png")
        sums.append(int(np.frombuffer(imgbuf.open(file.getvalue()).tobytes(), np.uint8).sum(dtype=np.int64)))
    assert len(set(sums)) == 1
    return sums[0]


def test_forked_workers_decode_after_threads_have():
    work = NAMES * 3
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        expected = list(threads.map(checksum, work))
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert pool.map_async(checksum, work).get(timeout=300) == expected


def test_a_fork_amid_decoding_threads_can_decode():
    expected = [checksum(name) for name in NAMES]
    stop = threading.Event()

    def decode_until_stopped():
        while not stop.is_set():
            checksum("scene_rgb8.png")

    threads = [threading.Thread(target=decode_until_stopped) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            with multiprocessing.get_context("fork").Pool(2) as pool:
                assert pool.map_async(checksum, NAMES).get(timeout=300) == expected
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def info_of(name):
    return imgbuf.info(sample(name))


def test_infos_and_errors_come_back_from_workers():
    with multiprocessing.get_context("fork").Pool(1) as pool:
        result = pool.apply_async(info_of, ["not_an_image.png"])
        try:
            result.get(timeout=300)
        except imgbuf.Unsupported as error:
            assert error.place == str(sample("not_an_image.png"))
        else:
            raise AssertionError("no error")
        info = pool.apply_async(info_of, ["oriented_exif.png"]).get(timeout=300)
        assert info == info_of("oriented_exif.png")


def test_an_image_made_before_the_fork_is_read_and_written_in_the_child():
    image = imgbuf.open(sample("scene_rgb8.png"))
    array = np.asarray(image)
    before = array.copy()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(False)

    def child():
        array[...] = 0
        sender.send(int(np.asarray(image).any()))

    process = context.Process(target=child)
    process.start()
    assert receiver.recv() == 0
    process.join()
    assert process.exitcode == 0 and np.array_equal(np.asarray(image), before)
