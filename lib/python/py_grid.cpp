#include "python/py_grid.hpp"

#include <algorithm>
#include <utility>

#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::python {

namespace {

/// An info that says nothing but size, format and number of channels.
ImageInfo bare_info(const PyGrid::Index& shape, Format format) {
  if (shape[2] < 1) throw Error(ErrorCode::invalid_argument, "a grid has at least one channel");
  const ColorModel color = shape[2] < 3 ? ColorModel::gray : shape[2] < 5 ? ColorModel::rgb : ColorModel::cmyk;
  ImageInfo info;
  info.height = shape[0];
  info.width = shape[1];
  info.pixel = PixelFormat::of(format.type(), color);
  info.pixel.alpha = info.channels() < shape[2];
  info.pixel.format = format;
  return info;
}

PyGrid::Index shape_of(const GridConstView& view) {
  return {view.extent(0), view.extent(1), view.extent(2)};
}

GridImage bare(const GridImage& image, const GridConstView& view) {
  return image.with_view(view, bare_info(shape_of(view), view.format()));
}

}  // namespace

PyGrid::PyGrid(const GridImage& image)
    : PyGrid(bare(image, image.const_view()), channel_names(image.info().pixel),
             std::make_shared<const ImageInfo>(image.info())) {}

PyGrid::PyGrid(GridImage cells, std::vector<std::string> channels, std::shared_ptr<const ImageInfo> info)
    : cells_(std::move(cells)), channels_(std::move(channels)), info_(std::move(info)) {
  const GridConstView all = view();
  for (int axis = 0; axis < rank; ++axis) cuts_[static_cast<std::size_t>(axis)] = all.cuts(axis);
}

PyGrid::Index PyGrid::shape() const noexcept {
  return {cuts(0).back(), cuts(1).back(), cuts(2).back()};
}

PyGrid::Index PyGrid::cell_counts() const noexcept {
  Index counts{};
  for (std::size_t a = 0; a < counts.size(); ++a) counts[a] = static_cast<std::ptrdiff_t>(cuts_[a].size()) - 1;
  return counts;
}

PyGrid PyGrid::as_changed() const {
  PyGrid result = *this;
  result.is_changed_ = true;
  return result;
}

PyImage PyGrid::named(Array array, std::vector<std::string> channels) const {
  const PyImage image{
      std::move(array), {AxisName::height, AxisName::width, AxisName::channel}, std::move(channels), info_};
  return is_changed_ ? image.as_changed() : image;
}

PyImage PyGrid::cell(const Index& index) const {
  Index starts{}, counts{};
  for (std::size_t a = 0; a < index.size(); ++a) {
    const auto i = static_cast<std::size_t>(index[a]);
    starts[a] = cuts_[a][i];
    counts[a] = cuts_[a][i + 1] - starts[a];
  }
  const std::optional<Image> one = bare(cells_, view().crop(starts, counts)).in_one_cell();
  const PyImage image = named(one.value().array(), sliced(channels_, {starts[2], starts[2] + counts[2], 1}));
  const bool is_whole = counts[0] == shape()[0] && counts[1] == shape()[1];
  return is_whole ? image : image.as_changed();
}

std::optional<PyImage> PyGrid::in_one_cell() const {
  const std::optional<Image> image = cells_.in_one_cell();
  if (!image) return std::nullopt;
  return named(image->array(), channels_);
}

PyGrid PyGrid::slice(int axis, const Slice& slice) const {
  PyGrid part(bare(cells_, view().slice(axis, slice)), axis == 2 ? sliced(channels_, slice) : channels_, info_);
  const auto a = static_cast<std::size_t>(axis);
  const std::ptrdiff_t extent = part.shape()[a];
  const bool is_same = extent == shape()[a] && (extent < 2 || slice.step > 0);
  part.is_changed_ = is_changed_ || (axis < 2 && !is_same);
  return part;
}

PyImage PyGrid::pixel_alike() const {
  return named(Array::allocate(Index{1, 1, shape()[2]}, format()), channels_);
}

PyImage PyGrid::copy(const Arrangement& arrangement) const {
  return named(copy_of(view(), format(), arrangement, Context()), channels_);
}

std::optional<ImageInfo> PyGrid::info() const {
  try {
    return picture_info(shape(), format(), channels_, info_.get());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
    return std::nullopt;
  }
}

}  // namespace imgbuf::python
