#include <pybind11/pybind11.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/sink.hpp"
#include "imgbuf/writer.hpp"
#include "python/bilevel.hpp"
#include "python/bindings.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

constexpr std::ptrdiff_t most_pixels = 1024;  // along an axis

/// Every n-th row and column, so that neither are too many: a view.
PyImage decimated(PyImage image) {
  std::ptrdiff_t step = 1;
  for (int a = 0; a < image.array().rank(); ++a)
    if (image.axes()[static_cast<std::size_t>(a)] != AxisName::channel)
      step = std::max(step, (image.array().extent(a) + most_pixels - 1) / most_pixels);
  for (int a = 0; a < image.array().rank(); ++a)
    if (image.axes()[static_cast<std::size_t>(a)] != AxisName::channel) image = image.slice(a, {{}, {}, step});
  return image;
}

/// What says which colours the pixels mean, and nothing else.
Metadata color_metadata(const Metadata& metadata) {
  Metadata kept;
  kept.icc = metadata.icc;
  kept.icc_name = metadata.icc_name;
  kept.gamma_100000 = metadata.gamma_100000;
  kept.chromaticities = metadata.chromaticities;
  kept.srgb_intent = metadata.srgb_intent;
  return kept;
}

/// The picture in pixels that PNG can store.
Image storable(const Image& picture) {
  ImageInfo info = picture.info();
  info.metadata = color_metadata(info.metadata);
  if (can_store("PNG", info)) return picture.with_info(std::move(info));
  const PixelFormat target = nearest_storable("PNG", info);
  const PixelConverter converter(info, target);
  if (info.pixel.color != target.color) info.metadata = {};  // the profile was for the old ones
  info.pixel = target;
  info.palette.clear();
  info.transparent_color.reset();
  const Image converted = Image::allocate(std::move(info));
  Context context;
  converter.convert(converted.view(), picture.const_view(), context);
  return converted;
}

std::optional<std::vector<std::byte>> png_of(PyImage image) {
  std::vector<std::byte> png;
  const auto sink = Sink::memory(png);
  Context context;
  try {
    const PyImage shown = decimated(std::move(image));
    require_same_as_gray(shown);
    encode(storable(shown.picture()), "PNG", *sink, {}, context);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument && error.code() != ErrorCode::unsupported) throw;
    return std::nullopt;  // no picture, or none that can be shown
  }
  sink->commit();
  return png;
}

py::object repr_png(const PyImage& image) {
  std::optional<std::vector<std::byte>> png;
  {
    PyImage same = image;  // another thread may give the image another info meanwhile
    const WithoutGil unlocked;
    png = png_of(std::move(same));
  }
  if (!png) return py::none();
  return py::bytes(reinterpret_cast<const char*>(png->data()), png->size());
}

}  // namespace

void bind_notebook(ImageClass& image) {
  image.def("_repr_png_", repr_png, R"(
The picture as the bytes of a PNG, for notebooks; None when the image is no picture. Of a large one every n-th row and column,
so that neither are more than 1024.)");
}

}  // namespace imgbuf::python
