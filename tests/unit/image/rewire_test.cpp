#include "imgbuf/rewire.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "imgbuf/collapse.hpp"
#include "imgbuf/strips.hpp"
#include "memory/mapped_pieces.hpp"
#include "memory/physical.hpp"
#include "memory/side_by_side.hpp"
#include "support/guarded_image.hpp"
#include "support/image_info.hpp"
#include "support/require_error.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IMGBUF_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IMGBUF_TEST_SANITIZED 1
#endif
#endif

namespace {

using namespace imgbuf;
using imgbuf::test::gray_info;
using imgbuf::test::info_of;
using imgbuf::test::require_error;

const std::ptrdiff_t page = static_cast<std::ptrdiff_t>(memory::page_bytes());

/// Mappings of shared memory in this process. Private ones come and go beside a test: the allocator's, a sanitizer's.
std::size_t shared_mapping_count() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) {
    const std::size_t permissions = line.find(' ') + 1;  // such as "rw-s"
    if (line.at(permissions + 3) == 's') ++count;
  }
  return count;
}

/// An image whose strips stand in another order than their memory: strip s of the image is strip order[s] of the
/// memory.
Image shuffled(const Image& image, std::ptrdiff_t rows_a_strip, const std::vector<std::ptrdiff_t>& order) {
  std::vector<std::byte*> rows;
  for (const std::ptrdiff_t strip : order)
    for (std::ptrdiff_t y = strip * rows_a_strip; y < std::min((strip + 1) * rows_a_strip, image.info().height); ++y)
      rows.push_back(image.view().address({y, 0, 0}));
  ImageInfo info = image.info();
  info.height = static_cast<std::ptrdiff_t>(rows.size());
  return Image::from_rows(rows, std::move(info), std::make_shared<Storage>(image.storage()));
}

/// Rows of a page each, strips of `rows` of them.
Image page_rows(std::ptrdiff_t height, std::ptrdiff_t rows, ColorModel color = ColorModel::gray) {
  const std::ptrdiff_t channels = color == ColorModel::gray ? 1 : 4;
  const Image image =
      Image::allocate(info_of(height, page / channels, color == ColorModel::gray ? color : ColorModel::cmyk),
                      Arrangement::strips(rows).in_shared_memory());
  test::fill_random(image.view(), 7);
  return image;
}

/// Rewires, and checks that the answer is one array of the same elements in the same physical memory.
/// @param interleaves  strides of the array may, so that a view of its own needs the bytes between its elements too
Image require_rewired(const Image& image, bool interleaves = false) {
  const Rewiring planned = explain_rewire(image);
  CHECK_FALSE(planned.image);
  CHECK(planned.reason.empty());
  const Rewiring made = rewire(image);
  CAPTURE(made.reason);
  REQUIRE(made.image);
  CHECK(made.mapped_bytes == planned.mapped_bytes);
  const AnyConstView view = made.image->const_view();
  CHECK(view.layout().is_direct());
  CHECK(test::packed(view) == test::packed(image.const_view()));
  if (!view.is_empty()) {
    const std::ptrdiff_t last[] = {view.extent(0) - 1, view.extent(1) - 1, view.extent(2) - 1};
    const auto a = memory::find_shared(view.address(last), 1),
               b = memory::find_shared(image.const_view().address(last), 1);
    REQUIRE((a && b));
    CHECK(a->file == b->file);
    CHECK(a->offset_bytes == b->offset_bytes);
  }
  // With a view of its own the image passes the check of what it reaches.
  if (!interleaves) CHECK_NOTHROW(made.image->with_view(view, made.image->info()));
  return *made.image;
}

TEST_CASE("strips in any order become one array over the same memory") {
  const Image memory = page_rows(20, 4);
  const Image image = shuffled(memory, 4, {2, 0, 4, 1, 3});
  const Image array = require_rewired(image);
  CHECK(explain_rewire(image).mapped_bytes == static_cast<std::size_t>(20 * page));
  CHECK(array.const_view().layout().axis(0).byte_stride == page);
  *array.view().address({9, 5, 0}) = std::byte{200};
  CHECK(*image.const_view().address({9, 5, 0}) == std::byte{200});
  CHECK(*memory.const_view().address({17, 5, 0}) == std::byte{200});
}

