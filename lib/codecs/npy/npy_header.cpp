#include "codecs/npy/npy_header.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <string>

#include "codecs/size_limits.hpp"
#include "codecs/stored/number.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::npy {

namespace {

/// The signature and the version.
constexpr std::size_t prefix_bytes = 8;

struct HeaderText {
  std::string_view text;
  std::size_t data_offset = 0;
};

/// The dictionary's text. Valid until the file is read again.
HeaderText header_text(FileBytes& file) {
  const auto need = [&file](std::size_t count) {
    const auto head = file.head(count);
    if (head.size() < count) throw Error(ErrorCode::truncated_data, "the file ends too early, in its header");
    return head;
  };
  const int major = std::to_integer<int>(need(prefix_bytes)[6]);
  if (major < 1 || major > 3)
    throw Error(ErrorCode::unsupported, "version " + std::to_string(major) + " of NPY is not known; there are 1 to 3");
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  const std::size_t first = prefix_bytes + length_bytes;
  const std::uint64_t length = number_in(need(first).subspan(prefix_bytes, length_bytes), ByteOrder::little);
  if (length > Source::max_fill - first)
    throw Error(ErrorCode::limit_exceeded,
                "the header is longer than " + std::to_string(Source::max_fill - first) + " bytes");
  const std::size_t end = first + static_cast<std::size_t>(length);
  const auto bytes = need(end).subspan(first, length);
  return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}, end};
}

/// As Python writes it; of more extents than arrays have only the first.
std::string shape_text(const std::vector<std::uint64_t>& shape) {
  constexpr std::size_t most = 32;
  std::string text = "(";
  for (const std::uint64_t extent : std::span(shape).first(std::min(most, shape.size())))
    text += (text.size() == 1 ? "" : ", ") + std::to_string(extent);
  if (shape.size() > most) text += ", ...";
  return text + (shape.size() == 1 ? ",)" : ")");
}

void set_size(const Dictionary& dictionary, ImageInfo& info) {
  const auto& shape = dictionary.shape;
  const std::uint64_t channels = shape.size() == 3 ? shape[2] : 1;
  if (shape.size() < 2 || shape.size() > 3 || channels < 1 || channels > 4 || shape[0] == 0 || shape[1] == 0)
    throw Error(ErrorCode::unsupported, "an array of the shape " + shape_text(shape) +
                                            " is no picture of (height, width) or (height, width, 1 to 4)");
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  if (shape[0] > most || shape[1] > most)
    throw Error(ErrorCode::corrupt_data, "an array of the shape " + shape_text(shape) + " is larger than any file");
  info.height = static_cast<std::ptrdiff_t>(shape[0]);
  info.width = static_cast<std::ptrdiff_t>(shape[1]);
  info.pixel =
      PixelFormat::of(dictionary.format.type(), channels <= 2 ? ColorModel::gray : ColorModel::rgb, channels % 2 == 0);
}

}  // namespace

StoredPicture parse(FileBytes& file, const Limits& limits) {
  const HeaderText header = header_text(file);
  const Dictionary dictionary = parse_dictionary(header.text);
  StoredPicture picture;
  ImageInfo& info = picture.info;
  set_size(dictionary, info);
  info.pixel.format = dictionary.format;
  if (dictionary.is_bool) info.pixel.bit_depth = 1;
  info.file.format = "NPY";
  info.file.color_type = shape_text(dictionary.shape) + (dictionary.is_fortran_order ? " in Fortran order" : "");
  info.file.bit_depth = info.pixel.bit_depth;
  require_size_within(limits, info.width, info.height, {});

  picture.stored_channels = info.channels();
  picture.by_columns = dictionary.is_fortran_order;
  picture.planar = dictionary.is_fortran_order && picture.stored_channels > 1;
  const std::ptrdiff_t pixel_bytes = picture.planar ? info.pixel.format.itemsize() : info.pixel.bytes_per_pixel();
  picture.bits_per_pixel = static_cast<std::uint64_t>(8 * pixel_bytes);
  picture.columns_per_cell = picture.stored_width();
  picture.rows_per_cell = picture.stored_height();
  picture.row_pitch_bytes = picture.row_bytes(picture.stored_width());
  for (std::uint64_t plane = 0; plane < picture.planes(); ++plane)
    picture.cell_offsets.push_back(header.data_offset + plane * picture.stored_height() * picture.row_pitch_bytes);
  complete(picture);
  return picture;
}

}  // namespace imgbuf::codecs::npy
