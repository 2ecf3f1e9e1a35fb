#!/usr/bin/env python3
"""Whole programs side by side: imgbuf against a peer, run by run in turn, medians and the ratio of each pair.

usage: compare_programs.py --imgbuf PROGRAM [--runs N] [--only NAME] [--big PNG] PNG

PNG is a photograph, best of 24 megapixels. Peers are looked up in PATH and left out where they are missing:
libvips' `vips`, libjpeg-turbo's `djpeg`. Peak memory is that of GNU time (`/usr/bin/time`), whose own is negligible.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def run(command, repeat=1):
    """Wall and CPU seconds of running a command `repeat` times, divided by `repeat`."""
    before, begin = os.times(), time.perf_counter()
    for _ in range(repeat):
        status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode
        if status != 0:
            sys.exit(f"exit status {status}: {' '.join(map(str, command))}")
    wall, after = time.perf_counter() - begin, os.times()
    cpu = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return wall / repeat, cpu / repeat


def peak_mebibytes(command):
    with tempfile.NamedTemporaryFile("r") as report:
        subprocess.run(["/usr/bin/time", "-f", "%M", "-o", report.name, *command], stdout=subprocess.DEVNULL, check=True)
        return int(report.read().split()[-1]) / 1024


def compare(name, mine, peer, runs, repeat=1, outputs=()):
    """Runs both in turn and prints their medians. Each run begins without the files that it writes: to replace a file
    costs what its file system makes of it."""

    def run_anew(command, repeat=1):
        for output in outputs:
            pathlib.Path(output).unlink(missing_ok=True)
        return run(command, repeat)

    run_anew(mine), run_anew(peer)  # once each, so that both read from the page cache
    pairs = [(run_anew(mine, repeat), run_anew(peer, repeat)) for _ in range(runs)]

    def median(side, what):
        return statistics.median(pair[side][what] for pair in pairs)

    ratio = statistics.quantiles([a[0] / b[0] for a, b in pairs], n=4)
    print(f"{name}: {runs} pairs")
    for side, command in ((0, mine), (1, peer)):
        print(f"  {pathlib.Path(command[0]).name:8} wall {1000 * median(side, 0):9.2f} ms  cpu {1000 * median(side, 1):9.2f} ms"
              f"  peak {peak_mebibytes(command):7.1f} MiB")
    print(f"  wall ratio {ratio[1]:.3f} (quartiles {ratio[0]:.3f} to {ratio[2]:.3f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--imgbuf", required=True, help="the program")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--only", help="start, png-to-jpeg or big-png-to-jpeg")
    parser.add_argument("--big", help="a PNG of 20000 x 20000 pixels, converted once for its peak memory")
    parser.add_argument("png")
    options = parser.parse_args()
    imgbuf, vips, djpeg = options.imgbuf, shutil.which("vips"), shutil.which("djpeg")

    def wanted(name):
        return options.only in (None, name)

    with tempfile.TemporaryDirectory() as directory:
        if wanted("start") and djpeg:
            compare("start", [imgbuf, "--version"], [djpeg, "-version"], options.runs, repeat=20)
        if wanted("png-to-jpeg") and vips:
            compare("png-to-jpeg", [imgbuf, "convert", options.png, f"{directory}/a.jpg", "--quality", "90"],
                    [vips, "copy", options.png, f"{directory}/b.jpg[Q=90,subsample_mode=on]"], options.runs,
                    outputs=(f"{directory}/a.jpg", f"{directory}/b.jpg"))
        if wanted("big-png-to-jpeg") and options.big:
            command = [imgbuf, "convert", options.big, f"{directory}/big.jpg", "--quality", "90"]
            print(f"big-png-to-jpeg: peak {peak_mebibytes(command):.1f} MiB")


if __name__ == "__main__":
    main()
