#include "convert/target.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf::conversion {

namespace {

using Color = ConvertOptions::Color;
using Depth = ConvertOptions::Depth;

std::string depth_text(const PixelFormat& pixel) {
  return std::to_string(pixel.bit_depth) + (is_floating_point(pixel.format.type()) ? "-bit float" : "-bit");
}

/// Bits that tell a sample's values apart: of floating point those of the significand.
int exact_bits(const PixelFormat& pixel) noexcept {
  switch (pixel.format.type()) {
    case ElementType::f16:
      return 11;
    case ElementType::f32:
      return 24;
    case ElementType::f64:
      return 53;
    default:
      return pixel.bit_depth;
  }
}

/// What samples lose when their type changes and nobody asked for it, a line each.
std::vector<std::string> depth_losses(const PixelFormat& from, const PixelFormat& to, const std::string& holds) {
  std::vector<std::string> lines;
  if (is_signed_integer(from.format.type()) && !is_signed_integer(to.format.type()))
    lines.push_back("negative samples become 0: " + holds + "no signed integers");
  const bool becomes_integer = is_floating_point(from.format.type()) && !is_floating_point(to.format.type());
  if (to.bit_depth < from.bit_depth)
    lines.push_back(depth_text(from) + " samples reduced to " + std::to_string(to.bit_depth) + ": " + holds +
                    std::to_string(to.bit_depth) + " bits");
  else if (becomes_integer || exact_bits(to) < exact_bits(from))
    lines.push_back(depth_text(from) + " samples reduced to " + depth_text(to) + ": " + holds + depth_text(to) +
                    " samples");
  return lines;
}

void set_depth(PixelFormat& pixel, ElementType type) {
  pixel = PixelFormat::of(type, pixel.color, pixel.alpha);
}

/// The element type that was asked for. @pre depth is not `keep`
ElementType element_type(Depth depth) noexcept {
  if (depth == Depth::u16) return ElementType::u16;
  return depth == Depth::f32 ? ElementType::f32 : ElementType::u8;
}

PixelFormat with_color(const ImageInfo& rows, Color color) {
  PixelFormat pixel = rows.pixel;
  if (color == Color::keep) return pixel;
  const ColorModel model = color == Color::gray ? ColorModel::gray : ColorModel::rgb;
  const bool alpha = color == Color::rgba;
  if (pixel.color == ColorModel::palette) return PixelFormat::of(ElementType::u8, model, alpha);
  const bool changes = pixel.color != model || pixel.alpha != alpha || has_transparency(rows) != alpha;
  pixel.color = model;
  pixel.alpha = alpha;
  if (changes && pixel.bit_depth < 8) set_depth(pixel, ElementType::u8);
  return pixel;
}

PixelFormat with_depth(const ImageInfo& rows, PixelFormat pixel, Depth depth, bool keeps_color) {
  if (depth == Depth::keep) return pixel;
  const ElementType type = element_type(depth);
  if (pixel.color == ColorModel::palette) {
    if (type == ElementType::u8) return pixel;
    pixel = PixelFormat::of(type, ColorModel::rgb, has_transparency(rows));
  } else if (pixel.format.type() != type || pixel.bit_depth != 8 * size_of(type)) {
    set_depth(pixel, type);
    // A transparent colour names samples of the old depth; alpha says the same in any.
    if (keeps_color && rows.transparent_color) pixel.alpha = true;
  }
  return pixel;
}

/// The input's meaning with other pixels. A palette and a transparent colour belong to the old ones.
ImageInfo with_pixel(const ImageInfo& rows, const PixelFormat& pixel, bool converts) {
  ImageInfo info;
  info.width = rows.width;
  info.height = rows.height;
  info.pixel = pixel;
  if (!converts) {
    info.palette = rows.palette;
    info.transparent_color = rows.transparent_color;
  }
  return info;
}

/// "these formats hold them: TIFF", or that none does.
std::string formats_that_hold(const PixelFormat& pixel) {
  ImageInfo info;
  info.width = info.height = 1;
  info.pixel = pixel;
  std::string holding, others;
  for (const CodecInfo& codec : available_codecs()) {
    if (!codec.can_write) continue;
    std::string& list = can_store(codec.name, info) ? holding : others;
    list.append(list.empty() ? "" : ", ").append(codec.name);
  }
  if (holding.empty()) return "no format of these holds them: " + others;
  return "these formats hold them: " + holding;
}

void require_request_kept(const PixelFormat& asked, const PixelFormat& stored, std::string_view format,
                          const ConvertOptions& options) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorCode::invalid_argument, std::string(format) + " cannot hold " + what);
  };
  if (options.depth != Depth::keep && asked.format.type() != stored.format.type()) {
    fail(depth_text(asked) + " samples; the nearest it holds is " + depth_text(stored) + "; " +
         formats_that_hold(asked));
  }
  if (options.color != Color::keep && asked.alpha != stored.alpha) fail("alpha");
  if (options.color != Color::keep && asked.color != stored.color)
    fail(std::string(to_string(asked.color)) + " pixels");
}

}  // namespace

bool has_transparency(const ImageInfo& info) noexcept {
  return info.pixel.alpha || info.transparent_color ||
         std::any_of(info.palette.begin(), info.palette.end(), [](const PaletteEntry& e) { return e.alpha != 255; });
}

std::string to_string(const BackgroundColor& color) {
  const std::uint16_t channels[] = {color.red, color.green, color.blue};
  const bool short_form = std::all_of(std::begin(channels), std::end(channels), [](auto c) { return c % 257 == 0; });
  std::string text = "#";
  for (const std::uint16_t channel : channels) {
    const int value = short_form ? channel / 257 : channel;
    for (int shift = short_form ? 4 : 12; shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 15];
  }
  return text;
}

Target choose_target(const ImageInfo& rows, std::string_view format, const ConvertOptions& options) {
  const PixelFormat asked =
      with_depth(rows, with_color(rows, options.color), options.depth, options.color == Color::keep);
  const bool drops_alpha = options.color != Color::keep && !asked.alpha && has_transparency(rows);

  Target target;
  target.converts = asked != rows.pixel || drops_alpha;
  target.pixel = asked;
  const ImageInfo wanted = with_pixel(rows, asked, target.converts);
  if (!can_store(format, wanted)) {
    target.pixel = nearest_storable(format, wanted);
    require_request_kept(asked, target.pixel, format, options);
    target.converts = true;
  }

  const std::string holds = std::string(format) + " holds ";
  if (rows.pixel.color == ColorModel::cmyk && target.pixel.color != ColorModel::cmyk) {
    target.warnings.push_back(
        "CMYK converted to " + std::string(target.pixel.color == ColorModel::gray ? "gray" : "RGB") +
        " without colour management: " + (options.color == Color::keep ? holds + "no CMYK" : "as asked for"));
  }
  if (target.converts && has_transparency(rows) && !target.pixel.alpha) {
    target.warnings.push_back("alpha composited over " + to_string(options.background) + ": " +
                              (drops_alpha
                                   ? std::string(imgbuf::to_string(asked.color)) + " without alpha was asked for"
                                   : holds + "no alpha"));
  }
  if (options.color == Color::keep && target.pixel.color == ColorModel::gray && rows.pixel.color != ColorModel::gray) {
    target.warnings.push_back("colour reduced to gray: " + holds + "no colour");
  }
  if (options.depth == Depth::keep)
    for (std::string& line : depth_losses(rows.pixel, target.pixel, holds)) target.warnings.push_back(std::move(line));
  return target;
}

}  // namespace imgbuf::conversion
