#include "imgbuf/compare.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "imgbuf/image.hpp"
#include "imgbuf/walk.hpp"
#include "support/guarded_image.hpp"
#include "support/image_info.hpp"
#include "support/require_error.hpp"
#include "support/shuffling_executor.hpp"
#include "unit/measure/plain_samples.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::GuardedImage;
using imgbuf::test::Kind;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// By loops over the indices: a few lines that can be checked by eye.
struct Model {
  double max = 0;
  std::ptrdiff_t row = 0;
  std::ptrdiff_t column = 0;
  double mean_squared_error = 0;
};

Model model_of(const std::vector<double>& a, const std::vector<double>& b, std::ptrdiff_t width,
               std::ptrdiff_t channels, std::ptrdiff_t channel) {
  Model model;
  long double squares = 0;
  const auto pixels = static_cast<std::ptrdiff_t>(a.size()) / channels;
  for (std::ptrdiff_t p = 0; p < pixels; ++p) {
    const auto i = static_cast<std::size_t>(p * channels + channel);
    const double difference = std::abs(a[i] - b[i]);
    squares += static_cast<long double>(difference) * difference;
    if (difference <= model.max) continue;
    model = {difference, p / width, p % width, 0};
  }
  model.mean_squared_error = static_cast<double>(squares / pixels);
  return model;
}

