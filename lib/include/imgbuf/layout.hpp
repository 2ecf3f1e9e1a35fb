#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>

#include "imgbuf/export.hpp"
#include "imgbuf/inline_vector.hpp"

namespace imgbuf {

/// One axis of a layout.
struct Axis {
  std::ptrdiff_t extent = 0;       ///< elements along the axis, >= 0
  std::ptrdiff_t byte_stride = 0;  ///< bytes from one index to the next; may be negative or 0
  int level = 0;                   ///< the indirection level whose address arithmetic the stride belongs to

  friend bool operator==(const Axis&, const Axis&) = default;
};

/// A range of indices with Python's meaning: absent ends reach to the end in the direction of `step`, negative ones
/// count from the end, and what lies outside is clamped (`PySlice_AdjustIndices`).
struct Slice {
  std::optional<std::ptrdiff_t> start = {};
  std::optional<std::ptrdiff_t> stop = {};
  std::ptrdiff_t step = 1;
};

struct Rebased;

/// Where the elements of an array are, relative to an origin: pure arithmetic, no memory.
///
///     address(index):
///         p = origin
///         for level in 0..indirections:
///             p += sum(index[a] * axes[a].byte_stride  for axes a of this level)
///             if level < indirections:  p = *(std::byte**)p + pointer_offset(level)
///
/// Axes are in logical order, the order in which the user indexes; their levels are independent of it. Every
/// operation is a pure function to a new layout and a change of the origin, so that indexing, slicing, flipping,
/// permuting and broadcasting are closed, indirect axes included.
///
/// Invariants, checked on construction (`Error{invalid_layout}`, `Error{invalid_argument}`): extents are not
/// negative, levels lie in 0..indirections, rank <= 64, indirections <= 64; the element count and the bytes that a
/// level's arithmetic spans fit `std::ptrdiff_t`.
class IMGBUF_API Layout {
 public:
  static constexpr int max_rank = 64;
  static constexpr int max_indirections = 64;

  /// A single direct element (rank 0).
  Layout() = default;

  /// @param pointer_offsets  bytes added after following each pointer, outermost first; its size is the number of
  ///                         indirections
  explicit Layout(std::span<const Axis> axes, std::span<const std::ptrdiff_t> pointer_offsets = {});
  Layout(std::initializer_list<Axis> axes, std::initializer_list<std::ptrdiff_t> pointer_offsets = {});

  /// A direct layout from extents and strides in bytes, as array libraries have them.
  static Layout strided(std::span<const std::ptrdiff_t> shape, std::span<const std::ptrdiff_t> byte_strides);
  /// A direct layout in C order (last axis fastest) without padding.
  static Layout contiguous(std::span<const std::ptrdiff_t> shape, std::ptrdiff_t itemsize);

  [[nodiscard]] int rank() const noexcept { return static_cast<int>(axes_.size()); }
  /// Pointers followed to reach an element: 0 strided, 1 row pointers, 2 planes of row pointers.
  [[nodiscard]] int indirections() const noexcept { return static_cast<int>(pointer_offsets_.size()); }
  [[nodiscard]] bool is_direct() const noexcept { return pointer_offsets_.empty(); }

  [[nodiscard]] std::span<const Axis> axes() const noexcept { return {axes_.data(), axes_.size()}; }
  /// @throws Error{invalid_argument} when there is no such axis
  [[nodiscard]] const Axis& axis(int index) const;
  [[nodiscard]] std::ptrdiff_t extent(int index) const { return axis(index).extent; }
  /// The extents of all axes.
  [[nodiscard]] InlineVector<std::ptrdiff_t, 4> shape() const {
    InlineVector<std::ptrdiff_t, 4> extents;
    for (const Axis& one : axes()) extents.push_back(one.extent);
    return extents;
  }
  /// Bytes added after the pointer that ends level `level` (0..indirections-1) was followed.
  [[nodiscard]] std::ptrdiff_t pointer_offset(int level) const {
    return pointer_offsets_[static_cast<std::size_t>(level)];
  }
  [[nodiscard]] std::span<const std::ptrdiff_t> pointer_offsets() const noexcept {
    return {pointer_offsets_.data(), pointer_offsets_.size()};
  }

  [[nodiscard]] std::ptrdiff_t element_count() const noexcept;
  /// True when an extent is 0: there is no element and no pointer is ever followed.
  [[nodiscard]] bool is_empty() const noexcept;
  /// True when some axis belongs to `level`.
  [[nodiscard]] bool level_has_axis(int level) const noexcept;

  /// The address of an element. Follows pointers with `memcpy`; the caller guarantees that `origin` and the memory
  /// it leads to belong to this layout.
  /// @pre index.size() == rank(), each 0 <= index[a] < extent(a)
  [[nodiscard]] std::byte* address(std::byte* origin, std::span<const std::ptrdiff_t> index) const noexcept;

  // Operations. `axis` arguments count from 0; none of these reads memory.

