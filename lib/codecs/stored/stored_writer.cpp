#include "codecs/stored/stored_writer.hpp"

#include <algorithm>

#include "imgbuf/error.hpp"

namespace imgbuf::codecs {

namespace {

/// Rows between two looks at whether the work was cancelled.
constexpr std::ptrdiff_t batch_rows = 64;

}  // namespace

void StoredWriter::begin(Context& context) {
  if (!store_.can_store(info_))
    throw Error(ErrorCode::unsupported,
                std::string(store_.name) + " cannot store " + info_.pixel.to_string() +
                    (info_.transparent_color ? " with a transparent colour; " : "; ") +
                    store_.nearest_storable(info_).to_string() + " is the nearest that it can",
                sink_.name());
  try {
    form_ = store_.make_form(info_, options_, context);
  } catch (const Error& error) {
    throw error.about(sink_.name());
  }
  packed_.resize(form_.packed_bytes + form_.padding_bytes);
  sink_.write(form_.header);
  form_.header.clear();
}

CodecRow StoredWriter::row() const noexcept {
  return {.format = form_.format, .width = info_.width, .channels = info_.channels()};
}

std::int64_t StoredWriter::codec_bytes() const noexcept {
  return info_.row_bytes() + static_cast<std::int64_t>(packed_.size() + form_.trailer.size());
}

bool StoredWriter::encodes_in_place(const Layout& layout, Format format) const noexcept {
  return !form_.pack && is_codec_row(layout, format, row());
}

void StoredWriter::write_row(const std::byte* elements, const Context& context) {
  const auto row_bytes = static_cast<std::size_t>(info_.row_bytes());
  if (form_.pack) {
    form_.pack({elements, row_bytes}, std::span(packed_).first(form_.packed_bytes));
    context.count_scratch_bytes(info_.row_bytes());
  } else {
    sink_.write({elements, row_bytes});
  }
  if (!packed_.empty()) sink_.write(packed_);
}

void StoredWriter::encode(const AnyConstView& given, Context& context) {
  const AnyConstView source = form_.bottom_up ? given.flip(0) : given;
  EncodeRows rows(source, row(), context);
  const std::ptrdiff_t total = source.extent(0);
  for (std::ptrdiff_t r = 0; r < total;) {
    context.check_cancelled();
    for (const std::ptrdiff_t last = std::min(total, r + batch_rows); r < last; ++r) write_row(rows.row(r), context);
    context.progress(rows_written_ + r, info_.height);
  }
}

void StoredWriter::end(Context&) {
  sink_.write(form_.trailer);
}

}  // namespace imgbuf::codecs
