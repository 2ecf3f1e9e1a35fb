#include "imgbuf/writer.hpp"

#include <string>

#include "imgbuf/error.hpp"

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

void Writer::finish(Context& context) {
  if (failed_) throw Error(ErrorCode::invalid_argument, "the writer failed before", sink_.name());
  if (!started_ || rows_written_ != info_.height)
    throw Error(ErrorCode::invalid_argument,
                "only " + std::to_string(rows_written_) + " of " + std::to_string(info_.height) + " rows were written",
                sink_.name());
  end(context);
}

void encode(const Image& image, std::string_view format, Sink& sink, const EncodeOptions& options, Context& context) {
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
