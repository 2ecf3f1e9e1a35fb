#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "codecs/codec.hpp"
#include "imgbuf/error.hpp"
#include "unit/codecs/jpeg_testing.hpp"

using namespace imgbuf;
using namespace imgbuf::test;
using namespace imgbuf::test::jpeg;

namespace {

constexpr std::ptrdiff_t sizes[] = {1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65};

struct Coding {
  const char* name;
  EncodeOptions options;
};
const Coding codings[] = {{"baseline", {}},
                          {"optimised", {.optimize_huffman = true}},
                          {"progressive", {.progressive = true}},
                          {"arithmetic", {.arithmetic_coding = true}},
                          {"progressive arithmetic", {.progressive = true, .arithmetic_coding = true}}};

PlainSettings plain_settings(const EncodeOptions& options, const NamedFactors& factors) {
  PlainSettings settings;
  settings.luma_horizontal = factors.horizontal;
  settings.luma_vertical = factors.vertical;
  settings.quality = options.quality;
  settings.progressive = options.progressive;
  settings.arithmetic = options.arithmetic_coding;
  settings.optimize = options.optimize_huffman;
  return settings;
}

Bytes encode(const Picture& picture, const EncodeOptions& options, Kind kind = Kind::contiguous) {
  Context context;
  return encode_from(kind, picture, info_of(picture), options, context);
}

ErrorCode code_of_failure(const Picture& picture, const ImageInfo& info, const EncodeOptions& options) {
  try {
    Context context;
    (void)encode_from(Kind::contiguous, picture, info, options, context);
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("no error");
  return {};
}

}  // namespace

TEST_CASE("jpeg encodes from any memory the bytes that libjpeg encodes", "[jpeg]") {
  std::size_t turn = 0;
  for (const NamedFactors& factors : all_subsamplings)
    for (const Coding& coding : codings)
      for (const std::ptrdiff_t size : sizes) {
        EncodeOptions options = coding.options;
        options.subsampling = factors.name;
        options.quality = 40 + static_cast<int>(turn % 61);
        const Picture picture = test_picture(size, 66 - size, 3);
        const Bytes expected = plain_encode(picture, plain_settings(options, factors));
        Context context;
        const Kind kind = all_kinds()[turn++ % all_kinds().size()];
        const Bytes file = encode_from(kind, picture, info_of(picture), options, context, 1 + size % 20);
        if (file != expected) FAIL(factors.name << " " << coding.name << " " << size << " " << name(kind));
      }
  SUCCEED();
}

TEST_CASE("jpeg encodes RGB as 4:2:0 and gray without subsampling unless told", "[jpeg]") {
  const Picture rgb = test_picture(40, 30, 3);
  const Picture gray = test_picture(40, 30, 1);
  CHECK(encode(rgb, {}) == encode(rgb, {.subsampling = "4:2:0"}));
  CHECK(encode(rgb, {}) != encode(rgb, {.subsampling = "4:2:2"}));
  const PlainSettings gray_settings{.in = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE};
  CHECK(encode(gray, {}) == plain_encode(gray, gray_settings));
  CHECK(encode(gray, {.subsampling = "4:2:0"}) == plain_encode(gray, gray_settings));
}

TEST_CASE("jpeg files decode to the pixels of cjpeg's", "[jpeg]") {
  const Picture picture = test_picture(67, 45, 3);
  const auto folder = std::filesystem::temp_directory_path() / ("imgbuf-cjpeg-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::string ppm = folder / "in.ppm";
  const std::string jpg = folder / "out.jpg";
  {
    std::ofstream out(ppm, std::ios::binary);
    out << "P6\n67 45\n255\n";
    out.write(reinterpret_cast<const char*>(picture.pixels.data()),
              static_cast<std::streamsize>(picture.pixels.size()));
  }
  bool has_cjpeg = false;
  for (const NamedFactors& factors : all_subsamplings)
    for (const int quality : {1, 10, 24, 25, 50, 75, 90, 100}) {
      const std::string sample = std::to_string(factors.horizontal) + "x" + std::to_string(factors.vertical);
      const std::string command = "cjpeg -quality " + std::to_string(quality) + " -sample " + sample + " -outfile " +
                                  jpg + " " + ppm + " 2>/dev/null";
      if (std::system(command.c_str()) != 0) continue;
      has_cjpeg = true;
      std::ifstream in(jpg, std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(in)), {});
      const auto bytes = std::as_bytes(std::span(text));
      const Bytes ours = encode(picture, {.quality = quality, .subsampling = factors.name});
      if (plain_decode(ours) != plain_decode(bytes)) FAIL(factors.name << " quality " << quality);
    }
  std::filesystem::remove_all(folder);
  if (!has_cjpeg) WARN("there is no cjpeg to compare with");
}

TEST_CASE("jpeg stores CMYK inverted with Adobe's marker and reads it back", "[jpeg]") {
  const Picture ink = test_picture(35, 21, 4);
  const Picture stored = inverted(ink);
  for (const Kind kind : all_kinds()) {
    INFO(name(kind));
    Context context;
    const Bytes file = encode_from(kind, ink, info_of(ink), {.quality = 100}, context);
    CHECK(file == plain_encode(stored, {.in = JCS_CMYK, .stored = JCS_CMYK, .quality = 100}));
    CHECK(context.scratch_bytes() >= 35 * 21 * 4);
  }
  const Bytes file = encode(ink, {.quality = 100});
  const Picture back = decode_plainly(file);
  for (std::size_t i = 0; i < ink.pixels.size(); ++i) {
    const int difference = std::to_integer<int>(back.pixels[i]) - std::to_integer<int>(ink.pixels[i]);
    if (std::abs(difference) > 2) FAIL("sample " << i << " differs by " << difference);
  }
  PlainSettings ycck{.in = JCS_CMYK, .stored = JCS_YCCK, .luma_horizontal = 2, .luma_vertical = 2};
  CHECK(encode(ink, {.subsampling = "4:2:0"}) == plain_encode(stored, ycck));
  CHECK(encode(ink, {.subsampling = "4:4:4"}) == encode(ink, {}));
  CHECK(code_of_failure(ink, info_of(ink), {.subsampling = "4:1:0"}) == ErrorCode::unsupported);
}

TEST_CASE("jpeg reads packed rows in place and counts the others", "[jpeg]") {
  const Picture picture = test_picture(33, 18, 3);
  for (const Kind kind : all_kinds()) {
    INFO(name(kind));
    Context context;
    (void)encode_from(kind, picture, info_of(picture), {}, context);
    const bool packed_rows = test::has_packed_rows(kind, 3);
    CHECK(context.scratch_bytes() == (packed_rows ? 0 : 33 * 18 * 3));

    Bytes out;
    const auto sink = Sink::memory(out);
    const auto writer = codecs::jpeg_codec().make_writer(*sink, {});
    writer->start(info_of(picture), context);
    const GuardedImage image(kind, 18, 33, 3, ElementType::u8);
    CHECK(writer->encodes_in_place(image.view().layout(), image.view().format()) == packed_rows);
  }
}

TEST_CASE("jpeg says how much memory several passes take", "[jpeg]") {
  const auto bytes = [](const EncodeOptions& options) {
    Bytes out;
    const auto sink = Sink::memory(out);
    const auto writer = codecs::jpeg_codec().make_writer(*sink, options);
    Context context;
    writer->start(info_of(test_picture(20, 10, 3)), context);
    return writer->codec_bytes();
  };
  CHECK(bytes({}) == 0);
  CHECK(bytes({.progressive = true}) == (4 * 2 + 2 + 2) * 128);
  CHECK(bytes({.optimize_huffman = true}) == (4 * 2 + 2 + 2) * 128);
}

TEST_CASE("jpeg refuses what it cannot store", "[jpeg]") {
  const Picture picture = test_picture(8, 8, 3);
  const auto with = [&](auto change) {
    ImageInfo info = info_of(picture);
    change(info);
    return info;
  };
  const auto& codec = codecs::jpeg_codec();
  const ImageInfo good = info_of(picture);
  CHECK(codec.can_store(good));
  CHECK(codec.can_store(info_of(test_picture(1, 1, 1))));
  CHECK(codec.can_store(info_of(test_picture(1, 1, 4))));
  const ImageInfo alpha = with([](ImageInfo& i) { i.pixel.alpha = true; });
  const ImageInfo deep = with([](ImageInfo& i) { i.pixel = PixelFormat::of(ElementType::u16, ColorModel::gray); });
  const ImageInfo shallow = with([](ImageInfo& i) { i.pixel.color = ColorModel::gray, i.pixel.bit_depth = 1; });
  const ImageInfo keyed = with([](ImageInfo& i) { i.transparent_color = TransparentColor{}; });
  const ImageInfo palette = with([](ImageInfo& i) { i.pixel = PixelFormat::of(ElementType::u8, ColorModel::palette); });
  for (const ImageInfo& info : {alpha, deep, shallow, keyed, palette}) CHECK_FALSE(codec.can_store(info));
  CHECK(codec.nearest_storable(alpha) == PixelFormat::of(ElementType::u8, ColorModel::rgb));
  CHECK(codec.nearest_storable(deep) == PixelFormat::of(ElementType::u8, ColorModel::gray));
  CHECK(codec.nearest_storable(shallow) == PixelFormat::of(ElementType::u8, ColorModel::gray));
  CHECK(codec.nearest_storable(palette) == PixelFormat::of(ElementType::u8, ColorModel::rgb));
  CHECK(codec.nearest_storable(info_of(test_picture(1, 1, 4))) == PixelFormat::of(ElementType::u8, ColorModel::cmyk));

  CHECK(code_of_failure(test_picture(8, 8, 1), shallow, {}) == ErrorCode::unsupported);
  const ImageInfo empty = with([](ImageInfo& i) { i.height = 0; });
  CHECK(code_of_failure({8, 0, 3, {}}, empty, {}) == ErrorCode::unsupported);
  CHECK(code_of_failure(picture, good, {.quality = 0}) == ErrorCode::invalid_argument);
  CHECK(code_of_failure(picture, good, {.quality = 101}) == ErrorCode::invalid_argument);
  CHECK(code_of_failure(picture, good, {.subsampling = "4:2:1"}) == ErrorCode::invalid_argument);
  const Picture wide = test_picture(65501, 1, 1);
  CHECK(code_of_failure(wide, info_of(wide), {}) == ErrorCode::unsupported);
}

TEST_CASE("jpeg encodes the widest picture that libjpeg handles", "[jpeg]") {
  const Picture wide = test_picture(65500, 1, 1);
  CHECK(plain_decode(encode(wide, {})).width == 65500);
}
