#include "imgbuf/walk.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "imgbuf/executor.hpp"
#include "imgbuf/image.hpp"
#include "support/guarded_image.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::GuardedImage;
using imgbuf::test::Kind;
using imgbuf::test::require_error;

constexpr std::ptrdiff_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 32, 33};

TEST_CASE("copy moves every element between any two arrangements and touches nothing else") {
  for (const Kind from : test::all_kinds())
    for (const Kind to : test::all_kinds())
      for (const ElementType type : {ElementType::u8, ElementType::u16, ElementType::f32, ElementType::f64})
        for (const std::ptrdiff_t width : sizes)
          for (const std::ptrdiff_t channels : {1, 3}) {
            const std::ptrdiff_t height = (width * 7 + 3) % 11;
            const GuardedImage source(from, height, width, channels, type);
            const GuardedImage destination(to, height, width, channels, type);
            test::fill_random(source.view(), static_cast<std::uint32_t>(width));
            copy(destination.view(), source.view());
            if (test::packed(destination.view()) != test::packed(source.view()) || !destination.guards_intact() ||
                !source.guards_intact()) {
              CAPTURE(test::name(from), test::name(to), to_string(type), height, width, channels);
              REQUIRE(test::packed(destination.view()) == test::packed(source.view()));
              REQUIRE(destination.guards_intact());
              REQUIRE(source.guards_intact());
            }
          }
  SUCCEED();
}

TEST_CASE("a packed image is one run, whatever its rank") {
  const GuardedImage image(Kind::contiguous, 6, 5, 3, ElementType::u16);
  std::vector<std::ptrdiff_t> runs;
  for_each_run(
      Context(), [&](Run<std::uint16_t> run) { runs.push_back(run.size); }, image.view().as<std::uint16_t>());
  CHECK(runs == std::vector<std::ptrdiff_t>{90});
}

TEST_CASE("an image of row pointers is one run a row, also against another arrangement") {
  const GuardedImage rows(Kind::foreign_rows, 6, 5, 3, ElementType::u8);
  const GuardedImage contiguous(Kind::contiguous, 6, 5, 3, ElementType::u8);
  std::vector<std::ptrdiff_t> runs;
  for_each_run(
      Context(),
      [&](Run<std::uint8_t> a, Run<const std::uint8_t> b) {
        CHECK(a.is_contiguous());
        CHECK(b.is_contiguous());
        runs.push_back(a.size);
      },
      rows.view().as<std::uint8_t>(), AnyConstView(contiguous.view()).as<const std::uint8_t>());
  CHECK(runs == std::vector<std::ptrdiff_t>(6, 15));
}

TEST_CASE("a transform may write over its own operand") {
  for (const Kind kind : test::all_kinds()) {
    const GuardedImage image(kind, 9, 17, 3, ElementType::u8);
    test::fill_random(image.view(), 5);
    std::vector<std::byte> expected = test::packed(image.view());
    for (std::byte& b : expected) b = ~b;
    const auto view = image.view().as<std::uint8_t>();
    transform(
        Context(), [](std::uint8_t v) { return 255 - v; }, view, View<const std::uint8_t>(view));
    CAPTURE(test::name(kind));
    CHECK(test::packed(image.view()) == expected);
    CHECK(image.guards_intact());
  }
}

TEST_CASE("walks refuse operands of different shapes and copies of different types") {
  const GuardedImage a(Kind::contiguous, 2, 3, 1, ElementType::u8);
  const GuardedImage b(Kind::contiguous, 2, 4, 1, ElementType::u8);
  const GuardedImage c(Kind::contiguous, 2, 3, 1, ElementType::i8);
  require_error(ErrorCode::invalid_argument, "axis 1: operands of extents 3 and 4", [&] { copy(a.view(), b.view()); });
  require_error(ErrorCode::invalid_argument, "operands of rank 3 and 2", [&] { copy(a.view(), b.view().index(0, 0)); });
  require_error(ErrorCode::invalid_argument, "operand 0: what is written repeats its elements along axis 0",
                [&] { copy(a.view().window(0, 0, 1).broadcast(0, 2), a.view()); });
  require_error(ErrorCode::format_mismatch, "cannot copy i8 elements to u8", [&] { copy(a.view(), c.view()); });
}

TEST_CASE("a broadcast operand repeats without memory") {
  const GuardedImage image(Kind::rows, 4, 5, 3, ElementType::u8);
  const GuardedImage color(Kind::contiguous, 1, 1, 3, ElementType::u8);
  test::fill_random(color.view(), 3);
  copy(image.view(), color.view().broadcast(0, 4).broadcast(1, 5));
  const auto expected = test::packed(color.view());
  const auto seen = test::packed(image.view());
  for (std::size_t i = 0; i < seen.size(); ++i) REQUIRE(seen[i] == expected[i % 3]);
}

}  // namespace
