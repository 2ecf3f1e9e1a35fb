#include "imgbuf/arrangement.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "layout/checked.hpp"
#include "memory/segment_index.hpp"
#include "memory/shared_segment.hpp"

namespace imgbuf {

namespace {

constexpr std::ptrdiff_t pointer_bytes = sizeof(std::byte*);

[[noreturn]] void too_large() {
  throw Error(ErrorCode::invalid_layout, "the bytes of the picture do not fit the address space");
}

bool has_table_of(const Arrangement& arrangement) noexcept {
  return arrangement.kind != Arrangement::Kind::contiguous;
}

/// What the first byte of each segment is aligned to.
std::ptrdiff_t segment_alignment_of(const Arrangement& arrangement) noexcept {
  return std::max<std::ptrdiff_t>(arrangement.row_alignment, 64);
}

/// The sizes that an arrangement is made of, in bytes and rows.
struct Plan {
  std::ptrdiff_t row_stride = 0;      ///< from one row to the next within a segment
  std::ptrdiff_t rows_a_segment = 0;  ///< the last segment may hold fewer
  std::ptrdiff_t segment_count = 0;
  std::ptrdiff_t segment_stride = 0;  ///< from one segment to the next within their one reservation
  std::ptrdiff_t pixel_bytes = 0;     ///< of that reservation
  std::ptrdiff_t planes = 1;          ///< runs of rows that have a pointer table of their own
  std::ptrdiff_t table_entries = 0;   ///< pointers of all tables together
};

Plan plan(std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, Format format,
          const Arrangement& arrangement) {
  if (height < 0 || width < 0 || channels < 0)
    throw Error(ErrorCode::invalid_argument, "a picture of " + std::to_string(width) + " x " + std::to_string(height) +
                                                 " with " + std::to_string(channels) + " channels has a negative size");
  if (arrangement.rows_per_strip < 1)
    throw Error(ErrorCode::invalid_argument,
                "a strip needs at least one row, not " + std::to_string(arrangement.rows_per_strip));
  const std::ptrdiff_t alignment = arrangement.row_alignment;
  if (alignment < 1 || (alignment & (alignment - 1)) != 0)
    throw Error(ErrorCode::invalid_argument, "a row alignment of " + std::to_string(alignment) + " is no power of two");

  using Kind = Arrangement::Kind;
  Plan p;
  p.planes = arrangement.kind == Kind::planes ? channels : 1;
  const std::ptrdiff_t channels_a_row = arrangement.kind == Kind::planes ? 1 : channels;
  std::ptrdiff_t row_bytes = 0;
  if (!detail::multiply(width, channels_a_row, row_bytes) ||
      !detail::multiply(row_bytes, format.itemsize(), row_bytes) ||
      !detail::add(row_bytes, alignment - 1, p.row_stride))
    too_large();
  p.row_stride -= p.row_stride % alignment;

  p.rows_a_segment = arrangement.kind == Kind::strips ? std::min(arrangement.rows_per_strip, height) : height;
  const std::ptrdiff_t segments_a_plane = height == 0 ? 0 : (height - 1) / p.rows_a_segment + 1;
  const std::ptrdiff_t segment_alignment = segment_alignment_of(arrangement);
  if (!detail::multiply(segments_a_plane, p.planes, p.segment_count) ||
      !detail::multiply(p.row_stride, p.rows_a_segment, p.segment_stride) ||
      !detail::add(p.segment_stride, segment_alignment - 1, p.segment_stride))
    too_large();
  p.segment_stride -= p.segment_stride % segment_alignment;
  if (!detail::multiply(p.segment_stride, p.segment_count, p.pixel_bytes)) too_large();
  if (has_table_of(arrangement)) {
    if (!detail::multiply(p.planes, height, p.table_entries)) too_large();
    if (arrangement.kind == Kind::planes) p.table_entries += p.planes;
    std::ptrdiff_t table_bytes = 0;
    if (!detail::multiply(p.table_entries, pointer_bytes, table_bytes)) too_large();
  }
  return p;
}

/// Layout and strides of one row: (width, channels) behind the last pointer.
Layout layout_of(const Plan& p, std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, Format format,
                 Arrangement::Kind kind) {
  const std::ptrdiff_t item = format.itemsize();
  switch (kind) {
    case Arrangement::Kind::contiguous:
      return {{height, p.row_stride, 0}, {width, channels * item, 0}, {channels, item, 0}};
    case Arrangement::Kind::rows:
    case Arrangement::Kind::strips:
      return Layout({{height, pointer_bytes, 0}, {width, channels * item, 1}, {channels, item, 1}}, {0});
    case Arrangement::Kind::planes:
      return Layout({{height, pointer_bytes, 1}, {width, item, 2}, {channels, pointer_bytes, 0}}, {0, 0});
  }
  throw Error(ErrorCode::invalid_argument, "no such arrangement");
}

}  // namespace

Arrangement Arrangement::parse(std::string_view text) {
  constexpr std::string_view shared_suffix = ":shared";
  constexpr std::string_view strips_prefix = "strips:";
  std::string_view rest = text;
  const bool is_shared = rest.ends_with(shared_suffix);
  if (is_shared) rest.remove_suffix(shared_suffix.size());

  std::optional<Arrangement> arrangement;
  if (rest == "contiguous") arrangement = contiguous();
  if (rest == "rows") arrangement = rows();
  if (rest == "planes") arrangement = planes();
  if (rest == "strips") arrangement = Arrangement{Kind::strips};
  if (rest.starts_with(strips_prefix)) {
    const std::string_view digits = rest.substr(strips_prefix.size());
    std::ptrdiff_t rows = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), rows);
    if (failure == std::errc() && end == digits.data() + digits.size() && rows >= 1) arrangement = strips(rows);
  }
  if (!arrangement)
    throw Error(ErrorCode::invalid_argument, "no arrangement '" + std::string(text) +
                                                 "': use contiguous, rows, strips, strips:N (N >= 1) or planes, "
                                                 "and :shared after it for shared memory");
  return is_shared ? arrangement->in_shared_memory() : *arrangement;
}

