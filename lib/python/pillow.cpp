#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "python/bindings.hpp"
#include "python/pillow_modes.hpp"
#include "python/references.hpp"
#include "python/to_pillow.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

[[noreturn]] void unknown_pillow(const std::string& reason) {
  throw Error(ErrorCode::unsupported, "this version of Pillow keeps its images in a way that is not known: " + reason);
}

/// A block of memory that rows lie in.
struct ImagingBlock {
  std::byte* data;
  int bytes;
};

/// The beginning of what Pillow's capsule leads to, as far as it is the same in all versions.
/// @tparam Mode  text up to Pillow 11, a number since 12
template <class Mode>
struct ImagingPrefix {
  Mode mode;
  int type;
  int depth;
  int bands;
  int width;
  int height;
  void* palette;
  std::byte** rows_of_bytes;  ///< `rows`, for pixels of fewer than 4 bytes; else null
  std::byte** rows_of_words;  ///< `rows`, for pixels of 4 bytes; else null
  std::byte** rows;           ///< one pointer a row
  std::byte* block;           ///< the one block of all rows, or null
  ImagingBlock* blocks;       ///< or several, ended by one without data; or null
  int pixel_bytes;
  int row_bytes;
};

using ModeText = std::array<char, 7>;
using ModeNumber = int;

/// What Pillow's own API says of an image.
struct Claims {
  const PillowMode& mode;
  int width;
  int height;
  int bands;
  bool is_block;
  std::optional<std::uintptr_t> rows;  ///< address of the row pointers, where Pillow tells it
};

/// Where an image's rows are.
struct Rows {
  std::span<std::byte* const> rows;
  std::ptrdiff_t row_bytes = 0;
  std::vector<Segment> blocks;  ///< that the rows lie in; empty when they are not known
};

void require_same(const char* field, std::ptrdiff_t found, std::ptrdiff_t expected) {
  if (found != expected)
    unknown_pillow("its " + std::string(field) + " would be " + std::to_string(found) + ", where Pillow says " +
                   std::to_string(expected));
}

/// The rows of an image, once each field agrees with what Pillow says or with the others. Only then are pointers
/// followed.
template <class Mode>
Rows rows_of(const void* address, const Claims& claims, const std::shared_ptr<void>& keeper, Access access) {
  ImagingPrefix<Mode> image;
  std::memcpy(&image, address, sizeof image);
  require_same("width", image.width, claims.width);
  require_same("height", image.height, claims.height);
  require_same("number of bands", image.bands, claims.bands);
  require_same("pixel's bytes", image.pixel_bytes, claims.mode.pixel_bytes);
  require_same("row's bytes", image.row_bytes, claims.mode.pixel_bytes * claims.width);
  const bool is_words = image.pixel_bytes == 4;
  if (!image.rows || (is_words ? image.rows_of_words : image.rows_of_bytes) != image.rows ||
      (is_words ? image.rows_of_bytes : image.rows_of_words) != nullptr ||
      (claims.rows && reinterpret_cast<std::uintptr_t>(image.rows) != *claims.rows))
    unknown_pillow("its row pointers are elsewhere");
  require_same("kind of block", image.block != nullptr, claims.is_block);

  Rows result{{image.rows, static_cast<std::size_t>(image.height)}, image.row_bytes, {}};
  if (image.block)
    result.blocks.push_back({image.block,
                             static_cast<std::size_t>(image.row_bytes) * static_cast<std::size_t>(image.height), access,
                             keeper});
  if (!image.block && image.blocks) {
    for (const ImagingBlock* block = image.blocks; block->data; ++block) {
      if (result.blocks.size() == result.rows.size() || block->bytes < image.row_bytes)
        unknown_pillow("its blocks are not those of its rows");
      result.blocks.push_back({block->data, static_cast<std::size_t>(block->bytes), access, keeper});
    }
  }
  return result;
}

Rows rows_of(const py::capsule& capsule, const Claims& claims, const std::shared_ptr<void>& keeper, Access access) {
  const char* const name = PyCapsule_GetName(capsule.ptr());
  if (!name || (std::strcmp(name, "PIL Imaging") != 0 && std::strcmp(name, "Pillow Imaging") != 0))
    unknown_pillow("its capsule is called '" + std::string(name ? name : "") + "'");
  const void* const address = PyCapsule_GetPointer(capsule.ptr(), name);
  if (!address) throw py::error_already_set();
  ModeText text;
  std::memcpy(&text, address, sizeof text);
  const std::string mode(text.data(), std::find(text.begin(), text.end(), '\0'));
  return mode == claims.mode.name ? rows_of<ModeText>(address, claims, keeper, access)
                                  : rows_of<ModeNumber>(address, claims, keeper, access);
}

