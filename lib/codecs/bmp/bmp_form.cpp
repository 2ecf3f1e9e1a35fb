#include "codecs/bmp/bmp_form.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "codecs/bmp/bmp_header.hpp"
#include "codecs/lost_metadata.hpp"
#include "codecs/stored/number.hpp"
#include "codecs/stored/packed_bits.hpp"
#include "codecs/stored/storable.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::bmp {

namespace {

/// 0 for what BMP cannot hold.
std::uint32_t per_metre(std::uint32_t value, Resolution::Unit unit) noexcept {
  double factor = unit == Resolution::Unit::unit_less ? 0 : 1;
  if (unit == Resolution::Unit::per_inch) factor = 100 / 2.54;
  if (unit == Resolution::Unit::per_centimetre) factor = 100;
  const double scaled = std::round(value * factor);
  return scaled <= std::numeric_limits<std::int32_t>::max() ? static_cast<std::uint32_t>(scaled) : 0;
}

/// Bits of a pixel in the file; few programs read the 2 that some systems had.
int bits_of(const PixelFormat& pixel) noexcept {
  if (pixel.channels() > 1) return 8 * pixel.channels();
  if (pixel.bit_depth == 1) return 1;
  return pixel.bit_depth <= 4 ? 4 : 8;
}

/// Sizes and places of the parts of a file.
struct Parts {
  std::uint32_t header_bytes = info_bytes;
  std::uint32_t palette_entries = 0;
  std::uint64_t packed_bytes = 0;  ///< of a row without its padding
  std::uint64_t row_bytes = 0;
  std::uint64_t pixel_offset = 0;
  std::uint64_t pixel_bytes = 0;
  std::uint64_t icc_bytes = 0;
  std::uint64_t file_bytes = 0;
};

Parts parts_of(const ImageInfo& info, std::size_t icc_bytes) {
  Parts parts;
  parts.icc_bytes = icc_bytes;
  // Alpha and profiles need the newest version, which the oldest readers do not know.
  if (info.pixel.alpha || icc_bytes > 0) parts.header_bytes = v5_bytes;
  const int bits = bits_of(info.pixel);
  if (bits <= 8)
    parts.palette_entries = info.palette.empty() ? 1U << bits : static_cast<std::uint32_t>(info.palette.size());
  parts.packed_bytes = (static_cast<std::uint64_t>(info.width) * static_cast<std::uint64_t>(bits) + 7) / 8;
  parts.row_bytes = (parts.packed_bytes + 3) / 4 * 4;
  parts.pixel_offset = file_header_bytes + parts.header_bytes + 4 * std::uint64_t{parts.palette_entries};
  parts.pixel_bytes = parts.row_bytes * static_cast<std::uint64_t>(info.height);
  parts.file_bytes = parts.pixel_offset + parts.pixel_bytes + icc_bytes;
  constexpr std::ptrdiff_t most_size = std::numeric_limits<std::int32_t>::max();
  const bool fits = info.width <= most_size && info.height <= most_size &&
                    parts.row_bytes <= std::numeric_limits<std::uint32_t>::max() &&
                    parts.file_bytes <= std::numeric_limits<std::uint32_t>::max();
  if (!fits)
    throw Error(ErrorCode::unsupported, "BMP holds at most 4 GiB, not a picture of " + std::to_string(info.width) +
                                            " x " + std::to_string(info.height));
  return parts;
}

/// Bytes of the file, in its order.
class HeaderBytes {
 public:
  void u16(std::uint64_t value) { append_number(bytes_, value, 2, ByteOrder::little); }
  void u32(std::uint64_t value) { append_number(bytes_, value, 4, ByteOrder::little); }
  void zeros(std::size_t count) { bytes_.resize(bytes_.size() + count); }
  void entry(const PaletteEntry& entry) {
    for (const std::uint8_t value : {entry.blue, entry.green, entry.red, std::uint8_t{0}})
      bytes_.push_back(static_cast<std::byte>(value));
  }
  std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

void append_v5_fields(HeaderBytes& out, const ImageInfo& info, const Parts& parts) {
  constexpr std::uint32_t windows_colors = 0x57696e20;
  constexpr std::uint32_t perceptual = 4;
  const bool has_profile = parts.icc_bytes > 0;
  for (const std::uint32_t mask : {0xff0000U, 0x00ff00U, 0x0000ffU, 0xff000000U}) out.u32(info.pixel.alpha ? mask : 0);
  out.u32(has_profile ? embedded_profile : windows_colors);
  out.zeros(9 * 4 + 3 * 4);  // end points and gamma, which calibrated colours alone have
  out.u32(perceptual);
  out.u32(has_profile ? parts.pixel_offset - file_header_bytes + parts.pixel_bytes : 0);
  out.u32(parts.icc_bytes);
  out.u32(0);
}

std::vector<std::byte> header_of(const ImageInfo& info, const Parts& parts) {
  HeaderBytes out;
  out.u16('B' | 'M' << 8);
  out.u32(parts.file_bytes);
  out.u32(0);
  out.u32(parts.pixel_offset);

  out.u32(parts.header_bytes);
  out.u32(static_cast<std::uint64_t>(info.width));
  out.u32(static_cast<std::uint64_t>(-info.height));  // top-down
  out.u16(1);
  out.u16(static_cast<std::uint64_t>(bits_of(info.pixel)));
  out.u32(info.pixel.alpha ? bitfields : rgb);
  out.u32(parts.pixel_bytes);
  const Resolution resolution = info.metadata.resolution.value_or(Resolution{});
  out.u32(per_metre(resolution.x, resolution.unit));
  out.u32(per_metre(resolution.y, resolution.unit));
  out.u32(parts.palette_entries);
  out.u32(0);
  if (parts.header_bytes == v5_bytes) append_v5_fields(out, info, parts);
  for (std::uint32_t i = 0; i < parts.palette_entries; ++i) {
    if (!info.palette.empty()) {
      out.entry(info.palette[i]);
      continue;
    }
    const auto gray = static_cast<std::uint8_t>(i * 255 / (parts.palette_entries - 1));
    out.entry({.red = gray, .green = gray, .blue = gray});
  }
  return std::move(out).take();
}

/// RGB(A) to BGR(A).
template <std::size_t channels>
void reverse_colors(std::span<const std::byte> elements, std::span<std::byte> stored) {
  for (std::size_t at = 0; at + channels <= elements.size(); at += channels) {
    stored[at] = elements[at + 2];
    stored[at + 1] = elements[at + 1];
    stored[at + 2] = elements[at];
    if constexpr (channels == 4) stored[at + 3] = elements[at + 3];
  }
}

}  // namespace

PixelFormat nearest_storable(const ImageInfo& info) {
  if (is_opaque_palette(info)) return info.pixel;
  if (is_packed_gray(info.pixel) && !info.transparent_color && bits_of(info.pixel) == info.pixel.bit_depth)
    return info.pixel;
  const PixelFormat pixel = without_palette(info);
  const bool is_gray = pixel.color == ColorModel::gray && !pixel.alpha;
  return PixelFormat::of(ElementType::u8, is_gray ? ColorModel::gray : ColorModel::rgb, pixel.alpha);
}

bool can_store(const ImageInfo& info) {
  return !info.transparent_color && same_pixels(info.pixel, nearest_storable(info));
}

StoredForm make_form(const ImageInfo& info, const EncodeOptions&, Context& context) {
  const auto& resolution = info.metadata.resolution;
  const bool holds_resolution =
      resolution && per_metre(resolution->x, resolution->unit) > 0 && per_metre(resolution->y, resolution->unit) > 0;
  warn_of_lost_metadata("BMP", info.metadata, {.icc = true, .resolution = holds_resolution}, context);
  StoredForm form;
  // Gray is stored as a palette, whose colours are RGB.
  form.trailer = fitting_profile(info.metadata, ColorModel::rgb, context);
  const Parts parts = parts_of(info, form.trailer.size());
  form.header = header_of(info, parts);
  form.format = ElementType::u8;
  form.padding_bytes = static_cast<std::size_t>(parts.row_bytes - parts.packed_bytes);
  if (info.channels() >= 3) form.pack = info.channels() == 3 ? reverse_colors<3> : reverse_colors<4>;
  if (const int bits = bits_of(info.pixel); bits < 8)
    form.pack = [bits](std::span<const std::byte> elements, std::span<std::byte> stored) {
      pack_bits(elements, static_cast<unsigned>(bits), stored);
    };
  if (form.pack) form.packed_bytes = static_cast<std::size_t>(parts.packed_bytes);
  return form;
}

}  // namespace imgbuf::codecs::bmp
