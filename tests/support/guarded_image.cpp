#include "support/guarded_image.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <random>
#include <stdexcept>

#if defined(__SANITIZE_ADDRESS__)
#define IMGBUF_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IMGBUF_TEST_ASAN 1
#endif
#endif
#if defined(IMGBUF_TEST_ASAN)
#include <sanitizer/asan_interface.h>
#endif

namespace imgbuf::test {

namespace {

constexpr std::ptrdiff_t pointer_bytes = sizeof(std::byte*);

// The pattern of the guards; 251 is prime, so that neighbouring rows never repeat each other's.
std::byte pattern(std::ptrdiff_t offset) {
  return static_cast<std::byte>(1 + (offset * 7 + 89) % 251);
}

std::ptrdiff_t round_up(std::ptrdiff_t value, std::ptrdiff_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

std::size_t at(std::ptrdiff_t index) {
  return static_cast<std::size_t>(index);
}

Format swapped(Format format) {
  return {format.type(), native_byte_order == ByteOrder::little ? ByteOrder::big : ByteOrder::little};
}

// Calls `visit(address, position)` for every element, position counting in C order.
template <class Visit>
void for_each_element(const AnyConstView& view, Visit visit) {
  if (view.is_empty()) return;
  std::array<std::ptrdiff_t, Layout::max_rank> index{};
  const auto rank = at(view.rank());
  for (std::size_t position = 0;; ++position) {
    visit(const_cast<std::byte*>(view.address(std::span(index.data(), rank))), position);
    std::size_t axis = rank;
    while (axis > 0 && ++index[axis - 1] == view.extent(static_cast<int>(axis - 1))) index[--axis] = 0;
    if (axis == 0) return;
  }
}

// Copies one element between the view's byte order and the native one.
void copy_element(std::byte* to, const std::byte* from, Format format) {
  const auto bytes = at(format.itemsize());
  if (format.is_native()) {
    std::copy_n(from, bytes, to);
  } else {
    std::reverse_copy(from, from + bytes, to);
  }
}

template <class T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// One random element in native byte order.
void random_element(std::byte* to, ElementType type, std::mt19937& random, int bit_depth) {
  const auto bits = static_cast<std::uint32_t>(random());
  const int depth = bit_depth > 0 ? bit_depth : 32;
  const std::uint32_t value = depth >= 32 ? bits : bits & ((1U << depth) - 1);
  switch (type) {
    case ElementType::u8:
    case ElementType::i8:
      return store(to, static_cast<std::uint8_t>(value));
    case ElementType::u16:
    case ElementType::i16:
      return store(to, static_cast<std::uint16_t>(value));
    case ElementType::u32:
    case ElementType::i32:
      return store(to, value);
    case ElementType::f16:
      return store(to, static_cast<std::uint16_t>(bits % 0x3C01));  // up to 1.0's bits
    case ElementType::f32:
      return store(to, static_cast<float>(bits >> 8) / static_cast<float>(0xFFFFFF));
    case ElementType::f64:
      return store(to, static_cast<double>(bits) / static_cast<double>(0xFFFFFFFF));
  }
}

}  // namespace

const char* name(Kind kind) {
  switch (kind) {
    case Kind::contiguous:
      return "contiguous";
    case Kind::padded:
      return "padded";
    case Kind::flipped:
      return "flipped";
    case Kind::transposed:
      return "transposed";
    case Kind::rows:
      return "rows";
    case Kind::strips:
      return "strips";
    case Kind::planes:
      return "planes";
    case Kind::foreign_rows:
      return "foreign_rows";
    case Kind::byte_swapped:
      return "byte_swapped";
  }
  return "?";
}

std::span<const Kind> all_kinds() {
  static constexpr std::array kinds = {Kind::contiguous, Kind::padded,       Kind::flipped,
                                       Kind::transposed, Kind::rows,         Kind::strips,
                                       Kind::planes,     Kind::foreign_rows, Kind::byte_swapped};
  return kinds;
}

bool has_packed_rows(Kind kind, std::ptrdiff_t channels) {
  return kind != Kind::flipped && kind != Kind::transposed && (kind != Kind::planes || channels == 1);
}

GuardedImage::GuardedImage(Kind kind, std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels,
                           Format format) {
  if (kind == Kind::byte_swapped) {
    if (format.itemsize() == 1) {
      kind = Kind::padded;
    } else {
      format = swapped(format);
    }
  }
  switch (kind) {
    case Kind::contiguous:
    case Kind::byte_swapped:
    case Kind::padded:
    case Kind::flipped:
      make_strided(kind, height, width, channels, format);
      break;
    case Kind::transposed:
      make_strided(kind, width, height, channels, format);
      view_ = view_.permute({1, 0, 2});
      break;
    case Kind::rows:
    case Kind::strips:
    case Kind::foreign_rows:
      make_row_table(kind, height, width, channels, format);
      break;
    case Kind::planes:
      make_planes(height, width, channels, format);
      break;
  }
  expected_tables_ = tables_;
  mark_guards();
  set_poisoned(true);
}

GuardedImage::~GuardedImage() {
  set_poisoned(false);
}

void GuardedImage::allocate(const RowPlacement& placement, std::ptrdiff_t row_count) {
  const std::ptrdiff_t tail = 64;
  const std::ptrdiff_t rows = std::max<std::ptrdiff_t>(1, placement.rows_per_block);
  const std::ptrdiff_t block_count = std::max<std::ptrdiff_t>(1, (row_count + rows - 1) / rows);
  for (std::ptrdiff_t b = 0; b < block_count; ++b) {
    Block& block = blocks_.emplace_back();
    block.bytes.resize(at(placement.first_offset + rows * placement.pitch_bytes + placement.run_bytes + tail));
    for (std::size_t i = 0; i < block.bytes.size(); ++i) block.bytes[i] = pattern(static_cast<std::ptrdiff_t>(i));
  }
}

std::byte* GuardedImage::slot(const RowPlacement& placement, std::ptrdiff_t index) {
  const std::ptrdiff_t rows = std::max<std::ptrdiff_t>(1, placement.rows_per_block);
  // Blocks are taken from the last to the first, so that addresses do not rise with the rows.
  Block& block = blocks_[blocks_.size() - 1 - at(index / rows)];
  return block.bytes.data() + placement.first_offset + index % rows * placement.pitch_bytes;
}

void GuardedImage::make_strided(Kind kind, std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels,
                                Format format) {
  const std::ptrdiff_t item = format.itemsize();
  const std::ptrdiff_t row_bytes = width * channels * item;
  RowPlacement placement{row_bytes, row_bytes, 64, height};
  if (kind == Kind::padded) {
    placement.first_offset = 37;
    placement.pitch_bytes = round_up(row_bytes + 16, 2) + 1;
  } else if (kind == Kind::flipped || kind == Kind::transposed) {
    placement.pitch_bytes = row_bytes + 5 * item;
  }
  allocate(placement, height);
  std::byte* origin = slot(placement, 0);
  std::ptrdiff_t row_stride = placement.pitch_bytes;
  std::ptrdiff_t column_stride = channels * item;
  if (kind == Kind::flipped && height > 0 && width > 0) {
    origin += (height - 1) * row_stride + (width - 1) * column_stride;
    row_stride = -row_stride;
    column_stride = -column_stride;
  }
  view_ = AnyView(origin, Layout{{height, row_stride}, {width, column_stride}, {channels, item}}, format);
}

void GuardedImage::make_row_table(Kind kind, std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels,
                                  Format format) {
  const std::ptrdiff_t item = format.itemsize();
  const std::ptrdiff_t row_bytes = width * channels * item;
  RowPlacement placement{row_bytes, round_up(row_bytes, 16) + 32, 64, height};
  std::ptrdiff_t pointer_offset = 0;
  std::vector<std::ptrdiff_t> order(at(height));
  std::iota(order.begin(), order.end(), std::ptrdiff_t{0});
  if (kind == Kind::strips) {
    placement.rows_per_block = 3;
  } else if (kind == Kind::foreign_rows) {
    placement.first_offset = round_up(17, item);
    placement.pitch_bytes = row_bytes + 3 * item;
    pointer_offset = 2 * item;
    std::shuffle(order.begin(), order.end(), std::mt19937{20});  // NOLINT: the same order on every run
  }
  allocate(placement, height);
  auto& table = tables_.emplace_back();
  for (const std::ptrdiff_t place : order) table.push_back(slot(placement, place) - pointer_offset);
  table.push_back(nullptr);
  view_ = AnyView(
      reinterpret_cast<std::byte*>(table.data()),
      Layout({{height, pointer_bytes, 0}, {width, channels * item, 1}, {channels, item, 1}}, {pointer_offset}), format);
}

void GuardedImage::make_planes(std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, Format format) {
  const std::ptrdiff_t item = format.itemsize();
  const std::ptrdiff_t run_bytes = width * item;
  const RowPlacement placement{run_bytes, round_up(run_bytes, item) + 11 * item, 32, height * channels};
  allocate(placement, height * channels);
  tables_.resize(at(channels) + 1);
  for (std::ptrdiff_t c = 0; c < channels; ++c) {
    auto& rows = tables_[at(c) + 1];
    // Rows of the planes alternate in memory, as in a line-interleaved file.
    for (std::ptrdiff_t y = 0; y < height; ++y) rows.push_back(slot(placement, y * channels + c));
    rows.push_back(nullptr);
    tables_[0].push_back(reinterpret_cast<std::byte*>(rows.data()));
  }
  tables_[0].push_back(nullptr);
  view_ = AnyView(reinterpret_cast<std::byte*>(tables_[0].data()),
                  Layout({{height, pointer_bytes, 1}, {width, item, 2}, {channels, pointer_bytes, 0}}, {0, 0}), format);
}

void GuardedImage::mark_guards() {
  std::vector<std::pair<const std::byte*, const std::byte*>> elements;
  for_each_element(view_,
                   [&](const std::byte* p, std::size_t) { elements.emplace_back(p, p + view_.format().itemsize()); });
  std::sort(elements.begin(), elements.end());
  std::size_t placed = 0;
  for (Block& block : blocks_) {
    const std::byte* base = block.bytes.data();
    const std::byte* end = base + block.bytes.size();
    std::ptrdiff_t guard_first = 0;
    for (const auto& [first, last] : elements) {
      if (first < base || last > end) continue;
      ++placed;
      if (first - base > guard_first) block.guards.emplace_back(guard_first, first - base);
      guard_first = last - base;
    }
    block.guards.emplace_back(guard_first, end - base);
  }
  if (placed != elements.size()) throw std::logic_error("a guarded image's element lies outside its blocks");
}

void GuardedImage::set_poisoned([[maybe_unused]] bool poisoned) const {
#if defined(IMGBUF_TEST_ASAN)
  for (const Block& block : blocks_) {
    for (const auto& [first, last] : block.guards) {
      const std::byte* begin = block.bytes.data() + first;
      if (poisoned) {
        __asan_poison_memory_region(begin, at(last - first));
      } else {
        __asan_unpoison_memory_region(begin, at(last - first));
      }
    }
  }
#endif
}

bool GuardedImage::guards_intact() const {
  set_poisoned(false);
  bool intact = tables_ == expected_tables_;
  for (const Block& block : blocks_) {
    for (const auto& [first, last] : block.guards) {
      for (std::ptrdiff_t i = first; i < last; ++i) intact = intact && block.bytes[at(i)] == pattern(i);
    }
  }
  set_poisoned(true);
  return intact;
}

std::vector<std::byte> packed(const AnyConstView& view) {
  const auto item = at(view.format().itemsize());
  std::vector<std::byte> bytes(at(view.layout().element_count()) * item);
  for_each_element(view, [&](const std::byte* element, std::size_t position) {
    copy_element(bytes.data() + position * item, element, view.format());
  });
  return bytes;
}

void fill_from_packed(const AnyView& view, std::span<const std::byte> bytes) {
  const auto item = at(view.format().itemsize());
  if (bytes.size() != at(view.layout().element_count()) * item) throw std::logic_error("packed bytes of another size");
  for_each_element(view, [&](std::byte* element, std::size_t position) {
    copy_element(element, bytes.data() + position * item, view.format());
  });
}

void fill_random(const AnyView& view, std::uint32_t seed, int bit_depth) {
  std::mt19937 random(seed);
  std::array<std::byte, 8> element{};
  for_each_element(view, [&](std::byte* to, std::size_t) {
    random_element(element.data(), view.format().type(), random, bit_depth);
    copy_element(to, element.data(), view.format());
  });
}

}  // namespace imgbuf::test
