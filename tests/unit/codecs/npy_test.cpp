#include <catch2/catch.hpp>

#include "support/require_error.hpp"
#include "unit/codecs/stored_testing.hpp"

namespace imgbuf::test {
namespace {

using enum ElementType;

constexpr ElementType all_types[] = {u8, i8, u16, i16, u32, i32, f16, f32, f64};
constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> sizes[] = {{1, 1}, {3, 7}, {16, 33}};

/// A file of some version with the dictionary as it is.
Bytes npy(int version, const std::string& dictionary, const Bytes& elements) {
  const auto size = static_cast<int>(dictionary.size());
  Bytes length = bytes_of({size % 256, size / 256});
  if (version > 1) length = joined({length, bytes_of({0, 0})});
  return joined({bytes_of({0x93, 'N', 'U', 'M', 'P', 'Y', version, 0}), length, to_bytes(dictionary), elements});
}

std::string dictionary(const std::string& descr, bool fortran_order, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran_order ? "True" : "False") + ", 'shape': " + shape +
         ", }\n";
}

TEST_CASE("npy: every kind and size is written from and read into every arrangement, in both byte orders") {
  for (const ElementType type : all_types)
    for (const auto& [height, width] : sizes)
      for (const ColorModel color : {ColorModel::gray, ColorModel::rgb})
        for (const bool alpha : {false, true})
          for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
            const ImageInfo info = info_of_pixels(height, width, PixelFormat::of(type, color, alpha));
            const Bytes file = require_round_trip("NPY", info, true, {.byte_order = order});
            CHECK((file.size() - static_cast<std::size_t>(info.pixel_bytes())) % 64 == 0);
          }
}

TEST_CASE("npy: the header is what NumPy writes") {
  const ImageInfo info = info_of_pixels(2, 3, PixelFormat::of(u16, ColorModel::rgb));
  const GuardedImage image(Kind::contiguous, 2, 3, 3, info.pixel.format);
  const Bytes file = encode_bytes("NPY", info, image.view(), {.byte_order = ByteOrder::big});
  const std::string text = "{'descr': '>u2', 'fortran_order': False, 'shape': (2, 3, 3), }";
  const std::string padding(128 - 10 - text.size() - 1, ' ');
  CHECK(Bytes(file.begin(), file.begin() + 128) ==
        joined({bytes_of({0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0}), to_bytes(text + padding + "\n")}));
}

TEST_CASE("npy: versions, orders of axes and spellings of the dictionary") {
  const ImageInfo gray = info_of_pixels(2, 3, PixelFormat::of(u8, ColorModel::gray));
  const Bytes rows = bytes_of({1, 2, 3, 4, 5, 6});
  const Bytes columns = bytes_of({1, 4, 2, 5, 3, 6});
  for (const int version : {1, 2, 3}) {
    require_pixels(npy(version, dictionary("|u1", false, "(2, 3)"), rows), gray, rows, true);
    require_pixels(npy(version, dictionary("|u1", true, "(2, 3)"), columns), gray, rows, true);
    require_pixels(npy(version, dictionary("|u1", true, "(2, 3, 1)"), columns), gray, rows, true);
  }
  for (const char* descr : {"u1", "=u1", "<u1", ">u1"})
    require_pixels(npy(1, dictionary(descr, false, "(2, 3)"), rows), gray, rows, true);
  const ImageInfo native = info_of_pixels(1, 1, PixelFormat::of(u16, ColorModel::gray));
  const std::uint16_t native_sample[] = {0x1234};
  const auto native_bytes = std::as_bytes(std::span(native_sample));
  for (const char* descr : {"u2", "=u2"})
    require_pixels(npy(1, dictionary(descr, false, "(1, 1)"), {native_bytes.begin(), native_bytes.end()}), native,
                   {native_bytes.begin(), native_bytes.end()}, true);
  require_pixels(npy(1, "{\"shape\":(2L,3L,),\"fortran_order\":False,\"descr\":\"<u1\"}", rows), gray, rows, true);

  const ImageInfo gray_alpha = info_of_pixels(1, 2, PixelFormat::of(u8, ColorModel::gray, true));
  require_pixels(npy(1, dictionary("|u1", true, "(1, 2, 2)"), bytes_of({1, 3, 2, 4})), gray_alpha,
                 bytes_of({1, 2, 3, 4}), true);
  const ImageInfo wide = info_of_pixels(2, 2, PixelFormat::of(u16, ColorModel::rgb));
  std::vector<std::uint16_t> expected;
  Bytes stored;
  for (const int i : {0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11}) stored = joined({stored, bytes_of({1, i})});
  for (std::uint16_t i = 0; i < 12; ++i) expected.push_back(static_cast<std::uint16_t>(256 + i));
  const auto bytes = std::as_bytes(std::span(expected));
  require_pixels(npy(1, dictionary(">u2", true, "(2, 2, 3)"), stored), wide, {bytes.begin(), bytes.end()}, true);

  ImageInfo booleans = info_of_pixels(1, 2, PixelFormat::of(u8, ColorModel::gray));
  booleans.pixel.bit_depth = 1;
  require_pixels(npy(1, dictionary("|b1", false, "(1, 2)"), bytes_of({1, 0})), booleans, bytes_of({1, 0}), true);
}

