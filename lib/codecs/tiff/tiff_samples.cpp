#include <algorithm>
#include <optional>
#include <string>

#include "codecs/tiff/tiff_picture.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::tiff {

namespace {

/// More are some scientific instrument's, and none of them is a colour.
constexpr std::uint64_t most_samples = 64;

std::string_view photometric_name(std::uint64_t value) noexcept {
  struct Name {
    std::uint64_t value;
    std::string_view name;
  };
  static constexpr Name names[] = {
      {4, "a transparency mask"},       {6, "YCbCr"},    {8, "CIE L*a*b*"}, {9, "ICC L*a*b*"},    {10, "ITU L*a*b*"},
      {32803, "a colour filter array"}, {32844, "LogL"}, {32845, "LogLuv"}, {34892, "linear raw"}};
  for (const Name& name : names)
    if (name.value == value) return name.name;
  return {};
}

Photometric photometric_of(const Directory& directory, std::uint64_t samples) {
  const std::uint64_t value = directory.number_or(photometric_interpretation, samples < 3 ? min_is_black : rgb);
  if (value <= palette || value == separated) return static_cast<Photometric>(value);
  const std::string_view name = photometric_name(value);
  throw Error(ErrorCode::unsupported,
              "TIFF with pixels of " +
                  (name.empty() ? "photometric interpretation " + std::to_string(value) : std::string(name)) +
                  " is not read");
}

/// The one value that a field has for all samples, though it may say it once only.
std::uint64_t same_for_all(const Directory& directory, Tag tag, const char* what, std::uint64_t samples,
                           std::uint64_t otherwise) {
  const auto values = directory.numbers(tag, samples);
  if (values.empty()) return otherwise;
  if (std::any_of(values.begin(), values.end(), [&](std::uint64_t v) { return v != values.front(); }))
    throw Error(ErrorCode::unsupported, "TIFF whose samples have different " + std::string(what) + " is not read");
  return values.front();
}

int colors_of(Photometric photometric) noexcept {
  if (photometric == rgb) return 3;
  return photometric == separated ? 4 : 1;
}

ColorModel model_of(Photometric photometric) noexcept {
  if (photometric == rgb) return ColorModel::rgb;
  if (photometric == palette) return ColorModel::palette;
  return photometric == separated ? ColorModel::cmyk : ColorModel::gray;
}

/// The element that holds a sample.
ElementType element_of(const Samples& samples) {
  using enum ElementType;
  const unsigned bits = samples.bits;
  if (samples.format == floating_point) {
    if (bits == 16) return f16;
    if (bits == 32) return f32;
    if (bits == 64) return f64;
  } else if (samples.format == signed_integer) {
    if (bits == 8) return i8;
    if (bits == 16) return i16;
    if (bits == 32) return i32;
  } else {
    if (bits >= 1 && bits <= 16) return bits <= 8 ? u8 : u16;
    if (bits == 32) return u32;
  }
  const char* kind = samples.format == floating_point   ? "floating-point"
                     : samples.format == signed_integer ? "signed"
                                                        : "unsigned";
  throw Error(ErrorCode::unsupported,
              "TIFF with " + std::string(kind) + " samples of " + std::to_string(bits) + " bits is not read");
}

Samples read_samples(const Directory& directory) {
  Samples samples;
  samples.order = directory.byte_order();
  samples.per_pixel = directory.number_or(samples_per_pixel, 1);
  if (samples.per_pixel < 1 || samples.per_pixel > most_samples)
    throw Error(ErrorCode::unsupported,
                "TIFF with " + std::to_string(samples.per_pixel) + " samples a pixel is not read");
  samples.photometric = photometric_of(directory, samples.per_pixel);
  const std::uint64_t bits = same_for_all(directory, bits_per_sample, "bits", samples.per_pixel, 1);
  samples.bits = static_cast<unsigned>(std::min<std::uint64_t>(bits, 1000));
  const std::uint64_t format = same_for_all(directory, sample_format, "formats", samples.per_pixel, unsigned_integer);
  if (format < unsigned_integer || format > undefined)
    throw Error(ErrorCode::unsupported, "TIFF with samples of format " + std::to_string(format) + " is not read");
  samples.format = format == undefined ? unsigned_integer : static_cast<SampleFormat>(format);
  samples.is_planar = samples.per_pixel > 1 && directory.number_or(planar_configuration, 1) == 2;
  samples.is_lsb_first = directory.number_or(fill_order, 1) == 2;
  if (samples.photometric == separated && directory.number_or(ink_set, 1) != 1)
    throw Error(ErrorCode::unsupported, "TIFF with other inks than CMYK is not read");
  return samples;
}

/// Which stored sample is alpha: the first that says so. Sets whether colours were multiplied by it.
std::optional<int> alpha_sample(const Directory& directory, int colors, Samples& samples) {
  if (samples.photometric == palette) return std::nullopt;
  const auto extras = directory.numbers(extra_samples, samples.per_pixel - static_cast<std::uint64_t>(colors));
  for (std::size_t i = 0; i < extras.size(); ++i) {
    if (extras[i] != associated_alpha && extras[i] != unassociated_alpha) continue;
    samples.has_associated = extras[i] == associated_alpha;
    return colors + static_cast<int>(i);
  }
  return std::nullopt;
}

/// 16 bits a value, which writers make of 8 bits by a factor of 257 or of 256; some put 8 bits there as they are.
void read_palette(const Directory& directory, unsigned bits, ImageInfo& info) {
  if (bits > 8)
    throw Error(ErrorCode::unsupported, "TIFF with a palette of " + std::to_string(bits) + " bits is not read");
  const std::size_t entries = std::size_t{1} << bits;
  const auto values = directory.numbers(color_map, 3 * entries);
  if (values.size() < 3 * entries) throw Error(ErrorCode::corrupt_data, "there is no palette of all entries");
  const bool has_16_bits = std::any_of(values.begin(), values.end(), [](std::uint64_t v) { return v > 255; });
  const auto as_8_bits = [has_16_bits](std::uint64_t v) { return static_cast<std::uint8_t>(has_16_bits ? v >> 8 : v); };
  for (std::size_t i = 0; i < entries; ++i)
    info.palette.push_back({.red = as_8_bits(values[i]),
                            .green = as_8_bits(values[entries + i]),
                            .blue = as_8_bits(values[2 * entries + i])});
}

std::string color_type(const Samples& samples, bool has_alpha) {
  switch (samples.photometric) {
    case min_is_white:
      return has_alpha ? "white is zero+alpha" : "white is zero";
    case palette:
      return "palette";
    case rgb:
      return has_alpha ? "RGB+alpha" : "RGB";
    case separated:
      return has_alpha ? "CMYK+alpha" : "CMYK";
    default:
      return has_alpha ? "grayscale+alpha" : "grayscale";
  }
}

}  // namespace

