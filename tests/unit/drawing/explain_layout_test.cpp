#include "imgbuf/explain_layout.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/index_expression.hpp"
#include "imgbuf/vstack.hpp"
#include "imgbuf/walk.hpp"

namespace {

using namespace imgbuf;

using Shape = std::vector<std::ptrdiff_t>;

Array make(const Shape& shape, const Arrangement& arrangement = {}, Format format = ElementType::u8) {
  return Array::allocate(shape, format, arrangement);
}

Array part(const Array& array, std::string_view index) {
  return indexed(array, parse_index_expression(index));
}

std::vector<std::size_t> element_bytes(const Array& array) {
  std::vector<std::size_t> bytes;
  for (const ReachedSegment& segment : explain_layout(array).segments) bytes.push_back(segment.element_bytes);
  return bytes;
}

bool contains(const std::string& text, std::string_view piece) {
  return text.find(piece) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view piece) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(piece, at)) != std::string::npos; at += piece.size()) ++found;
  return found;
}

}  // namespace

TEST_CASE("a layout report counts what a view reaches of each segment", "[drawing]") {
  using Bytes = std::vector<std::size_t>;
  const Array strips = make({5, 6, 3}, Arrangement::strips(2));
  CHECK(element_bytes(strips) == Bytes{36, 36, 18, 0});
  CHECK(element_bytes(part(strips, "1:3, ::2")) == Bytes{9, 9, 0, 0});
  CHECK(element_bytes(part(strips, "::-1, 1:2, 0")) == Bytes{2, 2, 1, 0});
  CHECK(element_bytes(part(strips, "5:")) == Bytes{0, 0, 0, 0});
  CHECK(element_bytes(make({2, 3, 4, 5, 3})) == Bytes{360});
  CHECK(element_bytes(make({}, {}, ElementType::f64)) == Bytes{8});
  CHECK(element_bytes(make({1, 6}).broadcast_to(Shape{4, 6})) == Bytes{6});

  const LayoutReport report = explain_layout(strips);
  REQUIRE(report.pointers.size() == 1);
  CHECK(report.pointers[0].pointers == 5);
  CHECK(report.segments[3].pointer_bytes == 40);
  CHECK(report.segments[3].access == Access::read_only);
  CHECK(explain_layout(part(strips, "::2")).segments[3].pointer_bytes == 24);
  const LayoutReport planes = explain_layout(make({4, 6, 3}, Arrangement::planes()));
  REQUIRE(planes.pointers.size() == 2);
  CHECK(planes.pointers[1].tables == 3);
  CHECK(planes.pointers[1].pointers == 12);
}

TEST_CASE("a layout report counts overlapping elements once", "[drawing]") {
  // Windows of 4 bytes, each a byte after the one before.
  std::vector<std::byte> memory(10);
  const Array windows =
      Array::trusted(memory.data(), Layout({{7, 1, 0}, {4, 1, 0}}), ElementType::u8, {}, Access::read_write);
  CHECK(element_bytes(windows) == std::vector<std::size_t>{10});

  // Pointers to each channel of interleaved pixels.
  std::vector<std::byte> pixels(18);
  std::byte* starts[] = {pixels.data() + 2, pixels.data(), pixels.data() + 1};
  const auto channels = [&](std::ptrdiff_t count) {
    std::byte* const table = reinterpret_cast<std::byte*>(starts);
    return Array::over(Storage({{pixels.data(), pixels.size()}, {table, sizeof starts}}), table,
                       Layout({{count, sizeof(void*), 0}, {6, 3, 1}}, {0}), ElementType::u8);
  };
  CHECK(element_bytes(channels(3))[0] == 18);
  CHECK(element_bytes(channels(2))[0] == 12);
}

TEST_CASE("a layout report says what consumers get, and what none can take", "[drawing]") {
  const LayoutReport report = explain_layout(make({4, 6, 3}, Arrangement::planes()));
  CHECK_FALSE(report.buffer.shape);
  REQUIRE(report.answers.size() == 5);
  CHECK(report.answers[0].consumer == "NumPy");
  REQUIRE(report.answers[0].handoff);
  CHECK(report.answers[0].handoff->copied_bytes == 72);

  const LayoutReport many = explain_layout(make(Shape(40, 1)));
  CHECK_FALSE(many.answers[0].handoff);
  CHECK_FALSE(many.answers[0].reason.empty());
  CHECK(many.answers[1].handoff);
  CHECK(contains(to_text(many), "NumPy               not possible: "));

  const Array huge = make({1, 1}).broadcast_to(Shape{std::ptrdiff_t{1} << 31, std::ptrdiff_t{1} << 31});
  CHECK(explain_layout(huge).nbytes == std::ptrdiff_t{1} << 62);
  const Array wide = make({1}, {}, ElementType::f64).broadcast_to(Shape{std::ptrdiff_t{1} << 62});
  CHECK_FALSE(explain_layout(wide).nbytes);
}

