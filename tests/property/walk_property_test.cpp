#include <atomic>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "imgbuf/elements.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/executor.hpp"
#include "imgbuf/view.hpp"
#include "imgbuf/walk.hpp"
#include "property/random_structure.hpp"
#include "support/shuffling_executor.hpp"

namespace {

using namespace imgbuf;
using namespace imgbuf::test;

TEST_CASE("a copy between random structures moves every element to its index") {
  for (std::uint32_t seed = 0; seed < 4000; ++seed) {
    Random random(seed);
    const RandomStructure source(random);
    const RandomStructure destination(random, source.model().shape);
    copy(destination.view(), source.view());
    const Model seen = read(destination.view());
    CAPTURE(seed, source.view().layout().describe(), destination.view().layout().describe());
    REQUIRE(seen.values == source.model().values);
  }
}

TEST_CASE("a transform of three random structures sees each index once") {
  const Context context;
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const RandomStructure a(random);
    const RandomStructure b(random, a.model().shape);
    const RandomStructure out(random, a.model().shape);
    transform(
        context, [](std::uint32_t x, std::uint32_t y) { return 2 * x + y; }, out.view().as<std::uint32_t>(),
        a.view().as<const std::uint32_t>(), b.view().as<const std::uint32_t>());
    const Model seen = read(out.view());
    CAPTURE(seed);
    for (std::size_t i = 0; i < seen.values.size(); ++i)
      REQUIRE(seen.values[i] == 2 * a.model().values[i] + b.model().values[i]);
    std::ptrdiff_t visits = 0;
    for_each_run(
        context, [&visits](Run<const std::uint32_t> run) { visits += run.size; }, a.view().as<const std::uint32_t>());
    REQUIRE(visits == a.view().layout().element_count());
  }
}

TEST_CASE("threads share a walk without missing or repeating an element") {
  // Shapes whose outermost loop is long, short or missing, so that each way of splitting is taken.
  const std::vector<std::vector<std::ptrdiff_t>> shapes{
      {300, 300, 3}, {2, 70000, 1}, {1, 200001}, {3, 5, 7, 1111}, {70000, 2}};
  for (const auto& shape : shapes) {
    for (std::uint32_t seed = 0; seed < 6; ++seed) {
      Random random(seed);
      const RandomStructure structure(random, shape);
      ShufflingExecutor executor(4);
      const Context context(executor);
      const auto view = structure.view().as<std::uint32_t>();
      transform(
          context, [](std::uint32_t v) { return v + 1; }, view, View<const std::uint32_t>(view));
      const Model seen = read(structure.view());
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < seen.values.size(); ++i) wrong += seen.values[i] != structure.model().values[i] + 1;
      CAPTURE(seed, structure.view().layout().describe());
      REQUIRE(wrong == 0);
      CHECK(executor.most_parts() > 1);
    }
  }
}

TEST_CASE("the first error of a walk stops it and reaches the caller") {
  Random random(1);
  const RandomStructure structure(random, {400, 400});
  ShufflingExecutor executor(2);
  const Context context(executor);
  std::atomic<int> calls{0};
  const auto failing = [&calls](Run<const std::uint32_t>) {
    if (++calls == 3) throw std::runtime_error("third run");
  };
  CHECK_THROWS_WITH(for_each_run(context, failing, structure.view().as<const std::uint32_t>()), "third run");

  Context cancelled;
  cancelled.cancel();
  CHECK_THROWS_AS(copy(structure.view(), structure.view(), cancelled), Error);
}

TEST_CASE("elements of random structures are the model's values") {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const RandomStructure structure(random);
    const auto range = elements(structure.view().as<std::uint32_t>());
    CAPTURE(seed, structure.view().layout().describe());
    REQUIRE(std::ranges::equal(range, structure.model().values));
  }
}

/// The value of an element's bits, written out for each type.
double value_of(std::uint64_t bits, ElementType type) {
  switch (type) {
    case ElementType::u8:
    case ElementType::u16:
    case ElementType::u32:
      return static_cast<double>(bits);
    case ElementType::i8:
      return static_cast<std::int8_t>(bits);
    case ElementType::i16:
      return static_cast<std::int16_t>(bits);
    case ElementType::i32:
      return static_cast<std::int32_t>(bits);
    case ElementType::f16: {
      const double fraction = static_cast<double>(bits & 0x3FF) / 1024;
      const int exponent = static_cast<int>(bits >> 10 & 31);
      const double sign = (bits >> 15) != 0 ? -1 : 1;
      if (exponent == 31) return fraction == 0 ? sign * HUGE_VAL : std::nan("");
      return sign * (exponent == 0 ? fraction * std::pow(2, -14) : (1 + fraction) * std::pow(2, exponent - 15));
    }
    case ElementType::f32:
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    case ElementType::f64:
      return std::bit_cast<double>(bits);
  }
  return 0;
}

/// A destination of the source's shape and type, and random in all else.
StructureOptions destination_for(Random& random, const RandomStructure& source) {
  StructureOptions options;
  options.shape = source.model().shape;
  options.format = Format(source.view().format().type(), pick(random, 0, 1) == 0 ? ByteOrder::little : ByteOrder::big);
  options.distinct = true;
  return options;
}

TEST_CASE("copies between random structures of every format keep every bit and touch nothing else") {
  for (std::uint32_t seed = 0; seed < 20000; ++seed) {
    Random random(seed);
    const RandomStructure source(random, StructureOptions{});
    const RandomStructure destination(random, destination_for(random, source));
    const Context context;
    copy(destination.view(), source.view(), context);
    CAPTURE(seed, source.view().layout().describe(), source.view().format().pep3118(),
            destination.view().layout().describe(), destination.view().format().pep3118());
    REQUIRE(read(destination.view()).values == source.model().values);
    REQUIRE(destination.gaps_intact());
    REQUIRE(source.gaps_intact());
    REQUIRE(context.copied_bytes() == 0);
  }
}

TEST_CASE("kernels see the values of random structures of every format and write them back") {
  for (std::uint32_t seed = 0; seed < 20000; ++seed) {
    Random random(seed);
    const RandomStructure source(random, StructureOptions{});
    const RandomStructure destination(random, destination_for(random, source));
    const ElementType type = source.view().format().type();
    CAPTURE(seed, source.view().layout().describe(), source.view().format().pep3118(),
            destination.view().layout().describe(), destination.view().format().pep3118());
    std::vector<double> values(source.model().values.size());
    const Layout packed = Layout::contiguous(source.model().shape, sizeof(double));
    transform(
        Context(), [](double v) { return v; }, View<double>(values.data(), packed),
        seen_as<const double>(source.view()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double expected = value_of(source.model().values[i], type);
      const bool same = std::isnan(expected) ? std::isnan(values[i]) : values[i] == expected;
      if (!same) REQUIRE(values[i] == expected);
    }
    transform(
        Context(), [](double v) { return v; }, seen_as<double>(destination.view()),
        View<const double>(values.data(), packed));
    const Model written = read(destination.view());
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!std::isnan(values[i]) && written.values[i] != source.model().values[i])
        REQUIRE(written.values[i] == source.model().values[i]);
    REQUIRE(destination.gaps_intact());
  }
}

}  // namespace