void set_samples(const Directory& directory, StoredPicture& picture) {
  Samples samples = read_samples(directory);
  const int colors = colors_of(samples.photometric);
  if (samples.per_pixel < static_cast<std::uint64_t>(colors))
    throw Error(ErrorCode::corrupt_data, "pixels of " + std::to_string(colors) + " colours have " +
                                             std::to_string(samples.per_pixel) + " samples");
  const auto alpha = alpha_sample(directory, colors, samples);

  ImageInfo& info = picture.info;
  const ElementType type = element_of(samples);
  const bool is_integer = samples.format == unsigned_integer;
  info.pixel = PixelFormat::of(type, model_of(samples.photometric), alpha.has_value());
  info.pixel.format = Format(type, samples.order);
  if (is_integer) info.pixel.bit_depth = static_cast<int>(samples.bits);
  info.file.bit_depth = static_cast<int>(samples.bits);
  info.file.color_type = color_type(samples, alpha.has_value());
  if (samples.photometric == palette) read_palette(directory, samples.bits, info);

  picture.stored_channels = static_cast<int>(samples.per_pixel);
  for (int c = 0; c < colors; ++c) picture.channel_at.push_back(c);
  if (alpha) picture.channel_at.push_back(*alpha);
  const int unused = picture.stored_channels - info.channels();
  if (unused > 0) info.metadata.not_carried.push_back("extra samples: " + std::to_string(unused) + " a pixel");
  picture.planar = samples.is_planar;
  picture.bits_per_pixel = samples.bits * (samples.is_planar ? 1 : samples.per_pixel);
  set_unpacking(samples, picture);
}

}  // namespace imgbuf::codecs::tiff