TEST_CASE("flips, crops of rows and crops of columns are rewired as they are") {
  const Image image = shuffled(page_rows(24, 4), 4, {5, 0, 3, 1, 4, 2});
  const auto with = [&](const AnyConstView& view) {
    return image.with_view(view, gray_info(view.extent(0), view.extent(1)));
  };
  const AnyConstView whole = image.const_view();
  CHECK(require_rewired(with(whole.flip(0))).const_view().layout().axis(0).byte_stride == -page);
  require_rewired(with(whole.flip(0).flip(1)));
  require_rewired(with(whole.window(0, 3, 14)));  // from the last row of a strip into the middle of another
  require_rewired(with(whole.window(0, 5, 13).flip(0)));
  require_rewired(with(whole.window(1, 100, 50)));
  require_rewired(with(whole.window(0, 3, 2)));
  require_rewired(with(whole.window(0, 3, 1)));
  require_rewired(with(whole.window(1, 100, 0)));
}

TEST_CASE("rows that are no pages but whose strips are can be rewired, at their pitch") {
  // 8 rows of 3/8 of a page: 3 pages a strip.
  const Image memory = Image::allocate(gray_info(40, page * 3 / 8), Arrangement::strips(8).in_shared_memory());
  test::fill_random(memory.view(), 3);
  const Image image = shuffled(memory, 8, {4, 2, 0, 3, 1});
  CHECK(require_rewired(image).const_view().layout().axis(0).byte_stride == page * 3 / 8);
  const Image crop = image.with_view(image.const_view().window(0, 5, 30), gray_info(30, page * 3 / 8));
  CHECK(require_rewired(crop).const_view().layout().axis(0).byte_stride == page * 3 / 8);
  CHECK(explain_rewire(crop).mapped_bytes < explain_rewire(image).mapped_bytes);
}

TEST_CASE("a last strip that is short may stand at the end, wherever its memory is") {
  const Image memory = Image::allocate(gray_info(12, page / 4 + 64), Arrangement::strips(4).in_shared_memory());
  CHECK_FALSE(rewire(shuffled(memory, 4, {1, 0, 2})).image);
  const Image pages = page_rows(10, 4);
  require_rewired(shuffled(pages, 4, {1, 0, 2}));
  require_rewired(shuffled(pages, 4, {2, 0, 1}));
}

TEST_CASE("rows of a page each are rewired one by one, from several files too") {
  const Image a = page_rows(6, 1), b = page_rows(5, 1);
  std::vector<std::byte*> rows;
  for (const std::ptrdiff_t y : {3, 0, 5, 1}) {
    rows.push_back(a.view().address({y, 0, 0}));
    rows.push_back(b.view().address({4 - y % 5, 0, 0}));
  }
  const auto keep = std::make_shared<std::vector<Image>>(std::vector<Image>{a, b});
  const Image image = Image::from_rows(rows, gray_info(8, page), keep);
  require_rewired(image);
  require_rewired(image.with_view(image.const_view().flip(0), gray_info(8, page)));
}

