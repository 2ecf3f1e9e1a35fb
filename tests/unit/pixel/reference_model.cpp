#include "unit/pixel/reference_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "support/guarded_image.hpp"

namespace imgbuf::test {

namespace {

bool is_float(ElementType type) {
  return type == ElementType::f16 || type == ElementType::f32 || type == ElementType::f64;
}

bool is_signed(ElementType type) {
  return type == ElementType::i8 || type == ElementType::i16 || type == ElementType::i32;
}

double maximum_of(const PixelFormat& format) {
  if (is_float(format.format.type())) return 1;
  return std::exp2(format.bit_depth - (is_signed(format.format.type()) ? 1 : 0)) - 1;
}

/// All values of binary16 that are not negative, in order: their bits are their places.
const std::vector<double>& half_values() {
  static const std::vector<double> values = [] {
    std::vector<double> all;
    for (int exponent = 0; exponent < 31; ++exponent) {
      for (int fraction = 0; fraction < 1024; ++fraction) {
        all.push_back(exponent == 0 ? fraction / 1024.0 * std::exp2(-14)
                                    : (1 + fraction / 1024.0) * std::exp2(exponent - 15));
      }
    }
    return all;
  }();
  return values;
}

std::uint16_t nearest_half(double value) {
  const auto& values = half_values();
  const double magnitude = std::abs(value);
  const auto above = std::lower_bound(values.begin(), values.end(), magnitude);
  auto place = static_cast<std::size_t>(above - values.begin());
  if (place == values.size()) return 0x7C00;
  if (place > 0) {
    const double to_upper = values[place] - magnitude;
    const double to_lower = magnitude - values[place - 1];
    if (to_lower < to_upper || (to_lower == to_upper && place % 2 == 1)) --place;
  }
  return static_cast<std::uint16_t>(place | (value < 0 ? 0x8000U : 0U));
}

template <class T>
double load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return static_cast<double>(value);
}

template <class T>
void store(std::byte* to, double value) {
  const auto typed = static_cast<T>(value);
  std::memcpy(to, &typed, sizeof typed);
}

double load_sample(const std::byte* from, ElementType type) {
  switch (type) {
    case ElementType::u8:
      return load<std::uint8_t>(from);
    case ElementType::i8:
      return load<std::int8_t>(from);
    case ElementType::u16:
      return load<std::uint16_t>(from);
    case ElementType::i16:
      return load<std::int16_t>(from);
    case ElementType::u32:
      return load<std::uint32_t>(from);
    case ElementType::i32:
      return load<std::int32_t>(from);
    case ElementType::f32:
      return load<float>(from);
    case ElementType::f64:
      return load<double>(from);
    case ElementType::f16:
      break;
  }
  const auto bits = static_cast<unsigned>(load<std::uint16_t>(from));
  const double magnitude = half_values().at(bits & 0x7FFF);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

void store_sample(std::byte* to, ElementType type, double value) {
  switch (type) {
    case ElementType::u8:
      return store<std::uint8_t>(to, value);
    case ElementType::i8:
      return store<std::int8_t>(to, value);
    case ElementType::u16:
      return store<std::uint16_t>(to, value);
    case ElementType::i16:
      return store<std::int16_t>(to, value);
    case ElementType::u32:
      return store<std::uint32_t>(to, value);
    case ElementType::i32:
      return store<std::int32_t>(to, value);
    case ElementType::f32:
      return store<float>(to, value);
    case ElementType::f64:
      return store<double>(to, value);
    case ElementType::f16:
      return store<std::uint16_t>(to, nearest_half(value));
  }
}

/// One pixel on its way through the rules.
struct Model {
  std::vector<double> colors;
  double alpha = -1;  ///< negative: there is none
  double maximum = 1;
  bool integer = true;

  [[nodiscard]] double nearest(double value) const { return integer ? std::floor(value + 0.5) : value; }
  [[nodiscard]] double in_depth(double value, double to) const { return nearest(value / maximum * to); }

  /// To other samples of the same kind, integer or not.
  void scale(double to) {
    for (double& v : colors) v = nearest(v * to / maximum);
    if (alpha >= 0) alpha = nearest(alpha * to / maximum);
    maximum = to;
  }
};

void cmyk_to_rgb(Model& pixel) {
  const double light = pixel.maximum - pixel.colors[3];
  pixel.colors.pop_back();
  for (double& v : pixel.colors) v = pixel.nearest((pixel.maximum - v) * light / pixel.maximum);
}

void composite(Model& pixel, const BackgroundColor& background) {
  std::vector<double> behind{double(background.red), double(background.green), double(background.blue)};
  if (pixel.colors.size() == 1) {
    behind = {std::floor((299 * behind[0] + 587 * behind[1] + 114 * behind[2]) / 1000 + 0.5)};
  }
  for (std::size_t c = 0; c < pixel.colors.size(); ++c) {
    const double back = pixel.nearest(behind[c] * pixel.maximum / 65535);
    pixel.colors[c] =
        pixel.nearest((pixel.alpha * pixel.colors[c] + (pixel.maximum - pixel.alpha) * back) / pixel.maximum);
  }
  pixel.alpha = -1;
}

double to_depth(double value, const Model& pixel, const PixelFormat& target) {
  const bool to_float = is_float(target.format.type());
  const double maximum = maximum_of(target);
  if (to_float) return value / pixel.maximum;
  if (pixel.integer) return std::floor(value * maximum / pixel.maximum + 0.5);
  return std::isnan(value) ? 0 : std::nearbyint(std::clamp(value * maximum, 0.0, maximum));
}

/// The pixel of the source as the first steps see it.
Model start(std::span<const double> raw, const ImageInfo& source) {
  const PixelFormat& from = source.pixel;
  if (from.color == ColorModel::palette) {
    const auto index = static_cast<std::size_t>(raw[0]);
    const PaletteEntry e = index < source.palette.size() ? source.palette[index] : PaletteEntry{0, 0, 0, 255};
    return {{double(e.red), double(e.green), double(e.blue)}, double(e.alpha), 255, true};
  }
  Model pixel{{raw.begin(), raw.end()}, -1, maximum_of(from), !is_float(from.format.type())};
  if (pixel.integer) {
    for (double& v : pixel.colors) v = std::clamp(v, 0.0, pixel.maximum);
  }
  if (from.alpha) {
    pixel.alpha = pixel.colors.back();
    pixel.colors.pop_back();
  } else if (source.transparent_color) {
    const auto& key = *source.transparent_color;
    const bool transparent = std::equal(raw.begin(), raw.end(), key.begin());
    pixel.alpha = transparent ? 0 : pixel.maximum;
  }
  return pixel;
}

/// Colour steps work in the whole depth of u8, u16, or in floating point.
void to_working_depth(Model& pixel, ElementType type) {
  if (type == ElementType::u8) {
    pixel.scale(255);
  } else if (type == ElementType::u16) {
    pixel.scale(65535);
  } else {
    pixel.integer = false;
    pixel.scale(1);
  }
}

}  // namespace

std::vector<double> samples(const AnyConstView& view) {
  const std::vector<std::byte> bytes = packed(view);
  const auto item = static_cast<std::size_t>(view.format().itemsize());
  std::vector<double> result;
  for (std::size_t i = 0; i < bytes.size(); i += item) result.push_back(load_sample(&bytes[i], view.format().type()));
  return result;
}

void fill_from_samples(const AnyView& view, std::span<const double> samples) {
  const auto item = static_cast<std::size_t>(view.format().itemsize());
  std::vector<std::byte> bytes(samples.size() * item);
  for (std::size_t i = 0; i < samples.size(); ++i) store_sample(&bytes[i * item], view.format().type(), samples[i]);
  fill_from_packed(view, bytes);
}

std::vector<double> reference_conversion(std::span<const double> source_samples, const ImageInfo& source,
                                         const PixelFormat& target, const BackgroundColor& background) {
  const auto channels = static_cast<std::size_t>(source.channels());
  std::vector<double> result;
  for (std::size_t i = 0; i < source_samples.size(); i += channels) {
    Model pixel = start(source_samples.subspan(i, channels), source);
    const auto color = source.pixel.color == ColorModel::palette ? ColorModel::rgb : source.pixel.color;
    if (color != target.color || (pixel.alpha >= 0) != target.alpha) {
      to_working_depth(pixel, source.pixel.format.type());
      if (color == ColorModel::cmyk && target.color != ColorModel::cmyk) cmyk_to_rgb(pixel);
      if (color == ColorModel::gray && target.color == ColorModel::rgb) pixel.colors.resize(3, pixel.colors[0]);
      if (pixel.alpha >= 0 && !target.alpha) composite(pixel, background);
      if (pixel.colors.size() == 3 && target.color == ColorModel::gray) {
        const auto& c = pixel.colors;
        pixel.colors = {pixel.nearest((299 * c[0] + 587 * c[1] + 114 * c[2]) / 1000)};
      }
      if (pixel.alpha < 0 && target.alpha) pixel.alpha = pixel.maximum;
    }
    if (target.alpha) pixel.colors.push_back(pixel.alpha);
    for (const double v : pixel.colors) result.push_back(to_depth(v, pixel, target));
  }
  return result;
}

bool same_samples(std::span<const double> actual, std::span<const double> expected, const PixelFormat& source,
                  const PixelFormat& target) {
  if (actual.size() != expected.size()) return false;
  const ElementType type = target.format.type();
  double tolerance = 0;
  if (type == ElementType::f64) tolerance = 1e-15;
  if (type == ElementType::f32) tolerance = 1e-7;
  if (type == ElementType::f16) tolerance = 0x1p-11;
  const bool same_color = source.color == target.color && source.alpha == target.alpha;
  if (is_float(source.format.type()) && !same_color) {
    tolerance += is_float(type) ? 2e-7 : std::max(1.0, maximum_of(target) * 2e-7);
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (!(std::abs(actual[i] - expected[i]) <= tolerance)) return false;
  }
  return true;
}

ImageInfo source_info(const PixelFormat& pixel) {
  ImageInfo info;
  info.pixel = pixel;
  return info;
}

}  // namespace imgbuf::test
