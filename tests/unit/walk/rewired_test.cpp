#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <vector>

#include "imgbuf/image.hpp"
#include "imgbuf/rewire.hpp"
#include "imgbuf/walk.hpp"
#include "support/guarded_image.hpp"
#include "support/image_info.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::GuardedImage;
using imgbuf::test::Kind;

constexpr std::ptrdiff_t widths[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65};
constexpr std::ptrdiff_t rows_a_strip = 4;

/// Strips of a page each, in reverse order, as one strided array; windows of it are operands whose neighbours are guards.
class RewiredImage {
 public:
  explicit RewiredImage(ElementType type) {
    const auto page = static_cast<std::ptrdiff_t>(sysconf(_SC_PAGESIZE));
    const ImageInfo info = test::gray_info(3 * rows_a_strip, page / rows_a_strip / size_of(type), type);
    strips_ = Image::allocate(info, Arrangement::strips(rows_a_strip).in_shared_memory());
    std::vector<std::byte*> rows;
    for (std::ptrdiff_t y = 0; y < info.height; ++y) {
      const std::ptrdiff_t strip = 2 - y / rows_a_strip;
      rows.push_back(strips_.view().address({strip * rows_a_strip + y % rows_a_strip, 0, 0}));
    }
    const Image shuffled = Image::from_rows(rows, info, std::make_shared<Image>(strips_));
    rewiring_ = rewire(shuffled);
    INFO(rewiring_.reason);
    REQUIRE(rewiring_.image);
    REQUIRE(rewiring_.mapped_bytes == static_cast<std::size_t>(3 * page));
  }

  [[nodiscard]] AnyView all() const { return rewiring_.image->view(); }

  /// Across the edge of two strips, in columns of 3 channels.
  [[nodiscard]] AnyView window(std::ptrdiff_t height, std::ptrdiff_t width) const {
    const std::ptrdiff_t item = all().format().itemsize();
    const AnyView part = all().window(0, 2, height).window(1, 5, 3 * width).index(2, 0);
    const Axis rows = part.layout().axis(0);
    return AnyView(part.origin(), Layout{rows, {width, 3 * item, 0}, {3, item, 0}}, part.format());
  }

 private:
  Image strips_;
  Rewiring rewiring_;
};

/// Whether two images differ only where the second has `expected` at the window.
bool differ_in_window_only(const std::vector<std::byte>& before, const RewiredImage& image, const AnyView& window,
                           const std::vector<std::byte>& expected) {
  const std::vector<std::byte> written = test::packed(window);
  if (written != expected) return false;
  const std::vector<std::byte> after = test::packed(image.all());
  std::size_t changed = 0;
  for (std::size_t i = 0; i < before.size(); ++i) changed += before[i] != after[i] ? 1U : 0U;
  return changed <= written.size();
}

TEST_CASE("rewired windows are copied and walked against every arrangement, and nothing beside them") {
  for (const ElementType type : {ElementType::u8, ElementType::u16, ElementType::f32}) {
    const RewiredImage image(type);
    for (const Kind kind : test::all_kinds())
      for (const std::ptrdiff_t width : widths) {
        const std::ptrdiff_t height = 5;
        CAPTURE(to_string(type), test::name(kind), width);
        const GuardedImage other(kind, height, width, 3, type);
        test::fill_random(other.view(), static_cast<std::uint32_t>(width));
        const AnyView window = image.window(height, width);
        for (const AnyView& turned : {window, window.flip(0), window.flip(1)}) {
          test::fill_random(image.all(), 1);
          auto before = test::packed(image.all());
          copy(turned, other.view());
          REQUIRE(differ_in_window_only(before, image, turned, test::packed(other.view())));

          test::fill_random(image.all(), 2);
          copy(other.view(), turned);
          REQUIRE(test::packed(other.view()) == test::packed(turned));
          REQUIRE(other.guards_intact());

          test::fill_random(image.all(), 3, 7);
          before = test::packed(image.all());
          transform(
              Context(), [](double v) { return v; }, seen_as<double>(turned), seen_as<const double>(other.view()));
          REQUIRE(differ_in_window_only(before, image, turned, test::packed(other.view())));
        }
      }
  }
}

}  // namespace
