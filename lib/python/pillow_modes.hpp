#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/format.hpp"
#include "imgbuf/image_info.hpp"

namespace imgbuf::python {

/// How Pillow keeps the pixels of a mode, and what they mean.
/// @see https://pillow.readthedocs.io/en/stable/handbook/concepts.html#modes
struct PillowMode {
  std::string_view name;
  Format format;
  std::ptrdiff_t pixel_bytes = 1;     ///< from one pixel to the next
  std::ptrdiff_t channel_stride = 1;  ///< bytes from one channel to the next
  std::vector<std::string> channels;
  std::optional<ColorModel> color;  ///< as images of imgbuf have it; none for what is no such model
  bool has_alpha = false;

  /// Modes of one channel have the axes height and width, others a channel axis behind.
  [[nodiscard]] bool has_channel_axis() const noexcept { return channels.size() > 1; }
  /// The modes of two channels keep four bytes a pixel, in which the second and third repeat the first.
  [[nodiscard]] bool repeats_first_channel() const noexcept { return channels.size() == 2; }
};

/// All that imgbuf knows. Of those that mean the same, the usual one comes first.
std::span<const PillowMode> pillow_modes();

/// @throws Error{unsupported} naming a mode that is not among them
const PillowMode& pillow_mode(std::string_view name);

}  // namespace imgbuf::python
