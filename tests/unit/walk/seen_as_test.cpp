#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "imgbuf/executor.hpp"
#include "imgbuf/walk.hpp"
#include "support/guarded_image.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::GuardedImage;
using imgbuf::test::Kind;
using imgbuf::test::require_error;

template <class T>
AnyView view_of(std::vector<T>& values) {
  return AnyView(reinterpret_cast<std::byte*>(values.data()),
                 Layout{{static_cast<std::ptrdiff_t>(values.size()), sizeof(T), 0}}, element_type_of<T>());
}

/// What `from` becomes as T's.
template <class T, class S>
std::vector<T> seen(std::vector<S> from, Format format = element_type_of<S>()) {
  std::vector<T> to(from.size());
  const AnyView source(view_of(from).origin(), view_of(from).layout(), format);
  transform(
      Context(), [](T value) { return value; }, view_of(to).template as<T>(), seen_as<const T>(source));
  return to;
}

/// What T's become in an element type that C++ has no name for, or has.
template <class S, class T>
std::vector<S> stored(std::vector<T> from, Format format = element_type_of<S>()) {
  std::vector<S> to(from.size());
  const AnyView destination(view_of(to).origin(), view_of(to).layout(), format);
  transform(
      Context(), [](T value) { return value; }, seen_as<T>(destination), view_of(from).template as<const T>());
  return to;
}

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

TEST_CASE("seen_as keeps values and clamps what does not fit") {
  CHECK(seen<float>(std::vector<std::uint8_t>{0, 1, 255}) == std::vector<float>{0, 1, 255});
  CHECK(seen<std::uint8_t>(
            std::vector<float>{-1, -0.5F, 0.5F, 1.5F, 2.5F, 254.5F, 255.4F, 256, infinity, -infinity, not_a_number}) ==
        std::vector<std::uint8_t>{0, 0, 0, 2, 2, 254, 255, 255, 255, 0, 0});
  CHECK(seen<std::int8_t>(std::vector<std::uint32_t>{0, 127, 128, 4294967295U}) ==
        std::vector<std::int8_t>{0, 127, 127, 127});
  CHECK(seen<std::uint32_t>(std::vector<std::int32_t>{-1, 0, 2147483647}) ==
        std::vector<std::uint32_t>{0, 0, 2147483647});
  CHECK(seen<std::int32_t>(std::vector<std::uint32_t>{4294967295U, 7}) == std::vector<std::int32_t>{2147483647, 7});
  CHECK(seen<std::int32_t>(std::vector<double>{-2147483648.5, -3e9, 2147483646.5, 2147483647.5, 3e9}) ==
        std::vector<std::int32_t>{-2147483648, -2147483648, 2147483646, 2147483647, 2147483647});
  CHECK(seen<std::uint32_t>(std::vector<float>{4294967296.F, 4294967040.F, 16777217.F}) ==
        std::vector<std::uint32_t>{4294967295U, 4294967040U, 16777216U});
  CHECK(seen<std::int16_t>(std::vector<std::uint16_t>{65535, 32768, 32767}) ==
        std::vector<std::int16_t>{32767, 32767, 32767});
  CHECK(seen<float>(std::vector<double>{1e300, -1e300, 0.1}) == std::vector<float>{infinity, -infinity, 0.1F});
  CHECK(std::isnan(seen<float>(std::vector<double>{std::nan("")})[0]));
  CHECK(seen<float>(std::vector<std::uint32_t>{16777217}) == std::vector<float>{16777216});
}

TEST_CASE("seen_as reads and writes half precision") {
  const std::vector<std::uint16_t> bits{0x0000, 0x3C00, 0xC000, 0x7BFF, 0x0001, 0x7C00, 0xFC00};
  const std::vector<float> values{0, 1, -2, 65504, 0x1p-24F, infinity, -infinity};
  CHECK(seen<float>(bits, ElementType::f16) == values);
  CHECK(stored<std::uint16_t>(values, ElementType::f16) == bits);
  CHECK(stored<std::uint16_t>(std::vector<float>{65519.9F, 65520.F, 0x1.801p-1F}, ElementType::f16) ==
        std::vector<std::uint16_t>{0x7BFF, 0x7C00, 0x3A00});
  CHECK(seen<std::uint8_t>(std::vector<std::uint16_t>{0x3800, 0x3E00, 0x7E00, 0x7C00}, ElementType::f16) ==
        std::vector<std::uint8_t>{0, 2, 0, 255});
}

