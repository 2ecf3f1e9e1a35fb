#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "imgbuf/export.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/layout.hpp"
#include "imgbuf/storage.hpp"

namespace imgbuf {

/// How new storage for a picture of shape (height, width, channels) is laid out.
///
/// | kind         | indirections | memory |
/// |--------------|--------------|--------|
/// | `contiguous` | 0            | one segment, rows one after the other |
/// | `rows`       | 1            | a table of row pointers over one segment |
/// | `strips(n)`  | 1            | a table of row pointers over segments of n rows |
/// | `planes`     | 2            | a table of planes, each a table of row pointers (`JSAMPIMAGE`); a segment a plane |
///
/// With `is_shared` the pixels lie in shared memory (`allocate_shared_segment`), so that an image whose strips are
/// whole pages can be rewired; pointer tables stay private.
struct IMGBUF_API Arrangement {
  enum class Kind : unsigned char { contiguous, rows, strips, planes };

  Kind kind = Kind::contiguous;
  std::ptrdiff_t rows_per_strip = 16;  ///< for `strips`; at least 1
  std::ptrdiff_t row_alignment = 1;    ///< each row starts at a multiple of it, in bytes; a power of two; 1 packs rows
  bool is_shared = false;              ///< pixels in shared memory, which `fork()` does not copy; Linux only

  [[nodiscard]] static constexpr Arrangement contiguous() noexcept { return {}; }
  [[nodiscard]] static constexpr Arrangement rows() noexcept { return {Kind::rows}; }
  [[nodiscard]] static constexpr Arrangement strips(std::ptrdiff_t rows) noexcept { return {Kind::strips, rows}; }
  [[nodiscard]] static constexpr Arrangement planes() noexcept { return {Kind::planes}; }

  /// The same with its pixels in shared memory.
  [[nodiscard]] constexpr Arrangement in_shared_memory() const noexcept {
    Arrangement shared = *this;
    shared.is_shared = true;
    return shared;
  }

  /// Reads "contiguous", "rows", "strips", "strips:N" or "planes", each with or without ":shared" at its end.
  /// @throws Error{invalid_argument} naming the text
  static Arrangement parse(std::string_view text);
  /// The text that `parse` reads; it leaves out `row_alignment`.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Arrangement&, const Arrangement&) = default;
};

/// New memory and where its elements are.
struct ArrangedMemory {
  Storage storage;
  std::byte* origin = nullptr;
  Layout layout;  ///< logical axes (height, width, channels) whatever the arrangement
};

/// Allocates a picture's memory; its contents are undefined, its pointer tables are filled.
/// @param height, width, channels  >= 0; a size of 0 allocates no pixels
/// @throws Error{invalid_argument, invalid_layout, out_of_memory}; Error{unsupported} for shared memory where there is
///         none
[[nodiscard]] IMGBUF_API ArrangedMemory allocate_arranged(std::ptrdiff_t height, std::ptrdiff_t width,
                                                          std::ptrdiff_t channels, Format format,
                                                          const Arrangement& arrangement);

/// The bytes that `allocate_arranged` takes: pixels with what alignment and shared memory's pages add, pointer tables,
/// and the list of segments. Blocks that the pool keeps or rounds up to huge pages can be larger.
/// @throws as it does, but for `out_of_memory`
[[nodiscard]] IMGBUF_API std::ptrdiff_t arranged_bytes(std::ptrdiff_t height, std::ptrdiff_t width,
                                                       std::ptrdiff_t channels, Format format,
                                                       const Arrangement& arrangement);

}  // namespace imgbuf