  /// Drops an axis by fixing its index; a negative index counts from the end.
  /// @throws Error{invalid_argument} when the index is out of range
  [[nodiscard]] Rebased index(int axis, std::ptrdiff_t i) const;
  /// Keeps some indices of an axis. @throws Error{invalid_argument} when step is 0
  [[nodiscard]] Rebased slice(int axis, const Slice& slice) const;
  /// Indices [start, start + count) of an axis. @throws Error{invalid_argument} when they are not all inside
  [[nodiscard]] Rebased window(int axis, std::ptrdiff_t start, std::ptrdiff_t count) const;
  /// Windows of the first axes at once: of (height, width, channels), `crop({y, x}, {height, width})`.
  /// @throws Error{invalid_argument} naming the axis whose window is not inside
  [[nodiscard]] Rebased crop(std::span<const std::ptrdiff_t> starts, std::span<const std::ptrdiff_t> counts) const;
  [[nodiscard]] Rebased crop(std::initializer_list<std::ptrdiff_t> starts,
                             std::initializer_list<std::ptrdiff_t> counts) const;
  /// Keeps the indices of an axis that are listed, in that order, as a list of channels along the last axis; negative
  /// ones count from the end. One index may repeat: (0, 0, 0) shows gray as three channels.
  /// @throws Error{invalid_argument} when an index is out of range; Error{copy_required} when the indices are not evenly
  ///         spaced, because no stride leads from each to the next
  [[nodiscard]] Rebased select(int axis, std::span<const std::ptrdiff_t> indices) const;
  [[nodiscard]] Rebased select(int axis, std::initializer_list<std::ptrdiff_t> indices) const;
  /// Reverses an axis.
  [[nodiscard]] Rebased flip(int axis) const;
  /// Reorders the axes: axis i of the result is axis order[i] of this one.
  /// @throws Error{invalid_argument} unless `order` is a permutation
  [[nodiscard]] Layout permute(std::span<const int> order) const;
  [[nodiscard]] Layout permute(std::initializer_list<int> order) const {
    return permute(std::span(order.begin(), order.size()));
  }
  /// Reverses the order of the axes.
  [[nodiscard]] Layout transpose() const;
  /// Adds an axis of extent 1 before position `position` (0..rank()).
  [[nodiscard]] Layout insert_axis(int position) const;
  /// Removes an axis of extent 1. @throws Error{invalid_argument} when its extent is another
  [[nodiscard]] Layout drop_axis(int axis) const;
  /// Removes every axis of extent 1.
  [[nodiscard]] Layout squeeze() const;
  /// Repeats an axis of extent 1 `extent` times without memory (stride 0).
  /// @throws Error{invalid_argument} when the axis' extent is neither 1 nor `extent`
  [[nodiscard]] Layout broadcast(int axis, std::ptrdiff_t extent) const;

  /// Broadcasts to a shape by NumPy's rules: the last axes of the shape are this layout's, each equal or repeated from
  /// extent 1; those before are new and repeat the whole.
  /// @throws Error{invalid_argument} naming the axis of `shape` whose extent is neither, or when `shape` has fewer axes
  /// @see https://numpy.org/doc/stable/user/basics.broadcasting.html
  [[nodiscard]] Layout broadcast_to(std::span<const std::ptrdiff_t> shape) const;
  [[nodiscard]] Layout broadcast_to(std::initializer_list<std::ptrdiff_t> shape) const {
    return broadcast_to(std::span(shape.begin(), shape.size()));
  }

  /// The layout without its first level, for a caller that has followed that level's pointer.
  /// @pre !is_direct() and no axis belongs to level 0
  [[nodiscard]] Layout without_leading_level() const&;
  [[nodiscard]] Layout without_leading_level() && noexcept;

  /// One line for people: "(4000, 6000, 3) strides (8, 3, 1) levels (0, 1, 1) offsets (0)".
  [[nodiscard]] std::string describe() const;

  friend IMGBUF_API bool operator==(const Layout& a, const Layout& b) noexcept;

 private:
  void validate() const;
  /// The indices start, start + step, … of an axis. @pre all `count` of them are inside
  [[nodiscard]] Rebased take(int axis, std::ptrdiff_t start, std::ptrdiff_t step, std::ptrdiff_t count) const;

  InlineVector<Axis, 4> axes_;
  InlineVector<std::ptrdiff_t, 2> pointer_offsets_;
};

/// A layout and by how many bytes its origin lies from the old origin.
struct Rebased {
  Layout layout;
  std::ptrdiff_t origin_offset_bytes = 0;

  friend bool operator==(const Rebased&, const Rebased&) = default;
};

inline Rebased Layout::crop(std::initializer_list<std::ptrdiff_t> starts,
                            std::initializer_list<std::ptrdiff_t> counts) const {
  return crop(std::span(starts.begin(), starts.size()), std::span(counts.begin(), counts.size()));
}

inline Rebased Layout::select(int axis, std::initializer_list<std::ptrdiff_t> indices) const {
  return select(axis, std::span(indices.begin(), indices.size()));
}

/// Whether a direct layout's elements lie in C order (last axis fastest) without gaps. Answers as CPython's
/// `PyBuffer_IsContiguous` does: indirect never is, axes of extent 1 do not matter, an empty direct layout is.
[[nodiscard]] IMGBUF_API bool is_c_contiguous(const Layout& layout, std::ptrdiff_t itemsize) noexcept;
/// The same for Fortran order (first axis fastest).
[[nodiscard]] IMGBUF_API bool is_f_contiguous(const Layout& layout, std::ptrdiff_t itemsize) noexcept;
/// Whether either of the two holds.
[[nodiscard]] IMGBUF_API bool is_contiguous(const Layout& layout, std::ptrdiff_t itemsize) noexcept;

/// Bytes [first, last), counted from some address; `first` is <= 0 where strides are negative.
struct ByteRange {
  std::ptrdiff_t first = 0;
  std::ptrdiff_t last = 0;

  [[nodiscard]] constexpr std::ptrdiff_t size() const noexcept { return last - first; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// What the arithmetic of one level reaches, counted from where the level starts: its pointers, or, on the last level,
/// its elements, each whole. For a direct layout that is the memory from the lowest to the highest byte of all elements.
/// Nothing for an empty layout, which reaches nothing.
/// @param itemsize  bytes of one element, 1 to 16
/// @pre 0 <= level <= layout.indirections()
[[nodiscard]] IMGBUF_API ByteRange reached_bytes(const Layout& layout, int level, std::ptrdiff_t itemsize) noexcept;

}  // namespace imgbuf
