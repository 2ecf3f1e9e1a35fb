#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "imgbuf/explain_layout.hpp"

namespace imgbuf::drawing {

/// "(4, 6, 3)", with Python's comma for a single value.
[[nodiscard]] std::string tuple_text(std::span<const std::ptrdiff_t> values);

/// "72,000,000"; pictures are read by people.
[[nodiscard]] std::string grouped(std::size_t value);

/// "1 pointer", "4,000 pointers".
[[nodiscard]] std::string counted(std::size_t count, std::string_view thing);

/// "1 byte", "72 bytes".
[[nodiscard]] std::string bytes_text(std::size_t bytes);

[[nodiscard]] std::string shape_text(const Layout& layout);

/// The strides and, where there are any, the suboffsets of PEP 3118; where it cannot say them, the axes' own and levels.
struct StrideText {
  std::string strides;
  std::string suboffsets;  ///< "none" for a direct array; else the reason when PEP 3118 cannot say them
};
[[nodiscard]] StrideText stride_text(const LayoutReport& report);

/// "shared", "rewired, 8,192 bytes mapped", "copied, 72 bytes", "not possible", with the bytes of a new table.
[[nodiscard]] std::string answer_text(const ConsumerAnswer& answer);
/// Why it is not simply shared; empty when it is.
[[nodiscard]] std::string reason_text(const ConsumerAnswer& answer);

}  // namespace imgbuf::drawing
