#pragma once

#include <cstddef>
#include <span>

namespace imgbuf::fuzz {

/// Decodes untrusted bytes in ways that the bytes choose (region, scale, expansion, channels, arrangement, strips) and
/// requires that
/// * nothing but an `Error` comes of it, and no byte outside the rows is touched;
/// * arrangement and strips change no pixel and no error;
/// * a region equals the crop of the whole, when the whole decodes without a warning.
void check_decode(std::span<const std::byte> file);

}  // namespace imgbuf::fuzz
