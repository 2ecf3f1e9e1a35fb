"""A thousand strips of shared memory, filled one by one in any order, as one array: nothing is copied."""

import random

import numpy as np

import imgbuf

HEIGHT, WIDTH, STRIPS = 16, 256, 1000  # a strip is one page of memory

strips = [imgbuf.empty((HEIGHT, WIDTH), "B", shared=True) for _ in range(STRIPS)]
for number, strip in enumerate(strips):
    strip[...] = number % 251

random.Random(1).shuffle(strips)
mosaic = imgbuf.vstack(strips)
print(mosaic)
print("to NumPy:", mosaic.explain("numpy"))

array = np.asarray(mosaic)  # one array: the strips are mapped side by side
array += 1
assert all(strip[0, 0] == array[i * HEIGHT, 0] for i, strip in enumerate(strips))
print(array.shape, array.strides, "sum", int(array.sum(dtype=np.int64)))
