#include "codecs/pnm/pnm_form.hpp"

#include <string>

#include "codecs/lost_metadata.hpp"
#include "codecs/stored/packed_bits.hpp"
#include "codecs/stored/storable.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::pnm {

namespace {

/// Samples that run over 0..2^n - 1 are stored as they are; others get the depth of a whole element.
void make_unsigned(PixelFormat& pixel) noexcept {
  const ElementType type = pixel.format.type();
  // The largest value says how many bytes a sample takes: 9 bits are the fewest that take two.
  if (type == ElementType::u8 || (type == ElementType::u16 && pixel.bit_depth > 8)) return;
  pixel = PixelFormat::of(pixel.bit_depth > 8 ? ElementType::u16 : ElementType::u8, pixel.color, pixel.alpha);
}

void set_color(PixelFormat& pixel, ColorModel color, bool alpha) noexcept {
  if (pixel.color == color && pixel.alpha == alpha) return;
  // Steps between colours work in whole elements.
  pixel = PixelFormat::of(pixel.format.type(), color, alpha);
}

std::string_view tuple_type(const PixelFormat& pixel) noexcept {
  switch (pixel.color) {
    case ColorModel::cmyk:
      return pixel.alpha ? "CMYK_ALPHA" : "CMYK";
    case ColorModel::rgb:
      return pixel.alpha ? "RGB_ALPHA" : "RGB";
    default:
      if (pixel.bit_depth == 1) return pixel.alpha ? "BLACKANDWHITE_ALPHA" : "BLACKANDWHITE";
      return pixel.alpha ? "GRAYSCALE_ALPHA" : "GRAYSCALE";
  }
}

/// Texts as lines of comments; those that a reader would not get to the end of are warned of.
std::string comments_of(Kind kind, const Metadata& metadata, const Context& context) {
  constexpr std::size_t most_bytes = 32 * 1024;
  std::string comments;
  for (const TextEntry& entry : metadata.text) {
    if (!entry.language.empty() || !entry.translated_keyword.empty())
      context.warn(std::string(name(kind)) + " cannot hold the language of the text '" + entry.keyword + "'");
    const std::string text = as_comment(entry);
    std::string lines = "# ";
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (std::string_view(text).substr(i, 2) == "\r\n") continue;  // the end of one line, as either of the two is
      const bool is_end = text[i] == '\n' || text[i] == '\r';
      lines += is_end ? "\n# " : std::string(1, text[i]);
    }
    if (comments.size() + lines.size() > most_bytes)
      context.warn(std::string(name(kind)) + " cannot hold the text '" + entry.keyword + "' of " +
                   std::to_string(entry.text.size()) + " bytes");
    else
      comments += lines + "\n";
  }
  return comments;
}

std::string header_text(Kind kind, const ImageInfo& info, const std::string& comments) {
  const PixelFormat& pixel = info.pixel;
  const std::string width = std::to_string(info.width);
  const std::string height = std::to_string(info.height);
  const std::string maximum = std::to_string((std::uint64_t{1} << pixel.bit_depth) - 1);
  switch (kind) {
    case Kind::pam:
      return "P7\n" + comments + "WIDTH " + width + "\nHEIGHT " + height + "\nDEPTH " +
             std::to_string(pixel.channels()) + "\nMAXVAL " + maximum + "\nTUPLTYPE " + std::string(tuple_type(pixel)) +
             "\nENDHDR\n";
    case Kind::pfm:
      return (pixel.color == ColorModel::rgb ? "PF\n" : "Pf\n") + width + " " + height + "\n" +
             (native_byte_order == ByteOrder::little ? "-1.0\n" : "1.0\n");
    case Kind::pbm:
      return "P4\n" + comments + width + " " + height + "\n";
    default:
      return (pixel.color == ColorModel::rgb ? "P6\n" : "P5\n") + comments + width + " " + height + "\n" + maximum +
             "\n";
  }
}

/// 1 is black in the file.
void pack_bitmap(std::span<const std::byte> elements, std::span<std::byte> stored) {
  pack_bits(elements, 1, stored, [](std::byte sample) { return sample ^ std::byte{1}; });
}

bool is_bitmap(Kind kind, const PixelFormat& pixel) noexcept {
  return kind == Kind::pbm || (kind == Kind::pnm && pixel.color == ColorModel::gray && pixel.bit_depth == 1);
}

}  // namespace

std::string_view name(Kind kind) noexcept {
  constexpr std::string_view names[] = {"PBM", "PGM", "PPM", "PNM", "PAM", "PFM"};
  return names[static_cast<std::size_t>(kind)];
}

PixelFormat nearest_storable(Kind kind, const ImageInfo& info) {
  PixelFormat pixel = without_palette(info);
  if (kind == Kind::pfm)
    return PixelFormat::of(ElementType::f32, pixel.color == ColorModel::gray ? ColorModel::gray : ColorModel::rgb);
  make_unsigned(pixel);
  if (kind == Kind::pam) return pixel;
  const bool is_gray = pixel.color == ColorModel::gray;
  if (kind == Kind::pbm) return {ElementType::u8, ColorModel::gray, false, 1};
  if (kind == Kind::pgm)
    set_color(pixel, ColorModel::gray, false);
  else if (kind == Kind::ppm)
    set_color(pixel, ColorModel::rgb, false);
  else
    set_color(pixel, is_gray ? ColorModel::gray : ColorModel::rgb, false);
  return pixel;
}

bool can_store(Kind kind, const ImageInfo& info) {
  return !info.transparent_color && same_pixels(info.pixel, nearest_storable(kind, info));
}

StoredForm make_form(Kind kind, const ImageInfo& info, Context& context) {
  const bool holds_text = kind != Kind::pfm;
  warn_of_lost_metadata(name(kind), info.metadata, {.text = holds_text}, context);
  StoredForm form;
  const std::string text = header_text(is_bitmap(kind, info.pixel) ? Kind::pbm : kind, info,
                                       holds_text ? comments_of(kind, info.metadata, context) : std::string());
  const auto bytes = std::as_bytes(std::span(text));
  form.header.assign(bytes.begin(), bytes.end());
  const ElementType type = info.pixel.format.type();
  form.format = kind == Kind::pfm ? Format(type) : Format(type, ByteOrder::big);
  form.bottom_up = kind == Kind::pfm;
  if (is_bitmap(kind, info.pixel)) {
    form.pack = pack_bitmap;
    form.packed_bytes = static_cast<std::size_t>((info.width + 7) / 8);
  }
  return form;
}

}  // namespace imgbuf::codecs::pnm
