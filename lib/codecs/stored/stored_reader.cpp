#include "codecs/stored/stored_reader.hpp"

#include <algorithm>
#include <utility>

#include "base/out_of_memory.hpp"
#include "codecs/channel_selection.hpp"
#include "codecs/stored/stored_view.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::codecs {

namespace {

/// Rows between two looks at whether the work was cancelled.
constexpr std::uint64_t batch_rows = 64;
/// Rows that are read before they are converted.
constexpr std::ptrdiff_t converted_rows = 16;

/// Pages of a map that stay when they were seen: few where a walk does not come back to them, as many as a picture of
/// usual size has where it does. A map of no more than these is never let go of.
constexpr std::uint64_t most_seen_once = std::uint64_t{16} << 20;
constexpr std::uint64_t most_seen_again = std::uint64_t{128} << 20;
/// When a page is touched, the system maps its neighbours that it has in its cache as well.
constexpr std::uint64_t bytes_around = std::uint64_t{64} << 10;
/// Of the pointers to scattered rows.
constexpr std::uint64_t most_table_bytes = std::uint64_t{16} << 20;

}  // namespace

StoredReader::StoredReader(std::unique_ptr<Source> given, const Limits& limits, ParseStored parse, bool is_scattered)
    : Reader(std::move(given), limits) {
  try {
    if (is_scattered && !source_->is_seekable()) hold_whole_source();
    bytes_ = std::make_unique<SourceBytes>(*source_);
    picture_ = parse(*bytes_, limits);
    if (!source_->is_seekable() && !picture_.goes_ahead()) {
      hold_whole_source();
      bytes_ = std::make_unique<SourceBytes>(*source_);
    }
    if (picture_.open_bytes) bytes_ = picture_.open_bytes(*source_);
  } catch (const Error& error) {
    throw error.about(source().name());
  }
  info_ = picture_.info;
  info_.pixel.format = info_.pixel.format.type();
  fetcher_.emplace(picture_, *bytes_);
}

/// Where rows cannot be gone back to, all bytes are kept.
void StoredReader::hold_whole_source() {
  auto bytes = std::make_shared<std::vector<std::byte>>();
  const std::string name = source().name();
  base::or_out_of_memory([&] {
    for (auto held = source().fill(); !held.empty(); held = source().fill()) {
      if (static_cast<std::int64_t>(bytes->size() + held.size()) > limits_.max_image_bytes)
        throw Error(ErrorCode::limit_exceeded,
                    "the file cannot be read out of order, and all of it takes more than "
                    "max_image_bytes (" +
                        std::to_string(limits_.max_image_bytes) + ")");
      bytes->insert(bytes->end(), held.begin(), held.end());
      source().consume(held.size());
    }
    held_bytes_ = static_cast<std::int64_t>(bytes->size());
    source_ = Source::memory(*bytes, name, bytes);
  });
}

std::vector<int> StoredReader::stored_selection(std::span<const int> channels) const {
  std::vector<int> selection;
  const int count = channels.empty() ? info_.channels() : static_cast<int>(channels.size());
  bool all_in_order = count == picture_.stored_channels;
  for (int c = 0; c < count; ++c) {
    selection.push_back(picture_.stored_channel(channels.empty() ? c : channels[static_cast<std::size_t>(c)]));
    all_in_order = all_in_order && selection.back() == c;
  }
  if (all_in_order && !picture_.planar) selection.clear();
  return selection;
}

ImageInfo StoredReader::prepare(const DecodeOptions& options) {
  if (options.scale != 1)
    throw Error(ErrorCode::unsupported, info_.file.format + " cannot be decoded at 1/" + std::to_string(options.scale));
  region_ = options.region.value_or(Region{0, 0, info_.width, info_.height});
  fetcher_->want_columns(static_cast<std::uint64_t>(picture_.by_columns ? region_.y : region_.x), stored_columns());
  if (const auto held = static_cast<std::int64_t>(fetcher_->held_bytes()); held > limits_.max_image_bytes)
    throw Error(ErrorCode::limit_exceeded, "a row of tiles takes " + std::to_string(held) +
                                               " bytes and passes max_image_bytes (" +
                                               std::to_string(limits_.max_image_bytes) + ")");
  channels_ = options.channels;
  native_ = info_;
  native_.width = region_.width;
  native_.height = region_.height;
  ImageInfo rows = native_;
  if (options.expand && expanded(info_) != info_.pixel) {
    rows.pixel = expanded(info_);
    rows.palette.clear();
    converter_.emplace(native_, rows.pixel);
  }
  select_channels(rows, channels_);
  if (!converter_) native_ = rows;
  stored_channels_ = stored_selection(converter_ ? std::span<const int>() : channels_);
  if (!converter_ && channels_.empty()) image_ = image_in_source();
  return rows;
}

