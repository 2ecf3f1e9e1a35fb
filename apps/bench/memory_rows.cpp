#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/rewire.hpp"
#include "imgbuf/walk.hpp"
#include "row.hpp"

namespace imgbuf::bench {

namespace {

constexpr std::ptrdiff_t rows_a_strip = 64;

/// At least 24 megapixels, the size at which fresh memory costs what it costs: smaller pictures would meet warm caches.
/// A picture that is given smaller than the usual one is a test's, whose times do not matter.
ImageInfo large_info(const Picture& picture) {
  ImageInfo info = picture.pixels.info();
  info.metadata = {};
  if (info.width * info.height < 1000000) return info;
  info.width = 6000;
  info.height = 4000;
  return info;
}

std::uint64_t sum_of(const std::byte* first, std::ptrdiff_t row_stride, std::ptrdiff_t row_count,
                     std::ptrdiff_t row_bytes) {
  std::uint64_t sum = 0;
  for (std::ptrdiff_t y = 0; y < row_count; ++y) {
    const auto* row = reinterpret_cast<const std::uint8_t*>(first + y * row_stride);
    std::uint32_t row_sum = 0;  // holds 16 million bytes, more than a row has
    for (std::ptrdiff_t x = 0; x < row_bytes; ++x) row_sum += row[x];
    sum = sum * 31 + row_sum;
  }
  return sum;
}

std::vector<std::byte> bytes_of(std::uint64_t value) {
  std::vector<std::byte> bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// Strips in shared memory in shuffled order, as from a decoder whose workers finish when they finish.
struct Scattered {
  explicit Scattered(const Picture& picture) {
    const ImageInfo info = large_info(picture);
    Arrangement arrangement = Arrangement::strips(rows_a_strip).in_shared_memory();
    arrangement.row_alignment = 64;
    const Image memory = Image::allocate(info, arrangement);
    for (std::ptrdiff_t y = 0; y < info.height; ++y)
      for (std::ptrdiff_t i = 0; i < info.row_bytes(); ++i)
        memory.view().address({y, 0, 0})[i] = static_cast<std::byte>(y * 7 + i);
    // Every fifth or seventh full strip, round and round; a short one stays last.
    const std::ptrdiff_t full = info.height / rows_a_strip;
    const std::ptrdiff_t step = full % 5 == 0 ? 7 : 5;
    for (std::ptrdiff_t s = 0; s < full; ++s)
      for (std::ptrdiff_t y = 0; y < rows_a_strip; ++y)
        rows.push_back(memory.view().address({s * step % full * rows_a_strip + y, 0, 0}));
    for (std::ptrdiff_t y = full * rows_a_strip; y < info.height; ++y) rows.push_back(memory.view().address({y, 0, 0}));
    row_bytes = static_cast<std::size_t>(info.row_bytes());
    image = Image::from_rows(rows, info, std::make_shared<Image>(memory));
  }

  /// All rows one after the other in fresh memory, which the caller frees.
  [[nodiscard]] std::byte* flatten() const {
    auto* const flat = static_cast<std::byte*>(std::malloc(rows.size() * row_bytes));
    for (std::size_t y = 0; y < rows.size(); ++y) std::memcpy(flat + y * row_bytes, rows[y], row_bytes);
    return flat;
  }

  std::vector<std::byte*> rows;
  std::size_t row_bytes = 0;
  Image image;
  std::uint64_t result = 0;
};

/// @param with_pass  read all bytes of the array once; else only its first
Sides rewire_sides(const Picture& picture, bool with_pass) {
  const auto work = std::make_shared<Scattered>(picture);
  const auto use = [work, with_pass](const std::byte* first, std::ptrdiff_t row_stride) {
    const auto row_count = static_cast<std::ptrdiff_t>(work->rows.size());
    const auto row_bytes = static_cast<std::ptrdiff_t>(work->row_bytes);
    work->result = sum_of(first, row_stride, with_pass ? row_count : 1, with_pass ? row_bytes : 1);
  };
  return {.subject =
              [work, use] {
                const Rewiring made = rewire(work->image);
                if (!made.image) throw Error(ErrorCode::unsupported, made.reason);
                const AnyConstView view = made.image->const_view();
                use(view.origin(), view.layout().axis(0).byte_stride);
              },
          .limit =
              [work, use] {
                std::byte* const flat = work->flatten();
                use(flat, static_cast<std::ptrdiff_t>(work->row_bytes));
                std::free(flat);
              },
          .take_result = [work] { return bytes_of(std::exchange(work->result, 0)); }};
}

/// Memory that no image had before, filled once.
Sides allocate_sides(const Picture& picture) {
  const ImageInfo info = large_info(picture);
  const auto bytes = static_cast<std::size_t>(info.row_bytes() * info.height);
  const auto last = std::make_shared<std::uint64_t>(0);
  const auto fill = [bytes, last](std::byte* data) {
    std::memset(data, 0x5A, bytes);
    *last = static_cast<std::uint64_t>(data[bytes - 1]);
  };
  return {.subject =
              [bytes, fill] {
                {
                  const Segment segment = allocate_segment(bytes);
                  fill(segment.data);
                }
                release_pooled_memory();
              },
          .limit =
              [bytes, fill] {
                auto* const data = static_cast<std::byte*>(std::malloc(bytes));
                fill(data);
                std::free(data);
              },
          .take_result = [last] { return bytes_of(std::exchange(*last, 0)); }};
}

}  // namespace

void add_memory_rows(std::vector<Row>& rows) {
  rows.push_back({.name = "memory_rewire/and_one_pass",
                  .prepare = [](const Picture& p) { return rewire_sides(p, true); },
                  .target = 1.0 / 3});
  rows.push_back({.name = "memory_rewire/alone",
                  .prepare = [](const Picture& p) { return rewire_sides(p, false); },
                  .target = 0.02});
  rows.push_back({.name = "memory_allocate/first_time", .prepare = allocate_sides, .target = 0.5});
}

}  // namespace imgbuf::bench
