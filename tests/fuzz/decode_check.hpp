#pragma once

#include <optional>

#include "imgbuf/reader.hpp"
#include "input.hpp"

namespace imgbuf::fuzz {

/// What a file may cost.
inline constexpr Limits tight{.max_width = 4096,
                              .max_height = 4096,
                              .max_pixels = 1 << 18,
                              .max_image_bytes = 4 << 20,
                              .max_metadata_bytes = 256 << 10,
                              .max_scans = 20};

/// What to decode of a file: mostly what is valid for the picture, so that decoding is reached. Nothing when the file
/// cannot be opened.
std::optional<DecodeOptions> choose_options(const Input& input, Choices& choices);

/// Decodes an untrusted file in ways that the input chooses (region, scale, expansion, channels, arrangement, strips)
/// and requires that
/// * nothing but an `Error` comes of it, and no byte outside the rows is touched;
/// * arrangement and strips change no pixel and no error;
/// * a region equals the crop of the whole, when the whole decodes without a warning.
void check_decode(const Input& input);

}  // namespace imgbuf::fuzz