/// Columns of the file that the region takes.
std::uint64_t StoredReader::stored_columns() const noexcept {
  return static_cast<std::uint64_t>(picture_.by_columns ? region_.height : region_.width);
}

/// Nothing where rows must be decoded, and where the file ends before the last of them: those before can be read.
std::optional<Image> StoredReader::image_in_source() {
  if (picture_.open_bytes || why_no_view(picture_)) return std::nullopt;
  const std::uint64_t rows = picture_.stored_height() * picture_.planes();
  if (needs_table(picture_) && rows > most_table_bytes / sizeof(std::byte*)) return std::nullopt;
  const std::span<const std::byte> file = source().contents();
  if (stored_end(picture_) > file.size()) return std::nullopt;
  if (is_scattered(picture_, region_)) source().expect_scattered();
  // The segment is read-only, and the source is there for as long as this.
  return view_in_file(picture_, {const_cast<std::byte*>(file.data()), file.size(), Access::read_only, {}});
}

AnyConstView StoredReader::view_part(const Region& part) {
  const bool is_once = picture_.by_columns ? part.height == region_.height : part.width == region_.width;
  const std::uint64_t kept = is_once ? most_seen_once : most_seen_again;
  if (touched_bytes_ > kept && source().contents().size() > kept) {
    source().let_go();
    touched_bytes_ = 0;
  }
  const auto rows = static_cast<std::uint64_t>(picture_.by_columns ? part.width : part.height);
  const auto columns = static_cast<std::uint64_t>(picture_.by_columns ? part.height : part.width);
  const std::uint64_t row_bytes = picture_.row_bytes(columns);
  touched_bytes_ += picture_.planes() * rows * (row_bytes + 2 * bytes_around);
  return image_->const_view().crop({region_.y + part.y, region_.x + part.x}, {part.height, part.width});
}

std::int64_t StoredReader::codec_bytes() const noexcept {
  std::int64_t bytes = held_bytes_ + static_cast<std::int64_t>(fetcher_->held_bytes() + Source::max_fill);
  bytes += static_cast<std::int64_t>(picture_.stored_width() * picture_.channels_per_plane()) *
           picture_.info.pixel.format.itemsize();
  if (converter_) bytes += converted_rows * std::int64_t{native_.row_bytes()};
  if (image_)
    for (const Segment& segment : image_->storage().segments())
      if (segment.keeper) bytes += static_cast<std::int64_t>(segment.bytes);  // a table or zeros, and not the file
  return bytes;
}

CodecRow StoredReader::chunky_row() const noexcept {
  return {.format = picture_.info.pixel.format,
          .width = static_cast<std::ptrdiff_t>(picture_.stored_width()),
          .channels = static_cast<std::ptrdiff_t>(picture_.channels_per_plane()),
          .first_column = picture_.by_columns ? region_.y : region_.x,
          .selection = picture_.planar ? std::span<const int>() : std::span<const int>(stored_channels_)};
}

bool StoredReader::decodes_in_place(const Layout& layout, Format format) const noexcept {
  if (converter_ || layout.rank() != 3 || layout.is_empty()) return false;
  Layout stored = layout;
  if (picture_.by_columns) stored = stored.permute({1, 0, 2});
  if (picture_.planar) stored = stored.window(2, 0, 1).layout;
  return is_codec_row(stored, format, chunky_row());
}

void StoredReader::decode(const AnyView& destination, Context& context) {
  if (converter_)
    decode_converted(destination, context);
  else
    decode_stored(destination, rows_read_, context);
}