TEST_CASE("random orders, flips and crops of strips are rewired or refused, never wrong") {
  int rewired_count = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&random](std::ptrdiff_t low, std::ptrdiff_t high) {
      return std::uniform_int_distribution<std::ptrdiff_t>(low, high)(random);
    };
    CAPTURE(seed);
    const std::ptrdiff_t rows = pick(1, 8);
    const std::ptrdiff_t width = pick(0, 2) == 0 ? pick(1, 3000) : page / (std::ptrdiff_t{1} << pick(0, 3));
    const Image memory =
        Image::allocate(gray_info(rows * pick(1, 6), width), Arrangement::strips(rows).in_shared_memory());
    test::fill_random(memory.view(), seed);
    std::vector<std::ptrdiff_t> order(static_cast<std::size_t>(memory.info().height / rows));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    const Image whole = shuffled(memory, rows, order);
    AnyConstView view = whole.const_view();
    if (pick(0, 1) == 0) view = view.flip(0);
    const std::ptrdiff_t first = pick(0, view.extent(0) - 1);
    view = view.window(0, first, pick(1, view.extent(0) - first));
    if (pick(0, 2) == 0) view = view.slice(0, {{}, {}, pick(2, 3)});
    const Image image = whole.with_view(view, gray_info(view.extent(0), view.extent(1)));
    const Rewiring planned = explain_rewire(image);
    if (!planned.reason.empty()) {
      CHECK(rewire(image).reason == planned.reason);
      CHECK_FALSE(rewire(image).image);
      continue;
    }
    ++rewired_count;
    require_rewired(image);
  }
  CHECK(rewired_count > 100);
}

TEST_CASE("planes in shared memory are rewired over both levels of pointers") {
  const Image image = Image::allocate(info_of(8, page, ColorModel::rgb), Arrangement::planes().in_shared_memory());
  test::fill_random(image.view(), 4);
  require_rewired(image);
  // The planes in another order: a table by hand.
  const AnyView view = image.view();
  std::vector<std::byte*> rows, planes;
  for (const std::ptrdiff_t c : {2, 0, 1})
    for (std::ptrdiff_t y = 0; y < 8; ++y) rows.push_back(view.address({y, 0, c}));
  for (std::size_t c = 0; c < 3; ++c) planes.push_back(reinterpret_cast<std::byte*>(rows.data() + 8 * c));
  std::vector<Segment> segments(image.storage().segments().begin(), image.storage().segments().end());
  segments.push_back({reinterpret_cast<std::byte*>(rows.data()), rows.size() * 8});
  segments.push_back({reinterpret_cast<std::byte*>(planes.data()), planes.size() * 8});
  const Image reordered = Image::over(Storage(segments), segments.back().data, view.layout(), image.info());
  require_rewired(reordered);
}

/// Two planes of row pointers over rows of a page each: rows[plane][y].
Image planes_of(const std::array<std::vector<std::byte*>, 2>& rows, const Storage& storage) {
  const auto height = static_cast<std::ptrdiff_t>(rows[0].size());
  std::vector<std::byte*> table(rows[0]);
  table.insert(table.end(), rows[1].begin(), rows[1].end());
  std::array<std::byte*, 2> planes{reinterpret_cast<std::byte*>(table.data()),
                                   reinterpret_cast<std::byte*>(table.data() + rows[0].size())};
  std::vector<Segment> segments(storage.segments().begin(), storage.segments().end());
  segments.push_back({reinterpret_cast<std::byte*>(table.data()), table.size() * sizeof(std::byte*)});
  segments.push_back({reinterpret_cast<std::byte*>(planes.data()), sizeof planes});
  const Layout layout({{height, 8, 1}, {page, 1, 2}, {2, 8, 0}}, {0, 0});
  ImageInfo info = info_of(height, page, ColorModel::gray);
  info.pixel = PixelFormat::of(ElementType::u8, ColorModel::gray, true);
  return Image::over(Storage(std::move(segments)), segments.empty() ? nullptr : segments.back().data, layout, info);
}

TEST_CASE("rows of planes that alternate in memory are rewired, from two files in turn as well") {
  const Image a = page_rows(12, 12), b = page_rows(12, 12);
  std::vector<Segment> segments(a.storage().segments().begin(), a.storage().segments().end());
  segments.insert(segments.end(), b.storage().segments().begin(), b.storage().segments().end());
  const Storage both(segments);
  const auto row = [](const Image& image, std::ptrdiff_t y) { return image.view().address({y, 0, 0}); };
  std::array<std::vector<std::byte*>, 2> rows;
  for (std::ptrdiff_t y = 0; y < 6; ++y) {
    rows[0].push_back(row(a, 2 * y));
    rows[1].push_back(row(a, 2 * y + 1));
  }
  std::swap(rows[0][1], rows[1][4]);  // two pages that lie elsewhere, the others still as they alternate
  require_rewired(planes_of(rows, both));
  for (std::ptrdiff_t y = 0; y < 6; ++y) {
    rows[0][static_cast<std::size_t>(y)] = row(a, 2 * y);
    rows[1][static_cast<std::size_t>(y)] = row(y == 2 || y == 3 ? b : a, 2 * y + 1);  // pages of b between those of a
  }
  CHECK(require_rewired(planes_of(rows, both)).const_view().layout().axis(2).byte_stride == page);
}

