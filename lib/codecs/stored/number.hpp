#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "imgbuf/format.hpp"

namespace imgbuf::codecs {

/// A number of `bytes.size()` bytes (at most 8) in a file.
[[nodiscard]] constexpr std::uint64_t number_in(std::span<const std::byte> bytes, ByteOrder order) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t at = order == ByteOrder::little ? bytes.size() - 1 - i : i;
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[at]);
  }
  return value;
}

/// Appends the last `byte_count` bytes (at most 8) of a number.
inline void append_number(std::vector<std::byte>& out, std::uint64_t value, std::size_t byte_count, ByteOrder order) {
  for (std::size_t i = 0; i < byte_count; ++i) {
    const std::size_t at = order == ByteOrder::little ? i : byte_count - 1 - i;
    out.push_back(static_cast<std::byte>(value >> (8 * at) & 0xff));
  }
}

}  // namespace imgbuf::codecs
