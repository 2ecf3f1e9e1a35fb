#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "codecs/bmp/bmp_header.hpp"
#include "codecs/size_limits.hpp"
#include "codecs/stored/number.hpp"
#include "codecs/stored/packed_bits.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::bmp {

namespace {

/// A sample inside a pixel.
struct Field {
  unsigned shift = 0;
  std::uint32_t maximum = 0;  ///< 0 for a channel that has no bits
};

Field field_of(std::uint32_t mask) {
  if (mask == 0) return {};
  const auto shift = static_cast<unsigned>(std::countr_zero(mask));
  const std::uint32_t maximum = mask >> shift;
  if (!std::has_single_bit(std::uint64_t{maximum} + 1))
    throw Error(ErrorCode::corrupt_data, "a mask has gaps between its bits");
  return {shift, maximum};
}

template <class T>
void unpack_fields(std::span<const std::byte> stored, std::span<std::byte> elements, std::size_t pixel_bytes,
                   std::span<const Field> fields) {
  constexpr std::uint64_t full = (1ULL << (8 * sizeof(T))) - 1;
  std::byte* out = elements.data();
  for (std::size_t at = 0; at + pixel_bytes <= stored.size() && out != elements.data() + elements.size();
       at += pixel_bytes) {
    const std::uint64_t pixel = number_in(stored.subspan(at, pixel_bytes), ByteOrder::little);
    for (const Field& field : fields) {
      const std::uint64_t value = pixel >> field.shift & field.maximum;
      const auto sample = static_cast<T>(field.maximum == 0 ? 0 : (value * full + field.maximum / 2) / field.maximum);
      std::memcpy(out, &sample, sizeof sample);
      out += sizeof sample;
    }
  }
}

/// Channels of whole bytes are elements where they are; other fields are decoded.
void set_fields(const Header& header, StoredPicture& picture) {
  PixelFormat& pixel = picture.info.pixel;
  std::vector<Field> fields;
  for (std::size_t c = 0; c < 4; ++c)
    if (c < 3 || header.masks[c] != 0) fields.push_back(field_of(header.masks[c]));
  const bool has_alpha = fields.size() == 4;
  const bool are_bytes = header.bits != 16 && std::all_of(fields.begin(), fields.end(), [](const Field& field) {
                           return field.maximum == 255 && field.shift % 8 == 0;
                         });
  pixel = PixelFormat::of(ElementType::u8, ColorModel::rgb, has_alpha);
  picture.info.file.bit_depth = 8;
  if (are_bytes) {
    picture.stored_channels = static_cast<int>(header.bits / 8);
    for (const Field& field : fields) picture.channel_at.push_back(static_cast<int>(field.shift / 8));
    return;
  }
  std::uint32_t most = 0;
  for (const Field& field : fields) most = std::max(most, field.maximum);
  if (most == 0) throw Error(ErrorCode::corrupt_data, "all masks are 0");
  if (most > 255) pixel = PixelFormat::of(ElementType::u16, ColorModel::rgb, has_alpha);
  picture.info.file.bit_depth = static_cast<int>(std::bit_width(most));
  picture.stored_channels = static_cast<int>(fields.size());
  picture.decode_reason = "its samples are not whole bytes";
  const bool is_wide = most > 255;
  picture.unpack = [fields = std::move(fields), is_wide, pixel_bytes = std::size_t{header.bits / 8}](
                       std::span<const std::byte> stored, std::span<std::byte> elements) {
    is_wide ? unpack_fields<std::uint16_t>(stored, elements, pixel_bytes, fields)
            : unpack_fields<std::uint8_t>(stored, elements, pixel_bytes, fields);
  };
}

/// Whether indices are gray samples of so many bits.
bool is_gray_ramp(std::span<const PaletteEntry> palette, std::uint32_t bits) noexcept {
  const std::uint32_t maximum = (1U << bits) - 1;
  if (palette.size() != maximum + 1) return false;
  for (std::uint32_t i = 0; i <= maximum; ++i) {
    const auto gray = static_cast<std::uint8_t>(i * 255 / maximum);
    if (palette[i] != PaletteEntry{.red = gray, .green = gray, .blue = gray}) return false;
  }
  return true;
}

void set_palette(const Header& header, FileBytes& file, StoredPicture& picture) {
  const std::size_t entry_bytes = header.header_bytes == core_bytes ? 3 : 4;
  const auto first = static_cast<std::size_t>(header.palette_offset);
  const std::size_t end = first + header.palette_entries * entry_bytes;
  const auto head = file.head(end);
  if (head.size() < end) throw Error(ErrorCode::truncated_data, "the file ends too early, in its palette");
  ImageInfo& info = picture.info;
  for (std::size_t at = first; at < end; at += entry_bytes) {
    const auto byte = [&](std::size_t i) { return std::to_integer<std::uint8_t>(head[at + i]); };
    info.palette.push_back({.red = byte(2), .green = byte(1), .blue = byte(0)});
  }
  const bool is_gray = is_gray_ramp(info.palette, header.bits);
  if (is_gray) info.palette.clear();
  info.pixel = {ElementType::u8, is_gray ? ColorModel::gray : ColorModel::palette, false,
                static_cast<int>(header.bits)};
  info.file.bit_depth = static_cast<int>(header.bits);
  if (header.bits == 8) return;
  picture.decode_reason = "its samples are packed, " + std::to_string(8 / header.bits) + " to a byte";
  picture.unpack = [bits = header.bits](std::span<const std::byte> stored, std::span<std::byte> elements) {
    unpack_bits<std::uint8_t>(stored, bits, elements);
  };
}

void read_profile(const Header& header, FileBytes& file, const Limits& limits, Metadata& metadata) {
  if (header.is_calibrated) metadata.not_carried.emplace_back("end points and gamma of calibrated colours");
  if (header.color_space == linked_profile) metadata.not_carried.emplace_back("a link to an ICC profile");
  if (header.color_space != embedded_profile || header.profile_bytes == 0) return;
  const auto size = file.size();
  const bool is_inside =
      !size || (header.profile_offset <= *size && header.profile_bytes <= *size - header.profile_offset);
  if (!file.is_seekable() || !is_inside) {
    metadata.not_carried.emplace_back(is_inside ? "an ICC profile behind the pixels"
                                                : "an ICC profile outside the file");
    return;
  }
  if (header.profile_bytes > limits.max_metadata_bytes)
    throw Error(ErrorCode::limit_exceeded, "an ICC profile of " + std::to_string(header.profile_bytes) +
                                               " bytes passes max_metadata_bytes (" +
                                               std::to_string(limits.max_metadata_bytes) + ")");
  metadata.icc.resize(header.profile_bytes);
  file.read_at(header.profile_offset, metadata.icc);
}

std::string color_type(const Header& header, const PixelFormat& pixel) {
  if (header.bits <= 8) return pixel.color == ColorModel::gray ? "grayscale" : "palette";
  return pixel.alpha ? "RGB+alpha" : "RGB";
}

}  // namespace