TEST_CASE("seen_as turns foreign byte orders round on both ways") {
  const Format big(ElementType::u16, ByteOrder::big);
  CHECK(seen<float>(std::vector<std::uint16_t>{0x0102, 0xFF00}, big) == std::vector<float>{0x0201, 0x00FF});
  CHECK(stored<std::uint16_t>(std::vector<float>{0x0201, 70000}, big) == std::vector<std::uint16_t>{0x0102, 0xFFFF});
}

TEST_CASE("what a kernel can see where it is does not pass through scratch memory") {
  const GuardedImage image(Kind::foreign_rows, 5, 7, 3, ElementType::f32);
  const Context context;
  const std::ptrdiff_t elements = reduce(
      context, std::ptrdiff_t{0}, [](std::ptrdiff_t& n, Run<const float> run) { n += run.size; }, std::plus<>(),
      seen_as<const float>(image.view()));
  CHECK(elements == 5 * 7 * 3);
  CHECK(context.scratch_bytes() == 0);
}

TEST_CASE("every mixture of arrangements, byte orders and types is walked in native elements") {
  constexpr std::ptrdiff_t widths[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 700};
  for (const Kind to : test::all_kinds())
    for (const Kind from : test::all_kinds())
      for (const std::ptrdiff_t width : widths) {
        const std::ptrdiff_t height = width == 700 ? 40 : (width * 5 + 2) % 7;
        const GuardedImage out(to, height, width, 3, ElementType::u16);
        const GuardedImage in(from, height, width, 3, ElementType::i32);
        const GuardedImage plain(Kind::contiguous, height, width, 3, ElementType::u8);
        test::fill_random(in.view(), 1, 15);
        test::fill_random(plain.view(), 2);
        const Context context;
        transform(
            context, [](double a, std::uint8_t b) { return 2 * a + b; }, seen_as<double>(out.view()),
            seen_as<const double>(in.view()), plain.view().as<std::uint8_t>());
        const auto read = [](const AnyConstView& view, auto zero) {
          const std::vector<std::byte> bytes = test::packed(view);
          std::vector<decltype(zero)> values(bytes.size() / sizeof zero);
          if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
          return values;
        };
        const auto a = read(in.view(), std::int32_t{});
        const auto b = read(plain.view(), std::uint8_t{});
        const auto result = read(out.view(), std::uint16_t{});
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < result.size(); ++i)
          wrong += result[i] != std::min<std::int64_t>(2 * std::int64_t{a[i]} + b[i], 65535);
        CAPTURE(test::name(to), test::name(from), width);
        REQUIRE(wrong == 0);
        REQUIRE(out.guards_intact());
        REQUIRE(in.guards_intact());
        REQUIRE(context.scratch_bytes() == height * width * 3 * (2 + 4));
      }
}

TEST_CASE("an operand that is updated keeps what the kernel leaves") {
  for (const Kind kind : test::all_kinds()) {
    const GuardedImage image(kind, 6, 20, 3, Format(ElementType::u16));
    test::fill_random(image.view(), 3);
    const auto before = test::packed(image.view());
    for_each_run(
        Context(), [](Run<std::uint32_t> run) { run[0] = 7; }, seen_as<std::uint32_t>(image.view()));
    const auto after = test::packed(image.view());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < before.size(); i += 2) {
      std::uint16_t value = 0;
      std::memcpy(&value, &after[i], 2);
      const bool same = before[i] == after[i] && before[i + 1] == after[i + 1];
      REQUIRE((same || value == 7));
      kept += same ? 1U : 0U;
    }
    CHECK(kept > before.size() / 4);
    CHECK(image.guards_intact());
  }
}

