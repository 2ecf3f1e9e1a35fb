#include "codecs/pnm/pnm_header.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codecs/quoted.hpp"
#include "codecs/size_limits.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::pnm {

namespace {

/// Comments can be long; nobody writes longer ones.
constexpr std::size_t most_header_bytes = Source::max_fill;

constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// The header has not been read to its end.
struct NeedsMore {};

/// Words of a header. Throws `NeedsMore` when it goes on behind the bytes that there are.
class Words {
 public:
  explicit Words(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] std::size_t position() const noexcept { return at_; }

  /// Goes over white space and over comments, which run from # to the end of their line.
  void skip_space() {
    std::vector<std::string_view> comment_lines;
    for (;;) {
      const char c = peek();
      if (c == '#') {
        ++at_;
        comment_lines.push_back(line());
      } else if (is_space(c)) {
        ++at_;
      } else {
        break;
      }
    }
    if (!comment_lines.empty()) comments_.push_back(joined(comment_lines));
  }

  /// What stands in comments; lines without anything between them are one.
  [[nodiscard]] std::vector<std::string> take_comments() && { return std::move(comments_); }

  std::string_view word() {
    skip_space();
    const std::size_t first = at_;
    while (!is_space(peek())) ++at_;
    return text_.substr(first, at_ - first);
  }

  /// What is left of a line, without its end.
  std::string_view line() {
    const std::size_t first = at_;
    while (peek() != '\n') ++at_;
    return text_.substr(first, at_++ - first);
  }

  /// The one white space between a header and its samples.
  void end_of_header() {
    if (!is_space(peek())) throw Error(ErrorCode::corrupt_data, "no white space after the header");
    ++at_;
  }

  std::uint32_t number(const char* what, std::uint32_t least, std::uint32_t most) {
    const std::string_view digits = word();
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < least || value > most)
      throw Error(ErrorCode::corrupt_data, "the " + std::string(what) + " " + quoted(digits) +
                                               " is not a number from " + std::to_string(least) + " to " +
                                               std::to_string(most));
    return value;
  }

 private:
  char peek() const {
    if (at_ == text_.size()) throw NeedsMore();
    return text_[at_];
  }