/// The distance of rows that are evenly spaced.
std::optional<std::ptrdiff_t> pitch_of(const Rows& rows) {
  if (rows.rows.size() < 2) return rows.row_bytes;
  const auto address = [&](std::size_t y) { return reinterpret_cast<std::uintptr_t>(rows.rows[y]); };
  const std::uintptr_t pitch = address(1) - address(0);
  for (std::size_t y = 2; y < rows.rows.size(); ++y)
    if (address(y) - address(y - 1) != pitch) return {};
  return static_cast<std::ptrdiff_t>(pitch);
}

/// Axes for pixels whose rows have been placed. @param row  axis of the rows  @param level  of what is in a row
std::vector<Axis> axes_of(const PillowMode& mode, Axis row, std::ptrdiff_t width, int level) {
  std::vector<Axis> axes{row, {width, mode.pixel_bytes, level}};
  if (mode.has_channel_axis())
    axes.push_back({static_cast<std::ptrdiff_t>(mode.channels.size()), mode.channel_stride, level});
  return axes;
}

/// Rows in memory of which nothing else is known: those that adjoin are one segment, which takes whole rows, so that
/// bytes beside the channels count as theirs.
Array over_unknown_memory(const Rows& rows, const Layout& layout, Format format, const std::shared_ptr<void>& keeper,
                          Access access) {
  auto* const table = reinterpret_cast<std::byte*>(const_cast<std::byte**>(rows.rows.data()));
  const Layout bytes({{layout.extent(0), sizeof(std::byte*), 0}, {rows.row_bytes, 1, 1}}, {0});
  const Array whole = Array::trusted(table, bytes, ElementType::u8, keeper, access);
  return whole.with_view(AnyConstView(whole.const_view().origin(), layout, format));
}

Array array_over(const Rows& rows, const Claims& claims, const std::shared_ptr<void>& keeper, Access access) {
  const PillowMode& mode = claims.mode;
  const std::ptrdiff_t width = claims.width;
  const std::ptrdiff_t height = claims.height;
  if (width == 0 || height == 0) {
    const std::vector<Axis> axes = axes_of(mode, {height, rows.row_bytes, 0}, width, 0);
    return Array::over(Storage({{nullptr, 0, access, keeper}}), nullptr, Layout(axes), mode.format);
  }
  if (std::find(rows.rows.begin(), rows.rows.end(), nullptr) != rows.rows.end())
    unknown_pillow("a row pointer is null");

  // No pointers are needed in one block, nor in memory that is not Pillow's own, which is one buffer of whole rows with
  // their padding (its map.c).
  const std::optional<std::ptrdiff_t> pitch = pitch_of(rows);
  const bool is_buffer = rows.blocks.empty() && pitch && std::abs(*pitch) >= rows.row_bytes;
  if (pitch && (rows.blocks.size() == 1 || is_buffer)) {
    const std::vector<Axis> axes = axes_of(mode, {height, *pitch, 0}, width, 0);
    std::vector<Segment> segments = rows.blocks;
    if (segments.empty())
      segments.push_back({std::min(rows.rows.front(), rows.rows.back()),
                          static_cast<std::size_t>(std::abs(*pitch) * height), access, keeper});
    return Array::over(Storage(std::move(segments)), rows.rows.front(), Layout(axes), mode.format);
  }

  const std::vector<Axis> axes = axes_of(mode, {height, sizeof(std::byte*), 0}, width, 1);
  const std::array<std::ptrdiff_t, 1> offsets{0};
  const Layout layout(axes, offsets);
  if (rows.blocks.empty()) return over_unknown_memory(rows, layout, mode.format, keeper, access);
  std::vector<Segment> segments = rows.blocks;
  auto* const table = reinterpret_cast<std::byte*>(const_cast<std::byte**>(rows.rows.data()));
  segments.push_back({table, rows.rows.size_bytes(), Access::read_only, keeper});
  return Array::over(Storage(std::move(segments)), table, layout, mode.format);
}