TEST_CASE("what a kernel leaves keeps what its type cannot say") {
  std::vector<double> values{0.1, 0.2, 1e300, std::nan("")};
  const AnyView view(reinterpret_cast<std::byte*>(values.data()), Layout{{4, 8, 0}}, ElementType::f64);
  const auto set_second = [](Run<float> run) { run[1] = 7; };
  const Context context;
  for_each_run(context, set_second, seen_as<float>(view));
  CHECK(values[0] == 0.1);
  CHECK(values[1] == 7);
  CHECK(values[2] == 1e300);
  CHECK(std::isnan(values[3]));

  std::vector<std::int16_t> shorts(5000, 300);
  shorts[4000] = -5;
  for_each_run(
      context,
      [](Run<std::uint8_t> run) {
        for (std::ptrdiff_t i = 0; i < run.size; ++i)
          if (run[i] == 0) run[i] = 9;
      },
      seen_as<std::uint8_t>(view_of(shorts)));
  CHECK(std::count(shorts.begin(), shorts.end(), std::int16_t{300}) == 4999);
  CHECK(shorts[4000] == 9);
}

TEST_CASE("pointers on different axes meet in scratch memory and not one element at a time") {
  // Row pointers against the same shape behind column pointers.
  const GuardedImage rows(Kind::rows, 40, 30, 1, ElementType::u8);
  const GuardedImage columns(Kind::foreign_rows, 30, 40, 1, ElementType::u8);
  test::fill_random(columns.view(), 4);
  const AnyView turned = columns.view().permute({1, 0, 2});
  std::vector<std::ptrdiff_t> sizes;
  const Context context;
  for_each_run(
      context,
      [&](Run<std::uint8_t> out, Run<const std::uint8_t> in) {
        sizes.push_back(out.size);
        for (std::ptrdiff_t i = 0; i < out.size; ++i) out[i] = in[i];
      },
      rows.view().as<std::uint8_t>(), AnyConstView(turned).as<const std::uint8_t>());
  CHECK(sizes == std::vector<std::ptrdiff_t>(40, 30));
  CHECK(context.scratch_bytes() == 40 * 30);
  CHECK(test::packed(rows.view()) == test::packed(turned));
}

TEST_CASE("narrow pixels between pointers on different axes are gathered a row at a time, wide ones walked in place") {
  for (const std::ptrdiff_t channels : {3, 64}) {
    const GuardedImage rows(Kind::rows, 20, 30, channels, ElementType::u8);
    const GuardedImage columns(Kind::foreign_rows, 30, 20, channels, ElementType::u8);
    test::fill_random(columns.view(), 4);
    const AnyView turned = columns.view().permute({1, 0, 2});
    const Context context;
    std::ptrdiff_t runs = 0;
    for_each_run(
        context,
        [&](Run<std::uint8_t> out, Run<const std::uint8_t> in) {
          ++runs;
          for (std::ptrdiff_t i = 0; i < out.size; ++i) out[i] = in[i];
        },
        rows.view().as<std::uint8_t>(), AnyConstView(turned).as<const std::uint8_t>());
    CAPTURE(channels);
    CHECK(runs == (channels == 3 ? 20 : 20 * 30));
    CHECK(context.scratch_bytes() == (channels == 3 ? 20 * 30 * 3 : 0));
    CHECK(test::packed(rows.view()) == test::packed(turned));
    CHECK(rows.guards_intact());
  }
}

TEST_CASE("a walk refuses what has no meaning") {
  const GuardedImage image(Kind::contiguous, 2, 2, 1, ElementType::u8);
  const Layout& layout = image.view().layout();
  const auto nothing = [](const Block&) {};
  require_error(ErrorCode::invalid_argument, "a walk needs at least one operand",
                [&] { walk_blocks({}, nothing, Context()); });
  const std::array<WalkOperand, 1> no_size{WalkOperand{image.view().origin(), &layout, 0}};
  require_error(ErrorCode::invalid_argument, "an operand's elements have no size, or another than their format's",
                [&] { walk_blocks(no_size, nothing, Context()); });
  const std::array<WalkOperand, 1> half{
      WalkOperand{image.view().origin(), &layout, 1, Use::read, true, ElementType::u8, ElementType::f16}};
  require_error(ErrorCode::invalid_argument, "a kernel cannot see f16, which C++ has no type for",
                [&] { walk_blocks(half, nothing, Context()); });
}

}  // namespace
