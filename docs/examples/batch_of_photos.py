"""Decodes JPEG files straight into the slots of one padded batch array, and hands the batch on by DLPack.

Usage: batch_of_photos.py FILE...
"""

import sys

import numpy as np

import imgbuf


def load_batch(paths, align=32):
    infos = [imgbuf.info(path) for path in paths]
    height = max(info.height for info in infos)
    width = -(-max(info.width for info in infos) // align) * align
    batch = np.zeros((len(paths), height, width, 3), dtype=np.uint8)
    for slot, path, info in zip(batch, paths, infos):
        # A window of the slot: the decoder writes its rows there, and nothing else is allocated.
        imgbuf.decode_into(path, slot[: info.height, : info.width])
    return batch


if __name__ == "__main__":
    batch = load_batch(sys.argv[1:])
    tensor = np.from_dlpack(imgbuf.from_buffer(batch))  # or torch.from_dlpack, jax.dlpack.from_dlpack, ...
    assert np.shares_memory(tensor, batch)
    print(tensor.shape, "mean", round(float(tensor.mean()), 2))