TEST_CASE("random rows of planes are rewired or refused, never wrong") {
  const Image a = page_rows(16, 4), b = page_rows(16, 16);
  std::vector<Segment> segments(a.storage().segments().begin(), a.storage().segments().end());
  segments.insert(segments.end(), b.storage().segments().begin(), b.storage().segments().end());
  const Storage both(segments);
  int rewired_count = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto pick = [&random](std::ptrdiff_t low, std::ptrdiff_t high) {
      return std::uniform_int_distribution<std::ptrdiff_t>(low, high)(random);
    };
    const std::ptrdiff_t height = pick(1, 6);
    const std::ptrdiff_t step = pick(1, 2);
    std::array<std::vector<std::byte*>, 2> rows;
    for (std::vector<std::byte*>& plane : rows) {
      const Image* memory = pick(0, 1) ? &a : &b;
      std::ptrdiff_t at = pick(0, 15 - step * (height - 1));
      for (std::ptrdiff_t y = 0; y < height; ++y, at += step) {
        plane.push_back(memory->view().address({at, 0, 0}));
        if (pick(0, 9) == 0) plane.back() = (pick(0, 1) ? a : b).view().address({pick(0, 15), 0, 0});
      }
      if (pick(0, 3) == 0) std::reverse(plane.begin(), plane.end());
    }
    const Image image = planes_of(rows, both);
    const Rewiring planned = explain_rewire(image);
    if (!planned.reason.empty()) continue;
    ++rewired_count;
    require_rewired(image, true);
  }
  CHECK(rewired_count > 200);
}

TEST_CASE("strips that lie in order already need no mapping") {
  const Image image = page_rows(16, 4);
  CHECK(explain_rewire(image).mapped_bytes == 0);
  const Image array = require_rewired(image);
  CHECK(array.const_view().address({7, 3, 0}) == image.const_view().address({7, 3, 0}));
  CHECK_FALSE(memory::has_aliases());
  const Image direct = Image::allocate(gray_info(4, 4));
  CHECK(rewire(direct).image->const_view().origin() == direct.const_view().origin());
}

TEST_CASE("pages that a crop leaves out are no memory of the rewired image") {
  const std::ptrdiff_t width = 4 * page;
  const Image wide = Image::allocate(gray_info(8, width), Arrangement::strips(2).in_shared_memory());
  test::fill_random(wide.view(), 11);
  const Image reordered = shuffled(wide, 2, {1, 0, 3, 2});
  const Image narrow = reordered.with_view(reordered.const_view().window(1, 0, page), gray_info(8, page));
  const Image direct = require_rewired(narrow);
  REQUIRE(direct.const_view().layout().axis(0).byte_stride == width);
  const Storage& storage = direct.storage();
  REQUIRE(storage.segments().size() == 4);
  for (const Segment& segment : storage.segments()) {
    CHECK(segment.bytes == static_cast<std::size_t>(5 * page));  // two rows and the three pages between them
    segment.data[segment.bytes - 1] = std::byte{1};              // what says that it may be written may
  }
  std::byte* const origin = direct.view().origin();
  CHECK_FALSE(storage.holds(origin + 5 * page, 1));
  CHECK_FALSE(storage.access_of(origin, static_cast<std::size_t>(7 * width)));
  require_error(ErrorCode::invalid_layout, "level 0: the layout reaches memory outside its segments", [&] {
    (void)Image::over(storage, origin, Layout{{7, width, 0}, {width, 1, 0}, {1, 1, 0}}, gray_info(7, width));
  });

  const Image flipped = direct.with_view(direct.const_view().flip(0), direct.info());
  CHECK_FALSE(flipped.is_read_only());
  CHECK(test::packed(flipped.const_view()) == test::packed(narrow.const_view().flip(0)));
  CHECK(collapse(flipped).image->const_view().layout() == flipped.const_view().layout());
  const Strips cut = strips(flipped);
  REQUIRE(cut.strips.size() == 1);
  CHECK(cut.strips[0].storage.segments().size() == 4);
}

