#include "python/to_pillow.hpp"

#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/collapse.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/rewire.hpp"
#include "imgbuf/walk.hpp"
#include "python/bilevel.hpp"
#include "python/handoff.hpp"
#include "python/pillow_modes.hpp"
#include "python/texts.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// How an image becomes one of Pillow's.
struct Plan {
  const PillowMode* mode = nullptr;
  Array array;                        ///< (height, width, channels)
  std::vector<std::ptrdiff_t> order;  ///< which channel of the array is each of the mode's
  bool is_scaled = false;             ///< samples of fewer bits are brought to 8
};

std::vector<std::string> names_of(const PyImage& image, std::ptrdiff_t count) {
  if (!image.channels().empty()) return {image.channels().begin(), image.channels().end()};
  switch (count) {
    case 1:
      return {"gray"};
    case 2:
      return {"gray", "alpha"};
    case 3:
      return {"red", "green", "blue"};
    case 4:
      return {"red", "green", "blue", "alpha"};
    default:
      throw Error(ErrorCode::unsupported,
                  "Pillow has no images of " + std::to_string(count) + " channels: take one to four of them");
  }
}

const PillowMode& mode_for(std::span<const std::string> names, Format format) {
  const PillowMode* of_type = nullptr;
  bool has_channels = false;
  for (const PillowMode& mode : pillow_modes()) {
    if (!std::is_permutation(names.begin(), names.end(), mode.channels.begin(), mode.channels.end())) continue;
    if (mode.format == format) return mode;
    has_channels = true;
    if (mode.format.type() == format.type() && !of_type) of_type = &mode;
  }
  if (of_type) return *of_type;
  if (!has_channels)
    throw Error(ErrorCode::unsupported, "Pillow has no mode with the channels " + listed(names) +
                                            ": take those that make gray, RGB, CMYK or one with alpha");
  const std::string elements = std::string(to_string(format.type())) + " elements";
  if (names.size() == 1 && names[0] == "gray")
    throw Error(ErrorCode::unsupported, "Pillow has no mode for gray of " + elements +
                                            ": convert them to u8 (L), u16 (I;16), i32 (I) or f32 (F) first");
  throw Error(ErrorCode::unsupported,
              "Pillow has no mode for " + listed(names) + " of " + elements + ": convert them to u8 first");
}

bool has_fewer_bits(const PyImage& image, const PillowMode& mode) {
  const ImageInfo* const info = image.info().get();
  return mode.color == ColorModel::gray && mode.format.type() == ElementType::u8 && info &&
         info->pixel.color == ColorModel::gray && info->pixel.format.type() == ElementType::u8 &&
         info->pixel.bit_depth < 8;
}

Plan plan_for(const PyImage& image) {
  Plan plan;
  plan.array = image.in_picture_order();
  std::vector<std::string> names = names_of(image, plan.array.extent(2));
  // One of several channels, looked at alone, is shown as gray.
  const bool is_alone = names.size() == 1 && names[0] != "gray" && names[0] != "index" && !is_bilevel(image);
  if (is_alone) names[0] = "gray";
  plan.mode = &mode_for(names, plan.array.format());
  for (const std::string& name : plan.mode->channels)
    plan.order.push_back(std::find(names.begin(), names.end(), name) - names.begin());
  plan.is_scaled = !is_alone && has_fewer_bits(image, *plan.mode);
  return plan;
}

bool is_in_order(const Plan& plan) {
  return std::is_sorted(plan.order.begin(), plan.order.end());
}

/// Bytes from one row to the next, of a direct layout of (height, width, channels).
std::ptrdiff_t pitch_of(const Layout& layout, const PillowMode& mode) {
  return layout.extent(0) > 1 ? layout.axis(0).byte_stride : layout.extent(1) * mode.pixel_bytes;
}

