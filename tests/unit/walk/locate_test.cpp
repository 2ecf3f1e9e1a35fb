#include "imgbuf/locate.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "support/guarded_image.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::GuardedImage;
using imgbuf::test::Kind;
using imgbuf::test::require_error;

TEST_CASE("locate leads from one element to all others of its box") {
  for (const Kind kind : test::all_kinds()) {
    const GuardedImage image(kind, 5, 6, 3, ElementType::u16);
    for (const AnyView& view : {image.view(), image.view().permute({2, 1, 0}), image.view().flip(0).flip(2)})
      for (std::ptrdiff_t i = 0; i < view.extent(0); ++i)
        for (std::ptrdiff_t j = 0; j < view.extent(1); ++j) {
          const Location<std::byte> here = locate(view, {i, j, 1});
          REQUIRE(here.pointer() == view.address({i, j, 1}));
          REQUIRE(here.contains({i, j, 1}));
          for (std::ptrdiff_t y = 0; y < view.extent(0); ++y)
            for (std::ptrdiff_t x = 0; x < view.extent(1); ++x)
              for (std::ptrdiff_t c = 0; c < view.extent(2); ++c)
                if (here.contains({y, x, c})) REQUIRE(here.address({y, x, c}) == view.address({y, x, c}));
        }
  }
}

TEST_CASE("the box of row pointers is a row, that of strided memory is all of it") {
  const GuardedImage rows(Kind::foreign_rows, 5, 6, 3, ElementType::u8);
  const auto row = locate(AnyConstView(rows.view()), {2, 4, 1});
  CHECK(row.box()[0].begin == 2);
  CHECK(row.box()[0].end == 3);
  CHECK(row.box()[1].begin == 0);
  CHECK(row.box()[1].end == 6);
  CHECK(row.box()[1].byte_stride == 3);
  CHECK_FALSE(row.contains({1, 4, 1}));

  const GuardedImage strided(Kind::flipped, 5, 6, 3, ElementType::u8);
  CHECK(locate(strided.view(), {0, 0, 0}).contains({4, 5, 2}));
}

TEST_CASE("locate refuses indices outside") {
  const GuardedImage image(Kind::rows, 5, 6, 3, ElementType::u8);
  require_error(ErrorCode::invalid_argument, "2 indices for a view of rank 3", [&] {
    static_cast<void>(locate(image.view(), {1, 2}));
  });
  require_error(ErrorCode::invalid_argument, "axis 1: index 6 is outside an extent of 6", [&] {
    static_cast<void>(locate(image.view(), {0, 6, 0}));
  });
  require_error(ErrorCode::invalid_argument, "axis 0: index -1 is outside an extent of 5", [&] {
    static_cast<void>(locate(image.view(), {-1, 0, 0}));
  });
}

}  // namespace
