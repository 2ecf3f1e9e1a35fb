#include "codecs/codec_rows.hpp"

#include "imgbuf/image.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::codecs {

namespace {

/// One codec row as a view of shape (width, channels).
template <class View, class Byte>
View row_view(Byte* memory, const CodecRow& row) {
  const std::ptrdiff_t item = row.format.itemsize();
  return View(memory, Layout{{row.width, row.channels * item, 0}, {row.channels, item, 0}}, row.format);
}

std::size_t row_bytes(const CodecRow& row) {
  return static_cast<std::size_t>(row.width * row.channels * row.format.itemsize());
}

bool takes_all_channels(const CodecRow& row) noexcept {
  if (row.selection.empty()) return true;
  if (static_cast<std::ptrdiff_t>(row.selection.size()) != row.channels) return false;
  for (std::size_t c = 0; c < row.selection.size(); ++c)
    if (row.selection[c] != static_cast<int>(c)) return false;
  return true;
}

}  // namespace

bool is_codec_row(const Layout& layout, Format format, const CodecRow& row) noexcept {
  return format == row.format && layout.rank() == 3 && layout.extent(1) == row.width &&
         layout.extent(2) == row.channels && takes_all_channels(row) && has_packed_rows(layout, format.itemsize());
}

DecodeRows::DecodeRows(const AnyView& destination, const CodecRow& row, Context& context)
    : destination_(destination), row_(row), context_(context) {
  if (!is_codec_row(destination.layout(), destination.format(), row)) scratch_.resize(row_bytes(row));
}

std::byte* DecodeRows::row(std::ptrdiff_t r) const noexcept {
  if (!in_place()) return const_cast<std::byte*>(scratch_.data());
  return destination_.address({r, 0, 0});
}

void DecodeRows::done(std::ptrdiff_t r) {
  if (in_place()) return;
  const AnyView to = destination_.index(0, r);
  const auto wanted = row_view<AnyConstView>(static_cast<const std::byte*>(scratch_.data()), row_)
                          .window(0, row_.first_column, to.extent(0));
  if (takes_all_channels(row_)) {
    copy(to, wanted);
  } else {
    for (std::size_t c = 0; c < row_.selection.size(); ++c)
      copy(to.window(1, static_cast<std::ptrdiff_t>(c), 1), wanted.window(1, row_.selection[c], 1));
  }
  context_.count_scratch_bytes(to.layout().element_count() * to.format().itemsize());
}

EncodeRows::EncodeRows(const AnyConstView& source, const CodecRow& row, Context& context)
    : source_(source), row_(row), context_(context) {
  if (!is_codec_row(source.layout(), source.format(), row)) scratch_.resize(row_bytes(row));
}

const std::byte* EncodeRows::row(std::ptrdiff_t r) {
  if (in_place()) return source_.address({r, 0, 0});
  copy(row_view<AnyView>(scratch_.data(), row_), source_.index(0, r));
  context_.count_scratch_bytes(static_cast<std::int64_t>(scratch_.size()));
  return scratch_.data();
}

}  // namespace imgbuf::codecs
