#include "codecs/pnm/text_samples.hpp"

#include <cstring>
#include <string>

#include "imgbuf/error.hpp"

namespace imgbuf::codecs::pnm {

namespace {

constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

}  // namespace

TextSamples::TextSamples(Source& source, const Header& header)
    : source_(source),
      maximum_(header.maximum),
      full_((1U << header.picture.info.pixel.bit_depth) - 1),
      is_bitmap_(header.is_inverted),
      item_bytes_(static_cast<std::size_t>(header.picture.info.pixel.format.itemsize())) {
  source_.skip(header.bytes);
}

/// The next one, or a space at the end of the file, which ends a number as well.
char TextSamples::next_character() {
  const auto held = source_.fill();
  if (held.empty()) return ' ';
  const auto c = static_cast<char>(held.front());
  source_.consume(1);
  return c;
}

char TextSamples::next_visible() {
  for (;;) {
    if (source_.fill().empty())
      throw Error(ErrorCode::truncated_data,
                  "the file ends too early, after " + std::to_string(position_) + " samples");
    const char c = next_character();
    if (c == '#') {
      while (!source_.fill().empty() && next_character() != '\n') continue;
    } else if (!is_space(c)) {
      return c;
    }
  }
}

std::uint32_t TextSamples::next_number(char first_digit) {
  std::uint32_t value = 0;
  for (char c = first_digit; !is_space(c); c = next_character()) {
    if (is_digit(c)) value = value * 10 + static_cast<std::uint32_t>(c - '0');
    if (!is_digit(c) || value > maximum_)
      throw Error(ErrorCode::corrupt_data,
                  "sample " + std::to_string(position_) + " is no number from 0 to " + std::to_string(maximum_));
  }
  return value;
}

std::uint32_t TextSamples::next_sample() {
  const char c = next_visible();
  if (!is_bitmap_) return scaled_sample(next_number(c), maximum_, full_);
  if (c != '0' && c != '1')
    throw Error(ErrorCode::corrupt_data, "sample " + std::to_string(position_) + " is neither 0 nor 1");
  return c == '0' ? 1 : 0;
}

void TextSamples::read_at(std::uint64_t offset, std::span<std::byte> out) {
  for (; position_ < offset / item_bytes_; ++position_) (void)next_sample();
  for (std::size_t at = 0; at < out.size(); at += item_bytes_, ++position_) {
    const std::uint32_t sample = next_sample();
    if (item_bytes_ == 1) {
      out[at] = static_cast<std::byte>(sample);
    } else {
      const auto wide = static_cast<std::uint16_t>(sample);
      std::memcpy(out.data() + at, &wide, sizeof wide);
    }
  }
}

}  // namespace imgbuf::codecs::pnm
