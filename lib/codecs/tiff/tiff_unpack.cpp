#include <algorithm>
#include <cstring>
#include <string>

#include "codecs/stored/number.hpp"
#include "codecs/stored/packed_bits.hpp"
#include "codecs/tiff/tiff_picture.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::tiff {

namespace {

std::byte reversed_bits(std::byte byte) noexcept {
  auto value = std::to_integer<unsigned>(byte);
  value = (value & 0xf0) >> 4 | (value & 0x0f) << 4;
  value = (value & 0xcc) >> 2 | (value & 0x33) << 2;
  value = (value & 0xaa) >> 1 | (value & 0x55) << 1;
  return static_cast<std::byte>(value);
}

/// What is done to a row.
struct Steps {
  unsigned bits = 8;
  bool is_packed = false;  ///< samples are not whole bytes
  bool is_lsb_first = false;
  bool is_swapped = false;
  bool is_inverted = false;  ///< white is 0
  std::size_t channels = 1;  ///< of a stored pixel
  std::size_t colors = 1;    ///< the first of them
  std::size_t alpha = 0;     ///< the channel that colours are divided by; 0 for none
};

template <class T>
T element_at(const std::byte* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void put_element(std::byte* to, T value) noexcept {
  std::memcpy(to, &value, sizeof value);
}

template <class T>
void to_elements(std::span<const std::byte> stored, std::span<std::byte> elements, const Steps& steps) {
  if (steps.is_packed) {
    const auto at_byte = [&steps](std::byte byte) { return steps.is_lsb_first ? reversed_bits(byte) : byte; };
    if constexpr (sizeof(T) <= 2) unpack_bits<T>(stored, steps.bits, elements, at_byte);
    return;
  }
  std::copy_n(stored.begin(), std::min(stored.size(), elements.size()), elements.begin());
  if (!steps.is_swapped) return;
  for (std::size_t at = 0; at + sizeof(T) <= elements.size(); at += sizeof(T))
    std::reverse(elements.data() + at, elements.data() + at + sizeof(T));
}

/// Unsigned integers only.
template <class T>
void invert(std::span<std::byte> elements, const Steps& steps) {
  const auto maximum = static_cast<T>((std::uint64_t{1} << steps.bits) - 1);
  for (std::size_t pixel = 0; pixel < elements.size(); pixel += steps.channels * sizeof(T)) {
    std::byte* const at = elements.data() + pixel;  // gray is the first channel
    put_element(at, static_cast<T>(maximum - element_at<T>(at)));
  }
}

template <class T>
T divided(T color, T alpha, double maximum) noexcept {
  if (alpha <= T{}) return T{};
  const double value = static_cast<double>(color) * maximum / static_cast<double>(alpha);
  if constexpr (std::is_integral_v<T>) return static_cast<T>(std::min(value, maximum) + 0.5);
  return static_cast<T>(value);
}

template <class T>
void divide_by_alpha(std::span<std::byte> elements, const Steps& steps) {
  const double maximum = std::is_integral_v<T> ? static_cast<double>((std::uint64_t{1} << steps.bits) - 1) : 1.0;
  for (std::size_t pixel = 0; pixel < elements.size(); pixel += steps.channels * sizeof(T)) {
    std::byte* const at = elements.data() + pixel;
    const T alpha = element_at<T>(at + steps.alpha * sizeof(T));
    for (std::size_t c = 0; c < steps.colors; ++c)
      put_element(at + c * sizeof(T), divided(element_at<T>(at + c * sizeof(T)), alpha, maximum));
  }
}

template <class T>
UnpackRow unpacker(const Steps& steps) {
  return [steps](std::span<const std::byte> stored, std::span<std::byte> elements) {
    to_elements<T>(stored, elements, steps);
    if constexpr (std::is_integral_v<T>)
      if (steps.is_inverted) invert<T>(elements, steps);
    if (steps.alpha != 0) divide_by_alpha<T>(elements, steps);
  };
}

UnpackRow unpacker_of(ElementType type, const Steps& steps) {
  switch (type) {
    case ElementType::u8:
      return unpacker<std::uint8_t>(steps);
    case ElementType::u16:
      return unpacker<std::uint16_t>(steps);
    case ElementType::u32:
      return unpacker<std::uint32_t>(steps);
    case ElementType::f32:
      return unpacker<float>(steps);
    case ElementType::f64:
      return unpacker<double>(steps);
    default:
      throw Error(ErrorCode::unsupported,
                  "TIFF with inverted or multiplied samples of " + std::string(to_string(type)) + " is not read");
  }
}

}  // namespace

void set_unpacking(const Samples& samples, StoredPicture& picture) {
  PixelFormat& pixel = picture.info.pixel;
  Steps steps{.bits = samples.bits,
              .is_packed = samples.bits % 8 != 0,
              .is_lsb_first = samples.is_lsb_first,
              .is_swapped = samples.order != native_byte_order,
              .is_inverted = samples.photometric == min_is_white,
              .channels = picture.channels_per_plane(),
              .colors = static_cast<std::size_t>(pixel.channels() - (pixel.alpha ? 1 : 0))};
  if (samples.is_lsb_first && !steps.is_packed)
    throw Error(ErrorCode::unsupported, "TIFF whose bytes have their least significant bit first is not read");
  if (steps.is_inverted && samples.format != unsigned_integer)
    throw Error(ErrorCode::unsupported, "TIFF in which white is zero is read with unsigned samples only");
  if (steps.is_inverted && samples.is_planar)
    throw Error(ErrorCode::unsupported, "TIFF in which white is zero is not read in planes");
  if (samples.has_associated) {
    if (samples.is_planar)
      throw Error(ErrorCode::unsupported, "TIFF with colours multiplied by alpha is not read in planes");
    steps.alpha = static_cast<std::size_t>(picture.channel_at.back());
  }
  if (steps.is_packed) picture.decode_reason = "its samples of " + std::to_string(samples.bits) + " bits are packed";
  if (steps.is_inverted) picture.decode_reason = "white is 0";
  if (samples.has_associated) picture.decode_reason = "its colours are multiplied by alpha";
  if (picture.decode_reason.empty()) return;
  picture.unpack = unpacker_of(pixel.format.type(), steps);
  pixel.format = pixel.format.type();
}

}  // namespace imgbuf::codecs::tiff
