#include <catch2/catch.hpp>

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
  bool progressive;
  bool arithmetic;
};
constexpr Coding codings[] = {{"baseline", false, false}, {"progressive", true, false}, {"arithmetic", false, true}};

PlainSettings settings_for(const NamedFactors& factors, const Coding& coding) {
  PlainSettings settings;
  settings.luma_horizontal = factors.horizontal;
  settings.luma_vertical = factors.vertical;
  settings.progressive = coding.progressive;
  settings.arithmetic = coding.arithmetic;
  return settings;
}

}  // namespace

TEST_CASE("jpeg decodes every size, subsampling and coding like libjpeg, into any memory", "[jpeg]") {
  std::size_t turn = 0;
  for (const NamedFactors& factors : all_subsamplings)
    for (const Coding& coding : codings)
      for (const std::ptrdiff_t width : sizes)
        for (const std::ptrdiff_t height : sizes) {
          const Kind kind = all_kinds()[turn++ % all_kinds().size()];
          const Bytes file = plain_encode(test_picture(width, height, 3), settings_for(factors, coding));
          Context context;
          const bool same =
              decode_into(kind, file, {}, context, 1 + static_cast<std::ptrdiff_t>(turn % 40)) == plain_decode(file);
          if (!same) FAIL(factors.name << " " << coding.name << " " << width << "x" << height << " " << name(kind));
        }
  SUCCEED();
}

TEST_CASE("jpeg decodes in place where rows are packed and counts scratch where they are not", "[jpeg]") {
  const Bytes file = plain_encode(test_picture(33, 18, 3), {.luma_horizontal = 2, .luma_vertical = 2});
  const Picture expected = plain_decode(file);
  for (const Kind kind : all_kinds()) {
    INFO(name(kind));
    const auto reader = codecs::jpeg_codec().open(Source::memory(file), {});
    const ImageInfo info = reader->start({});
    const GuardedImage image(kind, info.height, info.width, 3, ElementType::u8);
    const bool packed_rows = test::has_packed_rows(kind, 3);
    CHECK(reader->decodes_in_place(image.view().layout(), image.view().format()) == packed_rows);
    Context context;
    CHECK(decode_into(kind, file, {}, context) == expected);
    CHECK(context.scratch_bytes() == (packed_rows ? 0 : 33 * 18 * 3));
  }
}

TEST_CASE("jpeg tells what the file holds", "[jpeg]") {
  const Bytes file =
      plain_encode(test_picture(20, 10, 3), {.luma_horizontal = 2, .luma_vertical = 1, .progressive = true});
  const auto reader = codecs::jpeg_codec().open(Source::memory(file), {});
  const ImageInfo& info = reader->info();
  CHECK(info.width == 20);
  CHECK(info.height == 10);
  CHECK(info.pixel == PixelFormat::of(ElementType::u8, ColorModel::rgb));
  CHECK(info.file.format == "JPEG");
  CHECK(info.file.color_type == "YCbCr");
  CHECK(info.file.bit_depth == 8);
  CHECK(info.file.progressive);
  CHECK_FALSE(info.file.arithmetic_coding);
  CHECK(info.file.subsampling == Subsampling{{{2, 1}, {1, 1}, {1, 1}}});
  (void)reader->start({});
  CHECK(reader->codec_bytes() == (4 * 2 + 2 * 2 + 2 * 2) * 128);

  const Bytes sequential =
      plain_encode(test_picture(20, 10, 1), {.in = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE, .arithmetic = true});
  const auto second = codecs::jpeg_codec().open(Source::memory(sequential), {});
  (void)second->start({});
  CHECK(second->codec_bytes() == 0);
  CHECK(second->info().file.color_type == "grayscale");
  CHECK(second->info().file.arithmetic_coding);
  CHECK(second->info().pixel == PixelFormat::of(ElementType::u8, ColorModel::gray));
}

TEST_CASE("jpeg reads gray, RGB without a colour transform, and several scans", "[jpeg]") {
  const Picture gray = test_picture(37, 23, 1);
  const Bytes gray_file = plain_encode(gray, {.in = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE});
  const Bytes rgb_file = plain_encode(test_picture(37, 23, 3), {.stored = JCS_RGB});
  const Bytes scans_file =
      plain_encode(test_picture(37, 23, 3), {.luma_horizontal = 2, .luma_vertical = 2, .separate_scans = true});
  for (const Kind kind : all_kinds()) {
    INFO(name(kind));
    Context context;
    CHECK(decode_into(kind, gray_file, {}, context) == plain_decode(gray_file));
    CHECK(decode_into(kind, rgb_file, {}, context) == plain_decode(rgb_file));
    CHECK(decode_into(kind, scans_file, {}, context) == plain_decode(scans_file));
  }
  const auto reader = codecs::jpeg_codec().open(Source::memory(rgb_file), {});
  CHECK(reader->info().file.color_type == "RGB");
}

