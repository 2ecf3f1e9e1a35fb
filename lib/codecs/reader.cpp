#include "imgbuf/reader.hpp"

#include <string>

#include "codecs/region.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

std::string size_text(std::ptrdiff_t width, std::ptrdiff_t height) {
  return std::to_string(width) + " x " + std::to_string(height);
}

}  // namespace

void codecs::require_inside(const Region& region, std::ptrdiff_t width, std::ptrdiff_t height) {
  const bool inside = region.x >= 0 && region.y >= 0 && region.width >= 1 && region.height >= 1 && region.x < width &&
                      region.y < height && region.width <= width - region.x && region.height <= height - region.y;
  if (!inside)
    throw Error(ErrorCode::invalid_argument, "the region " + size_text(region.width, region.height) + " at " +
                                                 std::to_string(region.x) + "," + std::to_string(region.y) +
                                                 " is not inside the picture of " + size_text(width, height));
}

ImageInfo Reader::start(const DecodeOptions& options) {
  if (started_ || failed_) throw Error(ErrorCode::invalid_argument, "the reader was started before", source().name());
  failed_ = true;  // until it is known that it has not
  try {
    if (options.scale < 1) throw Error(ErrorCode::invalid_argument, "a scale of 1/" + std::to_string(options.scale));
    if (options.region)
      codecs::require_inside(*options.region, scaled_size(info_.width, options.scale),
                             scaled_size(info_.height, options.scale));
    limits_ = options.limits;
    row_info_ = prepare(options);
  } catch (const Error& error) {
    throw error.about(source().name());
  }
  failed_ = false;
  started_ = true;
  return row_info_;
}

void Reader::read_rows(const AnyView& destination, Context& context) {
  require_ready();
  const std::ptrdiff_t row_count = destination.rank() == 3 ? destination.extent(0) : -1;
  if (row_count < 0 || destination.extent(1) != row_info_.width || destination.extent(2) != row_info_.channels())
    throw Error(ErrorCode::invalid_argument,
                "a view of " + destination.layout().describe() + " for rows of " + std::to_string(row_info_.width) +
                    " columns and " + std::to_string(row_info_.channels()) + " channels",
                source().name());
  if (destination.format().type() != row_info_.pixel.format.type())
    throw Error(ErrorCode::format_mismatch,
                "a view of " + std::string(to_string(destination.format().type())) + " elements for rows of " +
                    std::string(to_string(row_info_.pixel.format.type())),
                source().name());
  if (row_count > row_info_.height - rows_read_)
    throw Error(
        ErrorCode::invalid_argument,
        std::to_string(row_count) + " rows asked for, " + std::to_string(row_info_.height - rows_read_) + " are left",
        source().name());
  if (row_count == 0) return;
  if (needs_whole_image() && row_count != row_info_.height)
    throw Error(ErrorCode::invalid_argument, "the rows of this file come only all at once", source().name());
  context.check_cancelled();
  failed_ = true;
  decode(destination, context);
  failed_ = false;
  rows_read_ += row_count;
}

AnyConstView Reader::view(const Region& part) {
  require_ready();
  if (!has_view())
    throw Error(ErrorCode::invalid_argument, "these rows cannot be seen where they lie", source().name());
  try {
    codecs::require_inside(part, row_info_.width, row_info_.height);
  } catch (const Error& error) {
    throw error.about(source().name());
  }
  require_intact();
  return view_part(part);
}

AnyConstView Reader::view_part(const Region&) {
  return {};
}

void Reader::require_intact() const {
  source().require_intact();
}

void Reader::finish(Context& context) {
  require_ready();
  require_intact();
  if (rows_read_ != row_info_.height && !has_view())
    throw Error(ErrorCode::invalid_argument,
                "only " + std::to_string(rows_read_) + " of " + std::to_string(row_info_.height) + " rows were read",
                source().name());
  end(context);
}

void Reader::require_ready() const {
  if (failed_) throw Error(ErrorCode::invalid_argument, "the reader failed before", source().name());
  if (!started_) throw Error(ErrorCode::invalid_argument, "the reader was not started", source().name());
}

Image decode(Reader& reader, const DecodeOptions& options, const Arrangement& arrangement, Context& context) {
  const ImageInfo info = reader.start(options);
  if (arranged_bytes(info.height, info.width, info.channels(), info.pixel.format, arrangement) >
      options.limits.max_image_bytes)
    throw Error(ErrorCode::limit_exceeded, "the picture of " + size_text(info.width, info.height) +
                                               " takes more than " + std::to_string(options.limits.max_image_bytes) +
                                               " bytes");
  const Image image = Image::allocate(info, arrangement);
  reader.read_rows(image.view(), context);
  reader.finish(context);
  // Metadata may follow the pixels.
  ImageInfo complete = info;
  complete.metadata = reader.info().metadata;
  return image.with_info(std::move(complete));
}

Image decode(std::unique_ptr<Source> source, const DecodeOptions& options, const Arrangement& arrangement,
             Context& context) {
  const auto reader = open_reader(std::move(source), options.limits);
  return decode(*reader, options, arrangement, context);
}

Image decode(const std::string& path, const DecodeOptions& options, const Arrangement& arrangement) {
  Context context;
  return decode(Source::file(path), options, arrangement, context);
}

}  // namespace imgbuf