TEST_CASE("a layout report's order of the walk is the walk's", "[drawing]") {
  const auto arrangement = GENERATE(Arrangement::contiguous(), Arrangement::rows(), Arrangement::planes());
  const Array array = make({3, 4, 5}, arrangement);
  for (const char* const index : {"...", "::-1, :, ::2", "0", ":, :, 0"})
    for (const bool transposed : {false, true}) {
      const Array view = transposed ? part(array, index).transpose() : part(array, index);
      CAPTURE(index, view.layout().describe());
      // Nested loops in that order meet memory as a walk does.
      std::vector<const std::byte*> walked, nested;
      Context context;
      for_each_run(
          context,
          [&](Run<const std::uint8_t> run) {
            for (std::ptrdiff_t i = 0; i < run.size; ++i) walked.push_back(reinterpret_cast<const std::byte*>(&run[i]));
          },
          view.const_view().as<const std::uint8_t>());
      std::vector<std::ptrdiff_t> at(static_cast<std::size_t>(view.rank()));
      const std::vector<int> order = explain_layout(view).walk_order;
      const auto loop = [&](const auto& self, std::size_t depth) -> void {
        if (depth == order.size()) {
          nested.push_back(view.const_view().address(at));
          return;
        }
        const int axis = order[depth];
        for (std::ptrdiff_t i = 0; i < view.extent(axis); ++i) {
          at[static_cast<std::size_t>(axis)] = i;
          self(self, depth + 1);
        }
        at[static_cast<std::size_t>(axis)] = 0;
      };
      loop(loop, 0);
      CHECK(walked == nested);
    }
}

TEST_CASE("a layout report as text", "[drawing]") {
  const Array strips = part(make({5, 6, 3}, Arrangement::strips(2)), "::-1, 1:");
  const std::string copied = "copied, 75 bytes: " + explain_handoff(strips, consumers::numpy).reason + "\n";
  CHECK(to_text(explain_layout(strips)) ==
        "shape         (5, 5, 3)\n"
        "strides       (-8, 3, 1)\n"
        "suboffsets    (3, -1, -1)\n"
        "elements      u8 ('B', 1 byte each)\n"
        "nbytes        75\n"
        "access        read-write\n"
        "contiguous    no\n"
        "indirections  1\n"
        "  level 0     5 pointers in 1 table, then 3 bytes on\n"
        "layout        (5, 5, 3) strides (-8, 3, 1) levels (0, 1, 1) offsets (3)\n"
        "walk          axis 0, then 1, then 2\n"
        "segments      4\n"
        "  0..1        each 36 bytes, 30 of elements\n"
        "  2           18 bytes, 15 of elements\n"
        "  3           40 bytes, read-only, 40 of pointers\n"
        "handed to\n"
        "  NumPy               " +
            copied + "  a strided buffer    " + copied +
            "  an indirect buffer  shared\n"
            "  DLPack              " +
            copied + "  unversioned DLPack  " + copied);
  CHECK(contains(to_text(explain_layout(make({2, 3}, {}, Format(ElementType::u16, ByteOrder::big)))),
                 "u16 big-endian ('>H', 2 bytes each)"));
  const std::string many = to_text(explain_layout(part(make({2000, 2}, Arrangement::strips(16)), "::3")));
  CHECK(
      contains(many, "segments      126\n  0           32 bytes, 12 of elements\n  1..2        each 32 bytes, 10 of"));
  CHECK(contains(many, "  ...         112 more\n"));
  CHECK(contains(many, "  125         16,000 bytes, read-only, 5,336 of pointers\n"));
  CHECK(count(many, "\n") == 11 + 1 + 11 + 6);
  CHECK(contains(to_text(explain_layout(make({}))), "shape         ()\n"));
  CHECK(contains(to_text(explain_layout(make({4}))), "shape         (4,)\n"));
  CHECK(contains(to_text(explain_layout(make({4, 6, 3}, Arrangement::planes()))), "suboffsets    none: axis 2 "));
}

