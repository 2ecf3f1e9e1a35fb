#include "codecs/bmp/bmp_header.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "codecs/stored/number.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::bmp {

namespace {

/// Little-endian numbers at offsets of the file's beginning.
class Numbers {
 public:
  explicit Numbers(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] std::uint32_t u16(std::size_t at) const { return number(at, 2); }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const { return number(at, 4); }
  [[nodiscard]] std::int32_t i32(std::size_t at) const { return static_cast<std::int32_t>(number(at, 4)); }

 private:
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at + size > bytes_.size()) throw Error(ErrorCode::truncated_data, "the file ends too early, in its header");
    return static_cast<std::uint32_t>(number_in(bytes_.subspan(at, size), ByteOrder::little));
  }

  std::span<const std::byte> bytes_;
};

/// More than any header and its masks.
constexpr std::size_t most_header_bytes = 256;

constexpr std::array known_headers{core_bytes, short_os2_bytes, info_bytes, v2_bytes,
                                   v3_bytes,   os2_bytes,       v4_bytes,   v5_bytes};

void require_uncompressed(const Header& header) {
  const char* name = nullptr;
  if (header.header_bytes == os2_bytes && header.compression == 3) name = "Huffman 1D";
  if (header.header_bytes == os2_bytes && header.compression == 4) name = "RLE24";
  if (header.compression == rle8) name = "RLE8";
  if (header.compression == rle4) name = "RLE4";
  if (name == nullptr && header.compression == jpeg) name = "JPEG";
  if (name == nullptr && header.compression == png) name = "PNG";
  if (name != nullptr)
    throw Error(ErrorCode::unsupported, "BMP with compression " + std::string(name) + " is not read");
  if (header.compression > alpha_bitfields)
    throw Error(ErrorCode::corrupt_data, "no BMP has compression " + std::to_string(header.compression));
}

bool has_masks(const Header& header) noexcept {
  return header.compression == bitfields || header.compression == alpha_bitfields;
}

void read_size(const Numbers& in, Header& header) {
  constexpr std::size_t at = file_header_bytes;
  if (header.header_bytes == core_bytes) {
    header.width = in.u16(at + 4);
    header.height = in.u16(at + 6);
    header.bits = in.u16(at + 10);
    return;
  }
  header.width = in.i32(at + 4);
  header.height = in.i32(at + 8);
  header.bits = in.u16(at + 14);
  header.is_top_down = header.height < 0;
  header.height = header.is_top_down ? -header.height : header.height;
}

/// Where masks stand, or the usual ones.
void read_masks(const Numbers& in, Header& header) {
  constexpr std::size_t at = file_header_bytes + info_bytes;
  if (has_masks(header)) {
    if (header.bits != 16 && header.bits != 32)
      throw Error(ErrorCode::corrupt_data, "masks for pixels of " + std::to_string(header.bits) + " bits");
    const bool has_alpha = header.header_bytes >= v3_bytes || header.compression == alpha_bitfields;
    for (std::size_t c = 0; c < (has_alpha ? 4U : 3U); ++c) header.masks[c] = in.u32(at + 4 * c);
  } else if (header.bits == 16) {
    header.masks = {0x7c00, 0x03e0, 0x001f, 0};
  } else {
    header.masks = {0xff0000, 0x00ff00, 0x0000ff, 0};
  }
}

void read_palette_place(const Numbers& in, Header& header) {
  header.palette_offset = file_header_bytes + header.header_bytes;
  if (header.header_bytes == info_bytes && has_masks(header))
    header.palette_offset += header.compression == alpha_bitfields ? 16 : 12;
  if (header.bits > 8) return;
  const std::uint32_t all = 1U << header.bits;
  const std::uint32_t said = header.header_bytes >= info_bytes ? in.u32(file_header_bytes + 32) : 0;
  const std::uint64_t entry_bytes = header.header_bytes == core_bytes ? 3 : 4;
  const std::uint64_t room =
      header.pixel_offset > header.palette_offset ? header.pixel_offset - header.palette_offset : 0;
  header.palette_entries =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(said == 0 ? all : std::min(said, all), room / entry_bytes));
  if (header.palette_entries == 0) throw Error(ErrorCode::corrupt_data, "there is no palette");
}

}  // namespace

Header read_header(FileBytes& file) {
  const Numbers in(file.head(most_header_bytes));
  Header header;
  header.pixel_offset = in.u32(10);
  header.header_bytes = in.u32(file_header_bytes);
  if (std::find(known_headers.begin(), known_headers.end(), header.header_bytes) == known_headers.end())
    throw Error(ErrorCode::unsupported,
                "no BMP is known with a header of " + std::to_string(header.header_bytes) + " bytes");
  read_size(in, header);
  if (header.width < 1 || header.height < 1) throw Error(ErrorCode::corrupt_data, "the picture has no pixels");
  constexpr std::array<std::uint32_t, 7> known_bits{1, 2, 4, 8, 16, 24, 32};
  if (std::find(known_bits.begin(), known_bits.end(), header.bits) == known_bits.end())
    throw Error(ErrorCode::corrupt_data, "no BMP has pixels of " + std::to_string(header.bits) + " bits");
  constexpr std::size_t at = file_header_bytes;
  if (header.header_bytes >= info_bytes) {
    header.compression = in.u32(at + 16);
    require_uncompressed(header);
    header.x_per_metre = in.i32(at + 24);
    header.y_per_metre = in.i32(at + 28);
  }
  read_masks(in, header);
  read_palette_place(in, header);
  if (header.pixel_offset < header.palette_offset)
    throw Error(ErrorCode::corrupt_data, "the pixels begin inside the header");
  if (header.header_bytes >= v4_bytes) {
    header.color_space = in.u32(at + 56);
    for (std::size_t field = at + 60; field < at + v4_bytes; field += 4)
      header.is_calibrated = header.is_calibrated || (header.color_space == calibrated && in.u32(field) != 0);
  }
  if (header.header_bytes == v5_bytes) {
    header.profile_offset = at + std::uint64_t{in.u32(at + 112)};
    header.profile_bytes = in.u32(at + 116);
  }
  return header;
}

}  // namespace imgbuf::codecs::bmp
