#include "pixel/plan.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "imgbuf/error.hpp"
#include "pixel/color_steps.hpp"
#include "pixel/depth_steps.hpp"
#include "pixel/lookup_step.hpp"
#include "pixel/sample.hpp"

namespace imgbuf::pixel {

namespace {

/// The same format as rows hold it between steps: native, and with the one depth that floating point has.
PixelFormat canonical(PixelFormat format) {
  const ElementType type = format.format.type();
  const int bits = static_cast<int>(8 * size_of(type));
  const bool is_signed = is_signed_integer(type);
  if (is_floating_point(type)) {
    format.bit_depth = bits;
  } else if (format.bit_depth > bits || format.bit_depth < (is_signed ? 2 : 1)) {
    throw Error(ErrorCode::invalid_argument,
                std::string(to_string(type)) + " has no samples of " + std::to_string(format.bit_depth) + " bit");
  }
  format.format = type;
  return format;
}

/// The element type that colour steps work in.
ElementType working_type(ElementType type) noexcept {
  switch (type) {
    case ElementType::u8:
    case ElementType::u16:
    case ElementType::f32:
      return type;
    default:
      return ElementType::f64;
  }
}

/// Collects steps and knows what the pixels are after them.
class Planner {
 public:
  explicit Planner(const PixelFormat& source) : now_(source) {}

  void make_alpha(const TransparentColor& color) {
    StepParams params;
    params.transparent = color;
    params.max_in = max_sample(now_);
    const RowKernel kernel = transparent_color_to_alpha(type(), now_.channels());
    now_.alpha = true;
    append(kernel, std::move(params));
  }

  void change_depth(const PixelFormat& target) {
    PixelFormat next = now_;
    next.format = target.format;
    next.bit_depth = target.bit_depth;
    append_depth_steps(steps_, now_, next);
    now_ = next;
  }

  void change_color(const PixelFormat& target, const BackgroundColor& background) {
    if (now_.color == target.color && now_.alpha == target.alpha) return;
    change_depth(PixelFormat::of(working_type(type()), now_.color));
    if (now_.color == ColorModel::cmyk && target.color != ColorModel::cmyk) to_color(ColorModel::rgb, cmyk_to_rgb);
    if (now_.color == ColorModel::gray && target.color == ColorModel::rgb) to_color(ColorModel::rgb, gray_to_rgb);
    if (now_.alpha && !target.alpha) flatten(background);
    if (now_.color == ColorModel::rgb && target.color == ColorModel::gray) to_color(ColorModel::gray, rgb_to_gray);
    if (!now_.alpha && target.alpha) {
      const RowKernel kernel = add_opaque_alpha(type(), now_.channels());
      now_.alpha = true;
      append(kernel, {});
    }
  }

  [[nodiscard]] std::vector<Step> take() && { return std::move(steps_); }

 private:
  [[nodiscard]] ElementType type() const noexcept { return now_.format.type(); }

  void append(RowKernel kernel, StepParams params) {
    steps_.push_back({kernel, std::move(params), now_.bytes_per_pixel()});
  }

  void to_color(ColorModel color, RowKernel (*kernel)(ElementType, bool)) {
    now_.color = color;
    append(kernel(type(), now_.alpha), {});
  }

  void flatten(const BackgroundColor& color) {
    const auto [red, green, blue] = color;
    std::array<std::uint16_t, 3> samples{red, green, blue};
    if (now_.color == ColorModel::gray) samples.fill(luma<std::uint16_t>(red, green, blue));
    StepParams params;
    for (std::size_t c = 0; c < samples.size(); ++c) {
      switch (type()) {
        case ElementType::u8:
          params.background[c] = (samples[c] + 128) / 257;
          break;
        case ElementType::u16:
          params.background[c] = samples[c];
          break;
        default:
          params.background[c] = samples[c] / 65535.0;
          break;
      }
    }
    now_.alpha = false;
    append(composite(type(), now_.channels()), std::move(params));
  }

