#include "imgbuf/writer.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/array.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf {

void Writer::start(const ImageInfo& info, Context& context) {
  if (started_ || failed_) throw Error(ErrorCode::invalid_argument, "the writer was started before", sink_.name());
  if (info.width < 1 || info.height < 1)
    throw Error(
        ErrorCode::unsupported,
        "a picture of " + std::to_string(info.width) + " x " + std::to_string(info.height) + " has no pixels to encode",
        sink_.name());
  info_ = info;
  failed_ = true;  // until it is known that it has not
  begin(context);
  failed_ = false;
  started_ = true;
}

void Writer::write_rows(const AnyConstView& source, Context& context) {
  if (failed_) throw Error(ErrorCode::invalid_argument, "the writer failed before", sink_.name());
  if (!started_) throw Error(ErrorCode::invalid_argument, "the writer was not started", sink_.name());
  const std::ptrdiff_t row_count = source.rank() == 3 ? source.extent(0) : -1;
  if (row_count < 0 || source.extent(1) != info_.width || source.extent(2) != info_.channels())
    throw Error(ErrorCode::invalid_argument,
                "a view of " + source.layout().describe() + " for rows of " + std::to_string(info_.width) +
                    " columns and " + std::to_string(info_.channels()) + " channels",
                sink_.name());
  if (source.format().type() != info_.pixel.format.type())
    throw Error(ErrorCode::format_mismatch,
                "a view of " + std::string(to_string(source.format().type())) + " elements for rows of " +
                    std::string(to_string(info_.pixel.format.type())),
                sink_.name());
  if (row_count > info_.height - rows_written_)
    throw Error(
        ErrorCode::invalid_argument,
        std::to_string(row_count) + " rows given, " + std::to_string(info_.height - rows_written_) + " are left",
        sink_.name());
  if (row_count == 0) return;
  if (needs_whole_image() && row_count != info_.height)
    throw Error(ErrorCode::invalid_argument, "these rows can only be written all at once", sink_.name());
  context.check_cancelled();
  failed_ = true;
  encode(source, context);
  failed_ = false;
  rows_written_ += row_count;
}

void Writer::write_rows(const GridConstView& source, Context& context) {
  if (source.rank() != 3)
    throw Error(ErrorCode::invalid_argument, "a grid of rank " + std::to_string(source.rank()) + " for rows",
                sink_.name());
  if (const std::optional<AnyConstView> plain = source.in_one_cell()) return write_rows(*plain, context);
  const std::ptrdiff_t height = source.extent(0);
  const std::ptrdiff_t row_bytes = source.extent(1) * source.extent(2) * source.format().itemsize();
  if (started_ && !failed_ && needs_whole_image()) {
    if (!context.allow_copies)
      throw Error(ErrorCode::copy_required,
                  "these rows can only be written all at once, and lie in cells: a copy of " +
                      std::to_string(height * row_bytes) + " bytes would be needed",
                  sink_.name());
    const Array whole = copy_of(source, source.format(), {}, context);
    context.count_copied_bytes(height * row_bytes);
    return write_rows(whole.const_view(), context);
  }

  constexpr std::ptrdiff_t most_scratch_bytes = std::ptrdiff_t{4} << 20;
  const std::ptrdiff_t most_rows = std::clamp<std::ptrdiff_t>(most_scratch_bytes / row_bytes, 1, height);
  const std::vector<std::ptrdiff_t> cuts = source.cuts(0);
  std::optional<Array> scratch;
  for (std::ptrdiff_t y = 0; y < height;) {
    const std::ptrdiff_t cell_end = *std::upper_bound(cuts.begin(), cuts.end(), y);
    if (const auto cell = source.window(0, y, cell_end - y).in_one_cell()) {
      write_rows(*cell, context);
      y = cell_end;
      continue;
    }
    // Whole cells where they fit.
    const std::ptrdiff_t last_cut = *(std::upper_bound(cuts.begin(), cuts.end(), y + most_rows) - 1);
    const std::ptrdiff_t rows = last_cut > y ? last_cut - y : most_rows;
    if (!scratch) {
      const std::ptrdiff_t shape[] = {most_rows, source.extent(1), source.extent(2)};
      scratch = Array::allocate(shape, source.format());
    }
    const AnyView band = scratch->view().window(0, 0, rows);
    copy(band, source.window(0, y, rows), context);
    context.count_scratch_bytes(rows * row_bytes);
    write_rows(AnyConstView(band), context);
    y += rows;
  }
}

void Writer::finish(Context& context) {
  if (failed_) throw Error(ErrorCode::invalid_argument, "the writer failed before", sink_.name());
  if (!started_ || rows_written_ != info_.height)
    throw Error(ErrorCode::invalid_argument,
                "only " + std::to_string(rows_written_) + " of " + std::to_string(info_.height) + " rows were written",
                sink_.name());
  end(context);
}

namespace {

/// @tparam AnyImage  Image or GridImage
template <class AnyImage>
void encode_any(const AnyImage& image, std::string_view format, Sink& sink, const EncodeOptions& options,
                Context& context) {
  const auto writer = make_writer(format, sink, options);
  if (!can_store(format, image.info()))
    throw Error(ErrorCode::unsupported,
                std::string(format) + " cannot store " + image.info().pixel.to_string() +
                    (image.info().transparent_color ? " with a transparent colour" : "") + "; convert the pixels to " +
                    nearest_storable(format, image.info()).to_string() + " first",
                sink.name());
  writer->start(image.info(), context);
  writer->write_rows(image.const_view(), context);
  writer->finish(context);
}

}  // namespace

void encode(const Image& image, std::string_view format, Sink& sink, const EncodeOptions& options, Context& context) {
  encode_any(image, format, sink, options, context);
}

void encode(const GridImage& image, std::string_view format, Sink& sink, const EncodeOptions& options,
            Context& context) {
  encode_any(image, format, sink, options, context);
}

void encode(const Image& image, const std::string& path, const EncodeOptions& options, Context& context) {
  const std::string_view format = format_for_path(path);
  const auto sink = Sink::file(path);
  encode(image, format, *sink, options, context);
  sink->commit();
}

void encode(const Image& image, const std::string& path, const EncodeOptions& options) {
  Context context;
  encode(image, path, options, context);
}

}  // namespace imgbuf
