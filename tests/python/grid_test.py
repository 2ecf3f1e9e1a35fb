"""Pictures in cells: tiled TIFF files, of which each tile is an image of the mapped file."""

import copy
import gc
import os
import pathlib
import pickle
import re
import sys
import threading
import time
import warnings

import numpy as np
import pytest

import imgbuf
from process_memory import resident_bytes
from samples import gradient

tifffile = pytest.importorskip("tifffile")

HEIGHT, WIDTH, TILE = 70, 90, (32, 48)


def write_tiled(path, pixels, planar=False, tile=TILE, **options):
    """A TIFF of tiles that anything but imgbuf wrote."""
    array = np.moveaxis(pixels, 2, 0) if planar else pixels
    tifffile.imwrite(path, array, tile=tile, photometric="rgb" if pixels.shape[2] == 3 else "minisblack", metadata=None,
                     planarconfig="separate" if planar else "contig", **options)
    return path


@pytest.fixture(params=["u1", "<u2", ">u2", "<f4", ">f8"])
def pixels(request):
    """Its byte order is the file's."""
    return np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(request.param)


def scatter_planes(path):
    """Moves the tiles of the second plane behind all others, so that the third is not as far from it as it is from
    the first."""
    with tifffile.TiffFile(path, mode="r+b") as file:
        tag = file.pages[0].tags["TileOffsets"]
        size, offsets, data = file.pages[0].databytecounts[0], list(tag.value), path.read_bytes()
        per_plane = len(offsets) // 3
        end = len(data) + -len(data) % 16
        for i in range(per_plane, 2 * per_plane):
            file.filehandle.seek(end)
            file.filehandle.write(data[offsets[i]:offsets[i] + size])
            offsets[i], end = end, end + size
        tag.overwrite(offsets)
    return path


@pytest.fixture(params=["chunky", "planar", "scattered"])
def path(request, tmp_path, pixels):
    order = ">" if pixels.dtype.str[0] == ">" else "<"
    path = write_tiled(tmp_path / f"{request.param}.tif", pixels, planar=request.param != "chunky", byteorder=order)
    return scatter_planes(path) if request.param == "scattered" else path


@pytest.fixture
def rgb8(tmp_path):
    """A path and its pixels."""
    pixels = gradient(HEIGHT, WIDTH)
    return write_tiled(tmp_path / "rgb8.tif", pixels), pixels


def channels_of_blocks(path):
    """How many channels each cell has; planes at an even distance are one cell."""
    return (2, 1) if path.stem == "scattered" else (3,)


def in_file(grid):
    """Whether all of a grid's cells are views of the mapped file, not of copies."""
    return grid.readonly and all(cell.readonly for cell in grid.blocks)


