#include "codecs/tiff/tiff_picture.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "codecs/size_limits.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::tiff {

namespace {

constexpr std::size_t most_pictures_counted = 64;

void require_uncompressed(const Directory& directory) {
  struct Name {
    std::uint64_t value;
    std::string_view name;
  };
  static constexpr Name names[] = {{2, "CCITT RLE"},   {3, "CCITT T.4"},     {4, "CCITT T.6"}, {5, "LZW"},
                                   {6, "old JPEG"},    {7, "JPEG"},          {8, "Deflate"},   {32773, "PackBits"},
                                   {32946, "Deflate"}, {34712, "JPEG 2000"}, {34925, "LZMA"},  {50000, "Zstandard"},
                                   {50001, "WebP"}};
  const std::uint64_t value = directory.number_or(compression, 1);
  if (value == 1) return;
  const auto* const known =
      std::find_if(std::begin(names), std::end(names), [&](const Name& n) { return n.value == value; });
  throw Error(ErrorCode::unsupported,
              "TIFF with compression " + (known == std::end(names) ? std::to_string(value) : std::string(known->name)) +
                  " is not read");
}

std::ptrdiff_t size_of_side(const Directory& directory, Tag tag, const char* what) {
  const auto value = directory.number(tag);
  if (!value || *value == 0 || *value > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
    throw Error(ErrorCode::corrupt_data, "the picture has no " + std::string(what) + " that can be");
  return static_cast<std::ptrdiff_t>(*value);
}

/// How the picture is cut, and by which tags.
struct Cut {
  Tag offsets = strip_offsets;
  Tag byte_counts = strip_byte_counts;
  bool is_tiled = false;

  [[nodiscard]] std::string name() const { return is_tiled ? "tile" : "strip"; }
};

Cut set_cells(const Directory& directory, StoredPicture& picture) {
  Cut cut;
  cut.is_tiled = directory.find(tile_width) != nullptr;
  if (cut.is_tiled) {
    // Some writers keep the places of tiles under the tags of strips.
    if (directory.find(tile_offsets) != nullptr) cut.offsets = tile_offsets;
    if (directory.find(tile_byte_counts) != nullptr) cut.byte_counts = tile_byte_counts;
    picture.columns_per_cell = directory.number_or(tile_width, 0);
    picture.rows_per_cell = directory.number_or(tile_length, 0);
  } else {
    picture.columns_per_cell = picture.stored_width();
    picture.rows_per_cell =
        std::min(directory.number_or(rows_per_strip, picture.stored_height()), picture.stored_height());
  }
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (picture.columns_per_cell < 1 || picture.rows_per_cell < 1 || picture.columns_per_cell > most ||
      picture.rows_per_cell > most)
    throw Error(ErrorCode::corrupt_data, "a " + cut.name() + " has " + std::to_string(picture.columns_per_cell) +
                                             " columns and " + std::to_string(picture.rows_per_cell) + " rows");
  if (picture.cells_across() > 1 && picture.columns_per_cell * picture.bits_per_pixel % 8 != 0)
    throw Error(ErrorCode::unsupported, "TIFF with tiles whose rows are not whole bytes is not read");
  picture.row_pitch_bytes = picture.row_bytes(picture.columns_per_cell);
  return cut;
}

/// Bytes that a cell must have. A tile has all its rows and columns also at the edges of the picture.
std::uint64_t bytes_needed(const StoredPicture& picture, std::uint64_t down, bool is_tile) noexcept {
  std::uint64_t bytes = 0;
  const std::uint64_t rows =
      is_tile ? picture.rows_per_cell
              : std::min(picture.rows_per_cell, picture.stored_height() - down * picture.rows_per_cell);
  return __builtin_mul_overflow(rows, picture.row_pitch_bytes, &bytes) ? std::numeric_limits<std::uint64_t>::max()
                                                                       : bytes;
}

/// A row takes the place of all that are not stored.
void require_zeros_within(const Limits& limits, const StoredPicture& picture) {
  const std::uint64_t bytes = picture.row_bytes(picture.stored_width());
  if (picture.is_all_stored() || bytes <= static_cast<std::uint64_t>(limits.max_image_bytes)) return;
  throw Error(ErrorCode::limit_exceeded, "a row that is not stored takes " + std::to_string(bytes) +
                                             " bytes, more than max_image_bytes (" +
                                             std::to_string(limits.max_image_bytes) + ")");
}

void read_cells(const Directory& directory, StoredPicture& picture) {
  const Cut cut = set_cells(directory, picture);
  const std::uint64_t per_plane = picture.cells_down() * picture.cells_across();
  const std::uint64_t count = picture.planes() * per_plane;
  picture.cell_offsets = directory.numbers(cut.offsets, count);
  if (picture.cell_offsets.size() < count)
    throw Error(ErrorCode::corrupt_data, "the picture has " + std::to_string(count) + " " + cut.name() + "s, and " +
                                             std::to_string(picture.cell_offsets.size()) + " places of them");
  // What no file can say marks those that are not stored.
  if (!picture.is_all_stored()) throw Error(ErrorCode::corrupt_data, "offsets or sizes are larger than any file");
  const auto byte_counts = directory.numbers(cut.byte_counts, count);
  for (std::size_t i = 0; i < byte_counts.size(); ++i) {
    const std::uint64_t down = i % per_plane / picture.cells_across();
    const std::uint64_t needed = bytes_needed(picture, down, cut.is_tiled);
    if (byte_counts[i] == 0 && picture.cell_offsets[i] == 0)
      picture.cell_offsets[i] = StoredPicture::not_stored;
    else if (picture.cell_offsets[i] == 0)
      throw Error(ErrorCode::corrupt_data, cut.name() + " " + std::to_string(i) +
                                               " would be where the file begins, which is no place for pixels");
    else if (byte_counts[i] < needed)
      throw Error(ErrorCode::corrupt_data, cut.name() + " " + std::to_string(i) + " has " +
                                               std::to_string(byte_counts[i]) + " bytes of " + std::to_string(needed));
  }
}

}  // namespace

StoredPicture parse(FileBytes& file, const Limits& limits) {
  const FileKind kind = read_file_kind(file);
  const Directory directory(file, kind, kind.first_directory);
  StoredPicture picture;
  ImageInfo& info = picture.info;
  info.file.format = "TIFF";
  info.width = size_of_side(directory, image_width, "width");
  info.height = size_of_side(directory, image_length, "height");
  require_size_within(limits, info.width, info.height, {});
  require_uncompressed(directory);
  set_samples(directory, picture);
  read_cells(directory, picture);
  require_zeros_within(limits, picture);
  complete(picture);
  read_metadata(directory, limits, info.metadata);
  if (const std::size_t further = count_further(file, kind, directory, most_pictures_counted); further > 0)
    info.metadata.not_carried.push_back((further == most_pictures_counted ? "at least " : "") +
                                        std::to_string(further) + " further pictures");
  return picture;
}

}  // namespace imgbuf::codecs::tiff
