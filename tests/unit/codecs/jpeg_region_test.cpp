#include <catch2/catch.hpp>
#include <string>

#include "codecs/codec.hpp"
#include "imgbuf/error.hpp"
#include "unit/codecs/jpeg_testing.hpp"

using namespace imgbuf;
using namespace imgbuf::test;
using namespace imgbuf::test::jpeg;

namespace {

struct Coding {
  const char* name;
  PlainSettings settings;
};
const Coding codings[] = {{"baseline", {}},
                          {"restarts", {.restart_interval = 3}},
                          {"arithmetic", {.arithmetic = true}},
                          {"progressive", {.progressive = true}},
                          {"DC only", {.dc_only = true}},
                          {"separate scans", {.separate_scans = true}}};

/// Ends of blocks of 1, 2, 4, 8, 16 and 32 pixels, and one beside them.
std::vector<std::ptrdiff_t> edges(std::ptrdiff_t size) {
  std::vector<std::ptrdiff_t> found;
  for (const std::ptrdiff_t at :
       {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 48, 63, 64, 65, 95, 96, 100, 127, 129, 160}) {
    if (at < size) found.push_back(at);
  }
  found.push_back(size - 1);
  return found;
}

/// Every left edge with some width, every top edge with some height, paired off.
std::vector<Region> regions(std::ptrdiff_t width, std::ptrdiff_t height) {
  const auto xs = edges(width);
  const auto ys = edges(height);
  std::vector<Region> found;
  for (std::size_t i = 0; i < 2 * std::max(xs.size(), ys.size()); ++i) {
    const std::ptrdiff_t x = xs[i % xs.size()];
    const std::ptrdiff_t y = ys[(5 * i + i / ys.size()) % ys.size()];
    const std::ptrdiff_t extents[] = {1, 2, 9, 16, 40, 1000};
    found.push_back({x, y, std::min(extents[i % 6], width - x), std::min(extents[(i / 2 + 3) % 6], height - y)});
  }
  return found;
}

/// The first region whose pixels are not those of the full decode, or empty.
std::string first_difference(const Bytes& file, int scale) {
  const Picture whole = decode_plainly(file, {.scale = scale});
  for (const Region& region : regions(whole.width, whole.height)) {
    if (decode_plainly(file, {.region = region, .scale = scale}) == crop(whole, region)) continue;
    return std::to_string(region.width) + "x" + std::to_string(region.height) + "+" + std::to_string(region.x) + "+" +
           std::to_string(region.y) + " at 1/" + std::to_string(scale);
  }
  return "";
}

}  // namespace

TEST_CASE("jpeg regions equal the crop of the full decode", "[jpeg]") {
  struct Size {
    std::ptrdiff_t width;
    std::ptrdiff_t height;
  };
  for (const NamedFactors& factors : all_subsamplings)
    for (const Coding& coding : codings)
      for (const Size size : {Size{201, 131}, Size{33, 17}, Size{5, 3}}) {
        PlainSettings settings = coding.settings;
        settings.luma_horizontal = factors.horizontal;
        settings.luma_vertical = factors.vertical;
        const Bytes file = plain_encode(test_picture(size.width, size.height, 3), settings);
        for (const int scale : {1, 2, 4, 8}) {
          const std::string difference = first_difference(file, scale);
          if (!difference.empty()) {
            FAIL(factors.name << " " << coding.name << " " << size.width << "x" << size.height << ": " << difference);
          }
        }
      }
  SUCCEED();
}

TEST_CASE("jpeg regions of gray and CMYK equal the crop of the full decode", "[jpeg]") {
  for (const int scale : {1, 2, 8}) {
    CHECK(
        first_difference(plain_encode(test_picture(150, 90, 1), {.in = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE}), scale)
            .empty());
    CHECK(first_difference(
              plain_encode(test_picture(150, 90, 1),
                           {.in = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE, .luma_horizontal = 2, .luma_vertical = 2}),
              scale)
              .empty());
    CHECK(first_difference(plain_encode(test_picture(150, 90, 4),
                                        {.in = JCS_CMYK, .stored = JCS_YCCK, .luma_horizontal = 2, .luma_vertical = 2}),
                           scale)
              .empty());
  }
}

TEST_CASE("jpeg regions come in any pieces into any memory", "[jpeg]") {
  const Bytes file = plain_encode(test_picture(120, 100, 3), {.luma_horizontal = 2, .luma_vertical = 2});
  const Region region{21, 37, 64, 41};
  const Picture expected = crop(plain_decode(file), region);
  for (const Kind kind : all_kinds()) {
    INFO(name(kind));
    Context context;
    CHECK(decode_into(kind, file, {.region = region}, context, 7) == expected);
    CHECK(context.scratch_bytes() == 64 * 41 * 3);
  }
  Context context;
  const Region full_width{0, 37, 120, 41};
  CHECK(decode_into(Kind::rows, file, {.region = full_width}, context) == crop(plain_decode(file), full_width));
  CHECK(context.scratch_bytes() == 0);
}

TEST_CASE("jpeg leaves what follows a region unread", "[jpeg]") {
  Bytes file = plain_encode(test_picture(64, 400, 3), {.luma_horizontal = 2, .luma_vertical = 2});
  const Region region{0, 20, 64, 30};
  const Picture expected = crop(plain_decode(file), region);
  file.resize(file.size() / 2);
  CHECK(decode_plainly(file, {.region = region}) == expected);
}
