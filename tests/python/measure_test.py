"""Comparing images and describing their samples, against NumPy."""

import math

import numpy
import pytest

import imgbuf


def noise(dtype, shape, seed):
    dice = numpy.random.default_rng(seed)
    if numpy.dtype(dtype).kind == "f":
        return dice.random(shape).astype(dtype)
    limits = numpy.iinfo(dtype)
    return dice.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


@pytest.mark.parametrize("dtype", "u1 i1 u2 i2 u4 i4 f2 f4 f8".split())
@pytest.mark.parametrize("shape", [(12, 17), (12, 17, 3)])
def test_compare_is_numpys(dtype, shape):
    a, b = noise(dtype, shape, 1), noise(dtype, shape, 2)
    rows = imgbuf.from_rows(list(a))  # row pointers against a strided, byte-swapped array
    found = imgbuf.compare(rows, b.astype(b.dtype.newbyteorder()))
    difference = abs(a.astype(float) - b.astype(float)).reshape(*shape[:2], -1)
    peak = 1 if a.dtype.kind == "f" else 2.0 ** (8 * a.itemsize) - 1
    assert not found.equal
    assert len(found.channels) == difference.shape[2]
    for c, channel in enumerate(found.channels):
        plain = difference[:, :, c]
        assert channel.max == plain.max()
        assert (channel.row, channel.column) == numpy.unravel_index(plain.argmax(), plain.shape)
        assert channel.channel == c
        assert channel.mse == pytest.approx((plain**2).mean())
        assert channel.psnr == pytest.approx(10 * math.log10(peak**2 / (plain**2).mean()))
        assert channel.ssim < 1
    assert found.all.max == difference.max()
    assert found.all.ssim == pytest.approx(sum(c.ssim for c in found.channels) / len(found.channels))


def test_compare_has_options():
    a = numpy.zeros((12, 12), "u2")
    b = a + numpy.uint16(10)
    assert imgbuf.compare(a, b, peak=1000).all.psnr == pytest.approx(40)
    assert math.isnan(imgbuf.compare(a, b, ssim=False).all.ssim)
    assert imgbuf.compare(a[:3], b[:3]).all.max == 10
    assert math.isnan(imgbuf.compare(a[:3], b[:3]).all.ssim)

    calls = []
    imgbuf.compare(a, b, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (12, 12)
    assert imgbuf.compare(a, a).equal
    assert repr(imgbuf.compare(a, a)) == "<imgbuf.Comparison equal>"
    assert "max=10.0 at row 0" in repr(imgbuf.compare(a, b))


def test_compare_refuses_what_differs_in_more_than_samples():
    a = numpy.zeros((12, 12, 3), "u1")
    with pytest.raises(ValueError, match=r"shapes \(12, 12, 3\) and \(11, 12, 3\)"):
        imgbuf.compare(a, a[1:])
    with pytest.raises(imgbuf.FormatMismatch, match="u8 and u16"):
        imgbuf.compare(a, a.astype("u2"))
    with pytest.raises(ValueError, match="smaller than SSIM's window"):
        imgbuf.compare(a[:10], a[:10], ssim=True)
    with pytest.raises(ValueError, match="peak"):
        imgbuf.compare(a, a, peak=0)
    with pytest.raises(TypeError):
        imgbuf.compare(a, 5)


def test_pictures_from_files_are_compared_by_what_they_mean(tmp_path):
    gray = imgbuf.from_buffer(noise("u1", (20, 30), 3))
    gray.save(tmp_path / "gray.png")
    gray.save(tmp_path / "gray.pgm")
    one, other = imgbuf.open(tmp_path / "gray.png"), imgbuf.open(tmp_path / "gray.pgm")
    assert imgbuf.compare(one, other).equal
    assert imgbuf.compare(one, gray).equal
    imgbuf.from_buffer(noise("u1", (20, 30, 3), 3)).save(tmp_path / "color.png")
    with pytest.raises(imgbuf.FormatMismatch, match="gray u8 and rgb u8"):
        imgbuf.compare(one, imgbuf.open(tmp_path / "color.png"))


@pytest.mark.parametrize("dtype", "u1 i1 u2 i2 u4 i4 f2 f4 f8".split())
def test_statistics_are_numpys(dtype):
    array = noise(dtype, (13, 21, 3), 4)
    image = imgbuf.from_rows(list(array))
    for c, channel in enumerate(image.statistics(bins=16)):
        plain = array[:, :, c].astype(float)
        assert (channel.count, channel.nan) == (plain.size, 0)
        assert (channel.minimum, channel.maximum) == (plain.min(), plain.max())
        assert channel.mean == pytest.approx(plain.mean())
        assert channel.standard_deviation == pytest.approx(plain.std())
        edges = channel.histogram.edges
        assert len(edges) == 17
        assert channel.histogram.counts == numpy.histogram(plain, edges)[0].tolist()


def test_statistics_have_options():
    array = numpy.array([[0.0, 0.5, 3.0, numpy.nan], [numpy.inf, -numpy.inf, -1.0, 1.0]])
    (found,) = imgbuf.from_buffer(array).statistics(bins=2, range=(0, 1))
    assert (found.count, found.nan, found.positive_infinity, found.negative_infinity) == (5, 1, 1, 1)
    assert found.histogram.counts == [1, 2]
    assert (found.histogram.below, found.histogram.above, found.histogram.range) == (1, 1, (0, 1))
    exact = imgbuf.from_buffer(numpy.arange(6, dtype="u2").reshape(2, 3)).statistics()[0].histogram
    assert (len(exact.counts), sum(exact.counts), exact.counts[5]) == (65536, 6, 1)
    with pytest.raises(ValueError, match="bins"):
        imgbuf.from_buffer(array).statistics(bins=0)
    with pytest.raises(ValueError, match="range"):
        imgbuf.from_buffer(array).statistics(range=(1, 0))
    calls = []
    imgbuf.from_buffer(array).statistics(progress=lambda done, total: calls.append((done, total)))
    assert calls == [(2, 4), (4, 4)]


def test_statistics_of_planes_are_by_channel():
    array = noise("u1", (3, 8, 9), 5)
    image = imgbuf.empty((8, 9, 3), "B", arrangement="planes")
    image[...] = array.transpose(1, 2, 0)
    assert [c.mean for c in image.statistics()] == pytest.approx([plane.mean() for plane in array])
    turned = image.transpose(1, 0, 2)  # the names of the axes go with it
    assert [c.mean for c in turned.statistics()] == pytest.approx([plane.mean() for plane in array])