/// One element as Python's float or int would be; every type fits.
double number_at(const std::byte* address, Format format) {
  std::array<std::byte, sizeof(double)> bytes{};
  const auto size = static_cast<std::size_t>(format.itemsize());
  std::memcpy(bytes.data(), address, size);
  if (!format.is_native()) std::reverse(bytes.begin(), bytes.begin() + format.itemsize());
  const auto as = [&]<class T>(T value) {
    std::memcpy(&value, bytes.data(), sizeof value);
    return static_cast<double>(value);
  };
  switch (format.type()) {
    case ElementType::u16:
      return as(std::uint16_t());
    case ElementType::i32:
      return as(std::int32_t());
    case ElementType::f32:
      return as(float());
    default:
      return as(std::uint8_t());
  }
}

/// The kinds of Pillow images whose rows and channels were found in memory where Pillow says that they are. All images of a type
/// and a mode keep them alike, so that one that tells is enough.
class SeenChannels {
 public:
  /// Of this process; used holding the GIL.
  static SeenChannels& instance() {
    static SeenChannels seen;
    return seen;
  }

  [[nodiscard]] bool has(const py::handle& core, const PillowMode& mode) const {
    return std::find(kinds_.begin(), kinds_.end(), Kind{Py_TYPE(core.ptr()), &mode}) != kinds_.end();
  }

  void add(const py::handle& core, const PillowMode& mode) {
    if (has(core, mode)) return;
    kinds_.push_back({Py_TYPE(core.ptr()), &mode});
    Py_INCREF(Py_TYPE(core.ptr()));  // stays, so that no other type gets its address
  }

 private:
  struct Kind {
    PyTypeObject* type;
    const PillowMode* mode;

    friend bool operator==(const Kind&, const Kind&) = default;
  };

  std::vector<Kind> kinds_;
};

/// Whether channels at other places than expected would have been noticed: none is 0 or the same as another.
bool is_telling(std::vector<double> channels) {
  std::sort(channels.begin(), channels.end());
  return std::find(channels.begin(), channels.end(), 0.0) == channels.end() &&
         std::adjacent_find(channels.begin(), channels.end()) == channels.end();
}

/// Compares a few pixels, the corners among them, with what Pillow says that they are.
/// @return whether one of them tells where the channels are
bool require_same_pixels(const PyImage& image, const py::object& core, const Claims& claims) {
  const AnyConstView view = image.array().const_view();
  const std::ptrdiff_t right = claims.width - 1;
  const std::ptrdiff_t bottom = claims.height - 1;
  const py::object get_pixel = core.attr("getpixel");
  bool has_told = false;
  for (const auto& [y, x] : std::array<std::pair<std::ptrdiff_t, std::ptrdiff_t>, 5>{
           {{0, 0}, {0, right}, {bottom, 0}, {bottom, right}, {bottom / 2, right / 2}}}) {
    const py::object pixel = get_pixel(py::make_tuple(x, y));
    if (pixel.is_none()) return false;  // Pillow cannot tell for this mode
    const py::tuple channels = py::isinstance<py::tuple>(pixel) ? py::tuple(pixel) : py::make_tuple(pixel);
    std::vector<std::ptrdiff_t> index{y, x};
    if (claims.mode.has_channel_axis()) index.push_back(0);
    require_same("number of channels", static_cast<std::ptrdiff_t>(channels.size()),
                 static_cast<std::ptrdiff_t>(claims.mode.channels.size()));
    std::vector<double> found(channels.size());
    for (std::size_t c = 0; c < channels.size(); ++c) {
      if (claims.mode.has_channel_axis()) index.back() = static_cast<std::ptrdiff_t>(c);
      found[c] = number_at(view.address(index), claims.mode.format);
      const auto expected = py::float_(channels[c]).cast<double>();
      if (found[c] != expected && !(std::isnan(found[c]) && std::isnan(expected)))
        unknown_pillow("the pixel at x " + std::to_string(x) + ", y " + std::to_string(y) + " is another");
    }
    has_told = has_told || is_telling(std::move(found));
  }
  return has_told;
}

Blob blob_of(const py::object& value) {
  if (!py::isinstance<py::bytes>(value)) return {};
  const auto bytes = value.cast<std::string_view>();
  const auto* const data = reinterpret_cast<const std::byte*>(bytes.data());
  return {data, data + bytes.size()};
}

