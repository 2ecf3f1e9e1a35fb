#include <pybind11/stl.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"
#include "python/bilevel.hpp"
#include "python/bindings.hpp"
#include "python/format_argument.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

constexpr std::ptrdiff_t most_channels = 4;

/// A pixel format whose samples are all alike but for an alpha, which a change of the depth alone treats as the others.
PixelFormat samples_of(Format format, int bit_depth, std::ptrdiff_t channels) {
  PixelFormat pixel =
      PixelFormat::of(format.type(), channels < 3 ? ColorModel::gray : ColorModel::rgb, channels % 2 == 0);
  pixel.format = format;
  pixel.bit_depth = bit_depth;
  return pixel;
}

/// @param bit_depth  of the source's samples
void convert_samples(const AnyView& destination, const AnyConstView& source, int bit_depth) {
  if (source.is_empty()) return;
  if (source.rank() < 2) return convert_samples(destination.insert_axis(0), source.insert_axis(0), bit_depth);
  if (source.rank() == 2) return convert_samples(destination.insert_axis(2), source.insert_axis(2), bit_depth);
  if (source.rank() > 3 || source.extent(2) > most_channels) {
    for (std::ptrdiff_t i = 0; i < source.extent(0); ++i)
      convert_samples(destination.index(0, i), source.index(0, i), bit_depth);
    return;
  }
  ImageInfo info;
  info.height = source.extent(0);
  info.width = source.extent(1);
  info.pixel = samples_of(source.format(), bit_depth, source.extent(2));
  PixelFormat target = PixelFormat::of(destination.format().type(), info.pixel.color, info.pixel.alpha);
  target.format = destination.format();
  Context context;
  PixelConverter(info, target).convert(destination, source, context);
}

int bit_depth_of(const PyImage& image) {
  const ElementType type = image.array().format().type();
  if (image.info() && image.info()->pixel.format.type() == type) return image.info()->pixel.bit_depth;
  return PixelFormat::of(type, ColorModel::gray).bit_depth;
}

/// The info of samples of another type. A transparent colour stays where it names the same pixels.
std::shared_ptr<const ImageInfo> converted_info(const ImageInfo& info, int bit_depth, Format format) {
  ImageInfo result = info;
  result.pixel = PixelFormat::of(format.type(), info.pixel.color, info.pixel.alpha);
  if (!info.transparent_color) return std::make_shared<const ImageInfo>(std::move(result));
  const bool is_integer = !is_floating_point(format.type()) && !is_signed_integer(format.type());
  const std::uint32_t most = (std::uint32_t{1} << bit_depth) - 1;
  const std::uint32_t new_most = result.pixel.bit_depth <= 16 ? (std::uint32_t{1} << result.pixel.bit_depth) - 1 : 0;
  if (!is_integer || new_most < most || new_most % most != 0) {
    result.transparent_color.reset();
  } else {
    for (std::uint16_t& sample : *result.transparent_color)
      sample = static_cast<std::uint16_t>(std::min<std::uint32_t>(sample, most) * (new_most / most));
  }
  return std::make_shared<const ImageInfo>(std::move(result));
}

PyImage with_samples(const PyImage& image, const py::object& wanted, const std::optional<std::string>& arrangement) {
  const Format format = format_argument(wanted);
  if (std::find(image.channels().begin(), image.channels().end(), "index") != image.channels().end())
    throw Error(ErrorCode::unsupported,
                "indices into a palette are no samples: imgbuf.open(..., expand=True) gives colours");
  const PyImage same = image;  // another thread may give the image another info meanwhile
  const Array source = same.array();
  const int bit_depth = bit_depth_of(same);
  const Arrangement memory = arrangement ? Arrangement::parse(*arrangement) : Arrangement::contiguous();
  Array result;
  {
    const WithoutGil unlocked;
    require_same_as_gray(same);
    result = Array::allocate(source.layout().shape(), format, memory);
    convert_samples(result.view(), source.const_view(), bit_depth);
  }
  PyImage converted = same.with_array(std::move(result));
  if (is_bilevel(same)) converted = converted.with_channels({"gray"});
  return same.info() ? converted.with_info(converted_info(*same.info(), bit_depth, format)) : converted;
}

}  // namespace

void bind_samples(ImageClass& image) {
  image.def("convert_samples", with_samples, py::arg("format"), py::arg("arrangement") = py::none(), R"(
The same picture in samples of another type or byte order; always a copy, also when the type is the same.

Samples are scaled, so that white stays white: the u8 255 becomes the u16 65535 and the f32 1.0. (astype keeps the
numbers instead: 255 stays 255.) Integers run over 0 .. maximum, which is 2**info.bit_depth - 1 (255 of 8 bits), or
2**(bits - 1) - 1 of signed ones; floating point over 0 .. 1. Between integers the result is v * new / old rounded to
nearest (16 to 8 bits: round(v / 257)); floating point to integers is clamped and rounded half to even, NaN becomes 0.
All bits of the new type are used: the 1-bit 1 becomes the u8 255. A transparent colour goes where the new samples
are coarser or no unsigned integers.

format: as for empty(). arrangement: as for copy(). Unsupported for indices into a palette, which are no samples.)");
}

}  // namespace imgbuf::python