TEST_CASE("jpeg CMYK comes out as ink, whatever way it was stored", "[jpeg]") {
  const Picture stored = test_picture(35, 19, 4);
  for (const J_COLOR_SPACE space : {JCS_CMYK, JCS_YCCK}) {
    const Bytes adobe = plain_encode(stored, {.in = JCS_CMYK, .stored = space, .quality = 100});
    for (const Kind kind : all_kinds()) {
      Context context;
      CHECK(decode_into(kind, adobe, {}, context) == inverted(plain_decode(adobe)));
    }
    const auto reader = codecs::jpeg_codec().open(Source::memory(adobe), {});
    CHECK(reader->info().file.color_type == (space == JCS_CMYK ? "CMYK" : "YCCK"));
    CHECK(reader->info().pixel == PixelFormat::of(ElementType::u8, ColorModel::cmyk));
  }
  const Bytes plain = plain_encode(stored, {.in = JCS_CMYK, .stored = JCS_CMYK, .adobe_marker = false});
  CHECK(decode_plainly(plain) == plain_decode(plain));
}

TEST_CASE("jpeg expand turns CMYK into RGB by the rule of PixelConverter", "[jpeg]") {
  const Bytes file = plain_encode(test_picture(35, 19, 4), {.in = JCS_CMYK, .stored = JCS_CMYK});
  const Picture ink = decode_plainly(file);
  Picture expected{35, 19, 3, {}};
  for (std::size_t p = 0; p < ink.pixels.size(); p += 4)
    for (std::size_t c = 0; c < 3; ++c) {
      const int product =
          (255 - std::to_integer<int>(ink.pixels[p + c])) * (255 - std::to_integer<int>(ink.pixels[p + 3]));
      expected.pixels.push_back(static_cast<std::byte>((2 * product + 255) / 510));
    }
  for (const Kind kind : all_kinds()) {
    INFO(name(kind));
    Context context;
    CHECK(decode_into(kind, file, {.expand = true}, context, 5) == expected);
    CHECK(context.scratch_bytes() >= 35 * 19 * 4);
  }
  const Region region{3, 2, 20, 9};
  CHECK(decode_plainly(file, {.region = region, .expand = true}) == crop(expected, region));
  const Picture blue = decode_plainly(file, {.region = region, .expand = true, .channels = {2}});
  for (std::size_t p = 0; p < blue.pixels.size(); ++p) {
    if (blue.pixels[p] != crop(expected, region).pixels[3 * p + 2]) FAIL("pixel " << p);
  }
}

TEST_CASE("jpeg gives the chosen channels in the chosen order", "[jpeg]") {
  const Bytes file = plain_encode(test_picture(21, 13, 3), {});
  const Picture all = plain_decode(file);
  for (const std::vector<int>& channels : {std::vector<int>{2, 1, 0}, {1}, {0, 1, 2}, {2, 2, 0}}) {
    Picture expected{21, 13, static_cast<std::ptrdiff_t>(channels.size()), {}};
    for (std::size_t p = 0; p < all.pixels.size(); p += 3)
      for (const int c : channels) expected.pixels.push_back(all.pixels[p + static_cast<std::size_t>(c)]);
    for (const Kind kind : all_kinds()) {
      Context context;
      CHECK(decode_into(kind, file, {.channels = channels}, context) == expected);
    }
  }
  CHECK_THROWS_AS(decode_plainly(file, {.channels = {0, 1}}), Error);
  CHECK_THROWS_AS(decode_plainly(file, {.channels = {3}}), Error);
  CHECK_THROWS_AS(decode_plainly(file, {.channels = {-1}}), Error);
}

TEST_CASE("jpeg decodes at 1/2, 1/4 and 1/8 like libjpeg", "[jpeg]") {
  for (const NamedFactors& factors : all_subsamplings)
    for (const Coding& coding : codings)
      for (const std::ptrdiff_t size : sizes)
        for (const int scale : {2, 4, 8}) {
          const Bytes file = plain_encode(test_picture(size, 70 - size, 3), settings_for(factors, coding));
          const auto reader = codecs::jpeg_codec().open(Source::memory(file), {});
          const ImageInfo info = reader->start({.scale = scale});
          const Picture expected = plain_decode(file, scale);
          const bool same = info.width == expected.width && info.height == expected.height &&
                            info.width == scaled_size(size, scale) &&
                            decode_plainly(file, {.scale = scale}) == expected;
          if (!same) FAIL(factors.name << " " << coding.name << " " << size << " 1/" << scale);
        }
  const Bytes file = plain_encode(test_picture(16, 16, 3), {});
  for (const int scale : {3, 16}) {
    try {
      (void)decode_plainly(file, {.scale = scale});
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::unsupported);
    }
  }
}
