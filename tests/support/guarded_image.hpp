#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "imgbuf/format.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::test {

/// The ways in which a picture's elements can lie in memory that every kernel and codec is tested over.
enum class Kind {
  contiguous,  ///< one packed run, aligned
  padded,      ///< padded rows; starts at an odd address with an odd row stride, so multi-byte elements are misaligned
  flipped,     ///< padded rows; negative row stride and negative column stride
  transposed,  ///< padded columns: a column's pixels lie side by side, a row's do not
  rows,        ///< a table of row pointers, rows in order
  strips,      ///< a table of row pointers into several blocks of three rows
  planes,      ///< two indirections: a table of planes, each a table of row pointers, packed columns
  foreign_rows,  ///< row pointers in shuffled order, rows aligned only to their elements, with a pointer offset
  byte_swapped,  ///< contiguous with the opposite byte order; for elements of one byte the same as `padded`
};

const char* name(Kind kind);
std::span<const Kind> all_kinds();

/// Whether a row of more than one pixel is one packed run of elements, so that a codec's row can be it.
bool has_packed_rows(Kind kind, std::ptrdiff_t channels);

/// Memory of shape (height, width, channels) in which every byte that is no element is a guard: around every row, in
/// all padding, and the pointer tables. Extents may be 0. With AddressSanitizer the guards are poisoned too, as far as
/// its granules of 8 bytes allow, so that reading one is reported where it happens.
///
/// Elements start as a pattern that differs from 0 and from byte to byte.
class GuardedImage {
 public:
  GuardedImage(Kind kind, std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, Format format);
  ~GuardedImage();
  GuardedImage(const GuardedImage&) = delete;
  GuardedImage& operator=(const GuardedImage&) = delete;

  /// The elements; valid as long as this object. For `byte_swapped` the format's byte order is the opposite of the one
  /// given.
  [[nodiscard]] AnyView view() const { return view_; }

  /// Whether every byte that is no element, and every pointer, is as it was made.
  [[nodiscard]] bool guards_intact() const;

 private:
  struct RowPlacement {
    std::ptrdiff_t run_bytes = 0;     ///< bytes of one packed row (of one plane)
    std::ptrdiff_t pitch_bytes = 0;   ///< from the start of one slot to the next
    std::ptrdiff_t first_offset = 0;  ///< of the first slot in its block
    std::ptrdiff_t rows_per_block = 0;
  };
  struct Block {
    std::vector<std::byte> bytes;
    std::vector<std::pair<std::ptrdiff_t, std::ptrdiff_t>> guards;  ///< [first, last) offsets, sorted
  };

  void allocate(const RowPlacement& placement, std::ptrdiff_t row_count);
  [[nodiscard]] std::byte* slot(const RowPlacement& placement, std::ptrdiff_t index);
  void make_strided(Kind kind, std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, Format format);
  void make_row_table(Kind kind, std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, Format format);
  void make_planes(std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, Format format);
  void mark_guards();
  void set_poisoned(bool poisoned) const;

  std::vector<Block> blocks_;
  std::vector<std::vector<std::byte*>> tables_;  ///< each with one null entry after its last
  std::vector<std::vector<std::byte*>> expected_tables_;
  AnyView view_;
};

/// The elements in C order and native byte order, gathered one by one through `Layout::address`: an oracle that shares
/// no code with the library's walks.
[[nodiscard]] std::vector<std::byte> packed(const AnyConstView& view);

/// The opposite of `packed`. @pre bytes.size() is the view's element count times its itemsize
void fill_from_packed(const AnyView& view, std::span<const std::byte> bytes);

/// The same elements for the same seed, shape and element type, whatever the layout and byte order. Integers run over
/// 0..2^bit_depth - 1, floating point over 0..1. @param bit_depth  0: all bits of the element
void fill_random(const AnyView& view, std::uint32_t seed, int bit_depth = 0);

}  // namespace imgbuf::test
