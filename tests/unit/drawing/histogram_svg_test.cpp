#include "imgbuf/histogram_svg.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "drawing/axis_ticks.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;

/// Of bytes, with as many samples as the counts say.
ChannelStatistics channel_of(std::vector<std::uint64_t> counts) {
  ChannelStatistics channel;
  channel.count = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  channel.histogram.range = {0, static_cast<double>(counts.size() - 1)};
  channel.histogram.of_integers = true;
  channel.histogram.counts = std::move(counts);
  return channel;
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_CASE("bars put equal numbers of bins together, and show densities") {
  const ChannelStatistics channel = channel_of({1, 2, 3, 4, 0, 6, 4});
  CHECK(histogram_bars(channel, 7) == std::vector<double>{.05, .1, .15, .2, 0, .3, .2});
  CHECK(histogram_bars(channel, 100) == histogram_bars(channel, 7));
  CHECK(histogram_bars(channel, 3) == std::vector<double>{.3, .5, .6});  // the last has one bin of three
  CHECK(histogram_bars(channel_of({1, 1, 1, 1, 2, 2, 2, 2}), 3) == std::vector<double>{1. / 3, 2. / 3});
  CHECK(histogram_bars(channel, 1) == std::vector<double>{1});
  CHECK(histogram_bars(channel_of({0, 0, 0}), 3) == std::vector<double>{0, 0, 0});
}

TEST_CASE("only a few bars that tower above many others are cut") {
  const auto top = [](std::vector<double> bars) {
    const std::vector<std::vector<double>> channels{std::move(bars)};
    return histogram_top(channels);
  };
  std::vector<double> even(1000, .004);
  CHECK(top(even) == .004);
  even[0] = .011;
  CHECK(top(even) == .011);
  even[0] = .2;
  even[77] = .1;
  CHECK(top(even) == Approx(.005));
  for (std::size_t i = 90; i < 95; ++i) even[i] = .05;
  CHECK(top(even) == Approx(.0625));  // a hill is no tower
  CHECK(top({.9, .1}) == .9);         // nor is a picture of few values
  CHECK(top({0, 0}) == 1);
  CHECK(top({}) == 1);
  std::vector<double> sparse(256, 0);
  sparse[3] = .9;
  sparse[4] = .1;
  CHECK(top(sparse) == .9);
}

TEST_CASE("a picture of histograms has a curve and a row of the table for each channel") {
  std::vector<ChannelStatistics> channels{channel_of({1, 2, 3, 2}), channel_of({4, 0, 2, 2}), channel_of({0, 0, 0, 8})};
  channels[0].mean = 1.75;
  channels[2].nan = 41;
  const std::string svg = histogram_svg(channels, {.title = "a<b", .subtitle = "2 x 4", .channels = {"R", "x", "A"}});
  CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  CHECK(svg.find("a&lt;b") != std::string::npos);
  CHECK(svg.find("a<b") == std::string::npos);
  CHECK(occurrences(svg, "<path class=\"area red\"") == 1);
  CHECK(occurrences(svg, "<path class=\"area green\"") == 1);
  CHECK(occurrences(svg, "<path class=\"edge alpha\"") == 1);
  CHECK(occurrences(svg, ">1.75</text>") == 1);
  CHECK(occurrences(svg, ">not finite</text>") == 1);
  CHECK(occurrences(svg, ">41</text>") == 1);
  CHECK(svg.find("share of the samples in each of 4 bars") != std::string::npos);
  channels[2].nan = 0;
  const std::string finite = histogram_svg(channels, {.title = "t", .channels = {"R", "G", "A"}});
  CHECK(occurrences(finite, "not finite") == 0);
}

TEST_CASE("a bar that is cut has an arrow and its share") {
  std::vector<std::uint64_t> counts(100, 10);
  counts[50] = 9000;
  const std::vector<ChannelStatistics> channels{channel_of(counts)};
  const std::string svg = histogram_svg(channels, {.title = "t", .channels = {"gray"}});
  CHECK(occurrences(svg, "<path class=\"gray\"") == 1);
  CHECK(occurrences(svg, ">gray 90 %</text>") == 1);
}

TEST_CASE("pictures of odd histograms can be drawn") {
  const double most = std::numeric_limits<double>::max();
  for (const ValueRange range :
       {ValueRange{0, 0}, ValueRange{-most, most}, ValueRange{1e-320, 2e-320}, ValueRange{4, std::nextafter(4, 5)}}) {
    ChannelStatistics channel = channel_of({3, 4});
    channel.histogram.of_integers = false;
    channel.histogram.range = range;
    channel.mean = std::numeric_limits<double>::quiet_NaN();
    const std::vector<ChannelStatistics> channels{channel};
    const std::string svg = histogram_svg(channels, {.title = "t", .channels = {"x"}});
    CHECK(svg.find("</svg>") != std::string::npos);
    CHECK(svg.size() < 20000);
  }
}

TEST_CASE("what no picture can be drawn of is refused") {
  test::require_error(ErrorCode::invalid_argument, "there is no channel whose histogram could be drawn",
                      [] { (void)histogram_svg({}, {.title = "t"}); });
  const std::vector<ChannelStatistics> one{channel_of({1})};
  test::require_error(ErrorCode::invalid_argument, "2 names for 1 channels", [&] {
    (void)histogram_svg(one, {.title = "t", .channels = {"R", "G"}});
  });
  const std::vector<ChannelStatistics> empty(1);
  test::require_error(ErrorCode::invalid_argument, "there is a histogram without bins",
                      [&] { (void)histogram_svg(empty, {.title = "t", .channels = {"R"}}); });
}

TEST_CASE("axes have round numbers") {
  using namespace imgbuf::drawing;
  CHECK(round_step(10, 5) == 2);
  CHECK(round_step(11, 5) == 5);
  CHECK(round_step(.9, 4) == Approx(.5));
  CHECK(round_step(3e6, 6) == 5e5);
  CHECK(multiples(0, 1, .25) == std::vector<double>{0, .25, .5, .75, 1});
  CHECK(multiples(-3, 5, 2) == std::vector<double>{-2, 0, 2, 4});
  CHECK(multiples(.1, .3, .1).size() == 3);
  CHECK(short_number(.1 + .2) == "0.3");
  CHECK(short_number(65535) == "65535");
  CHECK(short_number(-0.) == "0");
  CHECK(short_number(1234567) == "1.23457e+06");
}

}  // namespace