std::string Arrangement::to_string() const {
  std::string text = "unknown";
  switch (kind) {
    case Kind::contiguous:
      text = "contiguous";
      break;
    case Kind::rows:
      text = "rows";
      break;
    case Kind::strips:
      text = "strips:" + std::to_string(rows_per_strip);
      break;
    case Kind::planes:
      text = "planes";
      break;
  }
  return is_shared ? text + ":shared" : text;
}

namespace {

ArrangedMemory arrange(std::ptrdiff_t height, const Plan& p, Layout layout, const Arrangement& arrangement) {
  // One reservation for all segments of pixels: their strips are neighbours, and it can have huge pages.
  const auto allocate = arrangement.is_shared ? allocate_shared_segment : allocate_segment;
  const Segment pixels =
      allocate(static_cast<std::size_t>(p.pixel_bytes), static_cast<std::size_t>(segment_alignment_of(arrangement)));

  // Tables: for planes first the planes, each pointing to its rows further down.
  const bool has_table = has_table_of(arrangement);
  Segment table;
  if (has_table) table = allocate_segment(static_cast<std::size_t>(p.table_entries * pointer_bytes));
  std::byte* next = table.data;
  const auto put = [&next](std::byte* pointer) {
    std::memcpy(next, &pointer, sizeof pointer);
    next += pointer_bytes;
  };
  if (arrangement.kind == Arrangement::Kind::planes)
    for (std::ptrdiff_t c = 0; c < p.planes; ++c) put(table.data + (p.planes + c * height) * pointer_bytes);

  std::vector<Segment> segments;
  segments.reserve(static_cast<std::size_t>(p.segment_count) + 1);
  const std::ptrdiff_t segments_a_plane = p.planes == 0 ? 0 : p.segment_count / p.planes;
  for (std::ptrdiff_t s = 0; s < p.segment_count; ++s) {
    const std::ptrdiff_t first_row = s % segments_a_plane * p.rows_a_segment;
    const std::ptrdiff_t row_count = std::min(p.rows_a_segment, height - first_row);
    std::byte* const base = pixels.data + s * p.segment_stride;
    segments.push_back({base, static_cast<std::size_t>(row_count * p.row_stride), Access::read_write, pixels.keeper});
    if (!has_table) continue;
    for (std::ptrdiff_t r = 0; r < row_count; ++r) put(base + r * p.row_stride);
  }
  std::byte* const origin = has_table ? table.data : pixels.data;
  table.access = Access::read_only;
  if (has_table) segments.push_back(std::move(table));
  return {Storage(std::move(segments)), origin, std::move(layout)};
}

}  // namespace

ArrangedMemory allocate_arranged(std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, Format format,
                                 const Arrangement& arrangement) {
  const Plan p = plan(height, width, channels, format, arrangement);
  return base::or_out_of_memory(
      [&] { return arrange(height, p, layout_of(p, height, width, channels, format, arrangement.kind), arrangement); });
}

std::ptrdiff_t arranged_bytes(std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, Format format,
                              const Arrangement& arrangement) {
  const Plan p = plan(height, width, channels, format, arrangement);
  const auto pixel_bytes = static_cast<std::size_t>(p.pixel_bytes);
  const std::size_t reserved_bytes =
      arrangement.is_shared
          ? memory::shared_segment_bytes(pixel_bytes, static_cast<std::size_t>(segment_alignment_of(arrangement)))
          : pixel_bytes;
  constexpr std::ptrdiff_t segment_bytes = sizeof(Segment) + memory::SegmentIndex::bytes_a_segment;
  std::ptrdiff_t bytes = 0;
  if (reserved_bytes > PTRDIFF_MAX ||
      !detail::multiply(p.segment_count + (has_table_of(arrangement) ? 1 : 0), segment_bytes, bytes) ||
      !detail::add(bytes, p.table_entries * pointer_bytes, bytes) ||
      !detail::add(bytes, static_cast<std::ptrdiff_t>(reserved_bytes), bytes))
    too_large();
  return bytes;
}

}  // namespace imgbuf
