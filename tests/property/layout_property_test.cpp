#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <vector>

#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/view.hpp"
#include "property/random_operation.hpp"
#include "property/random_structure.hpp"

namespace {

using namespace imgbuf;
using namespace imgbuf::test;

/// Whether elements in C order follow each other in memory without a gap.
bool follow_each_other(const AnyConstView& view) {
  const std::byte* expected = nullptr;
  for (const std::byte* address : addresses(view)) {
    if (expected && address != expected) return false;
    expected = address + view.format().itemsize();
  }
  return true;
}

void check_contiguity(const AnyView& view) {
  const Layout& layout = view.layout();
  const std::ptrdiff_t itemsize = view.format().itemsize();
  const bool c = layout.is_direct() && follow_each_other(view);
  const bool f = layout.is_direct() && follow_each_other({view.origin(), layout.transpose(), view.format()});
  REQUIRE(is_c_contiguous(layout, itemsize) == c);
  REQUIRE(is_f_contiguous(layout, itemsize) == f);
  REQUIRE(is_contiguous(layout, itemsize) == (c || f));
}

void check_reach(const AnyView& view) {
  if (!view.layout().is_direct()) return;
  const ByteRange range = reached_bytes(view.layout(), 0, view.format().itemsize());
  const auto all = addresses(view);
  if (all.empty()) {
    REQUIRE(range == ByteRange{});
    return;
  }
  const auto [lowest, highest] = std::minmax_element(all.begin(), all.end());
  REQUIRE(range.first == *lowest - view.origin());
  REQUIRE(range.last == *highest - view.origin() + view.format().itemsize());
}

/// Whether PEP 3118 can express a layout, by trying every level for each axis whose level changes no address.
bool has_legal_levels(const Layout& layout, int axis = 0, int level_before = -1) {
  if (axis == layout.rank()) return level_before >= layout.indirections() - 1;
  const Axis& a = layout.axis(axis);
  const bool is_free = layout.is_empty() || a.extent == 1 || a.byte_stride == 0;
  for (const int level : {level_before, level_before + 1}) {
    if (level < 0 || level > layout.indirections() || (!is_free && level != a.level)) continue;
    if (has_legal_levels(layout, axis + 1, level)) return true;
  }
  return false;
}

TEST_CASE("random structures keep their elements through random chains of operations") {
  for (std::uint32_t seed = 0; seed < 24000; ++seed) {
    Random random(seed);
    const RandomStructure structure(random, StructureOptions{});
    Subject subject{structure.view(), structure.model()};
    for (int n = 0; n < 8; ++n) {
      subject = random_operation(random, subject);
      const Model seen = read(subject.view);
      if (seen.shape != subject.model.shape || seen.values != subject.model.values) {
        CAPTURE(seed, n, subject.view.layout().describe());
        REQUIRE(seen.shape == subject.model.shape);
        REQUIRE(seen.values == subject.model.values);
      }
      REQUIRE(subject.view.layout().element_count() == std::ssize(seen.values));
    }
  }
}

TEST_CASE("contiguity and reach are what the addresses of the elements say") {
  int contiguous = 0;
  for (std::uint32_t seed = 0; seed < 24000; ++seed) {
    Random random(seed);
    // Most structures have gaps; packed ones come of what is done to plain memory.
    const RandomStructure structure(random, StructureOptions{});
    const std::vector<std::ptrdiff_t> shape{pick(random, 0, 3), pick(random, 1, 3), pick(random, 1, 3)};
    std::vector<std::byte> plain(64);
    const Layout packed = Layout::contiguous(shape, 2);
    Subject subjects[] = {
        {structure.view(), structure.model()},
        {AnyView(plain.data(), packed, ElementType::u16), read({plain.data(), packed, ElementType::u16})}};
    for (Subject& subject : subjects) {
      for (int n = 0; n < 3; ++n) {
        CAPTURE(seed, n, subject.view.layout().describe());
        check_contiguity(subject.view);
        check_reach(subject.view);
        contiguous += is_contiguous(subject.view.layout(), subject.view.format().itemsize()) ? 1 : 0;
        subject = random_operation(random, subject);
      }
    }
  }
  CHECK(contiguous > 10000);
}

TEST_CASE("what PEP 3118 can express comes back from it with the same elements") {
  int exported = 0, refused = 0;
  for (std::uint32_t seed = 0; seed < 24000; ++seed) {
    Random random(seed);
    const RandomStructure structure(random, StructureOptions{});
    Subject subject{structure.view(), structure.model()};
    for (int n = 0; n < 3; ++n) subject = random_operation(random, subject);
    const BufferShapeExport result = export_buffer_shape(subject.view.layout());
    const auto offsets = subject.view.layout().pointer_offsets();
    CAPTURE(seed, subject.view.layout().describe());
    REQUIRE(result.shape.has_value() == result.reason.empty());
    REQUIRE(result.shape.has_value() ==
            ((subject.view.is_empty() ||
              std::all_of(offsets.begin(), offsets.end(), [](std::ptrdiff_t offset) { return offset >= 0; })) &&
             has_legal_levels(subject.view.layout())));
    if (!result.shape) {
      ++refused;
      continue;
    }
    ++exported;
    REQUIRE(structure.gaps_intact());
    const Layout back = import_buffer_shape(result.shape->shape, result.shape->strides, result.shape->suboffsets);
    CAPTURE(back.describe());
    REQUIRE(back.indirections() == subject.view.layout().indirections());
    const Model seen = read(AnyConstView(subject.view.origin(), back, subject.view.format()));
    REQUIRE(seen.shape == subject.model.shape);
    REQUIRE(seen.values == subject.model.values);
  }
  CHECK(exported > 500);
  CHECK(refused > 500);
}

TEST_CASE("random structures hold what their options allow") {
  int swapped = 0, misaligned = 0, repeated = 0, empty = 0, deep = 0;
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const RandomStructure any(random, StructureOptions{});
    REQUIRE(any.gaps_intact());
    const Layout& layout = any.view().layout();
    const auto item = static_cast<std::uintptr_t>(any.view().format().itemsize());
    const auto axes = layout.axes();
    swapped += any.view().format().is_native() ? 0 : 1;
    empty += layout.is_empty() ? 1 : 0;
    deep += layout.indirections() == 3 ? 1 : 0;
    repeated += std::any_of(axes.begin(), axes.end(), [](Axis a) { return a.extent > 1 && a.byte_stride == 0; });
    if (layout.is_direct()) misaligned += reinterpret_cast<std::uintptr_t>(any.view().origin()) % item != 0 ? 1 : 0;

    // A destination: each element is its own, and a write changes that element alone.
    const RandomStructure destination(random, {.shape = any.model().shape, .distinct = true});
    Model model = destination.model();
    REQUIRE(model.shape == any.model().shape);
    if (destination.view().is_empty()) continue;
    const std::vector<std::ptrdiff_t> first_index(model.shape.size(), 0);
    std::byte* const element = destination.view().address(first_index);
    for (std::ptrdiff_t i = 0; i < destination.view().format().itemsize(); ++i) element[i] = ~element[i];
    model.values[0] ^= ~std::uint64_t{0} >> (64 - 8 * destination.view().format().itemsize());
    REQUIRE(read(destination.view()).values == model.values);
    REQUIRE(destination.gaps_intact());
  }
  for (const int seen : {swapped, misaligned, repeated, empty, deep}) CHECK(seen > 100);
}

TEST_CASE("a byte beside the elements of a random structure is seen to change") {
  Random random(5);
  const RandomStructure structure(random, {.shape = std::vector<std::ptrdiff_t>{4, 5}, .distinct = true});
  const AnyView view = structure.view();
  REQUIRE(view.layout().indirections() > 0);  // so that the origin holds a pointer
  *view.origin() ^= std::byte{1};
  CHECK_FALSE(structure.gaps_intact());
  *view.origin() ^= std::byte{1};
  CHECK(structure.gaps_intact());
}

}  // namespace