void StoredReader::decode_converted(const AnyView& destination, Context& context) {
  const std::ptrdiff_t total = destination.extent(0);
  const std::ptrdiff_t step = needs_whole_image() ? total : std::min(converted_rows, total);
  ImageInfo strip_info = native_;
  strip_info.height = step;
  strip_info.metadata = {};
  const Image native = Image::allocate(strip_info);
  strip_info.pixel = expanded(info_);
  const Image all_channels = channels_.empty() ? Image() : Image::allocate(strip_info);
  for (std::ptrdiff_t y = 0; y < total; y += step) {
    const std::ptrdiff_t count = std::min(step, total - y);
    const AnyView from = native.view().window(0, 0, count);
    const AnyView to = destination.window(0, y, count);
    decode_stored(from, rows_read_ + y, context);
    if (channels_.empty()) {
      converter_->convert(to, from, context);
      continue;
    }
    const AnyView converted = all_channels.view().window(0, 0, count);
    converter_->convert(converted, from, context);
    for (std::size_t c = 0; c < channels_.size(); ++c)
      copy(to.window(2, static_cast<std::ptrdiff_t>(c), 1), converted.window(2, channels_[c], 1));
  }
  context.count_scratch_bytes(destination.layout().element_count() * destination.format().itemsize());
}

void StoredReader::decode_stored(const AnyView& destination, std::ptrdiff_t first_row, Context& context) {
  const std::ptrdiff_t row_count = destination.extent(0);
  AnyView stored = destination;
  std::ptrdiff_t first = region_.y + first_row;
  if (picture_.bottom_up) {
    stored = stored.flip(0);
    first = info_.height - first - row_count;
  }
  if (picture_.by_columns) {
    stored = stored.permute({1, 0, 2});
    first = region_.x;
  }
  const auto first_stored = static_cast<std::uint64_t>(first);
  const CodecRow row = chunky_row();
  if (!picture_.planar) {
    decode_plane(stored, 0, first_stored, row, context);
  } else {
    for (std::size_t c = 0; c < stored_channels_.size(); ++c)
      decode_plane(stored.window(2, static_cast<std::ptrdiff_t>(c), 1), static_cast<std::uint64_t>(stored_channels_[c]),
                   first_stored, row, context);
  }
  context.progress(first_row + row_count, row_info_.height);
}

void StoredReader::decode_plane(const AnyView& stored_rows, std::uint64_t plane, std::uint64_t first_row,
                                const CodecRow& row, Context& context) {
  DecodeRows target(stored_rows, row, context);
  const auto row_bytes = static_cast<std::size_t>(row.width * row.channels * row.format.itemsize());
  const auto total = static_cast<std::uint64_t>(stored_rows.extent(0));
  for (std::uint64_t r = 0; r < total;) {
    context.check_cancelled();
    std::byte* const memory = target.row(static_cast<std::ptrdiff_t>(r));
    std::uint64_t count = 1;
    if (target.in_place()) {
      const std::uint64_t most = fetcher_->rows_together(first_row + r, std::min(batch_rows, total - r));
      while (count < most && target.row(static_cast<std::ptrdiff_t>(r + count)) == memory + count * row_bytes) ++count;
    }
    try {
      fetcher_->fetch(plane, first_row + r, {memory, count * row_bytes});
    } catch (const Error& error) {
      throw error.within(place_of(first_row + r, count)).about(source().name());
    }
    for (std::uint64_t i = 0; i < count; ++i) target.done(static_cast<std::ptrdiff_t>(r + i));
    r += count;
  }
}

/// "row 7", "rows 4 to 7": what stored rows are in the picture.
std::string StoredReader::place_of(std::uint64_t first, std::uint64_t count) const {
  if (picture_.bottom_up) first = picture_.stored_height() - first - count;
  const std::string name = picture_.by_columns ? "column" : "row";
  if (count == 1) return name + " " + std::to_string(first);
  return name + "s " + std::to_string(first) + " to " + std::to_string(first + count - 1);
}

void StoredReader::end(Context& context) {
  if (!picture_.may_be_followed || region_.y + region_.height != info_.height) return;
  const bool was_read = rows_read_ == row_info_.height;
  if (was_read ? !source().fill().empty() : stored_end(picture_) < source().contents().size())
    context.warn(source().name() + more_follows);
}

}  // namespace imgbuf::codecs
