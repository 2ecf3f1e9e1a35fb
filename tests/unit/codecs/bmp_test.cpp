#include <algorithm>
#include <catch2/catch.hpp>

#include "support/require_error.hpp"
#include "unit/codecs/stored_testing.hpp"

namespace imgbuf::test {
namespace {

using enum ElementType;

constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> sizes[] = {{1, 1}, {3, 7}, {5, 8}, {17, 33}};

Bytes u16le(int value) {
  return bytes_of({value & 255, value >> 8 & 255});
}
Bytes u32le(std::int64_t value) {
  return joined({u16le(static_cast<int>(value & 0xffff)), u16le(static_cast<int>(value >> 16 & 0xffff))});
}

/// A BMP as a test wants it; what stands between the fields of INFO and the pixels is `extra`.
struct Bmp {
  int header_bytes = 40;
  std::int64_t width = 1;
  std::int64_t height = 1;  ///< as in the file: positive is bottom-up
  int bits = 24;
  int compression = 0;
  int colors = 0;
  Bytes extra = {};
  Bytes pixels = {};

  [[nodiscard]] Bytes file() const {
    const Bytes info =
        header_bytes == 12
            ? joined({u16le(static_cast<int>(width)), u16le(static_cast<int>(height)), u16le(1), u16le(bits)})
            : joined({u32le(width), u32le(height), u16le(1), u16le(bits), u32le(compression), u32le(0), u32le(2835),
                      u32le(5669), u32le(colors), u32le(0)});
    const auto offset = static_cast<std::int64_t>(14 + 4 + info.size() + extra.size());
    return joined({to_bytes("BM"), u32le(0), u32le(0), u32le(offset), u32le(header_bytes), info, extra, pixels});
  }
};

ImageInfo rgb_info(std::ptrdiff_t height, std::ptrdiff_t width, ElementType type = u8, bool alpha = false) {
  return info_of_pixels(height, width, PixelFormat::of(type, ColorModel::rgb, alpha));
}

Bytes native(std::initializer_list<std::uint16_t> values) {
  const auto bytes = std::as_bytes(std::span(values.begin(), values.size()));
  return {bytes.begin(), bytes.end()};
}

TEST_CASE("bmp: every kind and size is written from and read into every arrangement") {
  for (const auto& [height, width] : sizes) {
    require_round_trip("BMP", rgb_info(height, width), true);
    require_round_trip("BMP", info_of_pixels(height, width, PixelFormat::of(u8, ColorModel::gray)), true);
    require_round_trip("BMP", info_of_pixels(height, width, PixelFormat::of(u8, ColorModel::palette)), true);
    for (const int bits : {1, 4}) {
      require_round_trip("BMP", info_of_pixels(height, width, {u8, ColorModel::gray, false, bits}), false);
      require_round_trip("BMP", info_of_pixels(height, width, {u8, ColorModel::palette, false, bits}), false);
    }
    // BGRA: blue, green and red are evenly spaced, alpha is on their other side.
    ImageInfo rgba = rgb_info(height, width, u8, true);
    const GuardedImage image(Kind::rows, height, width, 4, u8);
    fill_random(image.view(), 3);
    const Bytes file = encode_bytes("BMP", rgba, image.view());
    CHECK(decode_bytes(file) == packed(image.view()));
    FileFolder folder;
    const OpenedImage opened = folder.open(file);
    CHECK(opened.reason == "its channels are not evenly spaced in the file's pixels");
    CHECK(packed(opened.image.const_view()) == packed(image.view()));
  }
}

TEST_CASE("bmp: rows run up or down, and are padded to 4 bytes") {
  const Bytes upper = bytes_of({3, 2, 1, 6, 5, 4, 0xaa, 0xaa});
  const Bytes lower = bytes_of({9, 8, 7, 12, 11, 10, 0xaa, 0xaa});
  const Bytes pixels = bytes_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const Bytes up = Bmp{.width = 2, .height = 2, .pixels = joined({lower, upper})}.file();
  const Bytes down = Bmp{.width = 2, .height = -2, .pixels = joined({upper, lower})}.file();
  require_pixels(up, rgb_info(2, 2), pixels, true);
  require_pixels(down, rgb_info(2, 2), pixels, true);
  require_pixels(Bmp{.header_bytes = 12, .width = 2, .height = 2, .pixels = joined({lower, upper})}.file(),
                 rgb_info(2, 2), pixels, true);
  FileFolder folder;
  CHECK(folder.open(up).image.const_view().layout() == Layout{{2, -8, 0}, {2, 3, 0}, {3, -1, 0}});
  CHECK(folder.open(down).image.const_view().layout() == Layout{{2, 8, 0}, {2, 3, 0}, {3, -1, 0}});
  CHECK(folder.open(up).image.info().metadata.resolution == Resolution{2835, 5669, Resolution::Unit::per_metre});
}

TEST_CASE("bmp: palettes of 1, 2, 4 and 8 bits") {
  ImageInfo info = info_of_pixels(1, 5, {u8, ColorModel::palette, false, 1});
  info.palette = {{.red = 3, .green = 2, .blue = 1}, {.red = 6, .green = 5, .blue = 4}};
  const Bytes two = bytes_of({1, 2, 3, 0, 4, 5, 6, 0});
  require_pixels(Bmp{.width = 5, .bits = 1, .extra = two, .pixels = bytes_of({0xa8, 0, 0, 0})}.file(), info,
                 bytes_of({1, 0, 1, 0, 1}), false);
  require_pixels(Bmp{.header_bytes = 12,
                     .width = 5,
                     .bits = 1,
                     .extra = bytes_of({1, 2, 3, 4, 5, 6}),
                     .pixels = bytes_of({0xa8, 0, 0, 0})}
                     .file(),
                 info, bytes_of({1, 0, 1, 0, 1}), false);
  info.pixel.bit_depth = 2;
  require_pixels(Bmp{.width = 5, .bits = 2, .colors = 2, .extra = two, .pixels = bytes_of({0x1b, 0x80, 0, 0})}.file(),
                 info, bytes_of({0, 1, 2, 3, 2}), false);
  info.pixel.bit_depth = 4;
  require_pixels(
      Bmp{.width = 5, .bits = 4, .colors = 2, .extra = two, .pixels = bytes_of({0x1f, 0x01, 0x50, 0})}.file(), info,
      bytes_of({1, 15, 0, 1, 5}), false);
  info.pixel.bit_depth = 8;
  require_pixels(
      Bmp{.width = 5, .bits = 8, .colors = 2, .extra = two, .pixels = bytes_of({0, 1, 2, 255, 1, 0, 0, 0})}.file(),
      info, bytes_of({0, 1, 2, 255, 1}), true);

  // A palette of all grays in order is gray.
  const ImageInfo gray = info_of_pixels(1, 2, {u8, ColorModel::gray, false, 1});
  require_pixels(
      Bmp{.width = 2, .bits = 1, .extra = bytes_of({0, 0, 0, 0, 255, 255, 255, 0}), .pixels = bytes_of({0x40, 0, 0, 0})}
          .file(),
      gray, bytes_of({0, 1}), false);
}

TEST_CASE("bmp: masks of 16 and 32 bits") {
  const auto masks = [](std::initializer_list<std::int64_t> values) {
    Bytes bytes;
    for (const auto value : values) bytes = joined({bytes, u32le(value)});
    return bytes;
  };
  // 5 bits each without masks: round(v * 255 / 31)
  require_pixels(Bmp{.width = 2, .bits = 16, .pixels = joined({u16le(0x7c00 | 1), u16le(0x03e0 | 0x8000)})}.file(),
                 rgb_info(1, 2), bytes_of({255, 0, 8, 0, 255, 0}), false);
  require_pixels(Bmp{.width = 2,
                     .bits = 16,
                     .compression = 3,
                     .extra = masks({0xf800, 0x07e0, 0x001f}),
                     .pixels = joined({u16le(0xf800 | 32), u16le(0x001f)})}
                     .file(),
                 rgb_info(1, 2), bytes_of({255, 4, 0, 0, 0, 255}), false);
  // A version with four masks: alpha of one bit
  require_pixels(Bmp{.header_bytes = 56,
                     .width = 2,
                     .bits = 16,
                     .compression = 3,
                     .extra = masks({0x7c00, 0x03e0, 0x001f, 0x8000}),
                     .pixels = joined({u16le(0x8000), u16le(0x7fff)})}
                     .file(),
                 rgb_info(1, 2, u8, true), bytes_of({0, 0, 0, 255, 255, 255, 255, 0}), false);
  // 10 bits: round(v * 65535 / 1023)
  require_pixels(
      Bmp{.bits = 32, .compression = 3, .extra = masks({0x3ff00000, 0xffc00, 0x3ff}), .pixels = u32le(0x3ff00401)}
          .file(),
      rgb_info(1, 1, u16), native({65535, 64, 64}), false);
  // Whole bytes are viewed: the fourth counts for nothing, or is alpha at an even distance.
  require_pixels(Bmp{.bits = 32, .pixels = bytes_of({3, 2, 1, 99})}.file(), rgb_info(1, 1), bytes_of({1, 2, 3}), true);
  require_pixels(Bmp{.bits = 32,
                     .compression = 3,
                     .extra = masks({0xff000000, 0xff0000, 0xff00}),
                     .pixels = bytes_of({99, 3, 2, 1})}
                     .file(),
                 rgb_info(1, 1), bytes_of({1, 2, 3}), true);
  require_pixels(Bmp{.bits = 32,
                     .compression = 6,
                     .extra = masks({0xff, 0xff00, 0xff0000, 0xff000000}),
                     .pixels = bytes_of({1, 2, 3, 4})}
                     .file(),
                 rgb_info(1, 1, u8, true), bytes_of({1, 2, 3, 4}), true);
}

TEST_CASE("bmp: resolution and ICC profile are written and read") {
  ImageInfo info = rgb_info(2, 3);
  info.metadata.resolution = Resolution{72, 144, Resolution::Unit::per_inch};
  info.metadata.icc = icc_profile_for("RGB ", 300);
  const GuardedImage image(Kind::contiguous, 2, 3, 3, u8);
  const Bytes file = encode_bytes("BMP", info, image.view());
  const auto reader = open_reader(Source::memory(file));
  CHECK(reader->info().metadata.icc == info.metadata.icc);
  CHECK(reader->info().metadata.resolution == Resolution{2835, 5669, Resolution::Unit::per_metre});
  CHECK(decode_bytes(file) == packed(image.view()));
  info.metadata.icc = icc_profile_for("GRAY", 300);
  const Bytes without_profile = encode_bytes("BMP", info, image.view());
  CHECK(open_reader(Source::memory(without_profile))->info().metadata.icc.empty());
}

TEST_CASE("bmp: calibrated colours are not carried, and said") {
  ImageInfo info = rgb_info(1, 1);
  info.metadata.icc = icc_profile_for("RGB ", 300);  // for a header of the newest version
  const GuardedImage image(Kind::contiguous, 1, 1, 3, u8);
  Bytes file = encode_bytes("BMP", info, image.view());
  const auto not_carried = [&file] { return open_reader(Source::memory(file))->info().metadata.not_carried; };
  constexpr std::size_t color_space_at = 14 + 56, gamma_at = 14 + 104;
  file[gamma_at] = std::byte{1};
  CHECK(not_carried().empty());  // another colour space has none
  std::fill_n(file.begin() + color_space_at, 4, std::byte{0});
  CHECK(not_carried() == std::vector<std::string>{"end points and gamma of calibrated colours"});
  file[gamma_at] = std::byte{0};
  CHECK(not_carried().empty());
}

TEST_CASE("bmp: a resolution that it cannot hold is said") {
  const GuardedImage image(Kind::contiguous, 1, 1, 3, u8);
  for (const Resolution& resolution :
       {Resolution{3, 2, Resolution::Unit::unit_less}, Resolution{4'000'000'000, 1, Resolution::Unit::per_inch}}) {
    ImageInfo info = rgb_info(1, 1);
    info.metadata.resolution = resolution;
    Bytes file;
    std::vector<std::string> warnings;
    Context context;
    context.on_warning = [&](std::string_view line) { warnings.emplace_back(line); };
    const auto sink = Sink::memory(file);
    make_writer("BMP", *sink, {})->start(info, context);
    CHECK(warnings == std::vector<std::string>{"BMP cannot hold a resolution"});
  }
}

TEST_CASE("bmp: what a header says wrongly is an error that names it") {
  const auto fails = [](const Bmp& bmp, ErrorCode code, const std::string& message) {
    require_error(code, "memory: " + message, [&] { (void)decode_bytes(bmp.file()); });
  };
  const auto corrupt = ErrorCode::corrupt_data;
  const auto unsupported = ErrorCode::unsupported;
  const Bytes row = bytes_of({0, 0, 0, 0});
  fails({.width = 0, .pixels = row}, corrupt, "the picture has no pixels");
  fails({.width = -5, .pixels = row}, corrupt, "the picture has no pixels");
  fails({.height = 0, .pixels = row}, corrupt, "the picture has no pixels");
  fails({.height = -2147483648LL, .pixels = row}, ErrorCode::limit_exceeded,
        "the picture of 1 x 2147483648 passes max_height (1000000)");
  fails({.bits = 3, .pixels = row}, corrupt, "no BMP has pixels of 3 bits");
  fails({.bits = 8, .compression = 1, .pixels = row}, unsupported, "BMP with compression RLE8 is not read");
  fails({.bits = 4, .compression = 2, .pixels = row}, unsupported, "BMP with compression RLE4 is not read");
  fails({.compression = 4, .pixels = row}, unsupported, "BMP with compression JPEG is not read");
  fails({.compression = 5, .pixels = row}, unsupported, "BMP with compression PNG is not read");
  fails({.header_bytes = 64, .compression = 3, .extra = Bytes(24), .pixels = row}, unsupported,
        "BMP with compression Huffman 1D is not read");
  fails({.compression = 77, .pixels = row}, corrupt, "no BMP has compression 77");
  fails({.bits = 8, .pixels = row}, corrupt, "there is no palette");
  fails({.bits = 24, .compression = 3, .extra = Bytes(12), .pixels = row}, corrupt, "masks for pixels of 24 bits");
  fails({.bits = 16, .compression = 3, .extra = Bytes(12), .pixels = row}, corrupt, "all masks are 0");
  fails({.bits = 16, .compression = 3, .extra = joined({u32le(5), u32le(0), u32le(0)}), .pixels = row}, corrupt,
        "a mask has gaps between its bits");
  fails({.bits = 16, .compression = 3, .pixels = joined({u32le(1), u32le(2), u32le(4)})}, corrupt,
        "the pixels begin inside the header");
  fails({.width = 2, .height = 3, .pixels = row}, ErrorCode::truncated_data,
        "row 2: the file ends too early: no 6 bytes at offset 54");
  require_error(ErrorCode::truncated_data, "memory: the file ends too early, in its header", [&] {
    (void)decode_bytes(joined({to_bytes("BM"), Bytes(12), u32le(40), u32le(1)}));
  });
}

}  // namespace
}  // namespace imgbuf::test
