#include "codecs/stored/stored_view.hpp"

#include <cstring>
#include <vector>

#include "codecs/stored/stored_grid.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs {

namespace {

/// The first of evenly spaced numbers and from each to the next.
struct Spacing {
  std::ptrdiff_t first = 0;
  std::ptrdiff_t step = 0;
};

template <class At>
std::optional<Spacing> spacing_of(std::ptrdiff_t count, const At& at) {
  Spacing spacing{at(0), count > 1 ? at(1) - at(0) : 0};
  for (std::ptrdiff_t i = 2; i < count; ++i)
    if (at(i) - at(i - 1) != spacing.step) return std::nullopt;
  return spacing;
}

std::ptrdiff_t signed_size(std::uint64_t bytes) noexcept {
  return static_cast<std::ptrdiff_t>(bytes);
}

/// Where the channels stand in a stored pixel, in elements. @pre not planar
std::optional<Spacing> chunky_channels(const StoredPicture& picture) {
  return spacing_of(picture.info.channels(), [&](std::ptrdiff_t c) {
    return static_cast<std::ptrdiff_t>(picture.stored_channel(static_cast<int>(c)));
  });
}

/// Where the channels' planes begin in the file, if a stride leads from each to the next.
std::optional<Spacing> planar_channels(const StoredPicture& picture) {
  return spacing_of(picture.info.channels(), [&](std::ptrdiff_t c) {
    const int plane = picture.stored_channel(static_cast<int>(c));
    return signed_size(picture.row_offset(static_cast<std::uint64_t>(plane), 0, 0));
  });
}

Image direct_view(const StoredPicture& picture, const Segment& file, const Spacing& planes) {
  RowStrides in_row = row_strides(picture);
  if (picture.planar) in_row.channel = planes.step;
  const auto row_pitch = signed_size(picture.row_pitch_bytes);
  Layout layout{{picture.info.height, picture.by_columns ? in_row.column : row_pitch, 0},
                {picture.info.width, picture.by_columns ? row_pitch : in_row.column, 0},
                {picture.info.channels(), in_row.channel, 0}};
  std::byte* origin = file.data + planes.first + in_row.first;
  if (picture.bottom_up) {
    const Rebased flipped = layout.flip(0);
    layout = flipped.layout;
    origin += flipped.origin_offset_bytes;
  }
  return Image::over(Storage({file}), origin, layout, picture.info);
}

/// What takes the place of each row that is not stored.
Segment zero_row(const StoredPicture& picture) {
  Segment zeros = allocate_segment(picture.row_bytes(picture.stored_width()));
  std::memset(zeros.data, 0, zeros.bytes);
  zeros.access = Access::read_only;
  return zeros;
}

/// A pointer for each row of each plane that is wanted. @pre not by columns, not bottom up
Image table_view(const StoredPicture& picture, const Segment& file) {
  const RowStrides in_row = row_strides(picture);
  const std::ptrdiff_t height = picture.info.height;
  const std::ptrdiff_t channels = picture.info.channels();
  const std::ptrdiff_t planes = picture.planar ? channels : 1;
  constexpr std::ptrdiff_t slot = sizeof(std::byte*);

  std::vector<Segment> segments{file, allocate_segment(static_cast<std::size_t>(planes * height * slot))};
  const Segment table = segments.back();
  const std::byte* zeros = nullptr;
  if (!picture.is_all_stored()) {
    segments.push_back(zero_row(picture));
    zeros = segments.back().data;
  }
  for (std::ptrdiff_t p = 0; p < planes; ++p)
    for (std::ptrdiff_t y = 0; y < height; ++y) {
      const auto plane = static_cast<std::uint64_t>(picture.planar ? picture.stored_channel(static_cast<int>(p)) : 0);
      const std::uint64_t offset = picture.row_offset(plane, static_cast<std::uint64_t>(y), 0);
      const std::byte* const row = (offset == StoredPicture::not_stored ? zeros : file.data + offset) + in_row.first;
      std::memcpy(table.data + (p * height + y) * slot, &row, sizeof row);
    }
  const Layout layout({{height, slot, 0},
                       {picture.info.width, in_row.column, 1},
                       {channels, picture.planar ? height * slot : in_row.channel, picture.planar ? 0 : 1}},
                      {0});
  return Image::over(Storage(std::move(segments)), table.data, layout, picture.info);
}

}  // namespace

RowStrides row_strides(const StoredPicture& picture) {
  const std::ptrdiff_t item = picture.info.pixel.format.itemsize();
  if (picture.planar) return {.column = item, .channel = item};
  const Spacing channels = chunky_channels(picture).value();
  return {picture.stored_channels * item, channels.step * item, channels.first * item};
}

std::optional<std::string> why_no_elements(const StoredPicture& picture) {
  if (!picture.decode_reason.empty()) return picture.decode_reason;
  if (!picture.planar && !chunky_channels(picture)) return "its channels are not evenly spaced in the file's pixels";
  return std::nullopt;
}

std::optional<std::string> why_no_view(const StoredPicture& picture) {
  if (auto reason = why_no_elements(picture)) return reason;
  if (needs_grid(picture)) return "it is stored in tiles";
  return std::nullopt;
}

bool needs_table(const StoredPicture& picture) {
  if (picture.cells_down() > 1 || !picture.is_all_stored()) return true;
  return picture.planar && !planar_channels(picture);
}

void require_all_of(const StoredPicture& picture, const Segment& file) {
  if (stored_end(picture) > file.bytes)
    throw Error(ErrorCode::truncated_data, "the file ends too early: its pixels take " +
                                               std::to_string(stored_end(picture)) + " bytes, it has " +
                                               std::to_string(file.bytes));
}

Image view_in_file(const StoredPicture& picture, const Segment& file) {
  require_all_of(picture, file);
  if (needs_table(picture)) return table_view(picture, file);
  if (picture.planar) return direct_view(picture, file, planar_channels(picture).value());
  return direct_view(picture, file, {.first = signed_size(picture.row_offset(0, 0, 0))});
}

}  // namespace imgbuf::codecs
