// The worked examples of docs/layout.md: builds each layout over real memory and prints where its elements are.
#include <cstdint>
#include <cstring>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "imgbuf/imgbuf.hpp"

namespace {

using imgbuf::AnyView;
using imgbuf::Layout;

// A named piece of memory: pixels, or a table of pointers.
class Piece {
 public:
  Piece(std::string name, std::vector<std::uint8_t> pixels) : name_(std::move(name)), bytes_(std::move(pixels)) {}
  Piece(std::string name, const std::vector<std::byte*>& pointers)
      : name_(std::move(name)), bytes_(pointers.size() * sizeof(std::byte*)) {
    std::memcpy(bytes_.data(), pointers.data(), bytes_.size());
  }

  std::byte* at(std::ptrdiff_t offset) { return reinterpret_cast<std::byte*>(bytes_.data()) + offset; }
  const std::string& name() const { return name_; }
  // The offset of an address in this piece, or -1.
  std::ptrdiff_t offset_of(const std::byte* address) {
    const std::ptrdiff_t offset = address - at(0);
    return offset >= 0 && offset < static_cast<std::ptrdiff_t>(bytes_.size()) ? offset : -1;
  }

 private:
  std::string name_;
  std::vector<std::uint8_t> bytes_;
};

using Memory = std::vector<Piece*>;

std::string place(const Memory& memory, const std::byte* address) {
  for (Piece* piece : memory)
    if (const std::ptrdiff_t offset = piece->offset_of(address); offset >= 0)
      return piece->name() + "+" + std::to_string(offset);
  return "nowhere";
}

std::string list(std::span<const std::ptrdiff_t> values) {
  std::string text;
  for (const std::ptrdiff_t value : values) text += (text.empty() ? "" : ", ") + std::to_string(value);
  return "(" + text + ")";
}

std::string term(std::ptrdiff_t value) {
  return (value < 0 ? " - " : " + ") + std::to_string(value < 0 ? -value : value);
}

// The arithmetic of one element, level by level, as docs/layout.md states it.
void print_element(const Memory& memory, const AnyView& view, const std::vector<std::ptrdiff_t>& index) {
  const Layout& layout = view.layout();
  std::byte* p = view.origin();
  std::string text = "  " + list(index) + ": " + place(memory, p);
  for (int level = 0; level <= layout.indirections(); ++level) {
    for (int a = 0; a < layout.rank(); ++a) {
      const auto [extent, byte_stride, axis_level] = layout.axis(a);
      if (axis_level != level) continue;
      const std::ptrdiff_t i = index[static_cast<std::size_t>(a)];
      p += i * byte_stride;
      text += " + " + std::to_string(i) + "*" + std::to_string(byte_stride);
    }
    text += " = " + place(memory, p);
    if (level == layout.indirections()) break;
    std::memcpy(&p, p, sizeof p);
    text += " -> " + place(memory, p) + term(layout.pointer_offset(level));
    p += layout.pointer_offset(level);
  }
  if (p != view.address(index)) text += " is not what the library says";
  std::cout << text << " holds " << std::to_integer<int>(*p) << '\n';
}

void print(const std::string& name, const Memory& memory, const AnyView& view,
           const std::vector<std::vector<std::ptrdiff_t>>& elements) {
  std::cout << name << '\n';
  std::cout << "  " << view.layout().describe() << ", origin " << place(memory, view.origin()) << '\n';
  for (const std::vector<std::ptrdiff_t>& index : elements) print_element(memory, view, index);
}

void print_export(const std::string& name, const Layout& layout) {
  std::cout << name << '\n';
  const imgbuf::BufferShapeExport result = imgbuf::export_buffer_shape(layout);
  if (!result.shape) {
    std::cout << "  no: " << result.reason << '\n';
    return;
  }
  const auto& [shape, strides, suboffsets] = *result.shape;
  std::cout << "  shape " << list(shape) << " strides " << list(strides) << " suboffsets " << list(suboffsets) << '\n';
}

}  // namespace

