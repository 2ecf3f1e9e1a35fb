#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/out_of_memory.hpp"
#include "image/array_parts.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/image.hpp"

namespace imgbuf {

namespace {

std::string place_of(std::size_t row) {
  return "row " + std::to_string(row);
}

void require_row_count(std::span<std::byte* const> rows, const ImageInfo& info) {
  if (info.height < 0 || rows.size() != static_cast<std::size_t>(info.height))
    throw Error(ErrorCode::invalid_argument, std::to_string(rows.size()) + " row pointers for a picture of " +
                                                 std::to_string(info.height) + " rows");
}

Layout layout_of_rows(const ImageInfo& info) {
  return Layout({{info.height, sizeof(std::byte*), 0},
                 {info.width, info.pixel.bytes_per_pixel(), 1},
                 {info.channels(), info.pixel.format.itemsize(), 1}},
                {0});
}

/// The image's own copy of the row pointers.
Segment table_of(std::span<std::byte* const> rows) {
  Segment table = allocate_segment(rows.size_bytes());
  if (!rows.empty()) std::memcpy(table.data, rows.data(), rows.size_bytes());
  table.access = Access::read_only;
  return table;
}

/// Puts a row into a segment of rows if it adjoins them or is one of them.
bool join(Segment& segment, std::byte* row, std::size_t row_bytes) {
  const auto begin = reinterpret_cast<std::uintptr_t>(segment.data);
  const auto at = reinterpret_cast<std::uintptr_t>(row);
  const std::uintptr_t end = begin + segment.bytes;
  if (at == end) {
    segment.bytes += row_bytes;
    return true;
  }
  if (at + row_bytes == begin) {
    segment.data = row;
    segment.bytes += row_bytes;
    return true;
  }
  return at >= begin && at < end && (at - begin) % row_bytes == 0;
}

/// One segment for each run of rows that adjoin. The keeper keeps all rows, so that what adjoins stays together.
std::vector<Segment> segments_of_rows(std::span<std::byte* const> rows, std::size_t row_bytes,
                                      const std::shared_ptr<void>& keeper, Access access) {
  std::vector<Segment> segments;
  for (std::size_t y = 0; y < rows.size(); ++y) {
    if (!rows[y] && row_bytes != 0) throw Error(ErrorCode::invalid_argument, "null row pointer", place_of(y));
    if (segments.empty() || !join(segments.back(), rows[y], row_bytes))
      segments.push_back({rows[y], row_bytes, access, keeper});
  }
  return segments;
}

}  // namespace

Image Image::over_rows(std::vector<Segment> segments, std::span<std::byte* const> rows, ImageInfo info, Access access) {
  Layout layout = layout_of_rows(info);
  segments.push_back(table_of(rows));
  const Segment table = segments.back();
  image::ArrayParts parts{Storage(std::move(segments)),
                          AnyView(table.data, std::move(layout), info.pixel.format),
                          access,
                          {table.data, table.bytes}};
  return over(std::move(parts).made(), std::move(info));
}

Image Image::from_rows(std::span<std::byte* const> rows, ImageInfo info, std::shared_ptr<void> keeper, Access access) {
  return base::or_out_of_memory([&] {
    require_row_count(rows, info);
    (void)layout_of_rows(info);  // so that the bytes of a row fit
    auto segments = segments_of_rows(rows, static_cast<std::size_t>(info.row_bytes()), keeper, access);
    return over_rows(std::move(segments), rows, std::move(info), access);
  });
}

Image Image::from_rows(std::span<std::byte* const> rows, std::span<const Segment> blocks, ImageInfo info) {
  return base::or_out_of_memory([&] {
    require_row_count(rows, info);
    (void)layout_of_rows(info);
    const auto row_bytes = static_cast<std::size_t>(info.row_bytes());
    const Storage storage({blocks.begin(), blocks.end()});
    Access access = Access::read_write;
    for (std::size_t y = 0; y < rows.size(); ++y) {
      const std::optional<Access> of_row = storage.access_of(rows[y], row_bytes);
      if (!of_row)
        throw Error(ErrorCode::invalid_layout, "the row's bytes do not lie in the blocks of memory", place_of(y));
      if (of_row == Access::read_only) access = Access::read_only;
    }
    return over_rows({blocks.begin(), blocks.end()}, rows, std::move(info), access);
  });
}

}  // namespace imgbuf
