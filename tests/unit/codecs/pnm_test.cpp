#include <catch2/catch.hpp>

#include "support/require_error.hpp"
#include "unit/codecs/stored_testing.hpp"

namespace imgbuf::test {
namespace {

constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> sizes[] = {{1, 1}, {3, 7}, {16, 8}, {17, 33}};

PixelFormat pixel(ElementType type, ColorModel color, bool alpha, int bit_depth) {
  return {type, color, alpha, bit_depth};
}

ImageInfo info_of(std::ptrdiff_t height, std::ptrdiff_t width, const PixelFormat& format) {
  return info_of_pixels(height, width, format);
}

const PixelFormat gray8 = PixelFormat::of(ElementType::u8, ColorModel::gray);
const PixelFormat rgb8 = PixelFormat::of(ElementType::u8, ColorModel::rgb);

TEST_CASE("pnm: every kind and size is written from and read into every arrangement") {
  for (const auto& [height, width] : sizes) {
    for (const int depth : {2, 4, 7, 8}) {
      require_round_trip("PGM", info_of(height, width, pixel(ElementType::u8, ColorModel::gray, false, depth)), true);
      require_round_trip("PPM", info_of(height, width, pixel(ElementType::u8, ColorModel::rgb, false, depth)), true);
    }
    for (const int depth : {9, 12, 16}) {
      require_round_trip("PNM", info_of(height, width, pixel(ElementType::u16, ColorModel::gray, false, depth)), true);
      require_round_trip("PAM", info_of(height, width, pixel(ElementType::u16, ColorModel::rgb, true, depth)), true);
    }
    require_round_trip("PBM", info_of(height, width, pixel(ElementType::u8, ColorModel::gray, false, 1)), false);
    require_round_trip("PAM", info_of(height, width, pixel(ElementType::u8, ColorModel::gray, true, 1)), true);
    require_round_trip("PAM", info_of(height, width, PixelFormat::of(ElementType::u8, ColorModel::cmyk, true)), true);
    require_round_trip("PFM", info_of(height, width, PixelFormat::of(ElementType::f32, ColorModel::gray)), true);
    require_round_trip("PFM", info_of(height, width, PixelFormat::of(ElementType::f32, ColorModel::rgb)), true);
  }
}

TEST_CASE("pnm: files as other programs write them") {
  const ImageInfo gray = info_of(2, 3, gray8);
  const Bytes samples = bytes_of({0, 1, 2, 253, 254, 255});
  require_pixels(joined({to_bytes("P5\n3 2\n255\n"), samples}), gray, samples, true);
  require_pixels(joined({to_bytes("P5 # a comment\n# and another\n 3\t2\r\n255 "), samples}), gray, samples, true);
  require_pixels(to_bytes("P2\n3 2\n255\n0 1 2\n# between\n253 254\n255"), gray, samples, false);
  require_pixels(to_bytes("P2 3 2 255 0 1 2 253 254 255\n"), gray, samples, false);

  const ImageInfo bitmap = info_of(2, 3, pixel(ElementType::u8, ColorModel::gray, false, 1));
  const Bytes bits = bytes_of({0, 1, 0, 1, 1, 0});
  require_pixels(joined({to_bytes("P4\n3 2\n"), bytes_of({0xbf, 0x20})}), bitmap, bits, false);
  require_pixels(to_bytes("P1\n3 2\n101001"), bitmap, bits, false);
  require_pixels(to_bytes("P1\n3 2\n1 0 1\n0 0 1\n"), bitmap, bits, false);

  require_pixels(joined({to_bytes("P7\nWIDTH 1\nHEIGHT 1\n# depth\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"),
                         bytes_of({1, 2, 3, 4})}),
                 info_of(1, 1, PixelFormat::of(ElementType::u8, ColorModel::rgb, true)), bytes_of({1, 2, 3, 4}), true);
  require_pixels(joined({to_bytes("P7\nDEPTH 3\nMAXVAL 255\nWIDTH 1\nHEIGHT 1\nENDHDR\n"), bytes_of({1, 2, 3})}),
                 info_of(1, 1, rgb8), bytes_of({1, 2, 3}), true);

  // PFM: the bottom row first, and a negative scale for little-endian samples; 1.0f is 3f800000.
  const Bytes one_then_two = bytes_of({0x3f, 0x80, 0, 0, 0x40, 0, 0, 0});
  Bytes rows = bytes_of({0, 0, 0, 0x40, 0, 0, 0x80, 0x3f});
  if (native_byte_order == ByteOrder::big) rows = bytes_of({0x40, 0, 0, 0, 0x3f, 0x80, 0, 0});
  require_pixels(joined({to_bytes("Pf\n1 2\n1.0\n"), one_then_two}),
                 info_of(2, 1, PixelFormat::of(ElementType::f32, ColorModel::gray)), rows, true);
}

TEST_CASE("pnm: samples of any largest value become those of a whole element") {
  // round(v * 255 / 100)
  require_pixels(joined({to_bytes("P5\n5 1\n100\n"), bytes_of({0, 1, 50, 99, 100})}), info_of(1, 5, gray8),
                 bytes_of({0, 3, 128, 252, 255}), false);
  require_pixels(to_bytes("P2\n5 1\n100\n0 1 50 99 100"), info_of(1, 5, gray8), bytes_of({0, 3, 128, 252, 255}), false);
  // round(v * 65535 / 1000)
  const std::uint16_t wide[] = {0, 66, 32768, 65535};
  const auto expected = std::as_bytes(std::span(wide));
  require_pixels(
      joined({to_bytes("P5\n4 1\n1000\n"), bytes_of({0, 0, 0, 1, 500 / 256, 500 % 256, 1000 / 256, 1000 % 256})}),
      info_of(1, 4, PixelFormat::of(ElementType::u16, ColorModel::gray)), {expected.begin(), expected.end()}, false);
  require_pixels(to_bytes("P2 4 1 1000 0 1 500 1000 "),
                 info_of(1, 4, PixelFormat::of(ElementType::u16, ColorModel::gray)), {expected.begin(), expected.end()},
                 false);
}

TEST_CASE("pnm: expanded samples have 8 bits") {
  FileFolder folder;
  const Bytes file = joined({to_bytes("P5\n4 1\n15\n"), bytes_of({0, 1, 8, 15})});
  CHECK(decode_bytes(file, {.expand = true}) == bytes_of({0, 17, 136, 255}));
  const OpenedImage opened = folder.open(file, {.decode = {.expand = true}});
  CHECK(opened.reason == "expanding gray u8 (4 bit) makes other pixels");
  CHECK(packed(opened.image.const_view()) == bytes_of({0, 17, 136, 255}));
  CHECK(folder.open(file).is_mapped);
}

TEST_CASE("pnm: only the first picture of a file is read, with a warning") {
  const Bytes file = joined({to_bytes("P5\n1 1\n255\n"), bytes_of({7}), to_bytes("P5\n1 1\n255\n"), bytes_of({8})});
  Context context;
  std::vector<std::string> warnings;
  context.on_warning = [&](std::string_view line) { warnings.emplace_back(line); };
  const Image image = decode(Source::memory(file, "two.pgm"), {}, {}, context);
  CHECK(packed(image.const_view()) == bytes_of({7}));
  CHECK(warnings == std::vector<std::string>{"two.pgm: more follows the picture; only the first is read"});
}

TEST_CASE("pnm: comments are texts") {
  const auto texts_of = [](const std::string& file) {
    std::vector<std::string> texts;
    const Bytes bytes = to_bytes(file);
    const auto reader = open_reader(Source::memory(bytes));
    for (const TextEntry& entry : reader->info().metadata.text) {
      CHECK(entry.keyword == "Comment");
      texts.push_back(entry.text);
    }
    return texts;
  };
  using Texts = std::vector<std::string>;
  CHECK(texts_of("P5\n1 1\n255\n#") == Texts{});
  CHECK(texts_of("P5\n# one\n1 1\n255\nx") == Texts{"one"});
  CHECK(texts_of("P5 # one\r\n#two \n\n#\n1 #three\n1\n255\nx") == Texts{"one\ntwo \n", "three"});
  CHECK(texts_of("P7\n#one\nWIDTH 1\nHEIGHT 1\n# two\nDEPTH 1\nMAXVAL 255\nENDHDR\nx") == Texts{"one", "two"});
  const std::string long_one(300, 'x');  // more than is read at first
  CHECK(texts_of("P5\n#" + long_one + "\n1 1\n255\nx") == Texts{long_one});
  Limits limits;
  limits.max_metadata_bytes = 2;
  require_error(ErrorCode::limit_exceeded, "memory: comments of 3 bytes pass max_metadata_bytes",
                [&] { (void)open_reader(Source::memory(to_bytes("P5\n#one\n1 1\n255\nx")), limits); });
}

TEST_CASE("pnm: texts are written as comments") {
  ImageInfo info = info_of(1, 1, gray8);
  info.metadata.text = {{"Comment", "one\ntwo\r\nthree", TextEntry::Encoding::utf8, false, {}, {}},
                        {"Title", "\xe9", TextEntry::Encoding::latin1, false, "fr", {}},
                        {"Author", std::string(40000, 'x'), TextEntry::Encoding::utf8, false, {}, {}}};
  const auto header_of = [&](std::string_view format, std::vector<std::string>& warnings) {
    Bytes file;
    Context context;
    context.on_warning = [&](std::string_view line) { warnings.emplace_back(line); };
    const auto sink = Sink::memory(file);
    make_writer(format, *sink, {})->start(info, context);
    return to_text(file);
  };
  std::vector<std::string> warnings;
  CHECK(header_of("PGM", warnings) == "P5\n# one\n# two\n# three\n# Title: \xc3\xa9\n1 1\n255\n");
  CHECK(warnings == std::vector<std::string>{"PGM cannot hold the language of the text 'Title'",
                                             "PGM cannot hold the text 'Author' of 40000 bytes"});
  info.metadata.text.resize(1);
  CHECK(header_of("PAM", warnings).starts_with("P7\n# one\n# two\n# three\nWIDTH 1\n"));
  info.pixel = PixelFormat::of(ElementType::f32, ColorModel::gray);
  warnings.clear();
  CHECK(header_of("PFM", warnings).starts_with("Pf\n1 1\n"));
  CHECK(warnings == std::vector<std::string>{"PFM cannot hold text (1 entries)"});
}

TEST_CASE("pnm: what a header says wrongly is an error that names it") {
  const auto fails = [](const std::string& text, ErrorCode code, const std::string& message) {
    INFO(text);
    require_error(code, "memory: " + message, [&] { (void)decode_bytes(to_bytes(text)); });
  };
  const auto corrupt = ErrorCode::corrupt_data;
  fails("P5 ", ErrorCode::truncated_data, "the file ends too early, in its header");
  fails("P5\n# no end", ErrorCode::truncated_data, "the file ends too early, in its header");
  fails("P5\n0 1\n255\n", corrupt, "the width '0' is not a number from 1 to 2147483647");
  fails("P5\n1 -1\n255\n", corrupt, "the height '-1' is not a number from 1 to 2147483647");
  fails("P5\n1 99999999999999999999\n255\n", corrupt,
        "the height '99999999999999999999' is not a number from 1 to 2147483647");
  fails("P5\n1 1\n65536\n", corrupt, "the largest value '65536' is not a number from 1 to 65535");
  fails("P6\n2147483647 2147483647\n255\n", ErrorCode::limit_exceeded,
        "the picture of 2147483647 x 2147483647 passes max_width (1000000)");
  fails("P7\nWIDTH 1\nENDHDR\n", corrupt, "the PAM header lacks WIDTH, HEIGHT, DEPTH or MAXVAL");
  fails("P7\nWIDE 1\nENDHDR\n", corrupt, "'WIDE' is no line of a PAM header");
  fails("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 9\nTUPLTYPE RGB\nENDHDR\n", ErrorCode::unsupported,
        "PAM tuples of type 'RGB' and depth 2 are not known");
  fails("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 9\nTUPLTYPE MY OWN\nTUPLTYPE  RGB \nENDHDR\n", ErrorCode::unsupported,
        "PAM tuples of type 'MY OWN RGB' and depth 3 are not known");
  fails("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 9\nTUPLTYPE \x1b[31m\xff\nENDHDR\n", ErrorCode::unsupported,
        "PAM tuples of type '?[31m?' and depth 2 are not known");
  fails("P5\n" + std::string(400, '9') + " 1\n255\n", corrupt,
        "the width '" + std::string(32, '9') + "...' is not a number from 1 to 2147483647");
  fails("PF\n1 1\n0\n", corrupt, "the scale '0' is not a number other than 0");
  fails("PF\n1 1\nnan\n", corrupt, "the scale 'nan' is not a number other than 0");
  fails("P2\n2 1\n9\n1", ErrorCode::truncated_data, "row 0: the file ends too early, after 1 samples");
  fails("P2\n1 2\n9\n1 10", corrupt, "row 1: sample 1 is no number from 0 to 9");
  fails("P5\n1 2\n9\n\t\n", corrupt, "row 1: a sample of 10 is above the largest value, 9");
  fails("P5\n1 1\n1000\n\x03\xe9", corrupt, "row 0: a sample of 1001 is above the largest value, 1000");
  fails("P2\n1 1\n9\nx", corrupt, "row 0: sample 0 is no number from 0 to 9");
  fails("P1\n2 1\n12", corrupt, "row 0: sample 1 is neither 0 nor 1");
  fails("P5\n2 2\n255\nabc", ErrorCode::truncated_data,
        "rows 0 to 1: the file ends too early: no 4 bytes at offset 11");
  fails("P5\n" + std::string(70000, ' ') + "1 1\n255\nx", ErrorCode::limit_exceeded,
        "the header is longer than 65536 bytes");
}

TEST_CASE("pnm: a mapped file that ends before its pixels is an error") {
  FileFolder folder;
  const std::string path = folder.write(to_bytes("P5\n2 2\n255\nabc"));
  require_error(ErrorCode::truncated_data, path + ": the file ends too early: its pixels take 15 bytes, it has 14",
                [&] { (void)open_image(path); });
}

TEST_CASE("pnm: the nearest that can be stored") {
  const auto nearest = [](std::string_view format, const PixelFormat& pixels) {
    const ImageInfo info = info_of(1, 1, pixels);
    CHECK(can_store(format, info) == (nearest_storable(format, info) == pixels));
    return nearest_storable(format, info).to_string();
  };
  const PixelFormat rgba16 = PixelFormat::of(ElementType::u16, ColorModel::rgb, true);
  CHECK(nearest("PBM", gray8) == "gray u8 (1 bit)");
  CHECK(nearest("PGM", rgba16) == "gray u16");
  CHECK(nearest("PPM", gray8) == "rgb u8");
  CHECK(nearest("PNM", gray8) == "gray u8");
  CHECK(nearest("PNM", rgba16) == "rgb u16");
  CHECK(nearest("PAM", rgba16) == "rgba u16");
  CHECK(nearest("PAM", PixelFormat::of(ElementType::f32, ColorModel::gray)) == "gray u16");
  CHECK(nearest("PAM", pixel(ElementType::u8, ColorModel::palette, false, 8)) == "rgb u8");
  CHECK(nearest("PGM", pixel(ElementType::u16, ColorModel::gray, false, 8)) == "gray u8");
  CHECK(nearest("PFM", rgba16) == "rgb f32");
  ImageInfo with_transparent_color = info_of(1, 1, gray8);
  with_transparent_color.transparent_color = TransparentColor{1, 0, 0};
  CHECK_FALSE(can_store("PAM", with_transparent_color));
  CHECK(nearest_storable("PAM", with_transparent_color).to_string() == "gray+alpha u8");
}

}  // namespace
}  // namespace imgbuf::test