/// Without separating the window, and by central moments.
double ssim_model(const std::vector<double>& a, const std::vector<double>& b, std::ptrdiff_t height,
                  std::ptrdiff_t width, std::ptrdiff_t channels, std::ptrdiff_t channel, double peak) {
  const auto weight = [](std::ptrdiff_t y, std::ptrdiff_t x) {
    return std::exp(-static_cast<double>((y - 5) * (y - 5) + (x - 5) * (x - 5)) / (2 * 1.5 * 1.5));
  };
  const auto weighted = [&](std::ptrdiff_t row, std::ptrdiff_t column, auto&& f) {
    double sum = 0;
    double weights = 0;
    for (std::ptrdiff_t y = 0; y < 11; ++y)
      for (std::ptrdiff_t x = 0; x < 11; ++x) {
        const auto i = static_cast<std::size_t>(((row + y) * width + column + x) * channels + channel);
        sum += weight(y, x) * f(a[i], b[i]);
        weights += weight(y, x);
      }
    return sum / weights;
  };
  const double c1 = std::pow(0.01 * peak, 2);
  const double c2 = std::pow(0.03 * peak, 2);
  double sum = 0;
  for (std::ptrdiff_t row = 0; row + 11 <= height; ++row)
    for (std::ptrdiff_t column = 0; column + 11 <= width; ++column) {
      const double ma = weighted(row, column, [](double x, double) { return x; });
      const double mb = weighted(row, column, [](double, double y) { return y; });
      const double va = weighted(row, column, [&](double x, double) { return (x - ma) * (x - ma); });
      const double vb = weighted(row, column, [&](double, double y) { return (y - mb) * (y - mb); });
      const double covariance = weighted(row, column, [&](double x, double y) { return (x - ma) * (y - mb); });
      sum += (2 * ma * mb + c1) * (2 * covariance + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
  return sum / static_cast<double>((height - 10) * (width - 10));
}

double peak_of(ElementType type) {
  return is_floating_point(type) ? 1 : std::pow(2, static_cast<double>(8 * size_of(type))) - 1;
}

TEST_CASE("a comparison is what plain loops find, for every arrangement and element type") {
  constexpr std::ptrdiff_t height = 13, width = 17, channels = 3;
  for (const ElementType type : test::all_types)
    for (const Kind kind : test::all_kinds()) {
      CAPTURE(test::name(kind), to_string(type));
      const GuardedImage a(kind, height, width, channels, type);
      const GuardedImage b(Kind::contiguous, height, width, channels, type);
      test::fill_random(a.view(), 1);
      test::fill_random(b.view(), 2);
      const Comparison found = compare(a.view(), b.view(), {}, Context());
      const Comparison other_way = compare(b.view(), a.view(), {}, Context());
      const std::vector<double> in_a = test::plain_samples(a.view());
      const std::vector<double> in_b = test::plain_samples(b.view());
      REQUIRE(found.channels.size() == 3);
      for (std::ptrdiff_t c = 0; c < channels; ++c) {
        const Difference& channel = found.channels[static_cast<std::size_t>(c)];
        const Model model = model_of(in_a, in_b, width, channels, c);
        CHECK(channel.channel == c);
        CHECK(channel.max == model.max);
        CHECK(channel.row == model.row);
        CHECK(channel.column == model.column);
        CHECK(channel.mean_squared_error == Approx(model.mean_squared_error).epsilon(1e-14));
        CHECK(channel.psnr == Approx(10 * std::log10(std::pow(peak_of(type), 2) / model.mean_squared_error)));
        CHECK(channel.ssim ==
              Approx(ssim_model(in_a, in_b, height, width, channels, c, peak_of(type))).epsilon(1e-9).margin(1e-9));
        CHECK(other_way.channels[static_cast<std::size_t>(c)].ssim == Approx(channel.ssim));
      }
      CHECK(a.guards_intact());
    }
}

TEST_CASE("the comparison of all channels has the worst place and the means") {
  const GuardedImage a(Kind::rows, 20, 15, 3, ElementType::u8);
  const GuardedImage b(Kind::planes, 20, 15, 3, ElementType::u8);
  test::fill_random(a.view(), 3, 7);
  test::fill_from_packed(b.view(), test::packed(a.view()));
  *b.view().address({17, 4, 1}) ^= std::byte{0x80};
  *b.view().address({11, 14, 2}) ^= std::byte{0x80};
  *b.view().address({19, 0, 2}) ^= std::byte{1};
  const Comparison found = compare(a.view(), b.view(), {}, Context());
  CHECK(found.channels[0].psnr == infinity);
  CHECK(found.channels[0].ssim == 1);
  CHECK_FALSE(found.is_equal());
  CHECK(found.all.max == 128);
  CHECK(found.all.row == 11);
  CHECK(found.all.column == 14);
  CHECK(found.all.channel == 2);
  CHECK(found.channels[1].row == 17);
  CHECK(found.all.mean_squared_error == Approx((128. * 128 * 2 + 1) / 900).epsilon(1e-15));
  CHECK(found.all.psnr == Approx(10 * std::log10(255. * 255 / found.all.mean_squared_error)));
  CHECK(found.all.ssim == Approx((1 + found.channels[1].ssim + found.channels[2].ssim) / 3));
  CHECK(found.channels[1].ssim < 1);
}

TEST_CASE("equal pictures differ by nothing, whatever they hold") {
  GuardedImage a(Kind::contiguous, 12, 12, 1, ElementType::f32);
  test::fill_random(a.view(), 4);
  const View<float> samples = a.view().as<float>();
  samples(3, 4, 0) = std::numeric_limits<float>::quiet_NaN();
  samples(5, 6, 0) = std::numeric_limits<float>::infinity();
  const Comparison found = compare(a.view(), a.view(), {}, Context());
  CHECK(found.is_equal());
  CHECK(found.all.mean_squared_error == 0);
  CHECK(found.all.psnr == infinity);
  CHECK(found.all.ssim == 1);
}

TEST_CASE("a sample that is NaN in one picture alone differs by infinity") {
  const GuardedImage a(Kind::contiguous, 12, 12, 2, ElementType::f64);
  const GuardedImage b(Kind::rows, 12, 12, 2, ElementType::f64);
  test::fill_random(a.view(), 4);
  test::fill_from_packed(b.view(), test::packed(a.view()));
  b.view().as<double>()(7, 3, 1) = nan;
  const Comparison found = compare(a.view(), b.view(), {}, Context());
  CHECK(found.channels[0].max == 0);
  CHECK(found.channels[0].ssim == 1);
  CHECK(found.channels[1].max == infinity);
  CHECK(found.channels[1].row == 7);
  CHECK(found.channels[1].column == 3);
  CHECK(found.channels[1].mean_squared_error == infinity);
  CHECK(found.channels[1].psnr == -infinity);
  CHECK(std::isnan(found.channels[1].ssim));
  CHECK(std::isnan(found.all.ssim));
}

TEST_CASE("opposite infinities differ by infinity, and the greatest doubles do not overflow into equality") {
  std::vector<double> a{infinity, 1e308, 2};
  std::vector<double> b{-infinity, -1e308, 2};
  const Layout layout{{1, 24, 0}, {3, 8, 0}};
  const Comparison found = compare(View<double>(a.data(), layout), View<double>(b.data(), layout), {.ssim = false}, {});
  CHECK(found.all.max == infinity);
  CHECK(found.all.column == 0);
  CHECK(found.all.mean_squared_error == infinity);
}

TEST_CASE("structural similarity has the values of its formula where they can be had by hand") {
  // Two flat pictures: the second factor is 1, the first (2 x y + C1) / (x^2 + y^2 + C1).
  std::vector<double> a(16 * 12, 0.5);
  std::vector<double> b(16 * 12, 0.25);
  const Layout layout = Layout::contiguous(std::array<std::ptrdiff_t, 2>{16, 12}, 8);
  const auto ssim = [&](double peak) {
    return compare(View<double>(a.data(), layout), View<double>(b.data(), layout), {.peak = peak}, {}).all.ssim;
  };
  CHECK(ssim(0) == Approx((0.25 + 1e-4) / (0.3125 + 1e-4)).epsilon(1e-12));
  CHECK(ssim(10) == Approx((0.25 + 1e-2) / (0.3125 + 1e-2)).epsilon(1e-12));
}

TEST_CASE("a comparison is the same on any number of threads, and says how far it is") {
  const Image a = Image::allocate(test::info_of(700, 6000, ColorModel::rgb, ElementType::u16), Arrangement::rows());
  const Image b = Image::allocate(a.info(), Arrangement::planes());
  test::fill_random(a.view(), 8);
  test::fill_random(b.view(), 9);
  const AnyConstView part_a = a.const_view().crop({0, 0, 0}, {700, 900, 3});
  const AnyConstView part_b = b.const_view().crop({0, 0, 0}, {700, 900, 3});
  const auto same = [](const Difference& x, const Difference& y) {
    return x.max == y.max && x.row == y.row && x.column == y.column && x.channel == y.channel &&
           x.mean_squared_error == y.mean_squared_error && x.psnr == y.psnr &&
           (x.ssim == y.ssim || (std::isnan(x.ssim) && std::isnan(y.ssim)));
  };
  const Comparison serial = compare(part_a, part_b, {}, Context());
  const Comparison serial_without_ssim = compare(a, b, {.ssim = false}, Context());
  CHECK(serial.all.ssim != 1);
  CHECK(std::isnan(serial_without_ssim.all.ssim));
  for (const int threads : {2, 5}) {
    test::ShufflingExecutor executor(threads);
    Context context(executor);
    std::vector<std::int64_t> told;
    context.on_progress = [&told](std::int64_t done, std::int64_t total) {
      CHECK(total == 700);
      told.push_back(done);
    };
    CHECK(same(compare(part_a, part_b, {}, context).all, serial.all));
    CHECK(executor.most_parts() > 8);
    told.clear();
    CHECK(same(compare(a, b, {.ssim = false}, context).all, serial_without_ssim.all));
    CHECK(told.size() > 1);
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back() == 700);
  }
}

TEST_CASE("similarity goes on from band to band, and places from slab to slab") {
  const GuardedImage a(Kind::rows, 203, 12, 1, ElementType::u8);
  const GuardedImage b(Kind::flipped, 203, 12, 1, ElementType::u8);
  test::fill_random(a.view(), 1);
  test::fill_random(b.view(), 2);
  const double model = ssim_model(test::plain_samples(a.view()), test::plain_samples(b.view()), 203, 12, 1, 0, 255);
  CHECK(compare(a.view(), b.view(), {}, {}).all.ssim == Approx(model).epsilon(1e-9));

  const Image wide = Image::allocate(test::gray_info(300, 40000));
  const Image other = Image::allocate(wide.info(), Arrangement::rows());
  test::fill_random(wide.view(), 3);
  copy(other.view(), wide.const_view());
  *other.view().address({100, 7, 0}) ^= std::byte{2};
  *other.view().address({250, 39999, 0}) ^= std::byte{4};
  *other.view().address({299, 0, 0}) ^= std::byte{4};
  const Difference found = compare(wide, other, {.ssim = false}, {}).all;
  CHECK(found.max == 4);
  CHECK(found.row == 250);
  CHECK(found.column == 39999);
  CHECK(found.mean_squared_error == Approx((4. + 16 + 16) / (300. * 40000)).epsilon(1e-15));
}

TEST_CASE("a comparison can be cancelled") {
  const Image image = Image::allocate(test::gray_info(900, 16000));
  test::fill_random(image.view(), 1);
  Context context;
  context.on_progress = [&context](std::int64_t done, std::int64_t) {
    CHECK(done < 900);
    context.cancel();
  };
  test::require_error(ErrorCode::cancelled, "cancelled",
                      [&] { (void)compare(image, image, {.ssim = false}, context); });
}

TEST_CASE("pictures without pixels are equal") {
  const GuardedImage no_rows(Kind::rows, 0, 5, 3, ElementType::u8);
  CHECK(compare(no_rows.view(), no_rows.view(), {.ssim = false}, {}).is_equal());
  const GuardedImage no_channels(Kind::contiguous, 4, 5, 0, ElementType::u8);
  const Comparison found = compare(no_channels.view(), no_channels.view(), {.ssim = false}, {});
  CHECK(found.channels.empty());
  CHECK(found.all.psnr == infinity);
}

TEST_CASE("many channels are compared like few") {
  const GuardedImage a(Kind::contiguous, 3, 4, 19, ElementType::u8);
  const GuardedImage b(Kind::flipped, 3, 4, 19, ElementType::u8);
  test::fill_random(a.view(), 3);
  test::fill_from_packed(b.view(), test::packed(a.view()));
  *b.view().address({2, 1, 18}) ^= std::byte{4};
  const Comparison found = compare(a.view(), b.view(), {.ssim = false}, {});
  CHECK(found.channels.size() == 19);
  CHECK(found.all.max == 4);
  CHECK(found.all.channel == 18);
  CHECK(found.all.row == 2);
  CHECK(found.all.column == 1);
}

TEST_CASE("what cannot be compared is named") {
  const auto error = [](ErrorCode code, const char* message, const auto& a, const auto& b,
                        const CompareOptions& options = {}) {
    test::require_error(code, message, [&] { (void)compare(a, b, options, Context()); });
  };
  const GuardedImage small(Kind::contiguous, 11, 10, 1, ElementType::u8);
  const GuardedImage other(Kind::contiguous, 11, 10, 3, ElementType::u8);
  const GuardedImage words(Kind::contiguous, 11, 10, 1, ElementType::u16);
  error(ErrorCode::invalid_argument, "shapes (11, 10, 1) and (11, 10, 3) cannot be compared", small.view(),
        other.view());
  error(ErrorCode::invalid_argument, "shapes (11, 10, 1) and (11, 10) cannot be compared", small.view(),
        small.view().index(2, 0));
  error(ErrorCode::format_mismatch, "u8 and u16 cannot be compared: convert one to the other's element type",
        small.view(), words.view());
  error(ErrorCode::invalid_argument, "the shape (11, 10, 1) is smaller than SSIM's window of 11 x 11", small.view(),
        small.view());
  error(ErrorCode::invalid_argument, "the shape (10) is neither (height, width) nor (height, width, channels)",
        small.view().index(2, 0).index(0, 0), small.view().index(2, 0).index(0, 0), {.ssim = false});
  error(ErrorCode::invalid_argument, "a peak of -1 is no difference", small.view(), small.view(), {.peak = -1});

  const auto image = [](ImageInfo info) { return Image::allocate(std::move(info)); };
  const Image gray = image(test::gray_info(20, 30));
  error(ErrorCode::invalid_argument, "pictures of 30 x 20 and 30 x 21 pixels cannot be compared", gray,
        image(test::gray_info(21, 30)));
  error(ErrorCode::format_mismatch, "gray u8 and rgb u8 cannot be compared: convert one to the other's pixels", gray,
        image(test::info_of(20, 30)));
  ImageInfo bits = test::gray_info(20, 30);
  bits.pixel.bit_depth = 4;
  error(ErrorCode::format_mismatch, "gray u8 and gray u8 (4 bit) cannot be compared: convert one to the other's pixels",
        gray, image(bits));
  ImageInfo palette = test::info_of(20, 30, ColorModel::palette);
  palette.palette = {{}, {1, 2, 3, 255}};
  error(ErrorCode::format_mismatch, "indices into palettes cannot be compared: expand them to colours", image(palette),
        image(palette));
}

TEST_CASE("the peak is that of the bit depth, and byte order does not matter") {
  ImageInfo info = test::gray_info(1, 2, ElementType::u16);
  info.pixel.bit_depth = 12;
  const Image a = Image::allocate(info);
  info.pixel.format =
      Format(ElementType::u16, native_byte_order == ByteOrder::little ? ByteOrder::big : ByteOrder::little);
  const Image b = Image::allocate(info);
  test::fill_from_packed(a.view(), std::vector<std::byte>(4));
  test::fill_from_packed(b.view(), std::vector<std::byte>(4, std::byte{1}));
  const Comparison found = compare(a, b, {.ssim = false}, {});
  CHECK(found.all.max == 257);
  CHECK(found.all.psnr == Approx(20 * std::log10(4095. / 257)));
}

TEST_CASE("absolute differences are written in any arrangement and type") {
  for (const ElementType type : test::all_types)
    for (const Kind kind : test::all_kinds())
      for (const double amplify : {1., 2.5}) {
        CAPTURE(test::name(kind), to_string(type), amplify);
        const GuardedImage a(Kind::rows, 5, 7, 3, type);
        const GuardedImage b(kind, 5, 7, 3, type);
        const GuardedImage out(kind, 5, 7, 3, type);
        test::fill_random(a.view(), 1);
        test::fill_random(b.view(), 2);
        absolute_difference(out.view(), a.view(), b.view(), amplify, Context());
        const std::vector<double> in_a = test::plain_samples(a.view());
        const std::vector<double> in_b = test::plain_samples(b.view());
        const std::vector<double> found = test::plain_samples(out.view());
        const double most = is_signed_integer(type) ? std::floor(peak_of(type) / 2) : peak_of(type);
        for (std::size_t i = 0; i < found.size(); ++i) {
          const double expected = amplify * std::abs(in_a[i] - in_b[i]);
          if (is_floating_point(type))
            REQUIRE(found[i] == Approx(expected).epsilon(type == ElementType::f16 ? 1e-3 : 1e-6));
          else
            REQUIRE(found[i] == std::nearbyint(std::min(expected, most)));
        }
        CHECK(out.guards_intact());
      }
}

TEST_CASE("an absolute difference can take the place of a picture") {
  const GuardedImage a(Kind::contiguous, 5, 7, 3, ElementType::u8);
  test::fill_random(a.view(), 1);
  absolute_difference(a.view(), a.view(), a.view(), 1, Context());
  CHECK(test::packed(a.view()) == std::vector<std::byte>(105));
  test::require_error(ErrorCode::invalid_argument, "differences cannot be multiplied by 0",
                      [&] { absolute_difference(a.view(), a.view(), a.view(), 0, Context()); });
}

}  // namespace