std::vector<PaletteEntry> palette_of(const Blob& rgba) {
  std::vector<PaletteEntry> palette;
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(rgba[i]); };
  for (std::size_t i = 0; i + 4 <= rgba.size(); i += 4) palette.push_back({at(i), at(i + 1), at(i + 2), at(i + 3)});
  return palette;
}

/// What Pillow says beside the pixels, for modes whose channels are a colour model of imgbuf.
std::shared_ptr<const ImageInfo> info_of(const Claims& claims, const py::dict& said) {
  if (!claims.mode.color) return nullptr;
  ImageInfo info;
  info.width = claims.width;
  info.height = claims.height;
  info.pixel = PixelFormat::of(claims.mode.format.type(), *claims.mode.color, claims.mode.has_alpha);
  info.pixel.format = claims.mode.format;
  if (!said.empty()) {
    const auto of = [&](const char* name) { return said.attr("get")(name); };
    info.palette = palette_of(blob_of(of("palette")));
    info.metadata.icc = blob_of(of("icc"));
    info.metadata.exif = blob_of(of("exif"));
    info.transparent_color = of("transparent").cast<std::optional<TransparentColor>>();
    info.file.format = of("format").cast<std::optional<std::string>>().value_or("");
  }
  return std::make_shared<const ImageInfo>(std::move(info));
}

/// Where Pillow says that the row pointers are.
std::uintptr_t row_pointers_of(const py::object& core) {
  return py::dict(core.attr("unsafe_ptrs"))["image"].cast<std::uintptr_t>();
}

/// `imgbuf._pillow.from_pillow` asks Pillow all that its API says of one image and hands it on.
/// @param tells_rows  whether this version of Pillow says where row pointers are; asked until an image of the type and
///                    the mode has shown its channels through them
PyImage image_of_core(const py::object& core, const py::capsule& capsule, bool tells_rows, bool is_read_only,
                      const py::dict& said) {
  const PillowMode& mode = pillow_mode(core.attr("mode").cast<std::string>());
  const auto [width, height] = core.attr("size").cast<std::pair<int, int>>();
  const bool is_known = SeenChannels::instance().has(core, mode);
  const Claims claims{mode,
                      width,
                      height,
                      core.attr("bands").cast<int>(),
                      py::bool_(core.attr("isblock")()),
                      tells_rows && !is_known ? std::optional(row_pointers_of(core)) : std::nullopt};
  const std::shared_ptr<void> keeper = keep(py::object(core).release().ptr());
  const Access access = is_read_only ? Access::read_only : Access::read_write;
  const Rows rows = rows_of(capsule, claims, keeper, access);
  Array array;
  try {
    array = array_over(rows, claims, keeper, access);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_layout) throw;
    unknown_pillow(error.what());
  }
  std::vector<AxisName> axes{AxisName::height, AxisName::width};
  if (claims.mode.has_channel_axis()) axes.push_back(AxisName::channel);
  PyImage image(std::move(array), std::move(axes), claims.mode.channels, info_of(claims, said));
  if (!is_known && !image.array().is_empty() && require_same_pixels(image, core, claims))
    SeenChannels::instance().add(core, mode);
  return image;
}

}  // namespace

void bind_pillow(py::module_& module, ImageClass& image) {
  module.def("_image_of_core", image_of_core);
  image.def("to_pillow", to_pillow, py::arg("copy") = false, R"(
This image as a Pillow image.

copy=False: over the same memory, which lives as long as the Pillow image does; raises CopyRequired with the reason
and the bytes where Pillow cannot share it. Pillow can, where pixels have as many bytes as it gives them itself: gray
(u8, u16, i32, f32), palette indices, RGBA and CMYK, and RGB with four bytes a pixel, as images from Pillow have; rows
may be padded and bottom up. Pillow sees what is written here; what Pillow itself edits is copied first, because it
takes memory that is not its own as read-only.
copy=None: copies where it must, with a CopyWarning. copy=True: always new memory, which Pillow owns.

The mode follows the channels' names and the elements' type; axes and channels in another order are put right (a
transposed image is the same picture), bilevel elements are mode "1", and gray of fewer
than 8 bits is brought to 0..255. ICC profile, EXIF, palette and transparency go along. Raises Unsupported for elements
that Pillow has no mode for, naming what to do.)");
}

}  // namespace imgbuf::python
