#!/usr/bin/python3
"""What it takes to hand an image to NumPy without a copy, against what it takes with one, call by call in turn: strips of
shared memory in any order, and Pillow's images in one block and in many.

usage: PYTHONPATH=<build>/python handoff.py [--pairs N] [--height H] [--width W] [--json FILE] [--check]

Each row prints both times (medians), the median of the pairs' ratios with its quartiles, and the ratio that it has to reach.
With --check the exit status says whether all did. That both sides see the same pixels, and that the rewired array takes
no memory of its own, is checked in any case.
"""

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Callable

import numpy as np
from PIL import Image

import imgbuf

PAGE = os.sysconf("SC_PAGE_SIZE")
ROWS_A_STRIP = 64
MOST_GROWTH_BYTES = 1 << 20


@dataclass
class Row:
    """Two ways to the same result. Each call gets what `prepare` makes, untimed."""

    name: str
    prepare: Callable
    subject: Callable
    peer: Callable
    at_least: float  # how many times faster the subject has to be
    same: Callable = np.array_equal  # whether both sides see the same pixels


def milliseconds(call, argument):
    begin = time.perf_counter()
    result = call(argument)
    return 1000 * (time.perf_counter() - begin), result


def measure(row, pairs):
    """The median times, and the ratios' quartiles."""
    times = []
    for _ in range(pairs):
        subject_ms, subject = milliseconds(row.subject, row.prepare())
        peer_ms, peer = milliseconds(row.peer, row.prepare())
        if not times and not row.same(subject, peer):
            raise SystemExit(f"{row.name}: the two sides see different pixels")
        del subject, peer
        times.append((subject_ms, peer_ms))
    ratios = [peer / subject for subject, peer in times]
    lower, median, upper = statistics.quantiles(ratios, n=4) if pairs > 1 else ratios * 3
    return {
        "name": row.name,
        "imgbuf_ms": statistics.median(subject for subject, _ in times),
        "peer_ms": statistics.median(peer for _, peer in times),
        "ratio": median,
        "lower_quartile": lower,
        "upper_quartile": upper,
        "at_least": row.at_least,
        "pairs": pairs,
    }


def one_pass(array):
    """Reads every byte once, as fast as NumPy does: the sum of the words."""
    return np.add.reduce(array.reshape(-1).view(np.uint64))


def proportional_set_bytes():
    """What the process has of the memory, shared pages in proportion."""
    with open("/proc/self/smaps_rollup") as file:
        return 1024 * int(next(line for line in file if line.startswith("Pss:")).split()[1])

class ShuffledStrips:
    """A picture in strips of shared memory that stand in another order than they lie, and the same pixels in ordinary memory.

    padded: a row of `padded` is one pixel longer than the picture's, so that it takes a copy to have them contiguous
    """

    def __init__(self, height, width):
        random = np.random.default_rng(1)
        bytes_a_strip = ROWS_A_STRIP * width * 3
        if height % ROWS_A_STRIP or bytes_a_strip % PAGE:
            raise SystemExit(f"strips of {ROWS_A_STRIP} rows are no whole pages, or do not divide the height")
        memory = imgbuf.empty((height, width, 3), "B", f"strips:{ROWS_A_STRIP}", shared=True)
        strips = [memory[y:y + ROWS_A_STRIP] for y in range(0, height, ROWS_A_STRIP)]
        self.strips = [strips[i] for i in random.permutation(len(strips))]
        self.padded = np.empty((height, width + 1, 3), np.uint8)
        for i, strip in enumerate(self.strips):
            pixels = random.integers(0, 256, strip.shape, np.uint8)
            strip.numpy()[...] = pixels
            self.padded[i * ROWS_A_STRIP:(i + 1) * ROWS_A_STRIP, :-1] = pixels

    def image(self):
        """The picture, new each time: an image that was rewired once stays so."""
        return imgbuf.vstack(self.strips)

    def copied(self, _=None):
        return np.ascontiguousarray(self.padded[:, :-1])

    def require_no_memory(self):
        """Fails when a rewired array takes memory before it is looked at."""
        image = self.image()
        handoff = image.explain("numpy")
        if handoff.kind != "rewired":
            raise SystemExit(f"the strips are not rewired but {handoff}")
        before = proportional_set_bytes()
        array = np.asarray(image)
        growth = proportional_set_bytes() - before
        if growth >= MOST_GROWTH_BYTES:
            raise SystemExit(f"a rewired array of {array.nbytes} bytes takes {growth} bytes before it is looked at")
        return growth

    def rows(self):
        return [
            Row("rewired/asarray", self.image, np.asarray, self.copied, 50),
            Row("rewired/asarray_and_one_pass", self.image, lambda image: one_pass(np.asarray(image)),
                lambda _: one_pass(self.copied()), 3),
            Row("rewired/asarray_against_concatenate", self.image, np.asarray,
                lambda image: np.concatenate(image.strips()), 50),
        ]


class PillowImages:
    """One picture of Pillow's in one block, and one in the blocks that Pillow makes by itself."""

    def __init__(self, height, width):
        pixels = np.random.default_rng(2).integers(0, 256, (height, width, 3), np.uint8)
        with imgbuf.pillow_single_block():
            self.one_block = Image.fromarray(pixels).copy()
        self.many_blocks = Image.fromarray(pixels).copy()

    def rows(self):
        def same_strips(strips, array):
            return np.array_equal(np.concatenate(strips), array)

        return [
            Row("pillow/asarray_of_one_block", lambda: self.one_block, lambda im: np.asarray(imgbuf.from_pillow(im)),
                np.asarray, 1000),
            Row("pillow/strips_of_many_blocks", lambda: self.many_blocks, lambda im: imgbuf.from_pillow(im).strips(),
                np.asarray, 1000, same_strips),
        ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=25)
    parser.add_argument("--height", type=int, default=3968, help="a multiple of 64; with the width 24 megapixels")
    parser.add_argument("--width", type=int, default=6144, help="a multiple of 64")
    parser.add_argument("--json", metavar="FILE", help="writes the results there too")
    parser.add_argument("--check", action="store_true", help="fails when a row does not reach its ratio")
    options = parser.parse_args()

    shuffled = ShuffledStrips(options.height, options.width)
    growth = shuffled.require_no_memory()
    print(f"rewired: the proportional set grows by {growth} bytes for {shuffled.image().nbytes} bytes of pixels")
    results = []
    for row in shuffled.rows() + PillowImages(options.height, options.width).rows():
        result = measure(row, options.pairs)
        results.append(result)
        print(f"{result['name']:38} imgbuf {result['imgbuf_ms']:9.4f} ms  peer {result['peer_ms']:8.3f} ms  ratio"
              f" {result['ratio']:8.1f} ({result['lower_quartile']:.1f} to {result['upper_quartile']:.1f})  at least"
              f" {result['at_least']}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"proportional_set_growth_bytes": growth, "rows": results}, file, indent=2)
    if options.check:
        missed = [result["name"] for result in results if result["ratio"] < result["at_least"]]
        if missed:
            sys.exit("not reached: " + ", ".join(missed))


if __name__ == "__main__":
    main()