  static std::string joined(const std::vector<std::string_view>& lines) {
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::string_view line = lines[i];
      if (line.starts_with(' ')) line.remove_prefix(1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      text.append(i == 0 ? "" : "\n").append(line);
    }
    return text;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> comments_;
};

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

constexpr std::uint32_t most_size = 0x7fffffff;
constexpr std::uint32_t most_sample = 65535;

void take_size(Words& words, ImageInfo& info) {
  info.width = static_cast<std::ptrdiff_t>(words.number("width", 1, most_size));
  info.height = static_cast<std::ptrdiff_t>(words.number("height", 1, most_size));
}

/// What a PAM's pixels are, by its TUPLTYPE.
struct TupleType {
  std::string_view name;
  int depth;
  ColorModel color;
  bool alpha;
};
constexpr std::array tuple_types{
    TupleType{"BLACKANDWHITE", 1, ColorModel::gray, false},
    TupleType{"GRAYSCALE", 1, ColorModel::gray, false},
    TupleType{"RGB", 3, ColorModel::rgb, false},
    TupleType{"BLACKANDWHITE_ALPHA", 2, ColorModel::gray, true},
    TupleType{"GRAYSCALE_ALPHA", 2, ColorModel::gray, true},
    TupleType{"RGB_ALPHA", 4, ColorModel::rgb, true},
    TupleType{"CMYK", 4, ColorModel::cmyk, false},
    TupleType{"CMYK_ALPHA", 5, ColorModel::cmyk, true},
};

/// A file without a type says its pixels by their depth alone.
const TupleType* find_tuple_type(std::string_view name, int depth) noexcept {
  constexpr std::array<std::string_view, 4> usual{"GRAYSCALE", "GRAYSCALE_ALPHA", "RGB", "RGB_ALPHA"};
  if (name.empty() && depth <= 4) name = usual[static_cast<std::size_t>(depth - 1)];
  for (const TupleType& type : tuple_types)
    if (type.name == name && type.depth == depth) return &type;
  return nullptr;
}

void read_pam(Words& words, Header& header) {
  ImageInfo& info = header.picture.info;
  std::uint32_t depth = 0;
  std::string type_name;
  header.maximum = 0;
  for (;;) {
    const std::string_view key = words.word();
    if (key == "ENDHDR") break;
    if (key == "WIDTH") {
      info.width = static_cast<std::ptrdiff_t>(words.number("width", 1, most_size));
    } else if (key == "HEIGHT") {
      info.height = static_cast<std::ptrdiff_t>(words.number("height", 1, most_size));
    } else if (key == "DEPTH") {
      depth = words.number("depth", 1, most_sample);
    } else if (key == "MAXVAL") {
      header.maximum = words.number("largest value", 1, most_sample);
    } else if (key == "TUPLTYPE") {
      const std::string_view more = trimmed(words.line());
      type_name.append(type_name.empty() ? "" : " ").append(more);
    } else {
      throw Error(ErrorCode::corrupt_data, quoted(key) + " is no line of a PAM header");
    }
  }
  (void)words.line();
  if (info.width == 0 || info.height == 0 || depth == 0 || header.maximum == 0)
    throw Error(ErrorCode::corrupt_data, "the PAM header lacks WIDTH, HEIGHT, DEPTH or MAXVAL");
  const TupleType* const type = find_tuple_type(type_name, static_cast<int>(depth));
  if (type == nullptr)
    throw Error(ErrorCode::unsupported,
                "PAM tuples of type " + quoted(type_name) + " and depth " + std::to_string(depth) + " are not known");
  info.pixel.color = type->color;
  info.pixel.alpha = type->alpha;
  info.file.format = "PAM";
  info.file.color_type = type->name;
}

void read_pfm(Words& words, Header& header, bool has_color) {
  ImageInfo& info = header.picture.info;
  take_size(words, info);
  const std::string_view text = words.word();
  double scale = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), scale);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(scale) || scale == 0)
    throw Error(ErrorCode::corrupt_data, "the scale " + quoted(text) + " is not a number other than 0");
  words.end_of_header();
  if (std::abs(scale) != 1) info.metadata.not_carried.push_back("the scale " + quoted(text));
  info.pixel = PixelFormat::of(ElementType::f32, has_color ? ColorModel::rgb : ColorModel::gray);
  info.pixel.format = Format(ElementType::f32, scale < 0 ? ByteOrder::little : ByteOrder::big);
  info.file.format = "PFM";
  info.file.color_type = has_color ? "RGB" : "grayscale";
  info.file.bit_depth = 32;
  header.picture.bottom_up = true;
}

void read_pnm(Words& words, Header& header, char kind) {
  ImageInfo& info = header.picture.info;
  take_size(words, info);
  const bool is_bitmap = kind == '1' || kind == '4';
  header.maximum = is_bitmap ? 1 : words.number("largest value", 1, most_sample);
  header.is_text = kind <= '3';
  header.is_inverted = is_bitmap;
  words.end_of_header();
  const bool has_color = kind == '3' || kind == '6';
  info.pixel.color = has_color ? ColorModel::rgb : ColorModel::gray;
  info.file.format = is_bitmap ? "PBM" : has_color ? "PPM" : "PGM";
  info.file.color_type = is_bitmap ? "bitmap" : has_color ? "RGB" : "grayscale";
}

/// Depth and element type of samples that run over 0..maximum.
void set_depth(Header& header) {
  PixelFormat& pixel = header.picture.info.pixel;
  header.picture.info.file.bit_depth = static_cast<int>(std::bit_width(header.maximum));
  const bool is_wide = header.maximum > 255;
  pixel.format = is_wide ? Format(ElementType::u16, ByteOrder::big) : Format(ElementType::u8);
  const bool is_exact = std::has_single_bit(header.maximum + 1);
  pixel.bit_depth = is_exact ? static_cast<int>(std::bit_width(header.maximum)) : is_wide ? 16 : 8;
}

void unpack_bitmap(std::span<const std::byte> stored, std::span<std::byte> elements) {
  for (std::size_t x = 0; x < elements.size(); ++x)
    elements[x] = (stored[x / 8] >> (7 - x % 8) & std::byte{1}) ^ std::byte{1};
}