TEST_CASE("npy: a mapped array has the file's strides and byte order") {
  FileFolder folder;
  const Bytes file = npy(1, dictionary(">u2", true, "(2, 3)"), Bytes(12));
  const OpenedImage opened = folder.open(file);
  REQUIRE(opened.is_mapped);
  CHECK(opened.image.info().pixel.format == Format(u16, ByteOrder::big));
  CHECK(opened.image.const_view().layout() == Layout{{2, 2, 0}, {3, 4, 0}, {1, 0, 0}});
  CHECK(opened.image.storage().segments().size() == 1);
}

TEST_CASE("npy: what a header says wrongly is an error that names it") {
  const auto fails = [](const std::string& text, ErrorCode code, const std::string& message) {
    INFO(text);
    require_error(code, "memory: " + message, [&] { (void)decode_bytes(npy(1, text, Bytes(4))); });
  };
  const auto corrupt = ErrorCode::corrupt_data;
  const auto unsupported = ErrorCode::unsupported;
  fails("", corrupt, "the header's dictionary has no '{' at character 0");
  fails("{}", corrupt, "the header's dictionary lacks descr, fortran_order or shape");
  fails("{'a': 1}", corrupt, "the header's dictionary has the unknown key 'a' at character 5");
  fails("{'a\n\xff" + std::string(40, 'b') + "': 1}", corrupt,
        "the header's dictionary has the unknown key 'a??" + std::string(29, 'b') + "...' at character 47");
  fails("{'shape': (1, x)}", corrupt, "the header's dictionary has no number at character 14");
  fails("{'shape': (1 1)}", corrupt, "the header's dictionary has no ')' at character 13");
  fails("{'shape': (99999999999999999999,)}", corrupt, "the header's dictionary has no number at character 11");
  fails("{'fortran_order': 1}", corrupt, "the header's dictionary has neither True nor False at character 18");
  fails("{'descr", corrupt, "the header's dictionary has a text without an end at character 1");
  fails(dictionary("|u1", false, "(1, 1)") + "}", corrupt,
        "the header's dictionary has more than a dictionary at character 60");
  fails("{'descr': [('a', '<u1')]}", unsupported, "the array's elements are structures");
  for (const char* descr : {"<c8", "<u8", "|O", "|u2", "", "=", "|S3"})
    fails(dictionary(descr, false, "(1, 1)"), unsupported,
          "no elements of imgbuf are NumPy's '" + std::string(descr) + "'");
  std::string many = "(1";
  for (int i = 1; i < 32; ++i) many += ", 1";
  fails(dictionary("|u1", false, many + ", 1)"), unsupported,
        "an array of the shape " + many + ", ...) is no picture of (height, width) or (height, width, 1 to 4)");
  for (const char* shape : {"(4,)", "()", "(1, 1, 1, 4)", "(1, 1, 5)", "(0, 4)", "(4, 0)", "(1, 4, 0)"})
    fails(
        dictionary("|u1", false, shape), unsupported,
        "an array of the shape " + std::string(shape) + " is no picture of (height, width) or (height, width, 1 to 4)");
  fails(dictionary("|u1", false, "(18446744073709551615, 1)"), corrupt,
        "an array of the shape (18446744073709551615, 1) is larger than any file");
  fails(dictionary("|u1", false, "(9223372036854775807, 2)"), ErrorCode::limit_exceeded,
        "the picture of 2 x 9223372036854775807 passes max_height (1000000)");
  fails(dictionary("|u1", false, "(3, 2)"), ErrorCode::truncated_data,
        "rows 0 to 2: the file ends too early: no 6 bytes at offset 70");
  fails(dictionary("|u1", true, "(1, 5)"), ErrorCode::truncated_data,
        "columns 0 to 4: the file ends too early: no 5 bytes at offset 69");

  const Bytes long_header = joined({bytes_of({0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 0xff, 0xff, 0xff, 0xff})});
  require_error(ErrorCode::limit_exceeded, "memory: the header is longer than 65524 bytes",
                [&] { (void)decode_bytes(long_header); });
  const Bytes version = bytes_of({0x93, 'N', 'U', 'M', 'P', 'Y', 4, 0, 0, 0});
  require_error(unsupported, "memory: version 4 of NPY is not known; there are 1 to 3",
                [&] { (void)decode_bytes(version); });
  require_error(ErrorCode::truncated_data, "memory: the file ends too early, in its header", [&] {
    (void)decode_bytes(bytes_of({0x93, 'N', 'U', 'M', 'P', 'Y', 1}));
  });
  Limits unlimited;
  unlimited.max_width = unlimited.max_height = unlimited.max_pixels = INT64_MAX;
  require_error(corrupt, "memory: offsets or sizes are larger than any file", [&] {
    (void)decode_bytes(npy(1, dictionary("<f8", false, "(3037000499, 3037000499)"), {}), {.limits = unlimited});
  });
}

}  // namespace
}  // namespace imgbuf::test