TEST_CASE("a repeated row stays one, however often it is repeated") {
  const Image image = page_rows(4, 2);
  const Image scattered = shuffled(image, 2, {1, 0});
  const AnyConstView rows = scattered.const_view();
  const Layout repeated({rows.layout().axis(0), rows.layout().axis(1), {3, 0, 0}}, {0});
  ImageInfo info = image.info();
  info.pixel = PixelFormat::of(ElementType::u8, ColorModel::rgb);
  const Image gray_as_rgb = scattered.with_view(AnyConstView(rows.origin(), repeated, ElementType::u8), info);
  const Image direct = require_rewired(gray_as_rgb);
  CHECK(direct.const_view().layout() == Layout{{4, page, 0}, {page, 1, 0}, {3, 0, 0}});
}

TEST_CASE("what cannot be rewired says why") {
  const auto reason = [](const Image& image) {
    const Rewiring result = rewire(image);
    CHECK_FALSE(result.image);
    CHECK(result.mapped_bytes == 0);
    CHECK(explain_rewire(image).reason == result.reason);
    return result.reason;
  };
  CHECK(reason(Image::allocate(gray_info(8, page), Arrangement::strips(4))) ==
        "index 0 of axis 0 does not lie in shared memory");
  const Image odd = Image::allocate(gray_info(12, 1000), Arrangement::strips(4).in_shared_memory());
  CHECK_THAT(reason(shuffled(odd, 4, {2, 0, 1})), Catch::Contains("index 4 of axis 0"));
  // The rows of the second strip have another pitch.
  const Image memory = page_rows(12, 12);
  std::vector<std::byte*> rows;
  for (const std::ptrdiff_t y : {0, 1, 2, 3, 5, 7, 9}) rows.push_back(memory.view().address({y, 0, 0}));
  const auto keep = std::make_shared<Image>(memory);
  require_rewired(Image::from_rows(rows, gray_info(7, page), keep));  // as pages of their own that is no matter
  rows.clear();
  for (const std::ptrdiff_t y : {0, 1, 2, 3}) rows.push_back(memory.view().address({0, y * 100, 0}));
  rows.push_back(memory.view().address({0, 2000, 0}));
  CHECK_THAT(reason(Image::from_rows(rows, gray_info(5, 100), keep)), Catch::Contains("index 4 of axis 0"));
}

TEST_CASE("more pieces than the system's mappings are politely refused") {
  std::size_t most = 65530;
  std::ifstream("/proc/sys/vm/max_map_count") >> most;
  const auto height = static_cast<std::ptrdiff_t>(most / 2 + 2);
  if (height > 2000000) return;  // a system without a bound that a test can reach
  const Segment segment = allocate_shared_segment(static_cast<std::size_t>(height * page));
  std::vector<std::byte*> rows;
  for (std::ptrdiff_t y = 0; y < height; ++y) rows.push_back(segment.data + y * page);
  std::shuffle(rows.begin(), rows.end(), std::mt19937(1));
  const Image image = Image::from_rows(rows, gray_info(height, 16), segment.keeper);
  CHECK_THAT(rewire(image).reason, Catch::Contains("mappings"));
  CHECK_THAT(explain_rewire(image).reason, Catch::Contains("half of what the system allows a process"));
}

