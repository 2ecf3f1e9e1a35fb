#pragma once

#include "input.hpp"

namespace imgbuf::fuzz {

/// Decodes an untrusted file in ways that the input chooses (region, scale, expansion, channels, arrangement, strips)
/// and requires that
/// * nothing but an `Error` comes of it, and no byte outside the rows is touched;
/// * arrangement and strips change no pixel and no error;
/// * a region equals the crop of the whole, when the whole decodes without a warning.
void check_decode(const Input& input);

}  // namespace imgbuf::fuzz
