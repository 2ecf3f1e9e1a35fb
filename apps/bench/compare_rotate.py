#!/usr/bin/python3
"""Rotation by 90 degrees in Pillow and in OpenCV, call by call in turn: which of the two is the peer to beat.

usage: compare_rotate.py [--runs N] [--width W] [--height H]

OpenCV runs on one thread into memory that it has used before; Pillow always makes a new image. Without one of the two
packages there is nothing to compare.
"""

import argparse
import statistics
import time

import cv2
import numpy
from PIL import Image

PIXELS = {  # name: (channels, NumPy's type, Pillow's mode)
    "rgb_u8": (3, numpy.uint8, "RGB"),
    "gray_u8": (1, numpy.uint8, "L"),
    "gray_u16": (1, numpy.uint16, "I;16"),
    "gray_f32": (1, numpy.float32, "F"),
    "rgba_u8": (4, numpy.uint8, "RGBA"),
}


def milliseconds(call):
    begin = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - begin)


def compare(name, height, width, runs):
    channels, dtype, mode = PIXELS[name]
    shape = (height, width) if channels == 1 else (height, width, channels)
    pixels = numpy.random.default_rng(1).integers(0, 255, shape).astype(dtype)
    turned = numpy.empty((width, height) + shape[2:], dtype)
    picture = Image.frombytes(mode, (width, height), pixels.tobytes())

    def opencv():
        cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE, turned)

    def pillow():
        return picture.transpose(Image.Transpose.ROTATE_270)  # Pillow turns to the left

    opencv()
    if pillow().tobytes() != turned.tobytes():
        raise SystemExit(f"{name}: the two rotate differently")
    pairs = [(milliseconds(opencv), milliseconds(pillow)) for _ in range(runs)]
    ratio = statistics.quantiles([b / a for a, b in pairs], n=4)
    print(f"{name:10} OpenCV {statistics.median(a for a, _ in pairs):7.2f} ms  Pillow"
          f" {statistics.median(b for _, b in pairs):7.2f} ms  Pillow/OpenCV {ratio[1]:.2f}"
          f" (quartiles {ratio[0]:.2f} to {ratio[2]:.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--width", type=int, default=3840)
    parser.add_argument("--height", type=int, default=2160)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for name in PIXELS:
        compare(name, options.height, options.width, options.runs)


if __name__ == "__main__":
    main()
