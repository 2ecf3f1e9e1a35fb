#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

#include "image/import_tables.hpp"
#include "image/reach.hpp"
#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/collapse.hpp"
#include "imgbuf/rebuild_pointers.hpp"
#include "imgbuf/strips.hpp"
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

/// The view after a few random changes of geometry.
AnyView changed(Random& random, AnyView view) {
  for (int n = 0; n < 4 && view.rank() > 0; ++n) {
    const int axis = static_cast<int>(pick(random, 0, view.rank() - 1));
    const auto operation = pick(random, 0, 4);
    if (operation == 0) view = view.flip(axis);
    if (operation == 1) view = view.slice(axis, {pick(random, -4, 4), {}, pick(random, 0, 1) == 0 ? 2 : -1});
    if (operation == 2 && view.extent(axis) > 0) view = view.index(axis, pick(random, 0, view.extent(axis) - 1));
    if (operation == 3) {
      std::vector<int> order(static_cast<std::size_t>(view.rank()));
      for (int i = 0; i < view.rank(); ++i) order[static_cast<std::size_t>(i)] = i;
      std::shuffle(order.begin(), order.end(), random);
      view = view.permute(order);
    }
    if (operation == 4 && view.extent(axis) == 1) view = view.broadcast(axis, pick(random, 0, 3));
  }
  return view;
}

TEST_CASE("rebuilt pointers can always be exported and lead to the same elements") {
  int tables = 0, without = 0;
  for (std::uint32_t seed = 0; seed < 6000; ++seed) {
    Random random(seed);
    const RandomStructure structure(random);
    const AnyView view = changed(random, structure.view());
    const Storage storage = pick(random, 0, 1) == 0 ? everything() : Storage();
    const RebuiltView rebuilt = rebuild_pointers(view, storage, 1 << 20);
    CAPTURE(seed, view.layout().describe(), rebuilt.view.layout().describe());
    REQUIRE(rebuilt_table_bytes(view, storage) == static_cast<std::ptrdiff_t>(rebuilt.table.bytes));
    if (export_buffer_shape(view.layout()).shape) REQUIRE(rebuilt.table.bytes == 0);
    ++(rebuilt.table.bytes != 0 ? tables : without);
    const BufferShapeExport exported = export_buffer_shape(rebuilt.view.layout());
    REQUIRE(exported.reason == "");
    const Layout back = import_buffer_shape(exported.shape->shape, exported.shape->strides, exported.shape->suboffsets);
    const Model expected = read(view);
    const Model seen = read(AnyConstView(rebuilt.view.origin(), back, view.format()));
    REQUIRE(seen.shape == expected.shape);
    REQUIRE(seen.values == expected.values);
  }
  CHECK(tables > 500);
  CHECK(without > 500);
}

TEST_CASE("collapsed views and strips hold the elements of their view") {
  int collapsed_count = 0, cut = 0;
  for (std::uint32_t seed = 0; seed < 6000; ++seed) {
    Random random(seed);
    const RandomStructure structure(random);
    const AnyConstView view = changed(random, structure.view());
    const Storage storage = pick(random, 0, 1) == 0 ? everything() : Storage();
    CAPTURE(seed, view.layout().describe());
    const CollapsedView collapsed = collapse(view, storage);
    REQUIRE(collapsed.view.has_value() == collapsed.reason.empty());
    if (collapsed.view) {
      collapsed_count += !view.layout().is_direct() && !view.is_empty();
      REQUIRE(collapsed.view->layout().is_direct());
      REQUIRE(read(*collapsed.view).shape == read(view).shape);
      REQUIRE(read(*collapsed.view).values == read(view).values);
    }
    const Strips made = strips(view, storage);
    cut += made.strips.size() > 1;
    std::ptrdiff_t next = 0;
    for (const Strip& strip : made.strips) {
      REQUIRE(strip.first == next);
      REQUIRE(strip.count >= 1);
      next += strip.count;
      const AnyConstView part = view.rank() == 0 ? view : view.window(made.axis, strip.first, strip.count);
      REQUIRE(read(strip.view).shape == read(part).shape);
      REQUIRE(read(strip.view).values == read(part).values);
    }
    REQUIRE(next == (view.rank() == 0 ? 1 : view.extent(made.axis)));
  }
  CHECK(collapsed_count > 300);
  CHECK(cut > 300);
}

}  // namespace