StoredPicture parse(FileBytes& file, const Limits& limits) {
  const Header header = read_header(file);
  StoredPicture picture;
  ImageInfo& info = picture.info;
  info.width = static_cast<std::ptrdiff_t>(header.width);
  info.height = static_cast<std::ptrdiff_t>(header.height);
  info.file.format = "BMP";
  require_size_within(limits, info.width, info.height, {});
  header.bits <= 8 ? set_palette(header, file, picture) : set_fields(header, picture);
  info.file.color_type = color_type(header, info.pixel);
  if (header.x_per_metre > 0 && header.y_per_metre > 0)
    info.metadata.resolution = Resolution{static_cast<std::uint32_t>(header.x_per_metre),
                                          static_cast<std::uint32_t>(header.y_per_metre), Resolution::Unit::per_metre};

  picture.bits_per_pixel = header.bits;
  picture.bottom_up = !header.is_top_down;
  picture.columns_per_cell = picture.stored_width();
  picture.rows_per_cell = picture.stored_height();
  picture.row_pitch_bytes = (picture.row_bytes(picture.stored_width()) + 3) / 4 * 4;
  picture.cell_offsets = {header.pixel_offset};
  read_profile(header, file, limits, info.metadata);
  complete(picture);
  return picture;
}

}  // namespace imgbuf::codecs::bmp
