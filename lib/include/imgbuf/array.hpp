#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/layout.hpp"
#include "imgbuf/storage.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

namespace image {
struct ArrayParts;
}

/// Elements of any shape and the storage that keeps their memory alive: what an image is without the meaning of its
/// pixels, and what is handed to array libraries. Copying an array copies no element: copies share them. Read-only when
/// a segment that its elements reach is. A moved-from array has no elements, as one that was default-made.
class IMGBUF_API Array {
 public:
  /// No elements.
  Array() = default;
  Array(const Array&) = default;
  Array(Array&& other) noexcept;
  Array& operator=(const Array&) = default;
  Array& operator=(Array&& other) noexcept;
  ~Array() = default;

  /// New memory; the elements are undefined. The first axis is the picture's height; of three axes the last is its
  /// channels. `planes` needs two or three axes, the other arrangements take any: what is behind the first axis is one
  /// row, and no axis is one row of one element.
  /// @throws Error{invalid_argument, invalid_layout, out_of_memory}; Error{unsupported} for shared memory where there is
  ///         none
  static Array allocate(std::span<const std::ptrdiff_t> shape, Format format, const Arrangement& arrangement = {});

  /// Memory that already exists. Every byte of each element must lie in a segment of `storage`; of elements behind
  /// pointers, and where strides interleave, every byte from the lowest to the highest behind one pointer. Pointer
  /// tables are not trusted: each of their slots is read once, in time linear in the slots however many indices share
  /// one, checked, and copied. So the caller's tables may change or go, and elements that overlap them may be written,
  /// without leading the array elsewhere; the elements are shared. The array has the layout's axes, but where there are
  /// pointers, its origin, the strides of its table axes and its pointer offsets are those of the copy.
  /// @throws Error{invalid_layout} naming the first element or pointer outside; Error{limit_exceeded} for more than 2^31
  ///         slots; Error{out_of_memory}
  static Array over(Storage storage, std::byte* origin, Layout layout, Format format);

  /// Memory whose owner vouches for all of it, such as the exporter of a PEP 3118 buffer, so that its bounds need not be
  /// known. Pointers are followed as they stand, each slot once, and the tables are copied as by `over`. The segments are
  /// what is reached: the bytes from the lowest to the highest behind each pointer, those that adjoin or overlap as one.
  /// @param keeper  released when the last array over the memory is gone, on any thread; may be null for memory that
  ///         outlives them
  /// @throws Error{limit_exceeded} for more than 2^31 slots; Error{out_of_memory}; on an error the keeper is released
  static Array trusted(std::byte* origin, const Layout& layout, Format format, std::shared_ptr<void> keeper,
                       Access access = Access::read_write);

  /// Another view of the same storage. Checked as by `over`; tables are copied unless they are the array's own.
  /// Read-only when this array is. @throws as `over` does
  [[nodiscard]] Array with_view(const AnyConstView& view) const;

  /// The same elements, only to be read.
  [[nodiscard]] Array read_only() const;

  [[nodiscard]] const Storage& storage() const noexcept { return storage_; }
  [[nodiscard]] bool is_read_only() const noexcept { return access_ == Access::read_only; }
  [[nodiscard]] const Layout& layout() const noexcept { return view_.layout(); }
  [[nodiscard]] Format format() const noexcept { return view_.format(); }
  [[nodiscard]] int rank() const noexcept { return view_.rank(); }
  /// @throws Error{invalid_argument} when there is no such axis
  [[nodiscard]] std::ptrdiff_t extent(int axis) const { return view_.extent(axis); }
  [[nodiscard]] bool is_empty() const noexcept { return view_.is_empty(); }
  /// Bytes that the elements take in a copy, packed; one that several indices share counts for each of them.
  /// @throws Error{invalid_layout} when they do not fit `std::ptrdiff_t`
  [[nodiscard]] std::ptrdiff_t packed_bytes() const;

  /// The elements, to write.
  /// @throws Error{invalid_argument} when the array is read-only; Error{out_of_memory} as `const_view` does
  [[nodiscard]] AnyView view() const;
  /// The elements, to read.
  /// @throws Error{out_of_memory}, for a layout that is too large to be held inline
  [[nodiscard]] AnyConstView const_view() const;

  // Parts and other shapes of the same elements, which share this array's storage; arguments and errors as for the
  // operations of `Layout`.
  [[nodiscard]] Array index(int axis, std::ptrdiff_t i) const { return with_part(view_.index(axis, i)); }
  [[nodiscard]] Array slice(int axis, const Slice& s) const { return with_part(view_.slice(axis, s)); }
  [[nodiscard]] Array window(int axis, std::ptrdiff_t start, std::ptrdiff_t count) const {
    return with_part(view_.window(axis, start, count));
  }
  [[nodiscard]] Array crop(std::span<const std::ptrdiff_t> starts, std::span<const std::ptrdiff_t> counts) const {
    return with_part(view_.crop(starts, counts));
  }
  [[nodiscard]] Array select(int axis, std::span<const std::ptrdiff_t> indices) const {
    return with_part(view_.select(axis, indices));
  }
  [[nodiscard]] Array flip(int axis) const { return with_part(view_.flip(axis)); }
  [[nodiscard]] Array permute(std::span<const int> order) const { return with_part(view_.permute(order)); }
  [[nodiscard]] Array transpose() const { return with_part(view_.transpose()); }
  [[nodiscard]] Array insert_axis(int position) const { return with_part(view_.insert_axis(position)); }
  [[nodiscard]] Array drop_axis(int axis) const { return with_part(view_.drop_axis(axis)); }
  [[nodiscard]] Array squeeze() const { return with_part(view_.squeeze()); }
  [[nodiscard]] Array broadcast_to(std::span<const std::ptrdiff_t> shape) const {
    return with_part(view_.broadcast_to(shape));
  }

 private:
  friend struct image::ArrayParts;

  Array(Storage storage, AnyView view, Access access, std::span<const std::byte> own_tables) noexcept;

  /// @pre what the view reaches is reached by this array too
  [[nodiscard]] Array with_part(AnyView view) const;

  Storage storage_;
  AnyView view_;
  Access access_ = Access::read_write;
  std::span<const std::byte> own_tables_;  ///< the segment of pointer tables that the library made, which nobody writes
};

}  // namespace imgbuf
