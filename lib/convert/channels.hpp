#pragma once

#include <span>
#include <string>
#include <vector>

#include "imgbuf/convert.hpp"
#include "imgbuf/image_info.hpp"

namespace imgbuf::conversion {

/// All steps that choose channels as one.
struct ChannelChoice {
  /// The picture is decoded as RGB(A) or gray with alpha: it has a palette or a transparent colour.
  bool expand = false;
  std::vector<int> channels;  ///< indices into what is decoded so; empty for all in order
  PixelFormat pixel;          ///< what the chosen channels are together
  std::string text;           ///< "B, G, R of rgba u8"; empty for all in order
};

/// @param input  what the file holds
/// @throws Error{invalid_argument} for a channel that is none, naming those there are, and for channels that make no
///         pixels together
[[nodiscard]] ChannelChoice choose_channels(std::span<const GeometryStep> steps, const ImageInfo& input);

/// Whether one stride leads from each channel to the next, so that a view can choose them.
[[nodiscard]] bool are_evenly_spaced(std::span<const int> channels) noexcept;

/// The same layout of shape (height, width, channels) with some channels; as it is when the list is empty.
/// @pre are_evenly_spaced(channels)
[[nodiscard]] Layout selected(const Layout& layout, std::span<const int> channels);
[[nodiscard]] AnyConstView selected(const AnyConstView& view, std::span<const int> channels);

}  // namespace imgbuf::conversion
