#pragma once

#include <span>
#include <string>

#include "imgbuf/error.hpp"
#include "imgbuf/image_info.hpp"

namespace imgbuf::codecs {

/// What the pixels are when only some channels of `info` are decoded, in the order given; changes `info` to it. One
/// channel is gray, three are RGB whatever their order, and alpha stays alpha when it comes last. Selecting all
/// channels in order changes nothing.
/// @throws Error{invalid_argument} for a channel that is none; Error{unsupported} when no pixel format has such
/// channels
inline void select_channels(ImageInfo& info, std::span<const int> channels) {
  const int available = info.channels();
  std::string list;
  bool all_in_order = static_cast<int>(channels.size()) == available;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (channels[i] < 0 || channels[i] >= available)
      throw Error(ErrorCode::invalid_argument, "no channel " + std::to_string(channels[i]) + " in pixels of " +
                                                   std::to_string(available) + " channels");
    list += (i == 0 ? "" : ", ") + std::to_string(channels[i]);
    all_in_order = all_in_order && channels[i] == static_cast<int>(i);
  }
  if (channels.empty() || all_in_order) return;

  const bool alpha = info.pixel.alpha && channels.size() > 1 && channels.back() == available - 1;
  const auto colors = channels.size() - (alpha ? 1 : 0);
  if (colors == 1) {
    info.pixel.color = ColorModel::gray;
  } else if (colors == 3) {
    info.pixel.color = ColorModel::rgb;
  } else if (colors != 4 || info.pixel.color != ColorModel::cmyk) {
    throw Error(ErrorCode::unsupported, "no pixel format has the channels " + list + " of " + info.pixel.to_string());
  }
  info.pixel.alpha = alpha;
  info.palette.clear();
  info.transparent_color.reset();
}

}  // namespace imgbuf::codecs
