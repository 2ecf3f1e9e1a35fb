#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "codecs/codec.hpp"

namespace imgbuf::test {

/// Decodes arbitrary bytes with one codec. The file's own last bytes choose region, scale, channels, arrangement and
/// the size of the strips, so that a real file is a seed as it is. Anything but an `Error` or a picture is a finding.
void decode_fuzzed(const codecs::Codec& codec, std::span<const std::uint8_t> file);

}  // namespace imgbuf::test