/// Why Pillow cannot use elements as they lie in a direct layout; empty when it can.
std::string reason_against(const Plan& plan, const Layout& layout) {
  const PillowMode& mode = *plan.mode;
  const std::string name(mode.name);
  if (layout.extent(1) > 1 && layout.axis(1).byte_stride != mode.pixel_bytes)
    return "Pillow keeps pixels of mode " + name + " in " + std::to_string(mode.pixel_bytes) + " bytes, these are " +
           std::to_string(layout.axis(1).byte_stride) + " apart";
  if (mode.has_channel_axis() && layout.axis(2).byte_stride != mode.channel_stride)
    return "Pillow keeps channels of mode " + name + " side by side, these are " +
           std::to_string(layout.axis(2).byte_stride) + " bytes apart";
  const std::ptrdiff_t pitch = std::abs(pitch_of(layout, mode));
  const std::ptrdiff_t row_bytes = layout.extent(1) * mode.pixel_bytes;
  if (pitch < row_bytes || pitch > std::numeric_limits<int>::max())
    return "rows are " + std::to_string(pitch) + " bytes apart, Pillow needs " + std::to_string(row_bytes) + " to " +
           std::to_string(std::numeric_limits<int>::max());
  const std::vector<std::ptrdiff_t> zeros(3);
  const auto first = reinterpret_cast<std::uintptr_t>(plan.array.const_view().address(zeros));
  const auto step = static_cast<std::uintptr_t>(mode.pixel_bytes);
  if (first % step != 0 || pitch % mode.pixel_bytes != 0)
    return "Pillow needs pixels of " + std::to_string(step) + " bytes at multiples of their size";
  // Pillow's buffers end with a whole row, padding included.
  for (const std::ptrdiff_t y : {std::ptrdiff_t{0}, layout.extent(0) - 1}) {
    const std::byte* const row = plan.array.const_view().address({y, 0, 0});
    if (!plan.array.storage().holds(row, static_cast<std::size_t>(pitch)))
      return "Pillow needs " + std::to_string(pitch) + " bytes of each row, and those behind row " + std::to_string(y) +
             " are no memory of the image";
  }
  return {};
}

/// Why the pixels must be others for Pillow, however they lie; empty when they need not.
std::string reason_against_pixels(const Plan& plan) {
  const std::string name(plan.mode->name);
  if (plan.is_scaled) return "gray of fewer than 8 bits is brought to 0..255 for Pillow";
  if (!is_in_order(plan)) return "Pillow's mode " + name + " has its channels in another order";
  if (plan.mode->format != plan.array.format()) return "Pillow's mode " + name + " has another byte order";
  if (plan.mode->repeats_first_channel())
    return "Pillow keeps mode " + name + " with copies of the first channel between the two";
  return {};
}

Handoff explain(const Plan& plan) {
  if (plan.array.is_empty()) return {};
  const auto copied = [&](std::string reason) {
    return Handoff{HandoffKind::copied, std::move(reason), plan.array.packed_bytes()};
  };
  if (std::string reason = reason_against_pixels(plan); !reason.empty()) return copied(std::move(reason));
  const Consumer pillow{.name = "Pillow", .needs_native_byte_order = false};
  Handoff handoff = explain_handoff(plan.array, pillow);
  if (handoff.kind == HandoffKind::copied) return handoff;
  const CollapsedArray collapsed = collapse(plan.array);
  const Layout layout = collapsed.array ? collapsed.array->layout() : explain_rewire(plan.array).layout;
  if (std::string reason = reason_against(plan, layout); !reason.empty()) return copied(std::move(reason));
  if (handoff.kind == HandoffKind::rewired &&
      std::abs(pitch_of(layout, *plan.mode)) != layout.extent(1) * plan.mode->pixel_bytes)
    return copied("Pillow takes rows with all that lies between them, which is not all mapped side by side");
  return handoff;
}

/// The bytes of all rows, padding included, as one block: what Pillow's images over foreign memory take.
Array block_of(const Array& strided, std::ptrdiff_t pitch) {
  const std::ptrdiff_t height = strided.extent(0);
  const std::byte* const first = strided.const_view().address({pitch < 0 ? height - 1 : 0, 0, 0});
  return strided.with_view(AnyConstView(first, Layout{{height * std::abs(pitch), 1, 0}}, ElementType::u8));
}

py::module_ helpers() {
  return py::module_::import("imgbuf._pillow");
}

