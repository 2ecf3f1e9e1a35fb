"""The programs of docs/examples run and do what docs/python.md says, which prints them as they are."""

import doctest
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

DOCS = pathlib.Path(__file__).parents[2] / "docs"
SAMPLES = DOCS.parent / "sample_images"


def run(name, *arguments):
    result = subprocess.run([sys.executable, "-W", "error", DOCS / "examples" / name, *arguments], capture_output=True,
                            text=True, check=False, env=os.environ)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_page_prints_the_examples():
    page = (DOCS / "python.md").read_text()
    parts = re.findall(r"\]\(examples/(\w+\.py)\)[^`]*((?:```python\n.*?```\n)+)", page, re.S)
    assert len(parts) == 4
    for name, blocks in parts:
        program = (DOCS / "examples" / name).read_text()
        for block in re.findall(r"```python\n(.*?)```", blocks, re.S):
            assert block in program, name


def test_what_the_page_shows_at_the_prompt_is_what_comes():
    import imgbuf

    page = "\n".join(re.findall(r"```python\n(>>> .*?)```", (DOCS / "python.md").read_text(), re.S))
    parsed = doctest.DocTestParser().get_doctest(page, {"imgbuf": imgbuf}, "python.md", None, 0)
    assert len(parsed.examples) >= 4
    assert doctest.DocTestRunner().run(parsed).failed == 0


def test_a_batch_of_photos(tmp_path):
    paths = []
    for i, size in enumerate([(64, 48), (40, 60), (33, 17)]):
        paths.append(tmp_path / f"{i}.jpg")
        with Image.open(SAMPLES / "scene_rgb8.png") as picture:
            picture.convert("RGB").resize(size).save(paths[-1])
    batch = np.zeros((3, 60, 64, 3), np.uint8)
    for slot, path in zip(batch, paths):
        pixels = np.asarray(Image.open(path))
        slot[:pixels.shape[0], :pixels.shape[1]] = pixels
    assert run("batch_of_photos.py", *paths) == f"{batch.shape} mean {round(float(batch.mean()), 2)}\n"


def test_tiles_with_dask(tmp_path):
    pytest.importorskip("dask.array")
    tifffile = pytest.importorskip("tifffile")
    pixels = np.random.default_rng(1).integers(0, 256, (70, 90, 3), np.uint8)
    tifffile.imwrite(tmp_path / "tiles.tif", pixels, tile=(32, 48), photometric="rgb")
    means = [round(float(mean), 2) for mean in pixels.mean(axis=(0, 1))]
    assert run("tiles_with_dask.py", tmp_path / "tiles.tif") == f"(3, 2, 1) cells, mean {means}\n"


def test_pillow_without_copies(tmp_path):
    out = tmp_path / "out.png"
    text = run("pillow_without_copies.py", SAMPLES / "scene_rgb8.png", out)
    assert "to NumPy: shared" in text
    with Image.open(SAMPLES / "scene_rgb8.png") as picture:
        assert np.array_equal(np.asarray(Image.open(out)), 255 - np.asarray(picture.convert("RGB")))


def test_a_mosaic():
    text = run("mosaic.py")
    assert "to NumPy: rewired (4096000 bytes mapped)" in text and "(16000, 256) (256, 1)" in text
