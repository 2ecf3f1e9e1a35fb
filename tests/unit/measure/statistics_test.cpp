#include "imgbuf/statistics.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "imgbuf/image.hpp"
#include "support/guarded_image.hpp"
#include "support/image_info.hpp"
#include "support/require_error.hpp"
#include "support/shuffling_executor.hpp"
#include "unit/measure/plain_samples.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::GuardedImage;
using imgbuf::test::Kind;

std::vector<double> channel_of(const std::vector<double>& samples, std::size_t channels, std::size_t channel) {
  std::vector<double> found;
  for (std::size_t i = channel; i < samples.size(); i += channels) found.push_back(samples[i]);
  return found;
}

std::vector<ChannelStatistics> describe(std::vector<double> samples, const StatisticsOptions& options = {}) {
  const Layout layout = Layout::contiguous(std::array{std::ptrdiff_t{1}, std::ssize(samples)}, 8);
  return statistics(View<double>(samples.data(), layout), options, Context());
}

bool by_value(ElementType type) {
  return size_of(type) <= 2 && !is_floating_point(type);
}

using Counts = std::vector<std::uint64_t>;

TEST_CASE("statistics are what plain loops find, for every arrangement and element type") {
  for (const ElementType type : test::all_types)
    for (const Kind kind : test::all_kinds()) {
      CAPTURE(test::name(kind), to_string(type));
      const GuardedImage image(kind, 19, 23, 3, type);
      test::fill_random(image.view(), 7);
      const std::vector<double> samples = test::plain_samples(image.view());
      const std::vector<ChannelStatistics> found = statistics(image.view(), {}, Context());
      REQUIRE(found.size() == 3);
      for (std::size_t c = 0; c < 3; ++c) {
        const std::vector<double> plain = channel_of(samples, 3, c);
        long double sum = 0;
        for (const double sample : plain) sum += sample;
        const long double mean = sum / plain.size();
        long double squares = 0;
        for (const double sample : plain) squares += (sample - mean) * (sample - mean);
        CHECK(found[c].count == plain.size());
        CHECK(found[c].minimum == *std::min_element(plain.begin(), plain.end()));
        CHECK(found[c].maximum == *std::max_element(plain.begin(), plain.end()));
        CHECK(found[c].mean == Approx(static_cast<double>(mean)).epsilon(1e-14).margin(1e-12));
        CHECK(found[c].standard_deviation ==
              Approx(static_cast<double>(std::sqrt(squares / plain.size()))).epsilon(1e-13));

        const Histogram& histogram = found[c].histogram;
        if (!by_value(type)) {
          CHECK(histogram.range.low == *std::min_element(samples.begin(), samples.end()));
          CHECK(histogram.range.high == *std::max_element(samples.begin(), samples.end()));
        }
        REQUIRE(histogram.counts.size() == (by_value(type) && size_of(type) == 2 ? 65536 : 256));
        CHECK(histogram.of_integers == by_value(type));
        Counts expected(histogram.counts.size());
        for (const double sample : plain) {
          const double width = by_value(type) ? 1 : (histogram.range.high - histogram.range.low) / 256;
          const double bin = std::floor((sample - histogram.range.low) / width);
          ++expected[std::min(expected.size() - 1, static_cast<std::size_t>(bin))];
        }
        CHECK(histogram.counts == expected);
        CHECK(histogram.below + histogram.above == 0);
      }
      CHECK(image.guards_intact());
    }
}

TEST_CASE("samples that are not finite are counted apart") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const ChannelStatistics some = describe({nan, 1, infinity, 3, -infinity, -infinity, nan, nan}, {.bins = 2})[0];
  CHECK(some.count == 2);
  CHECK(some.nan == 3);
  CHECK(some.positive_infinity == 1);
  CHECK(some.negative_infinity == 2);
  CHECK(some.minimum == 1);
  CHECK(some.maximum == 3);
  CHECK(some.mean == 2);
  CHECK(some.standard_deviation == 1);
  CHECK(some.histogram.counts == Counts{1, 1});

  const ChannelStatistics none = describe({nan, infinity})[0];
  CHECK(none.count == 0);
  CHECK(std::isnan(none.minimum));
  CHECK(std::isnan(none.maximum));
  CHECK(std::isnan(none.mean));
  CHECK(std::isnan(none.standard_deviation));
  CHECK(std::accumulate(none.histogram.counts.begin(), none.histogram.counts.end(), std::uint64_t{0}) == 0);
}

TEST_CASE("mean and deviation survive a large offset") {
  std::vector<double> samples;
  for (int i = 0; i < 100000; ++i) samples.push_back(1e9 + i % 2);
  const ChannelStatistics found = describe(samples)[0];
  CHECK(found.mean == 1e9 + 0.5);
  CHECK(found.standard_deviation == Approx(0.5).epsilon(1e-12));
}

TEST_CASE("bins of floating point are of one width, and the last holds the end of the range") {
  const ChannelStatistics all = describe({0, 0.25, 0.5, 0.75, 1}, {.bins = 4})[0];
  CHECK(all.histogram.range == ValueRange{0, 1});
  CHECK(all.histogram.counts == Counts{1, 1, 1, 2});
  CHECK(all.histogram.edge(0) == 0);
  CHECK(all.histogram.edge(3) == 0.75);
  CHECK(all.histogram.edge(4) == 1);

  const ChannelStatistics part = describe({-3, 0.1, 0.9, 5, 6, 7}, {.bins = 2, .range = ValueRange{0, 1}})[0];
  CHECK(part.histogram.counts == Counts{1, 1});
  CHECK(part.histogram.below == 1);
  CHECK(part.histogram.above == 3);

  CHECK(describe({4, 4, 4}, {.bins = 3})[0].histogram.counts == Counts{3, 0, 0});
  const double most = std::numeric_limits<double>::max();
  CHECK(describe({-most, 0, most}, {.bins = 2})[0].histogram.counts == Counts{1, 2});
}

