#include "convert/channels.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "codecs/channel_selection.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"

namespace imgbuf::conversion {

namespace {

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::optional<int> index_in(std::string_view text) {
  int index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(index) : std::nullopt;
}

std::string listed(const std::vector<std::string_view>& names, std::span<const int> channels) {
  std::string list;
  for (const int c : channels) list.append(list.empty() ? "" : ", ").append(names[static_cast<std::size_t>(c)]);
  return list;
}

std::vector<int> all_channels(const PixelFormat& pixel) {
  std::vector<int> all(static_cast<std::size_t>(pixel.channels()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

int index_of(const std::string& channel, const PixelFormat& pixel) {
  const std::vector<std::string_view> names = pixel.channel_names();
  const auto named = std::find_if(names.begin(), names.end(), [&](auto name) { return is_same_name(name, channel); });
  const int index = named != names.end() ? static_cast<int>(named - names.begin()) : index_in(channel).value_or(-1);
  if (index < 0 || index >= pixel.channels()) {
    throw Error(ErrorCode::invalid_argument, "no channel '" + channel + "' in " + pixel.to_string() +
                                                 " pixels; there are " + listed(names, all_channels(pixel)));
  }
  return index;
}

/// What a selection finds: the colours of a palette, and alpha instead of a transparent colour.
bool expand_for_selection(ImageInfo& info) {
  if (info.pixel.color != ColorModel::palette && !info.transparent_color) return false;
  info.pixel = expanded(info);
  info.palette.clear();
  info.transparent_color.reset();
  return true;
}

std::vector<std::ptrdiff_t> as_indices(std::span<const int> channels) {
  return {channels.begin(), channels.end()};
}

}  // namespace

ChannelChoice choose_channels(std::span<const GeometryStep> steps, const ImageInfo& input) {
  ImageInfo seen;
  seen.pixel = input.pixel;
  seen.palette = input.palette;
  seen.transparent_color = input.transparent_color;
  ChannelChoice choice;
  PixelFormat decoded;
  for (const GeometryStep& step : steps) {
    const auto* const selection = std::get_if<SelectChannels>(&step);
    if (selection == nullptr) continue;
    if (choice.channels.empty()) {
      choice.expand = expand_for_selection(seen);
      decoded = seen.pixel;
      choice.channels = all_channels(decoded);
    }
    std::vector<int> of_seen, of_decoded;
    for (const std::string& channel : selection->channels) {
      of_seen.push_back(index_of(channel, seen.pixel));
      of_decoded.push_back(choice.channels[static_cast<std::size_t>(of_seen.back())]);
    }
    if (of_seen.empty()) throw Error(ErrorCode::invalid_argument, "no channel is selected");
    const std::string names = listed(seen.pixel.channel_names(), of_seen);
    try {
      codecs::select_channels(seen, of_seen);
    } catch (const Error&) {
      throw Error(ErrorCode::invalid_argument,
                  "the channels " + names + " of " + seen.pixel.to_string() + " pixels make no pixels together");
    }
    choice.channels = std::move(of_decoded);
  }
  choice.pixel = seen.pixel;
  if (choice.channels.empty()) return choice;
  if (choice.channels == all_channels(decoded)) {
    choice.channels.clear();
  } else {
    choice.text = listed(decoded.channel_names(), choice.channels) + " of " + decoded.to_string();
  }
  return choice;
}

bool are_evenly_spaced(std::span<const int> channels) noexcept {
  for (std::size_t i = 2; i < channels.size(); ++i) {
    if (channels[i] - channels[i - 1] != channels[1] - channels[0]) return false;
  }
  return true;
}

Layout selected(const Layout& layout, std::span<const int> channels) {
  return channels.empty() ? layout : layout.select(2, as_indices(channels)).layout;
}

AnyConstView selected(const AnyConstView& view, std::span<const int> channels) {
  return channels.empty() ? view : view.select(2, as_indices(channels));
}

}  // namespace imgbuf::conversion