  PixelFormat now_;
  std::vector<Step> steps_;
};

/// The only step that a function of one u8 needs: all others are done on its 256 values, here and now.
/// @param pixels  the 256 values as pixels of the format that `steps` start from
Step tabulate(const std::vector<Step>& steps, const std::vector<std::byte>& pixels) {
  if (steps.empty()) return lookup_step(pixels);
  static_assert(256 * 5 * size_of(ElementType::f64) <= Scratch::bytes, "all values of any format go through at once");
  std::vector<std::byte> results(static_cast<std::size_t>(256 * steps.back().bytes_per_pixel_out));
  Scratch scratch;
  run_steps(steps, pixels.data(), results.data(), 256, scratch);
  return lookup_step(results);
}

std::vector<std::byte> all_bytes() {
  std::vector<std::byte> bytes(256);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  return bytes;
}

/// 256 pixels of RGBA; what the palette lacks is opaque black.
std::vector<std::byte> palette_pixels(const std::vector<PaletteEntry>& palette) {
  std::vector<std::byte> pixels;
  pixels.reserve(1024);
  for (std::size_t i = 0; i < 256; ++i) {
    const PaletteEntry entry = i < palette.size() ? palette[i] : PaletteEntry{};
    for (const std::uint8_t v : {entry.red, entry.green, entry.blue, entry.alpha}) pixels.push_back(std::byte{v});
  }
  return pixels;
}

void check_supported(const ImageInfo& source, const PixelFormat& from, const PixelFormat& to) {
  std::string_view reason;
  if (to.color == ColorModel::palette) {
    reason = "a palette would have to be made";
  } else if (from.color == ColorModel::palette && (from.alpha || from.format.type() != ElementType::u8)) {
    reason = "palette indices are u8 without alpha";
  } else if (to.color == ColorModel::cmyk && from.color != ColorModel::cmyk) {
    reason = "an ink profile would be needed";
  } else if (to.color == ColorModel::cmyk && from.alpha && !to.alpha) {
    reason = "the background is not CMYK";
  } else if (to.bit_depth < 8) {
    reason = has_transparent_color(source) && from == to ? "its transparent colour needs alpha or 8 bits"
                                                         : "depths under 8 bits are not made";
  } else {
    return;
  }
  throw Error(ErrorCode::unsupported,
              "cannot convert " + from.to_string() + " to " + to.to_string() + ": " + std::string(reason));
}

}  // namespace

bool has_transparent_color(const ImageInfo& source) noexcept {
  const PixelFormat& pixel = source.pixel;
  const ElementType type = pixel.format.type();
  return source.transparent_color && !pixel.alpha &&
         (pixel.color == ColorModel::gray || pixel.color == ColorModel::rgb) &&
         (type == ElementType::u8 || type == ElementType::u16);
}

std::vector<Step> plan_conversion(const ImageInfo& source, const PixelFormat& target,
                                  const BackgroundColor& background) {
  const PixelFormat from = canonical(source.pixel);
  const PixelFormat to = canonical(target);
  const bool keyed = has_transparent_color(source);
  if (from == to && !keyed) return {};
  check_supported(source, from, to);

  const bool is_palette = from.color == ColorModel::palette;
  Planner planner(is_palette ? PixelFormat::of(ElementType::u8, ColorModel::rgb, true) : from);
  if (keyed) planner.make_alpha(*source.transparent_color);
  planner.change_color(to, background);
  planner.change_depth(to);
  std::vector<Step> steps = std::move(planner).take();

  if (is_palette) return {tabulate(steps, palette_pixels(source.palette))};
  const bool is_one_byte = from.format.type() == ElementType::u8 && from.channels() == 1;
  const bool only_depth_changes = steps.size() == 1 && from.color == to.color && !to.alpha;
  if (is_one_byte && !only_depth_changes) return {tabulate(steps, all_bytes())};
  return steps;
}

}  // namespace imgbuf::pixel
