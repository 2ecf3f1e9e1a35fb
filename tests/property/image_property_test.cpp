#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

#include "image/import_tables.hpp"
#include "image/reach.hpp"
#include "property/random_structure.hpp"

namespace {

using namespace imgbuf;
using namespace imgbuf::test;

/// A storage that holds everything, for structures that do not tell where their blocks are.
Storage everything() {
  return Storage({{reinterpret_cast<std::byte*>(1), SIZE_MAX - 1}});
}

/// Random levels of pointers in which slots are shared: every axis has any stride, so that indices and tables overlap
/// each other at any distance. Each slot of a level leads to some place of the next.
struct SharedTables {
  explicit SharedTables(Random& random) {
    const int indirections = static_cast<int>(pick(random, 1, 3));
    std::vector<Axis> axes;
    for (int a = 0; a < 4; ++a)
      axes.push_back({pick(random, 1, 4), 8 * pick(random, -3, 3), static_cast<int>(pick(random, 0, indirections))});
    std::vector<std::ptrdiff_t> offsets;
    for (int level = 0; level < indirections; ++level) offsets.push_back(8 * pick(random, -2, 2));
    layout = Layout(axes, offsets);
    memory.assign(static_cast<std::size_t>(indirections) + 1, std::vector<std::byte>(4096));
    for (int level = indirections; level >= 0; --level) {
      const auto at = static_cast<std::size_t>(level);
      for (std::size_t i = 0; i < memory[at].size(); i += 8) {
        if (level == indirections) {
          const auto value = static_cast<std::uint32_t>(random());
          std::memcpy(&memory[at][i], &value, sizeof value);
        } else {
          const std::ptrdiff_t place = 1024 + 8 * pick(random, 0, 6);
          std::byte* const target = memory[at + 1].data() + place - offsets[at];
          std::memcpy(&memory[at][i], &target, sizeof target);
        }
      }
    }
    view = AnyView(memory[0].data() + 1024, layout, ElementType::u32);
  }

  [[nodiscard]] Storage storage() const {
    std::vector<Segment> segments;
    for (const auto& level : memory) segments.push_back({const_cast<std::byte*>(level.data()), level.size()});
    return Storage(std::move(segments));
  }

  Layout layout;
  std::vector<std::vector<std::byte>> memory;
  AnyView view;
};

TEST_CASE("imported tables lead to the same elements after the tables they were copied from are gone") {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const RandomStructure structure(random);
    const AnyView view = structure.view();
    CAPTURE(seed, view.layout().describe());
    const image::ImportedTables imported = image::import_tables(everything(), {}, view.origin(), view.layout(), 4);
    if (!view.is_empty() && !view.layout().is_direct()) {
      const auto levels = image::follow_levels(view.layout(), view.origin(), [](int, std::span<std::byte* const>) {});
      std::size_t slots = 0;
      for (const auto& level : levels) {
        slots += level.slots.size();
        for (std::byte* const slot : level.slots) std::memset(slot, 0, sizeof(void*));
      }
      REQUIRE(imported.tables.bytes == slots * sizeof(std::byte*));  // packed: no index shares a slot
    }
    const Model seen = read(AnyConstView(imported.origin, imported.layout, view.format()));
    REQUIRE(seen.shape == structure.model().shape);
    REQUIRE(seen.values == structure.model().values);
  }
}

TEST_CASE("imported tables that share slots share them in the copy") {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    SharedTables tables(random);
    const Model before = read(tables.view);
    CAPTURE(seed, tables.layout.describe());
    const image::ImportedTables imported =
        image::import_tables(tables.storage(), {}, tables.view.origin(), tables.layout, 4);
    for (std::size_t level = 0; level + 1 < tables.memory.size(); ++level)
      std::fill(tables.memory[level].begin(), tables.memory[level].end(), std::byte{0});
    const Model seen = read(AnyConstView(imported.origin, imported.layout, ElementType::u32));
    REQUIRE(seen.values == before.values);
    REQUIRE(imported.tables.bytes <= 3 * 1024);  // the reach of a level is below 128 slots
  }
}

}  // namespace
