#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codecs/stored/file_bytes.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/limits.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::codecs {

/// Turns the bytes of a stored row into elements in native byte order: of all the row's columns and stored channels.
using UnpackRow = std::function<void(std::span<const std::byte> stored, std::span<std::byte> elements)>;

/// A picture that lies in its file without compression, and where: what a parser makes of a header. It is cut into
/// *cells* of whole stored rows (strips), or of parts of them (tiles); stored rows are the picture's rows, upside down
/// when `bottom_up`, or its columns. With `planar` each stored channel has cells of its own.
///
/// The byte of a stored row r and a stored column x begins at
///
///     cell_offsets[(plane * cells_down() + r / rows_per_cell) * cells_across() + x / columns_per_cell]
///         + r % rows_per_cell * row_pitch_bytes + x % columns_per_cell * (bytes of a stored pixel)
struct StoredPicture {
  static constexpr std::uint64_t not_stored = ~std::uint64_t{0};

  /// What the elements are: in the file's byte order where they are its bytes as they are, else native.
  ImageInfo info;

  int stored_channels = 1;           ///< elements of a pixel in the file, of which the picture may use some only
  std::vector<int> channel_at;       ///< which of them each channel of the picture is; all in order when empty
  std::uint64_t bits_per_pixel = 8;  ///< of one plane in the file

  bool planar = false;
  bool bottom_up = false;
  bool by_columns = false;

  std::uint64_t rows_per_cell = 0;
  std::uint64_t columns_per_cell = 0;       ///< the stored width unless there are tiles
  std::uint64_t row_pitch_bytes = 0;        ///< from a stored row of a cell to the next
  std::vector<std::uint64_t> cell_offsets;  ///< `not_stored` for a cell that the file leaves out, which is zeros

  /// Why the elements are not bytes of the file as they are, such as "its samples are single bits"; empty when they
  /// are.
  std::string decode_reason;
  /// Makes them elements row by row; empty when there is nothing to do.
  UnpackRow unpack;
  /// Takes the place of a source at its offset 0: the bytes that all offsets here are about; empty for the source's
  /// own.
  std::function<std::unique_ptr<FileBytes>(Source& source)> open_bytes;

  /// Bytes that may follow the picture are another one's.
  bool may_be_followed = false;

  [[nodiscard]] std::uint64_t stored_width() const noexcept;
  [[nodiscard]] std::uint64_t stored_height() const noexcept;
  [[nodiscard]] std::uint64_t planes() const noexcept;
  /// Stored channels of one plane.
  [[nodiscard]] std::uint64_t channels_per_plane() const noexcept;
  [[nodiscard]] std::uint64_t cells_across() const noexcept;
  [[nodiscard]] std::uint64_t cells_down() const noexcept;
  /// Bytes of one stored row of a plane, of so many columns.
  [[nodiscard]] std::uint64_t row_bytes(std::uint64_t columns) const noexcept;
  /// The stored channel that a channel of the picture is.
  [[nodiscard]] int stored_channel(int channel) const noexcept;
  /// Where a stored row begins inside the cells that stand at a place from the left; `not_stored` in one that the file
  /// leaves out.
  [[nodiscard]] std::uint64_t row_offset(std::uint64_t plane, std::uint64_t row, std::uint64_t cell) const noexcept;

  /// Bytes from where a cell begins to behind the last that the picture uses of it: a tile at the picture's far edges
  /// may be cut off behind them. @pre `complete` has checked them
  [[nodiscard]] std::uint64_t used_bytes(std::uint64_t down, std::uint64_t across) const noexcept;

  /// Whether the file leaves out no cell.
  [[nodiscard]] bool is_all_stored() const noexcept;

  /// Whether reading its rows from the first to the last only ever goes ahead in the file.
  [[nodiscard]] bool goes_ahead() const noexcept;
};

/// Merges cells that follow one another in the file, and checks that every sum and product of offsets and sizes fits.
/// Every parser ends with it. Where the file ends is another matter: `stored_end`.
/// @pre the size is within limits and at least 1 x 1; all members are set
/// @throws Error{corrupt_data}
void complete(StoredPicture& picture);

/// One past the last byte of the pixels. @pre `complete` was called
[[nodiscard]] std::uint64_t stored_end(const StoredPicture& picture) noexcept;

/// Whether between the bytes that a region takes of two rows so many lie that to read on behind the first is in vain.
[[nodiscard]] bool is_scattered(const StoredPicture& picture, const Region& region) noexcept;

/// What is said, behind the file's name, of a file that goes on behind a picture.
inline constexpr const char* more_follows = ": more follows the picture; only the first is read";

/// What reads a header: bytes to where the elements are.
using ParseStored = StoredPicture (*)(FileBytes& file, const Limits& limits);

}  // namespace imgbuf::codecs
