#include "python/py_image.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <utility>

#include "imgbuf/error.hpp"
#include "python/texts.hpp"

namespace imgbuf::python {

namespace {

std::vector<AxisName> usual_axes(int rank) {
  if (rank == 2) return {AxisName::height, AxisName::width};
  if (rank == 3) return {AxisName::height, AxisName::width, AxisName::channel};
  return std::vector<AxisName>(static_cast<std::size_t>(rank), AxisName::none);
}

int find_axis(std::span<const AxisName> axes, AxisName name) {
  const auto found = std::find(axes.begin(), axes.end(), name);
  return found == axes.end() ? -1 : static_cast<int>(found - axes.begin());
}

[[noreturn]] void no_picture(const std::string& reason) {
  throw Error(ErrorCode::invalid_argument, "this is no picture: " + reason);
}

/// A colour model and where in the given channels those of the model are, in its order.
struct Channels {
  ColorModel color;
  bool alpha;
  std::vector<std::ptrdiff_t> order;
};

constexpr std::array<std::pair<ColorModel, bool>, 8> color_models{{
    {ColorModel::gray, false},
    {ColorModel::palette, false},
    {ColorModel::rgb, false},
    {ColorModel::cmyk, false},
    {ColorModel::gray, true},
    {ColorModel::palette, true},
    {ColorModel::rgb, true},
    {ColorModel::cmyk, true},
}};

std::vector<std::string> channel_names(ColorModel color, bool alpha) {
  return python::channel_names(PixelFormat::of(ElementType::u8, color, alpha));
}

Channels channels_of_names(std::span<const std::string> names) {
  for (const auto& [color, alpha] : color_models) {
    const std::vector<std::string> wanted = channel_names(color, alpha);
    if (!std::is_permutation(wanted.begin(), wanted.end(), names.begin(), names.end())) continue;
    Channels channels{color, alpha, {}};
    for (const std::string& name : wanted)
      channels.order.push_back(std::find(names.begin(), names.end(), name) - names.begin());
    return channels;
  }
  if (names.size() == 1) return {ColorModel::gray, false, {0}};  // one of several channels, looked at alone
  no_picture("no colour model has the channels " + listed(names));
}

Channels channels_of_count(std::ptrdiff_t count) {
  if (count < 1 || count > 4) no_picture(std::to_string(count) + " channels without names");
  Channels channels{count < 3 ? ColorModel::gray : ColorModel::rgb, count % 2 == 0,
                    std::vector<std::ptrdiff_t>(static_cast<std::size_t>(count))};
  std::iota(channels.order.begin(), channels.order.end(), 0);
  return channels;
}

Channels channels_of(std::span<const std::string> names, std::ptrdiff_t count) {
  return names.empty() ? channels_of_count(count) : channels_of_names(names);
}

}  // namespace

std::string_view to_string(AxisName name) noexcept {
  switch (name) {
    case AxisName::none:
      return "";
    case AxisName::height:
      return "height";
    case AxisName::width:
      return "width";
    case AxisName::channel:
      return "channel";
  }
  return "";
}

std::vector<std::string> channel_names(const PixelFormat& pixel) {
  std::vector<std::string> names;
  switch (pixel.color) {
    case ColorModel::gray:
      names = {"gray"};
      break;
    case ColorModel::rgb:
      names = {"red", "green", "blue"};
      break;
    case ColorModel::cmyk:
      names = {"cyan", "magenta", "yellow", "black"};
      break;
    case ColorModel::palette:
      names = {"index"};
      break;
  }
  if (pixel.alpha) names.push_back("alpha");
  return names;
}

std::vector<std::string> sliced(std::span<const std::string> names, const Slice& slice) {
  std::vector<std::string> kept;
  if (names.empty()) return kept;
  // The layout's own arithmetic says which of them stay: addresses count names here.
  const Rebased which = Layout{{static_cast<std::ptrdiff_t>(names.size()), 1, 0}}.slice(0, slice);
  for (std::ptrdiff_t i = 0; i < which.layout.extent(0); ++i)
    kept.push_back(names[static_cast<std::size_t>(which.origin_offset_bytes + i * which.layout.axis(0).byte_stride)]);
  return kept;
}

ImageInfo picture_info(const std::array<std::ptrdiff_t, 3>& shape, Format format, std::span<const std::string> names,
                       const ImageInfo* file) {
  const Channels channels = channels_of(names, shape[2]);
  ImageInfo info = file ? *file : ImageInfo{};
  const PixelFormat of_file = info.pixel;
  info.height = shape[0];
  info.width = shape[1];
  info.pixel = PixelFormat::of(format.type(), channels.color, channels.alpha);
  info.pixel.format = format;
  if (file && of_file.format.type() == format.type()) info.pixel.bit_depth = of_file.bit_depth;
  if (channels.color != ColorModel::palette) info.palette.clear();
  if (channels.color != of_file.color || channels.alpha != of_file.alpha) info.transparent_color.reset();
  return info;
}

PyImage::PyImage(Array array) : array_(std::move(array)), axes_(usual_axes(array_.rank())) {}

PyImage::PyImage(const Image& image)
    : array_(image.array()),
      axes_(usual_axes(3)),
      channels_(channel_names(image.info().pixel)),
      info_(std::make_shared<const ImageInfo>(image.info())) {}

int PyImage::axis_of(AxisName name) const noexcept {
  return find_axis(axes_, name);
}

PyImage::PyImage(Array array, std::vector<AxisName> axes, std::vector<std::string> channels,
                 std::shared_ptr<const ImageInfo> info)
    : array_(std::move(array)), axes_(std::move(axes)), channels_(std::move(channels)), info_(std::move(info)) {}

PyImage PyImage::with_info(std::shared_ptr<const ImageInfo> info) const {
  const PictureChange now = change();
  PyImage result = *this;
  result.cut_or_turned_ = info && now.cut_or_turned;
  // One who says another resolution says it of these elements.
  result.axes_swapped_ = now.axes_swapped && info && info->metadata.resolution == info_->metadata.resolution;
  result.info_ = std::move(info);
  return result;
}

PictureChange PyImage::change() const noexcept {
  PictureChange change{.cut_or_turned = cut_or_turned_, .axes_swapped = axes_swapped_};
  const int height = axis_of(AxisName::height);
  const int width = axis_of(AxisName::width);
  if (height < 0 || width < 0) return change;
  change.width = array_.extent(width);
  change.height = array_.extent(height);
  if (!info_ || (info_->width == change.width && info_->height == change.height)) return change;
  change.cut_or_turned = true;
  // Of one that no view has cut: no part of a picture is wider or higher than it.
  const bool is_turned = !cut_or_turned_ && info_->width == change.height && info_->height == change.width;
  change.axes_swapped = change.axes_swapped || is_turned;
  return change;
}

PyImage PyImage::as_changed() const {
  PyImage result = *this;
  result.cut_or_turned_ = true;
  return result;
}

PyImage PyImage::with_own_resolution() const {
  PyImage result = *this;
  result.axes_swapped_ = false;
  return result;
}

void PyImage::set_meaning(PyImage like) {
  axes_ = std::move(like.axes_);
  channels_ = std::move(like.channels_);
  info_ = std::move(like.info_);
  cut_or_turned_ = like.cut_or_turned_;
  axes_swapped_ = like.axes_swapped_;
}

PyImage PyImage::with_channels(std::vector<std::string> names) const {
  PyImage result = *this;
  result.channels_ = std::move(names);
  return result;
}

PyImage PyImage::with_array(Array array) const {
  PyImage result = *this;
  result.array_ = std::move(array);
  result.strided_.reset();
  return result;
}

PyImage PyImage::index(int axis, std::ptrdiff_t i) const {
  PyImage result = with_array(array_.index(axis, i));
  const auto at = static_cast<std::size_t>(axis);
  if (axes_[at] == AxisName::channel && !channels_.empty())
    result.channels_ = {channels_[static_cast<std::size_t>(i < 0 ? i + array_.extent(axis) : i)]};
  result.axes_.erase(result.axes_.begin() + axis);
  return result;
}

PyImage PyImage::slice(int axis, const Slice& slice) const {
  PyImage result = with_array(array_.slice(axis, slice));
  const AxisName name = axes_[static_cast<std::size_t>(axis)];
  if (name == AxisName::height || name == AxisName::width) {
    const Axis& before = array_.layout().axis(axis);
    const Axis& after = result.array_.layout().axis(axis);
    const bool is_same = after.extent == before.extent && (after.extent < 2 || after.byte_stride == before.byte_stride);
    result.cut_or_turned_ = cut_or_turned_ || !is_same;
  }
  if (name == AxisName::channel) result.channels_ = sliced(channels_, slice);
  return result;
}

PyImage PyImage::permute(std::span<const int> order) const {
  PyImage result = with_array(array_.permute(order));
  for (std::size_t a = 0; a < order.size(); ++a) result.axes_[a] = axes_[static_cast<std::size_t>(order[a])];
  return result;
}

PyImage PyImage::drop_axis(int axis) const {
  PyImage result = with_array(array_.drop_axis(axis));
  result.axes_.erase(result.axes_.begin() + axis);
  return result;
}

PyImage PyImage::insert_axis(int position) const {
  PyImage result = with_array(array_.insert_axis(position));
  result.axes_.insert(result.axes_.begin() + position, AxisName::none);
  return result;
}

Array PyImage::in_picture_order() const {
  const int height = find_axis(axes_, AxisName::height);
  const int width = find_axis(axes_, AxisName::width);
  if (height < 0 || width < 0) no_picture("it has no " + std::string(height < 0 ? "height" : "width") + " axis");
  std::vector<int> order{height, width};
  const int channel = find_axis(axes_, AxisName::channel);
  if (channel >= 0) order.push_back(channel);
  Array array = array_;
  for (int a = array.rank() - 1; a >= 0; --a) {
    if (std::find(order.begin(), order.end(), a) != order.end()) continue;
    if (array.extent(a) != 1)
      no_picture("axis " + std::to_string(a) + " of extent " + std::to_string(array.extent(a)) +
                 " is neither height, width nor channel");
    array = array.drop_axis(a);
    for (int& kept : order) kept -= kept > a ? 1 : 0;
  }
  array = array.permute(order);
  return channel < 0 ? array.insert_axis(2) : array;
}

Image PyImage::picture() const {
  Array array = in_picture_order();
  const Channels channels = channels_of(channels_, array.extent(2));
  if (!std::is_sorted(channels.order.begin(), channels.order.end())) array = array.select(2, channels.order);
  ImageInfo info =
      picture_info({array.extent(0), array.extent(1), array.extent(2)}, array.format(), channels_, info_.get());
  return Image::over(std::move(array), std::move(info));
}

const Array& PyImage::strided() const {
  if (!strided_) {
    Context context;
    context.allow_copies = false;
    strided_ = hand_off(array_, consumers::strided_buffer, context).array;
  }
  return *strided_;
}

}  // namespace imgbuf::python