int main() {
  const imgbuf::Format u8(imgbuf::ElementType::u8);

  // A pixel's value tells its row and its column; 99 is padding.
  Piece p("P", std::vector<std::uint8_t>{0, 1, 2, 3, 99, 99, 10, 11, 12, 13, 99, 99, 20, 21, 22, 23, 99, 99});
  const AnyView padded(p.at(0), Layout({{3, 6, 0}, {4, 1, 0}}), u8);
  print("padded", {&p}, padded, {{1, 2}, {2, 3}});
  print("padded.flip(0)", {&p}, padded.flip(0), {{0, 2}});
  print("padded.slice(1, {.step = 2})", {&p}, padded.slice(1, {.step = 2}), {{1, 1}});
  print("padded.window(0, 1, 1).broadcast(0, 3)", {&p}, padded.window(0, 1, 1).broadcast(0, 3), {{0, 2}, {2, 2}});

  // Three rows, each in memory of its own, and a table of pointers to them.
  Piece a("A", std::vector<std::uint8_t>{0, 1, 2, 3});
  Piece b("B", std::vector<std::uint8_t>{10, 11, 12, 13});
  Piece c("C", std::vector<std::uint8_t>{20, 21, 22, 23});
  Piece t("T", std::vector<std::byte*>{a.at(0), b.at(0), c.at(0)});
  const Memory rows_memory{&t, &a, &b, &c};
  const AnyView rows(t.at(0), Layout({{3, 8, 0}, {4, 1, 1}}, {0}), u8);
  print("rows", rows_memory, rows, {{1, 2}});
  print("rows.flip(0)", rows_memory, rows.flip(0), {{0, 2}});
  print("rows.flip(1)", rows_memory, rows.flip(1), {{1, 0}});
  print("rows.window(0, 1, 2).window(1, 1, 3)", rows_memory, rows.window(0, 1, 2).window(1, 1, 3), {{0, 1}});
  print("rows.index(0, 1)", rows_memory, rows.index(0, 1), {{2}});
  print("rows.index(1, 2)", rows_memory, rows.index(1, 2), {{1}});
  print("rows.permute({1, 0})", rows_memory, rows.permute({1, 0}), {{2, 1}});

  // Two strips of at most two rows; the layout is that of rows.
  Piece s("S", std::vector<std::uint8_t>{0, 1, 2, 3, 10, 11, 12, 13});
  Piece u("U", std::vector<std::uint8_t>{20, 21, 22, 23});
  Piece v("V", std::vector<std::byte*>{s.at(0), s.at(4), u.at(0)});
  print("strips", {&v, &s, &u}, AnyView(v.at(0), rows.layout(), u8), {{1, 2}, {2, 2}});

  // Pointers to where rows end, as a picture stored from right to left may have them.
  Piece e("E", std::vector<std::byte*>{a.at(3), b.at(3), c.at(3)});
  const AnyView from_the_end(e.at(0), Layout({{3, 8, 0}, {4, 1, 1}}, {-3}), u8);
  print("from_the_end", {&e, &a, &b, &c}, from_the_end, {{1, 2}});

  // Three planes (red, green, blue) of two rows of three pixels. Hundreds tell the channel.
  Piece r0("R0", std::vector<std::uint8_t>{0, 1, 2}), r1("R1", std::vector<std::uint8_t>{10, 11, 12});
  Piece g0("G0", std::vector<std::uint8_t>{100, 101, 102}), g1("G1", std::vector<std::uint8_t>{110, 111, 112});
  Piece b0("B0", std::vector<std::uint8_t>{200, 201, 202}), b1("B1", std::vector<std::uint8_t>{210, 211, 212});
  Piece red("R", std::vector<std::byte*>{r0.at(0), r1.at(0)});
  Piece green("G", std::vector<std::byte*>{g0.at(0), g1.at(0)});
  Piece blue("B", std::vector<std::byte*>{b0.at(0), b1.at(0)});
  Piece planes_table("T", std::vector<std::byte*>{red.at(0), green.at(0), blue.at(0)});
  const Memory planes_memory{&planes_table, &red, &green, &blue, &r0, &r1, &g0, &g1, &b0, &b1};
  const AnyView planes(planes_table.at(0), Layout({{2, 8, 1}, {3, 1, 2}, {3, 8, 0}}, {0, 0}), u8);
  print("planes", planes_memory, planes, {{1, 2, 1}});
  print("planes.index(2, 1)", planes_memory, planes.index(2, 1), {{1, 2}});

  // What PEP 3118 can express.
  std::cout << '\n';
  print_export("padded", padded.layout());
  print_export("rows", rows.layout());
  print_export("rows.window(0, 1, 2).window(1, 1, 3)", rows.window(0, 1, 2).window(1, 1, 3).layout());
  print_export("rows.permute({1, 0})", rows.permute({1, 0}).layout());
  print_export("from_the_end", from_the_end.layout());
  print_export("planes", planes.layout());
  print_export("planes.permute({2, 0, 1})", planes.permute({2, 0, 1}).layout());
  print_export("planes.permute({2, 0, 1}).index(1, 1)", planes.permute({2, 0, 1}).index(1, 1).layout());
}