TEST_CASE("bins of integers share the range's values") {
  std::vector<std::uint8_t> samples(256);
  std::iota(samples.begin(), samples.end(), std::uint8_t{0});
  const Layout layout = Layout::contiguous(std::array<std::ptrdiff_t, 2>{16, 16}, 1);
  const auto histogram = [&](const StatisticsOptions& options) {
    return statistics(View<std::uint8_t>(samples.data(), layout), options, Context())[0].histogram;
  };
  CHECK(histogram({.bins = 16}).counts == Counts(16, 16));
  const Histogram uneven = histogram({.bins = 3, .range = ValueRange{10, 19}});
  CHECK(uneven.counts == Counts{4, 3, 3});
  CHECK(uneven.below == 10);
  CHECK(uneven.above == 236);
  CHECK(uneven.edge(0) == 10);
  CHECK(uneven.edge(1) == 14);
  CHECK(uneven.edge(2) == 17);
  CHECK(uneven.edge(3) == 20);
  CHECK(histogram({.range = ValueRange{250, 255}}).counts == Counts(6, 1));
}

TEST_CASE("statistics are the same on any number of threads, and say how far they are") {
  for (const ElementType type : {ElementType::u8, ElementType::u16, ElementType::f32}) {
    const Image image = Image::allocate(test::info_of(600, 9000, ColorModel::rgb, type), Arrangement::strips(100));
    test::fill_random(image.view(), 3);
    const std::vector<ChannelStatistics> serial = statistics(image.const_view(), {}, Context());
    test::ShufflingExecutor executor(4);
    Context context(executor);
    std::vector<std::int64_t> told;
    context.on_progress = [&](std::int64_t done, std::int64_t total) {
      CHECK(total == (is_floating_point(type) ? 1200 : 600));
      told.push_back(done);
    };
    const std::vector<ChannelStatistics> parallel = statistics(image.const_view(), {}, context);
    CHECK(executor.most_parts() > 1);
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back() == (is_floating_point(type) ? 1200 : 600));
    for (std::size_t c = 0; c < 3; ++c) {
      CHECK(parallel[c].mean == serial[c].mean);
      CHECK(parallel[c].standard_deviation == serial[c].standard_deviation);
      CHECK(parallel[c].histogram.counts == serial[c].histogram.counts);
    }
  }
}

TEST_CASE("statistics can be cancelled") {
  const Image image = Image::allocate(test::gray_info(900, 16000));
  test::fill_random(image.view(), 1);
  Context context;
  context.on_progress = [&context](std::int64_t, std::int64_t) { context.cancel(); };
  test::require_error(ErrorCode::cancelled, "cancelled", [&] { (void)statistics(image.const_view(), {}, context); });
}

TEST_CASE("many channels, and none, have their statistics") {
  for (const ElementType type : {ElementType::u8, ElementType::f32}) {
    const GuardedImage many(Kind::contiguous, 2, 3, 21, type);
    test::fill_random(many.view(), 5);
    const std::vector<double> samples = test::plain_samples(many.view());
    const std::vector<ChannelStatistics> found = statistics(many.view(), {.bins = 4}, Context());
    REQUIRE(found.size() == 21);
    for (std::size_t c = 0; c < 21; ++c) {
      const std::vector<double> plain = channel_of(samples, 21, c);
      CHECK(found[c].maximum == *std::max_element(plain.begin(), plain.end()));
      const Histogram& histogram = found[c].histogram;
      const double edge = histogram.edge(3);
      CHECK(histogram.counts[3] ==
            static_cast<std::uint64_t>(std::count_if(plain.begin(), plain.end(), [=](double x) { return x >= edge; })));
    }
  }
  const GuardedImage no_channels(Kind::contiguous, 2, 3, 0, ElementType::u8);
  CHECK(statistics(no_channels.view(), {}, Context()).empty());
  const GuardedImage no_rows(Kind::rows, 0, 3, 2, ElementType::f32);
  const std::vector<ChannelStatistics> empty = statistics(no_rows.view(), {}, Context());
  REQUIRE(empty.size() == 2);
  CHECK(empty[1].count == 0);
  CHECK(std::isnan(empty[1].mean));
}

TEST_CASE("options of statistics that make no sense are refused") {
  const GuardedImage bytes(Kind::contiguous, 2, 3, 1, ElementType::u8);
  const auto error = [&](const char* message, const StatisticsOptions& options) {
    test::require_error(ErrorCode::invalid_argument, message,
                        [&] { (void)statistics(bytes.view(), options, Context()); });
  };
  error("-1 bins are none or too many", {.bins = -1});
  error("16777217 bins are none or too many", {.bins = (1 << 24) + 1});
  error("257 bins are more than the range 0 to 255 has values", {.bins = 257});
  error("5 to 4 is no range of values", {.range = ValueRange{5, 4}});
  error("0 to 256 is no range of values of u8", {.range = ValueRange{0, 256}});
  error("0.5 to 4 is no range of values of u8", {.range = ValueRange{0.5, 4}});
  test::require_error(ErrorCode::invalid_argument,
                      "the shape (3) is neither (height, width) nor (height, width, channels)",
                      [&] { (void)statistics(bytes.view().index(2, 0).index(0, 0), {}, Context()); });
}

}  // namespace
