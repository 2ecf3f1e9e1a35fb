#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace imgbuf::codecs {

/// Samples of 1 to 16 bits, packed into bytes from the most significant bit on, become elements of type T in native
/// byte order: as many as `elements` has room for.
/// @param at_byte  turns a byte of `stored` into the one that counts
template <class T, class AtByte>
void unpack_bits(std::span<const std::byte> stored, unsigned bits, std::span<std::byte> elements,
                 const AtByte& at_byte) noexcept {
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  std::size_t next = 0;
  for (std::size_t at = 0; at < elements.size(); at += sizeof(T)) {
    for (; held_bits < bits; held_bits += 8) held = held << 8 | std::to_integer<std::uint32_t>(at_byte(stored[next++]));
    held_bits -= bits;
    const auto sample = static_cast<T>(held >> held_bits & ((1U << bits) - 1));
    std::memcpy(elements.data() + at, &sample, sizeof sample);
  }
}

template <class T>
void unpack_bits(std::span<const std::byte> stored, unsigned bits, std::span<std::byte> elements) noexcept {
  unpack_bits<T>(stored, bits, elements, [](std::byte byte) { return byte; });
}

/// The opposite for samples of 1, 2, 4 or 8 bits in a byte each; bits behind the last sample are 0.
/// @param at_sample  turns a sample into the one to store
template <class AtSample>
void pack_bits(std::span<const std::byte> samples, unsigned bits, std::span<std::byte> stored,
               const AtSample& at_sample) noexcept {
  const std::size_t per_byte = 8 / bits;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    unsigned byte = 0;
    for (std::size_t at = i * per_byte; at < (i + 1) * per_byte; ++at) {
      const unsigned sample = at < samples.size() ? std::to_integer<unsigned>(at_sample(samples[at])) : 0;
      byte = byte << bits | (sample & ((1U << bits) - 1));
    }
    stored[i] = static_cast<std::byte>(byte);
  }
}

inline void pack_bits(std::span<const std::byte> samples, unsigned bits, std::span<std::byte> stored) noexcept {
  pack_bits(samples, bits, stored, [](std::byte sample) { return sample; });
}

}  // namespace imgbuf::codecs