TEST_CASE("a layout's picture is small and the same for the same layout, whatever the size", "[drawing]") {
  const std::vector<Arrangement> arrangements{Arrangement::contiguous(), Arrangement::rows(), Arrangement::strips(16),
                                              Arrangement::planes()};
  for (const Arrangement& arrangement : arrangements)
    for (const Shape& shape :
         {Shape{4000, 6000, 3}, Shape{3, 4, 4}, Shape{1, 1, 1}, Shape{0, 4, 3}, Shape{200000, 2, 1}})
      for (const char* const index : {"...", "::-1, ::-1", "1:, 1:", ":, :, 0", "..., None", "::3, 0"}) {
        CAPTURE(arrangement.to_string(), shape, index);
        const Array view = part(make(shape, arrangement), index);
        for (const Array& array : {view, view.transpose()}) {
          const std::string svg = draw_layout(array, "a title");
          CHECK(svg.size() < 100'000);
          CHECK(svg.find("nan") == std::string::npos);
          CHECK(count(svg, "<g") == count(svg, "</g>"));
        }
        CHECK(draw_layout(view) == draw_layout(part(make(shape, arrangement), index)));
      }
}

TEST_CASE("a layout's picture shows pointers, lines and answers", "[drawing]") {
  const Array rows = make({4, 6, 3}, Arrangement::rows());
  const std::string svg = draw_layout(rows, "rows & \"more\"");
  CHECK(contains(svg, ">rows &amp; &quot;more&quot;</text>"));
  CHECK(count(svg, "class=\"pointer ") == 4);
  for (const char* const line : {"[0, :, :]", "[1, :, :]", "[2, :, :]", "[3, :, :]"}) CHECK(count(svg, line) == 1);
  CHECK(count(svg, "class=\"shared\"") == 1);
  CHECK_FALSE(contains(svg, "class=\"copied\""));
  CHECK(contains(svg, "72 bytes"));
  CHECK(contains(draw_layout(rows, std::string(500, 'w')), "www\u2026</text>"));
  CHECK(contains(draw_layout(make(Shape(20, 1))), "[0, 0, 0, 0, 0\u2026</text>"));

  const std::string planes = draw_layout(make({4, 6, 3}, Arrangement::planes()));
  CHECK(count(planes, "class=\"pointer ") == 3 + 12);
  CHECK(contains(planes, "class=\"copied\""));
  CHECK(contains(planes, "No suboffsets of PEP 3118"));

  const std::string many = draw_layout(make({4000, 6000, 3}, Arrangement::strips(16)));
  CHECK(count(many, ">\u22EF</text>") == 6 + 1);  // in each line, and above the index space
  CHECK(contains(many, "[3999, :, :]"));
  CHECK(contains(many, "3,994"));
  CHECK(contains(many, "248 more segments"));
  CHECK(contains(many, "12 more lines"));
  CHECK(contains(many, "14 more lines"));

  const std::string batch = draw_layout(make({2, 3, 4, 5, 3}));
  for (const char* const line : {"[0, 0, 0, :, :]", "[0, 2, 3, :, :]", "4 more lines", "12 more lines"})
    CHECK(count(batch, line) == 1);
  CHECK(count(batch, ", :, :]") == 6);

  const std::string crop = draw_layout(part(make({6, 8, 3}), "1:5, 2:6"));
  CHECK(count(crop, "class=\"hatch\"") == 2 + 4 * 2 + 1);  // two lines, both ends of four, the legend
  CHECK(contains(crop, "144 bytes, 48 reached"));

  const std::string repeated = draw_layout(make({1, 6}).broadcast_to(Shape{4, 6}));
  CHECK(count(repeated, "[:, :]") == 1);
  CHECK(contains(draw_layout(make({0, 3}, Arrangement::rows())), "No elements"));
}

TEST_CASE("a layout's picture draws pieces of several images", "[drawing]") {
  std::vector<Array> pieces;
  for (int i = 0; i < 5; ++i) pieces.push_back(make({2, 8, 3}));
  const Array all = vstack(pieces);
  CHECK(count(draw_layout(all), ">segment ") == 3);  // of rows 0..3 and 8, 9
  CHECK(contains(draw_layout(all), "2 more segments<"));
  CHECK(contains(draw_layout(part(all, "2:4")), "not reached"));
}
