#pragma once

#include <cstddef>
#include <span>

namespace imgbuf::codecs {

/// Samples of 1 to 8 bits, packed into bytes from the most significant bit on, become bytes: as many as `samples` has.
inline void unpack_bits(std::span<const std::byte> stored, unsigned bits, std::span<std::byte> samples) noexcept {
  unsigned held = 0;
  unsigned held_bits = 0;
  std::size_t at = 0;
  for (std::byte& sample : samples) {
    if (held_bits < bits) {
      held = (held << 8 | std::to_integer<unsigned>(stored[at++])) & 0xffff;
      held_bits += 8;
    }
    held_bits -= bits;
    sample = static_cast<std::byte>(held >> held_bits & ((1U << bits) - 1));
  }
}

}  // namespace imgbuf::codecs
