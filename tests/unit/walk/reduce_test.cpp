#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/executor.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/walk.hpp"
#include "support/guarded_image.hpp"
#include "support/image_info.hpp"
#include "support/require_error.hpp"
#include "support/shuffling_executor.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::GuardedImage;
using imgbuf::test::Kind;

double sum(const Context& context, const View<const float>& view) {
  return reduce(
      context, 0.0,
      [](double& partial, Run<const float> run) {
        for (std::ptrdiff_t i = 0; i < run.size; ++i) partial += static_cast<double>(run[i]);
      },
      std::plus<>(), view);
}

Image random_image(std::ptrdiff_t height, std::ptrdiff_t width, const Arrangement& arrangement) {
  Image image = Image::allocate(test::gray_info(height, width, ElementType::f32), arrangement);
  test::fill_random(image.view(), 11);
  return image;
}

TEST_CASE("a sum of floating point is the same on any number of threads") {
  for (const Arrangement& arrangement :
       {Arrangement::contiguous(), Arrangement::rows(), Arrangement::strips(7), Arrangement::planes()}) {
    const Image image = random_image(900, 1100, arrangement);
    const auto view = image.const_view().as<const float>();
    const double serial = sum(Context(), view);
    CHECK(serial != 0);
    for (const int threads : {1, 2, 3, 8}) {
      test::ShufflingExecutor executor(threads);
      for (int repeat = 0; repeat < 3; ++repeat) REQUIRE(sum(Context(executor), view) == serial);
      CHECK(executor.most_parts() > 8);
    }
  }
}

TEST_CASE("a reduction sees every element once, in any arrangement") {
  for (const Kind kind : test::all_kinds()) {
    const GuardedImage image(kind, 13, 33, 3, ElementType::u8);
    test::fill_random(image.view(), 5);
    std::uint64_t expected = 0;
    for (const std::byte b : test::packed(image.view())) expected += std::to_integer<std::uint64_t>(b);
    const std::uint64_t seen = reduce(
        Context(), std::uint64_t{0},
        [](std::uint64_t& partial, Run<const std::uint8_t> run) {
          for (std::ptrdiff_t i = 0; i < run.size; ++i) partial += run[i];
        },
        std::plus<>(), AnyConstView(image.view()).as<const std::uint8_t>());
    CAPTURE(test::name(kind));
    CHECK(seen == expected);
  }
}

TEST_CASE("a reduction only reads, whatever it is given") {
  std::vector<double> values{0.1, 0.2, 1e300};
  const std::vector<double> before = values;
  const AnyView view(reinterpret_cast<std::byte*>(values.data()), Layout{{3, 8, 0}}, ElementType::f64);
  const auto count = [](int& n, Run<const float> run) { n += static_cast<int>(run.size); };
  CHECK(reduce(Context(), 0, count, std::plus<>(), seen_as<float>(view)) == 3);
  CHECK(values == before);

  const View<double> typed = view.as<double>();
  const auto dot = [](double& partial, Run<const double> x, Run<const double> y) {
    for (std::ptrdiff_t i = 0; i < x.size; ++i) partial += x[i] * y[i];
  };
  const View<double> repeated = view.window(0, 1, 1).broadcast(0, 3).as<double>();
  CHECK(reduce(Context(), 0.0, dot, std::plus<>(), typed, repeated) == (0.1 + 0.2 + 1e300) * 0.2);
  CHECK(values == before);
}

TEST_CASE("a reduction of nothing is its identity, and of two operands sees both") {
  const GuardedImage empty(Kind::rows, 0, 5, 3, ElementType::u8);
  const auto never = [](bool& partial, Run<const std::uint8_t>) { partial = false; };
  CHECK(reduce(Context(), true, never, std::logical_and<>(), AnyConstView(empty.view()).as<const std::uint8_t>()));

  const GuardedImage a(Kind::rows, 300, 400, 3, ElementType::u8);
  const GuardedImage b(Kind::planes, 300, 400, 3, ElementType::u8);
  test::fill_random(a.view(), 6);
  copy(b.view(), a.view());
  test::ShufflingExecutor executor(4);
  const auto equal = [&] {
    return reduce(
        Context(executor), true,
        [](bool& same, Run<const std::uint8_t> x, Run<const std::uint8_t> y) {
          for (std::ptrdiff_t i = 0; i < x.size; ++i) same = same && x[i] == y[i];
        },
        std::logical_and<>(), AnyConstView(a.view()).as<const std::uint8_t>(),
        AnyConstView(b.view()).as<const std::uint8_t>());
  };
  CHECK(equal());
  *b.view().address({299, 399, 2}) ^= std::byte{1};
  CHECK_FALSE(equal());
}

TEST_CASE("an error in one part stops the others and reaches the caller once") {
  const Image image = random_image(2000, 1000, Arrangement::rows());
  const auto view = image.const_view().as<const float>();
  for (const int threads : {1, 2, 4}) {
    std::atomic<int> calls{0};
    test::ShufflingExecutor executor(threads);
    const Context context(executor);
    const auto failing = [&calls](Run<const float>) {
      if (++calls == 5) throw std::runtime_error("fifth run");
    };
    CHECK_THROWS_WITH(for_each_run(context, failing, view), "fifth run");
    CHECK(calls < 2000);
  }
}

TEST_CASE("a walk notices that it was cancelled while it runs, also inside one long run") {
  for (const Arrangement& arrangement : {Arrangement::contiguous(), Arrangement::rows()}) {
    const Image image = random_image(3000, 4000, arrangement);
    Context context;
    std::ptrdiff_t seen = 0;
    test::require_error(ErrorCode::cancelled, "cancelled", [&] {
      for_each_run(
          context,
          [&](Run<const float> run) {
            seen += run.size;
            context.cancel();
          },
          image.const_view().as<const float>());
    });
    CHECK(seen < 3000 * 4000);
    CHECK(seen > 0);
  }
}

}  // namespace