def quietly(function, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", imgbuf.CopyWarning)
        return function(*arguments)


def test_says_what_it_is(path, pixels):
    grid = imgbuf.open_grid(path)
    channels = channels_of_blocks(path)
    assert grid.shape == pixels.shape and grid.ndim == 3 and len(grid) == HEIGHT and grid.nbytes == pixels.nbytes
    assert np.dtype(grid.format) == grid.dtype == pixels.dtype and grid.itemsize == pixels.itemsize
    assert grid.axes == ("height", "width", "channel") and grid.channels == ("red", "green", "blue")
    assert grid.chunks == ((32, 32, 6), (48, 42), channels)
    assert grid.numblocks == grid.blocks.shape == (3, 2, len(channels)) and len(grid.blocks) == 6 * len(channels)
    assert grid.readonly
    assert grid.info == imgbuf.info(path)
    assert repr(grid).startswith("<imgbuf.Grid (70, 90, 3) ") and "3 x 2" in repr(grid) and "read-only" in repr(grid)


def test_each_cell_is_an_image_of_the_file(path, pixels):
    grid = imgbuf.open_grid(path)
    seen = np.zeros_like(pixels)
    places = []
    for (place, cell), same in zip(grid.cells(), grid.blocks, strict=True):
        array = np.asarray(cell)
        assert cell.readonly and cell.explain("numpy").kind == "shared" and not array.flags.owndata
        assert np.shares_memory(array, np.asarray(same))
        assert cell.format == grid.format and cell.channels == grid.channels[place[2]]
        seen[place] = array
        places.append(place)
    assert np.array_equal(seen, pixels) and len(places) == len(grid.blocks)
    assert places[1] == (np.s_[0:32, 0:48, 2:3] if path.stem == "scattered" else np.s_[0:32, 48:90, 0:3])


def test_blocks_by_their_numbers(path, pixels):
    blocks = imgbuf.open_grid(path).blocks
    channels = channels_of_blocks(path)
    planes, last = len(channels), channels[-1]
    for key, place in [((0, 0, 0), np.s_[:32, :48, :channels[0]]), ((2, 1, planes - 1), np.s_[64:, 48:, -last:]),
                       ((-3, -1, -1), np.s_[:32, 48:, -last:])]:
        assert np.array_equal(np.asarray(blocks[key]), pixels[place])
    if planes == 1:
        assert np.array_equal(np.asarray(blocks[1, 0]), pixels[32:64, :48])
    for key in [(3, 0, 0), (0, -3, 0), (0, 0, planes), 0, (0,), (0, 0, 0, 0), *([(0, 0)] if planes > 1 else [])]:
        with pytest.raises(IndexError):
            blocks[key]
    for key in [np.s_[:, 0, 0], (None, 0, 0), (0, 0.0, 0), "red", (True, 0, 0)]:
        with pytest.raises(TypeError, match="blocks are indexed by integers"):
            blocks[key]


def test_numpy_takes_a_copy_that_is_said(path, pixels):
    grid = imgbuf.open_grid(path)
    handoff = grid.explain("numpy")
    assert handoff.kind == "copied" and handoff.copied_bytes == pixels.nbytes and "3 x 2" in handoff.reason
    assert handoff == grid.explain("dlpack")
    for refused in (grid.numpy, lambda: grid.__array__(copy=False), lambda: grid.__array__("c16", copy=False)):
        with pytest.raises(imgbuf.CopyRequired, match="stored in 3 x 2.* cells; a copy takes"):
            refused()
    with pytest.warns(imgbuf.CopyWarning, match=f"copied {pixels.nbytes} bytes: stored in 3 x 2") as said:
        array = np.asarray(grid)
    assert len(said) == 1 and array.dtype == pixels.dtype and np.array_equal(array, pixels)
    for array in (grid.numpy(copy=True), grid.__array__(copy=True)):  # asked for: a warning would be an error
        assert array.flags.writeable and np.array_equal(array, pixels)


@pytest.mark.parametrize("dtype", ["f8", ">i4", "c16", object])
def test_another_dtype_is_one_copy(path, pixels, dtype):
    grid = imgbuf.open_grid(path)
    with pytest.warns(imgbuf.CopyWarning, match=f"copied {pixels.size * np.dtype(dtype).itemsize} bytes") as said:
        array = np.asarray(grid, dtype)
    assert len(said) == 1 and array.dtype == np.dtype(dtype) and np.array_equal(array, pixels.astype(dtype))
    assert np.array_equal(grid.__array__(np.dtype(dtype), copy=True), array)


def test_a_dtype_whose_size_the_elements_say(rgb8):
    path, pixels = rgb8
    assert np.array_equal(quietly(np.asarray, imgbuf.open_grid(path), "U"), pixels.astype("U"))
    with pytest.raises(TypeError):
        imgbuf.open_grid(path).__array__("nonsense")


def test_a_copy_is_an_image(path, pixels):
    for arrangement in (None, "rows", "planes", "strips:7"):
        image = imgbuf.open_grid(path).copy(arrangement)
        assert isinstance(image, imgbuf.Image) and not image.readonly
        assert image.channels == ("red", "green", "blue") and image.info == imgbuf.info(path)
        assert np.dtype(image.format) == pixels.dtype
        assert np.array_equal(quietly(np.asarray, image), pixels)
    with pytest.raises(imgbuf.InvalidArgument, match="no arrangement 'tiles'"):
        imgbuf.open_grid(path).copy("tiles")


@pytest.mark.parametrize("key", [
    np.s_[:], np.s_[...], np.s_[10:60], np.s_[..., ::-1], np.s_[::-1, ::-1], np.s_[5:65:7, 80:2:-3, 1:],
    np.s_[40:, ..., :2], np.s_[:, 47:49], np.s_[-6:, -42:], np.s_[:, :, 2:], np.s_[::40, ..., ::2], (),
], ids=str)
def test_parts_are_grids_of_the_same_memory(path, pixels, key):
    part = imgbuf.open_grid(path)[key]
    expected = pixels[key]
    assert isinstance(part, imgbuf.Grid) and part.shape == expected.shape
    assert tuple(map(sum, part.chunks)) == part.shape and part.numblocks == tuple(map(len, part.chunks))
    assert np.array_equal(part.numpy(copy=True), expected)
    names = np.broadcast_to(np.array(["red", "green", "blue"]), pixels.shape)
    assert part.channels == tuple(names[key][0, 0])
    assert in_file(part)
    seen = np.zeros_like(expected)
    for place, cell in part.cells():
        seen[place] = np.asarray(cell)
    assert np.array_equal(seen, expected)


def test_random_parts(path, pixels):
    seed = int.from_bytes(os.urandom(4), "little")
    print("seed", seed)
    chance = np.random.default_rng(seed)
    grid = imgbuf.open_grid(path)
    for _ in range(60):
        key = tuple(slice(*(int(n) for n in chance.integers(-100, 100, 2)), int(chance.choice([1, 2, -1, -5, 33])))
                    for _ in range(chance.integers(1, 3)))
        part, expected = grid[key], pixels[key]
        assert part.shape == expected.shape, key
        assert np.array_equal(part.numpy(copy=True), expected), key
        assert np.array_equal(part[::-1, 1:].numpy(copy=True), expected[::-1, 1:]), key


def test_a_part_in_one_cell_is_shared(path):
    grid = imgbuf.open_grid(path)
    part = grid[33:60, 50:80, 1:2]
    assert part.numblocks == (1, 1, 1)
    for target in ("numpy", "buffer", "indirect"):
        assert part.explain(target).kind == "shared"
    array = np.asarray(part)
    assert not array.flags.writeable
    cell = grid.blocks[1, 1, 0]
    assert np.shares_memory(array, np.asarray(cell)) and np.shares_memory(part.numpy(), array)


def test_parts_without_elements(path):
    part = imgbuf.open_grid(path)[40:40]
    assert part.shape == (0, WIDTH, 3) and part.chunks[0] == (0,) and part.numblocks[0] == 0
    assert part.nbytes == 0 and len(part.blocks) == 0 and list(part.cells()) == list(part.blocks) == []
    assert np.asarray(part).shape == part.copy().shape == (0, WIDTH, 3)
    with pytest.raises(IndexError):
        part.blocks[0, 0, 0]
    with pytest.raises(imgbuf.InvalidArgument, match="at least one channel"):
        imgbuf.open_grid(path)[..., :0]


@pytest.mark.parametrize("key", [
    3, -1, np.s_[:, 5], np.s_[..., 0], np.s_[10:20, -7], np.s_[::-1, 50:80, 1], np.s_[3, 4], np.s_[3, ..., 2],
    np.s_[np.int64(40), :, ::-1],
], ids=str)
def test_an_integer_leaves_an_image(path, pixels, key):
    grid = imgbuf.open_grid(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", imgbuf.CopyWarning)
        part = grid[key]
    assert isinstance(part, imgbuf.Image) and part.shape == pixels[key].shape
    assert np.array_equal(part.numpy(copy=True), pixels[key])


def test_an_integer_copies_where_cells_are_cut_and_says_so(path):
    grid = imgbuf.open_grid(path)
    inside = grid[5, :20, 0]  # a CopyWarning would be an error
    assert np.shares_memory(np.asarray(inside), np.asarray(grid.blocks[0, 0, 0]))
    with pytest.warns(imgbuf.CopyWarning, match="cells"):
        assert grid[5, :, 0].shape == (WIDTH,)
    assert grid[1, 2, 0] == np.asarray(grid.blocks[0, 0, 0])[1, 2, 0]
    for key in (HEIGHT, -HEIGHT - 1, np.s_[:, WIDTH], np.s_[..., 3]):
        with pytest.raises(IndexError, match="of the grid"):
            grid[key]


def test_what_is_no_slice_is_refused_with_what_to_do(path):
    grid = imgbuf.open_grid(path)
    for key in (None, "red", [1, 2], True, np.s_[:, None], np.zeros((HEIGHT, WIDTH), bool), 1.5):
        with pytest.raises(TypeError, match=r"cut by slices, integers and '...', not by '.*': grid.blocks.* grid.copy\(\)"):
            grid[key]
    with pytest.raises(TypeError):
        grid[:1] = 0
    with pytest.raises(IndexError, match="grid is 3-dimensional, but 4 were indexed"):
        grid[:, :, :, :]
    with pytest.raises(IndexError, match="single ellipsis"):
        grid[..., ...]
    with pytest.raises(ValueError, match="zero"):
        grid[::0]


def test_the_info_is_of_the_part(rgb8):
    path, _ = rgb8
    grid = imgbuf.open_grid(path)
    whole = grid.copy()
    assert grid[:10, ::-2].info == whole[:10, ::-2].info and grid[:10, ::-2].info.width == 45
    assert (grid[..., 1:2].info.color, grid[..., 1:2].channels) == ("gray", ("green",))
    assert grid[..., :2].info is None  # no colour model has red and green
    assert grid.blocks[0, 0].info == whole[:32, :48].info


def test_memory_lives_as_long_as_anything_over_it(path, pixels):
    grid = imgbuf.open_grid(path)
    last = np.s_[64:, 48:, -1:]
    cells, blocks = grid.cells(), grid.blocks
    array = np.asarray(grid.blocks[2, 1, -1])[..., -1:]
    part = grid[last]
    os.remove(path)
    del grid
    gc.collect()
    assert np.array_equal(array, pixels[last])
    assert np.array_equal(np.asarray(part), pixels[last])
    assert np.array_equal(np.asarray(blocks[2, 1, -1])[..., -1:], pixels[last])
    del blocks, part
    gc.collect()
    for place, cell in cells:
        assert np.array_equal(np.asarray(cell), pixels[place])


def test_maps_go_with_the_last_that_needs_them(rgb8):
    path, _ = rgb8

    def is_mapped():
        return str(path) in pathlib.Path("/proc/self/maps").read_text()

    grid = imgbuf.open_grid(path)
    array = np.asarray(grid.blocks[0, 0])[3:, 4]
    del grid
    gc.collect()
    assert is_mapped()
    del array
    gc.collect()
    assert not is_mapped()


def test_what_others_write_is_seen(rgb8):
    path, pixels = rgb8
    grid = imgbuf.open_grid(path)
    with tifffile.TiffFile(path) as file:
        offset = file.pages[0].dataoffsets[-1]
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(bytes([200, 201, 202]))
    assert grid.blocks[2, 1][0, 0].tolist() == [200, 201, 202] != pixels[64, 48].tolist()


def test_crops_are_views_too(path, pixels):
    grid = imgbuf.open_grid(path, crop=(40, 20, 30, 25), mapped=True)
    assert in_file(grid) and grid.chunks[:2] == ((12, 13), (8, 22))
    assert np.array_equal(grid.numpy(copy=True), pixels[20:45, 40:70])
    with pytest.raises(imgbuf.InvalidArgument, match="not inside the picture"):
        imgbuf.open_grid(path, crop=(40, 20, 300, 25))


def test_tiles_that_the_file_leaves_out_are_zeros(tmp_path):
    pixels = gradient(HEIGHT, WIDTH)
    path = write_tiled(tmp_path / "sparse.tif", pixels)
    with tifffile.TiffFile(path, mode="r+b") as file:
        for name in ("TileOffsets", "TileByteCounts"):
            tag = file.pages[0].tags[name]
            tag.overwrite([0 if i in (1, 4) else value for i, value in enumerate(tag.value)])
    pixels[:32, 48:] = 0
    pixels[64:, :48] = 0
    grid = imgbuf.open_grid(path)
    assert in_file(grid) and np.array_equal(grid.numpy(copy=True), pixels)
    assert not np.asarray(grid.blocks[0, 1]).any() and np.asarray(grid.blocks[0, 0]).any()
    assert np.asarray(grid.blocks[0, 1]).flags.writeable is False
    assert np.array_equal(np.asarray(imgbuf.open(path)), pixels)


def test_a_picture_without_tiles_is_one_cell(tmp_path):
    pixels = gradient(20, 30)
    imgbuf.from_buffer(pixels).save(tmp_path / "a.ppm")
    imgbuf.from_buffer(pixels).save(tmp_path / "a.png")
    for name, is_mapped in (("a.ppm", True), ("a.png", False)):
        grid = imgbuf.open_grid(tmp_path / name)
        assert grid.numblocks == (1, 1, 1) and grid.chunks == ((20,), (30,), (3,)) and grid.readonly is is_mapped
        array = np.asarray(grid)  # no warning: nothing is copied
        assert np.array_equal(array, pixels) and array.flags.writeable is not is_mapped
        assert np.shares_memory(array, np.asarray(grid.blocks[0, 0]))
        assert np.array_equal(grid[::-1, 5:].numpy(), pixels[::-1, 5:])
        with pytest.raises(imgbuf.CopyRequired, match="another dtype takes a copy"):
            grid.__array__("f4", copy=False)
    with pytest.raises(imgbuf.CopyRequired, match="a.png: it cannot be viewed: PNG is compressed"):
        imgbuf.open_grid(tmp_path / "a.png", mapped=True)
    assert not imgbuf.open_grid(tmp_path / "a.ppm", mapped=False).readonly


def test_decoding_tells_its_progress_and_keeps_to_limits(tmp_path):
    imgbuf.from_buffer(gradient(20, 30)).save(tmp_path / "a.png")
    told = []
    imgbuf.open_grid(tmp_path / "a.png", progress=lambda done, total: told.append((done, total)))
    assert told and told[-1] == (20, 20)
    with pytest.raises(ZeroDivisionError):
        imgbuf.open_grid(tmp_path / "a.png", progress=lambda done, total: 1 / 0)
    with pytest.raises(imgbuf.LimitExceeded):
        imgbuf.open_grid(tmp_path / "a.png", limits=imgbuf.Limits(max_width=29))
    os.rename(tmp_path / "a.png", tmp_path / "a.jpg")
    with pytest.warns(imgbuf.LossWarning, match="a.jpg: "):
        imgbuf.open_grid(tmp_path / "a.jpg")


def test_only_paths_are_opened(rgb8, tmp_path):
    path, _ = rgb8
    for source in (path.read_bytes(), open(path, "rb"), 3, None):
        with pytest.raises(TypeError, match="open_grid takes a path"):
            imgbuf.open_grid(source)
    with pytest.raises(FileNotFoundError) as error:
        imgbuf.open_grid(tmp_path / "none.tif")
    assert error.value.filename == str(tmp_path / "none.tif") and isinstance(error.value, imgbuf.IOFailure)
    assert imgbuf.open_grid(str(path)).shape == (HEIGHT, WIDTH, 3)


def test_open_names_what_makes_a_view_of_tiles(rgb8):
    with pytest.raises(imgbuf.CopyRequired, match="stored in 3 x 2 cells, of which open_grid makes a view"):
        imgbuf.open(rgb8[0], mapped=True)


def test_numbers_are_found_in_every_cell(rgb8):
    path, array = rgb8[:2]
    grid = imgbuf.open_grid(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in (int(array[-1, -1, -1]), 0, 255, 256, -1, 1.5, float(array[0, 0, 0])):
            assert (number in grid) == (number in array.ravel().tolist()), number


def test_grids_are_not_pickled_and_consumers_have_names(rgb8):
    grid = imgbuf.open_grid(rgb8[0])
    for copied in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"grid.copy\(\) gives an Image"):
            copied(grid)
    with pytest.raises(TypeError, match="a grid is not pickled"):
        pickle.dumps(grid)
    with pytest.raises(imgbuf.InvalidArgument, match="no consumer 'nonsense'"):
        grid.explain("nonsense")
    with pytest.raises(TypeError):
        memoryview(grid)


@pytest.mark.parametrize("planar", [False, True])
def test_what_not_even_a_copy_would_do_is_said(tmp_path, planar):
    pytest.importorskip("PIL.Image")
    for dtype in ("u1", "u2"):
        write_tiled(tmp_path / f"{dtype}.tif", gradient(HEIGHT, WIDTH, dtype=dtype), planar=planar)
        if planar:
            scatter_planes(tmp_path / f"{dtype}.tif")
    assert imgbuf.open_grid(tmp_path / "u1.tif").explain("pillow").kind == "copied"
    with pytest.raises(imgbuf.Unsupported, match="Pillow has no mode for red, green, blue of u16"):
        imgbuf.open_grid(tmp_path / "u2.tif").explain("pillow")


def write_sparse_tiles(path, side, tile):
    """A BigTIFF of (side, side, 3) zeros, which takes no room on the disk."""
    def entry(tag, kind, count, value):
        return np.array([(tag, kind, count, value)], "<u2, <u2, <u8, <u8").tobytes()

    count, size = (side // tile) ** 2, 3 * tile * tile
    tables = 16 + 8 + 20 * 10 + 8
    pixels = tables + 16 * count
    directory = [entry(256, 4, 1, side), entry(257, 4, 1, side), entry(258, 3, 3, 0x0008_0008_0008),
                 entry(259, 3, 1, 1), entry(262, 3, 1, 2), entry(277, 3, 1, 3), entry(322, 4, 1, tile), entry(323, 4, 1, tile),
                 entry(324, 16, count, tables), entry(325, 16, count, tables + 8 * count)]
    with open(path, "wb") as file:
        file.write(b"II\x2b\0\x08\0\0\0" + np.array([16, len(directory)], "<u8").tobytes())
        file.write(b"".join(directory) + bytes(8))
        file.write((pixels + size * np.arange(count, dtype="<u8")).tobytes() + np.full(count, size, "<u8").tobytes())
        file.truncate(pixels + size * count)


def test_a_grid_of_gigabytes_takes_no_memory(tmp_path):
    side, tile = 1 << 15, 256
    write_sparse_tiles(tmp_path / "big.tif", side, tile)
    before = resident_bytes()
    grid = imgbuf.open_grid(tmp_path / "big.tif")
    assert grid.numblocks == (side // tile, side // tile, 1) and grid.nbytes == 3 << 30
    assert grid[-300:, -300:].copy().nbytes == 3 * 300 * 300
    assert resident_bytes() - before < 32 << 20


@pytest.mark.parametrize("copy", [imgbuf.Grid.copy, lambda grid: grid.numpy(copy=True)], ids=["copy", "numpy"])
def test_copies_release_the_gil(tmp_path, copy):
    write_sparse_tiles(tmp_path / "big.tif", 2048, 256)
    grid = imgbuf.open_grid(tmp_path / "big.tif")
    rounds, is_done = 0, False

    def count():
        nonlocal rounds
        while not is_done:
            rounds += 1
            time.sleep(0)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # nobody gets the GIL that is not let go
    thread = threading.Thread(target=count)
    try:
        thread.start()
        for _ in range(100):  # of which one is enough
            before = rounds
            copy(grid)
            if rounds > before:
                break
        else:
            pytest.fail("no other thread has run")
    finally:
        is_done = True
        sys.setswitchinterval(interval)
        thread.join()


def test_the_page_about_tiles_runs(tmp_path, monkeypatch):
    page = (pathlib.Path(__file__).parents[2] / "docs" / "python.md").read_text()
    (program,) = re.findall(r"^## Pictures in tiles$.*?^```python\n(.*?)^```$", page, re.S | re.M)
    pixels = gradient(600, 400)
    write_tiled(tmp_path / "slide.tif", pixels, tile=(256, 256))
    monkeypatch.chdir(tmp_path)
    names = {"imgbuf": imgbuf, "np": np}
    exec(program, names)  # a CopyWarning would be an error
    grid = names["grid"]
    assert f"# {grid}\n" in program and f"# {grid.chunks}:" in program and f"# {grid.explain('numpy')}\n" in program
    assert np.array_equal(names["whole"], pixels) and names["brightest"] == pixels.max()
    assert np.array_equal(np.asarray(names["tile"]), pixels[:256, 256:])
    assert np.array_equal(np.asarray(imgbuf.open("corner.png")), pixels[100:400, 200:400])
    assert np.array_equal(names["half"].numpy(copy=True), pixels[::2, ::-1])


def test_dask_takes_the_tiles_as_its_chunks(path, pixels):
    dask_array = pytest.importorskip("dask.array")
    grid = imgbuf.open_grid(path)
    lazy = dask_array.from_array(grid, chunks=grid.chunks)
    assert lazy.chunks == grid.chunks and lazy.dtype == pixels.dtype
    assert np.array_equal(lazy.compute(), pixels)  # a CopyWarning would be an error
    assert np.array_equal(lazy[10:50, ::-3].compute(), pixels[10:50, ::-3])
    assert np.array_equal(lazy[:, :, 0].compute(), pixels[:, :, 0])
    assert np.array_equal(lazy[3, :, 1].compute(), pixels[3, :, 1]) and lazy[3, 4, 1].compute() == pixels[3, 4, 1]
    assert lazy[..., 0].max().compute() == pixels[..., 0].max()
    none = grid[40:40]
    assert dask_array.from_array(none, chunks=none.chunks).shape == none.shape
    doubled = lazy.map_blocks(lambda block: block.astype("f8") * 2)
    assert np.array_equal(doubled.compute(), pixels.astype("f8") * 2)
