#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "codecs/stored/file_bytes.hpp"
#include "codecs/stored/stored_picture.hpp"

namespace imgbuf::codecs {

/// Brings stored rows from the file, and turns them into elements. Of tiles it holds those of one row of tiles that
/// are wanted. Cells that the file leaves out are zeros before they are turned.
class RowFetcher {
 public:
  /// Both outlive this.
  RowFetcher(const StoredPicture& picture, FileBytes& file);

  /// Says which columns are wanted, before the first `fetch`; all when it is not called. Others may then be missing
  /// from the file, and what `fetch` gives of them is undefined. @pre count is at least 1; they are inside
  void want_columns(std::uint64_t first, std::uint64_t count) noexcept;

  /// Memory that it holds or will hold.
  [[nodiscard]] std::uint64_t held_bytes() const noexcept;

  /// How many rows from `row` on, at most `count`, lie side by side in the file and are elements as they are, so that
  /// one `fetch` can bring them; at least 1.
  [[nodiscard]] std::uint64_t rows_together(std::uint64_t row, std::uint64_t count) const noexcept;

  /// @param out  the elements of one stored row, or of several that `rows_together` allows
  /// @throws Error{truncated_data, io_failure}
  void fetch(std::uint64_t plane, std::uint64_t row, std::span<std::byte> out);

 private:
  void fetch_stored(std::uint64_t plane, std::uint64_t row, std::span<std::byte> out);
  void hold_tiles(std::uint64_t plane, std::uint64_t down);
  /// The file's bytes at an offset, or the zeros of what is `not_stored`.
  void read(std::uint64_t offset, std::span<std::byte> out);
  /// Where a tile is in the file, or `not_stored`.
  [[nodiscard]] std::uint64_t tile_offset(std::uint64_t plane, std::uint64_t down, std::uint64_t across) const;
  [[nodiscard]] std::uint64_t tile_bytes() const noexcept;
  [[nodiscard]] std::uint64_t tiles_across() const noexcept { return end_tile_ - first_tile_; }

  const StoredPicture& picture_;
  FileBytes& file_;
  std::vector<std::byte> stored_;  ///< a row before it is unpacked
  std::vector<std::byte> tiles_;   ///< those of a row of tiles that are stored, one after the other
  std::uint64_t first_tile_ = 0;   ///< wanted of a row of tiles
  std::uint64_t end_tile_;         ///< behind the last one wanted
  std::uint64_t tiles_plane_ = 0;
  std::uint64_t tiles_down_ = 0;
};

}  // namespace imgbuf::codecs
