#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/export.hpp"
#include "imgbuf/format.hpp"

namespace imgbuf {

/// An axis inside one item of a buffer.
struct ItemAxis {
  std::ptrdiff_t extent = 0;       ///< at least 1
  std::vector<std::string> names;  ///< none, or one for each index; empty for a member without a name

  friend bool operator==(const ItemAxis&, const ItemAxis&) = default;
};

/// One item of a PEP 3118 buffer: elements of one type side by side, in C order over the item's own axes. A scalar has
/// no axis; a pixel "T{B:r:B:g:B:b:}" has one of extent 3 with the names r, g and b.
struct IMGBUF_API ItemFormat {
  Format format;               ///< of each element
  std::vector<ItemAxis> axes;  ///< the outermost first

  /// Reads a PEP 3118 (`struct` module) format whose elements are all of one type and byte order.
  ///
  /// * A count repeats: "3B", "BBB" and "T{B2B}" are an axis of 3; "1B" and "T{B}" are a scalar.
  /// * A shape in parentheses is as many axes: "(2,3)f", and "(1)B" is an axis of 1.
  /// * The members of a structure with names are an axis, also when there is one. Members that are arrays or structures
  ///   themselves add their axes behind it; these must be the same in all.
  /// * `@ = < > ! ^` may stand before any member and hold until the next; all elements must come out the same. `@` asks
  ///   for alignment, which puts no padding between elements of one type.
  /// * White space may stand between members.
  ///
  /// @throws Error{unsupported} naming the position (characters from 0), the format and the reason: elements of several
  ///         types, padding, a code that is no element type of imgbuf, a count of 0, bytes that do not fit
  ///         `std::ptrdiff_t`, more than 64 axes, more than 32 nested structures, more than 65536 characters, or what is
  ///         no format at all
  /// @see PEP 3118, https://docs.python.org/3/library/struct.html#format-strings
  static ItemFormat parse(std::string_view pep3118);

  /// Bytes of one item.
  [[nodiscard]] std::ptrdiff_t itemsize() const noexcept;

  /// The PEP 3118 spelling, which `parse` reads back as the same: "B", "3B", ">(2,3)f", "T{B:r:B:g:B:b:}".
  [[nodiscard]] std::string pep3118() const;

  friend bool operator==(const ItemFormat&, const ItemFormat&) = default;
};

}  // namespace imgbuf