TEST_CASE("a rewired image keeps the memory, and its end leaves nothing behind") {
  std::size_t before = 0;
  {
    const Image warm = require_rewired(shuffled(page_rows(8, 2), 2, {3, 1, 0, 2}));
    CHECK(memory::has_aliases());
  }
  before = shared_mapping_count();
  CHECK_FALSE(memory::has_aliases());
  {
    Image array;
    {
      const Image image = shuffled(page_rows(8, 2), 2, {3, 1, 0, 2});
      array = require_rewired(image);
    }
    CHECK(memory::has_aliases());
    *array.view().address({7, 0, 0}) = std::byte{1};
    CHECK(shared_mapping_count() > before);
    const Image again = array;
  }
  CHECK_FALSE(memory::has_aliases());
  CHECK(shared_mapping_count() == before);
}

TEST_CASE("both addresses of rewired memory have the same backing and offset") {
  const Image image = shuffled(page_rows(8, 2), 2, {3, 1, 0, 2});
  const Image array = require_rewired(image);
  for (std::ptrdiff_t y = 0; y < 8; ++y) {
    memory::PhysicalRange first, second;
    memory::visit_physical(image.const_view().address({y, 9, 0}), 50, [&](const auto& range) { first = range; });
    memory::visit_physical(array.const_view().address({y, 9, 0}), 50, [&](const auto& range) { second = range; });
    CHECK(first.backing != 0);
    CHECK(first.backing == second.backing);
    CHECK(first.offset_bytes == second.offset_bytes);
    CHECK(second.bytes == 50);
  }
}

TEST_CASE("a read-only image is rewired read-only") {
  const Image memory = page_rows(4, 2);
  std::vector<std::byte*> rows;
  for (const std::ptrdiff_t y : {2, 3, 0, 1}) rows.push_back(memory.view().address({y, 0, 0}));
  const Image image = Image::from_rows(rows, gray_info(4, page), std::make_shared<Image>(memory), Access::read_only);
  CHECK(require_rewired(image).is_read_only());
}

TEST_CASE("a rewired image can be rewired again") {
  const Image array = require_rewired(shuffled(page_rows(8, 2), 2, {3, 1, 0, 2}));
  require_rewired(shuffled(array, 2, {1, 3, 2, 0}));
}

#if !defined(IMGBUF_TEST_SANITIZED)
TEST_CASE("a mapping that the system refuses leaves nothing behind") {
  const Image image = shuffled(page_rows(8, 2), 2, {3, 1, 0, 2});
  const auto place = memory::find_shared(image.const_view().address({0, 0, 0}), 1);
  REQUIRE(place);
  const std::size_t before = shared_mapping_count();
  // The second piece lies behind the end of what a mapping can show.
  const memory::SideBySide refused =
      memory::map_side_by_side(static_cast<std::size_t>(2 * page),
                               {{0, static_cast<std::size_t>(page), *place},
                                {static_cast<std::size_t>(page), static_cast<std::size_t>(page), {place->file, 1}}},
                               Access::read_write, {});
  CHECK(refused.base == nullptr);
  CHECK_THAT(refused.reason, Catch::StartsWith("the system does not map the pieces: "));
  rlimit old{};
  REQUIRE(getrlimit(RLIMIT_AS, &old) == 0);
  rlimit tight = old;
  tight.rlim_cur = 1;
  REQUIRE(setrlimit(RLIMIT_AS, &tight) == 0);
  const memory::SideBySide no_range = memory::map_side_by_side(
      static_cast<std::size_t>(page), {{0, static_cast<std::size_t>(page), *place}}, Access::read_write, {});
  REQUIRE(setrlimit(RLIMIT_AS, &old) == 0);
  CHECK(no_range.base == nullptr);
  CHECK(shared_mapping_count() == before);
  CHECK_FALSE(memory::has_aliases());
}
#endif

TEST_CASE("threads may rewire and drop the same image") {
  const Image image = shuffled(page_rows(8, 2), 2, {3, 1, 0, 2});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&image] {
      for (int n = 0; n < 50; ++n) {
        const Rewiring made = rewire(image);
        if (!made.image || *made.image->const_view().address({5, 1, 0}) != *image.const_view().address({5, 1, 0}))
          std::abort();
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK_FALSE(memory::has_aliases());
}

}  // namespace