/// What Pillow keeps beside the pixels.
py::dict said_of(const PyImage& image, const Plan& plan) {
  py::dict said;
  const ImageInfo* const info = image.info().get();
  if (!info) return said;
  const auto bytes_or_nothing = [&](const char* key, const Blob& blob) {
    if (!blob.empty()) said[key] = py::bytes(reinterpret_cast<const char*>(blob.data()), blob.size());
  };
  bytes_or_nothing("icc", info->metadata.icc);
  bytes_or_nothing("exif", info->metadata.exif);
  if (plan.mode->color == ColorModel::palette) {
    Blob rgb;
    Blob alpha;
    for (const PaletteEntry& entry : info->palette) {
      for (const std::uint8_t value : {entry.red, entry.green, entry.blue}) rgb.push_back(std::byte{value});
      alpha.push_back(std::byte{entry.alpha});
    }
    bytes_or_nothing("palette", rgb);
    if (std::any_of(alpha.begin(), alpha.end(), [](std::byte a) { return a != std::byte{255}; }))
      bytes_or_nothing("alpha", alpha);
  }
  if (info->transparent_color && plan.mode->color == info->pixel.color && !plan.mode->has_alpha) {
    TransparentColor color = *info->transparent_color;
    const int maximum = (1 << std::min(info->pixel.bit_depth, 16)) - 1;
    if (plan.is_scaled)
      color[0] = static_cast<std::uint16_t>((std::min<int>(color[0], maximum) * 255 + maximum / 2) / maximum);
    said["transparent"] = color;
  }
  return said;
}

/// @pre `explain` says that it can be done
py::object shared(const PyImage& image, const Plan& plan) {
  Context context;
  context.allow_copies = false;
  const Consumer pillow{.name = "Pillow"};
  const Array strided = hand_off(plan.array, pillow, context).array;
  const std::ptrdiff_t pitch = pitch_of(strided.layout(), *plan.mode);
  return helpers().attr("over_block")(py::cast(PyImage(block_of(strided, pitch))), plan.mode->name,
                                      py::make_tuple(strided.extent(1), strided.extent(0)), std::abs(pitch),
                                      pitch < 0 ? -1 : 1, said_of(image, plan));
}

/// An image of Pillow's mode with two channels as (height, width, 3): the bytes that the first channel is in.
Array repeated_bytes(const Array& target) {
  std::vector<Axis> axes(target.layout().axes().begin(), target.layout().axes().end());
  axes[2].extent = 3;
  axes[2].byte_stride = 1;
  return target.with_view(
      AnyConstView(target.const_view().origin(), Layout(axes, target.layout().pointer_offsets()), target.format()));
}

/// Writes the pixels into the rows of an image that Pillow made.
void fill(const PyImage& image, const Plan& plan, const Array& target) {
  Context context;
  if (plan.is_scaled) {
    const Image picture = image.picture();
    ImageInfo source = picture.info();
    source.transparent_color.reset();
    const PixelConverter converter(source, PixelFormat::of(ElementType::u8, ColorModel::gray, plan.mode->has_alpha));
    return converter.convert(target.view(), picture.array().const_view(), context);
  }
  for (std::size_t c = 0; c < plan.order.size(); ++c) {
    const Array from = plan.array.window(2, plan.order[c], 1);
    const bool is_repeated = c == 0 && plan.mode->repeats_first_channel();
    const Array to = is_repeated ? repeated_bytes(target) : target.window(2, static_cast<std::ptrdiff_t>(c), 1);
    const std::array<std::ptrdiff_t, 3> shape{to.extent(0), to.extent(1), to.extent(2)};
    copy(to.view(), from.broadcast_to(shape).const_view(), context);
  }
}

py::object copied(const PyImage& image, const Plan& plan) {
  const py::object made = helpers().attr("new")(
      plan.mode->name, py::make_tuple(plan.array.extent(1), plan.array.extent(0)), said_of(image, plan));
  const auto target = helpers().attr("from_pillow")(made).cast<PyImage>();
  const Array pixels = target.in_picture_order();
  if (pixels.is_empty()) return made;
  const PyImage same = image;  // another thread may give the image another info meanwhile
  const WithoutGil unlocked;
  fill(same, plan, pixels);
  return made;
}

}  // namespace

Handoff explain_pillow(const PyImage& image) {
  return explain(plan_for(image));
}

py::object to_pillow(const PyImage& image, std::optional<bool> copy) {
  const Plan plan = plan_for(image);
  if (copy.value_or(false) || plan.array.is_empty()) return copied(image, plan);
  const Handoff handoff = explain(plan);
  if (handoff.kind != HandoffKind::copied) return shared(image, plan);
  if (copy) throw copy_refused(handoff);
  warn_of_copy(handoff);
  return copied(image, plan);
}

}  // namespace imgbuf::python