template <class T>
UnpackRow scaling_unpacker(std::uint32_t maximum) {
  return [maximum](std::span<const std::byte> stored, std::span<std::byte> elements) {
    for (std::size_t at = 0; at < elements.size(); at += sizeof(T)) {
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < sizeof(T); ++i) value = value << 8 | std::to_integer<std::uint32_t>(stored[at + i]);
      if (value > maximum)
        throw Error(ErrorCode::corrupt_data,
                    "a sample of " + std::to_string(value) + " is above the largest value, " + std::to_string(maximum));
      const auto scaled = static_cast<T>(scaled_sample(value, maximum, (1U << (8 * sizeof(T))) - 1));
      std::memcpy(elements.data() + at, &scaled, sizeof scaled);
    }
  };
}

void set_unpacking(Header& header) {
  StoredPicture& picture = header.picture;
  if (header.is_text) {
    picture.decode_reason = "its samples are text";
  } else if (header.is_inverted) {
    picture.bits_per_pixel = 1;
    picture.unpack = unpack_bitmap;
    picture.decode_reason = "its samples are single bits";
  } else if (!std::has_single_bit(header.maximum + 1)) {
    picture.unpack = header.maximum > 255 ? scaling_unpacker<std::uint16_t>(header.maximum)
                                          : scaling_unpacker<std::uint8_t>(header.maximum);
    picture.decode_reason = "its samples run over 0.." + std::to_string(header.maximum) + " and are scaled";
  }
  if (!picture.decode_reason.empty()) picture.info.pixel.format = picture.info.pixel.format.type();
}

void keep(std::vector<std::string> comments, const Limits& limits, Metadata& metadata) {
  std::int64_t bytes = 0;
  for (std::string& comment : comments) {
    bytes += static_cast<std::int64_t>(comment.size());
    metadata.text.push_back({.keyword = "Comment",
                             .text = std::move(comment),
                             .encoding = TextEntry::Encoding::unknown,
                             .language = {},
                             .translated_keyword = {}});
  }
  if (bytes > limits.max_metadata_bytes)
    throw Error(ErrorCode::limit_exceeded, "comments of " + std::to_string(bytes) + " bytes pass max_metadata_bytes");
}

Header parse(std::string_view text, const Limits& limits) {
  Header header;
  StoredPicture& picture = header.picture;
  Words words(text);
  const std::string_view magic = words.word();
  if (magic == "PF" || magic == "Pf") {
    read_pfm(words, header, magic == "PF");
  } else if (magic.size() == 2 && magic[0] == 'P' && magic[1] >= '1' && magic[1] <= '7') {
    magic[1] == '7' ? read_pam(words, header) : read_pnm(words, header, magic[1]);
    set_depth(header);
    picture.may_be_followed = !header.is_text;
  } else {
    throw Error(ErrorCode::corrupt_data, "no PNM begins with " + quoted(magic));
  }
  header.bytes = words.position();
  keep(std::move(words).take_comments(), limits, picture.info.metadata);
  require_size_within(limits, picture.info.width, picture.info.height, {});
  const bool is_float = picture.bottom_up;
  picture.stored_channels = picture.info.channels();
  picture.bits_per_pixel = static_cast<std::uint64_t>(8 * picture.info.pixel.bytes_per_pixel());
  if (!is_float) set_unpacking(header);
  picture.columns_per_cell = picture.stored_width();
  picture.rows_per_cell = picture.stored_height();
  picture.row_pitch_bytes = picture.row_bytes(picture.stored_width());
  picture.cell_offsets = {header.is_text ? 0 : header.bytes};
  complete(picture);
  return header;
}

}  // namespace

Header read_header(FileBytes& file, const Limits& limits) {
  for (std::size_t wanted = 256;; wanted = std::min(wanted * 4, most_header_bytes)) {
    const auto head = file.head(wanted);
    const auto used = head.first(std::min(head.size(), most_header_bytes));
    try {
      return parse({reinterpret_cast<const char*>(used.data()), used.size()}, limits);
    } catch (const NeedsMore&) {
      if (head.size() < wanted) throw Error(ErrorCode::truncated_data, "the file ends too early, in its header");
      if (wanted == most_header_bytes)
        throw Error(ErrorCode::limit_exceeded,
                    "the header is longer than " + std::to_string(most_header_bytes) + " bytes");
    }
  }
}

}  // namespace imgbuf::codecs::pnm
