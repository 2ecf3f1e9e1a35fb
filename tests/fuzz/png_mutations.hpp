#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace imgbuf::fuzz {

using Bytes = std::vector<std::uint8_t>;

/// Changes bytes at random, up to `max_size` of them: libFuzzer's own mutations.
void mutate(Bytes& bytes, std::size_t max_size);

[[nodiscard]] bool is_png(std::span<const std::uint8_t> file);

/// Puts every chunk's CRC right, so that the fuzzer gets past it.
void repair_png_checksums(Bytes& png);

/// Changes what the IDAT chunks hold compressed, which no random change of compressed bytes does. Leaves the file alone
/// when there is nothing to decompress. @pre is_png(png)
void mutate_png_pixels(Bytes& png);

}  // namespace imgbuf::fuzz
