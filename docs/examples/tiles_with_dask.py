"""Averages the channels of a tiled TIFF, of any size: Dask's chunks are the tiles, where they lie in the mapped file.

Usage: tiles_with_dask.py FILE
"""

import sys

import dask.array

import imgbuf

if __name__ == "__main__":
    grid = imgbuf.open_grid(sys.argv[1])
    lazy = dask.array.from_array(grid, chunks=grid.chunks)  # reads nothing
    means = lazy.mean(axis=(0, 1)).compute()  # a tile a task, in threads, none copied
    print(grid.numblocks, "cells, mean", [round(float(mean), 2) for mean in means])
