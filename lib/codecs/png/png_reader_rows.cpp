#include <algorithm>
#include <array>

#include "codecs/png/png_progress.hpp"
#include "codecs/png/png_reader.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::codecs::png {

namespace {

/// The smallest i >= 0 with start + i * step >= wanted.
std::ptrdiff_t first_index(std::ptrdiff_t start, std::ptrdiff_t step, std::ptrdiff_t wanted) {
  return std::max<std::ptrdiff_t>(0, (wanted - start + step - 1) / step);
}

}  // namespace

void PngReader::begin_rows(const AnyView& destination) {
  const png_structp png = structs_.png;
  row_.format = Format(row_.format.type(), destination.format().byte_order());
  const bool swap = row_.format.itemsize() == 2 && row_.format.byte_order() == ByteOrder::little;
  const bool drop_alpha = expand_ && png_get_valid(png, structs_.info, PNG_INFO_tRNS) != 0 && row_.channels % 2 == 1;
  const bool in_place = is_codec_row(destination.layout(), destination.format(), row_);
  const bool ok = guarded(png, [&] {
    if (expand_) png_set_expand(png);
    // A palette whose tRNS is opaque throughout needs no alpha.
    if (drop_alpha) png_set_strip_alpha(png);
    png_set_packing(png);
    if (swap) png_set_swap(png);
    if (in_place) png_set_interlace_handling(png);
    png_read_update_info(png, structs_.info);
  });
  if (!ok) fail(source().name());
  const auto row_bytes = static_cast<std::size_t>(row_.width * row_.channels * row_.format.itemsize());
  if (png_get_rowbytes(png, structs_.info) != row_bytes)
    throw Error(ErrorCode::unsupported, "libpng's rows are not of the size that they should have", source().name());
  rows_begun_ = true;
}

void PngReader::decode(const AnyView& destination, Context& context) {
  const std::string prefix = source().name() + ": ";
  trouble_.say_warnings(context, prefix);
  if (!rows_begun_) begin_rows(destination);
  if (!info_.file.interlaced)
    read_sequential(destination, context);
  else if (is_codec_row(destination.layout(), destination.format(), row_))
    read_interlaced_in_place(destination, context);
  else
    read_passes(destination, context);
  trouble_.say_warnings(context, prefix);
}

void PngReader::read_sequential(const AnyView& destination, Context& context) {
  std::array<std::byte*, batch_rows> rows{};
  while (file_rows_read_ < region_.y) {
    context.check_cancelled();
    const auto count = std::min(batch_rows, region_.y - file_rows_read_);
    read_into(std::span(rows).first(static_cast<std::size_t>(count)));
    file_rows_read_ += count;
  }

  DecodeRows target(destination, row_, context);
  const std::ptrdiff_t total = destination.extent(0);
  for (std::ptrdiff_t r = 0; r < total;) {
    context.check_cancelled();
    const auto count = target.in_place() ? std::min(batch_rows, total - r) : 1;
    for (std::ptrdiff_t i = 0; i < count; ++i) rows[static_cast<std::size_t>(i)] = target.row(r + i);
    read_into(std::span(rows).first(static_cast<std::size_t>(count)));
    for (std::ptrdiff_t i = 0; i < count; ++i) target.done(r + i);
    file_rows_read_ += count;
    r += count;
    report_rows(context, rows_read_ + r - count, rows_read_ + r, row_info_.height);
  }
}

void PngReader::read_interlaced_in_place(const AnyView& destination, Context& context) {
  DecodeRows target(destination, row_, context);
  std::array<std::byte*, batch_rows> rows{};
  for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
    for (std::ptrdiff_t y = 0; y < info_.height;) {
      context.check_cancelled();
      const auto count = std::min(batch_rows, info_.height - y);
      for (std::ptrdiff_t i = 0; i < count; ++i) {
        const std::ptrdiff_t r = y + i - region_.y;
        rows[static_cast<std::size_t>(i)] = r >= 0 && r < region_.height ? target.row(r) : nullptr;
      }
      read_into(std::span(rows).first(static_cast<std::size_t>(count)));
      y += count;
    }
    report_pass(context, pass, row_info_.height);
  }
  file_rows_read_ = info_.height;
}

void PngReader::read_passes(const AnyView& destination, Context& context) {
  std::vector<std::byte> pixels(static_cast<std::size_t>(row_.width * row_.channels * row_.format.itemsize()));
  std::byte* const row[] = {pixels.data()};
  for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
    const std::ptrdiff_t row_count = PNG_PASS_ROWS(info_.height, pass);
    // libpng leaves out a pass without columns.
    if (PNG_PASS_COLS(info_.width, pass) == 0) continue;
    for (std::ptrdiff_t i = 0; i < row_count; ++i) {
      context.check_cancelled();
      read_into(row);
      const std::ptrdiff_t r = PNG_ROW_FROM_PASS_ROW(i, pass) - region_.y;
      if (r >= 0 && r < region_.height) scatter_pass_row(destination.index(0, r), pixels.data(), pass);
    }
    report_pass(context, pass, row_info_.height);
  }
  context.count_scratch_bytes(destination.layout().element_count() * row_.format.itemsize());
  file_rows_read_ = info_.height;
}

void PngReader::scatter_pass_row(const AnyView& row, const std::byte* pixels, int pass) const {
  const std::ptrdiff_t start = PNG_PASS_START_COL(pass);
  const std::ptrdiff_t step = std::ptrdiff_t{1} << PNG_PASS_COL_SHIFT(pass);
  const std::ptrdiff_t first = first_index(start, step, region_.x);
  const std::ptrdiff_t count = first_index(start, step, region_.x + region_.width) - first;
  if (count <= 0) return;
  const std::ptrdiff_t item = row_.format.itemsize();
  const std::ptrdiff_t pixel_bytes = row_.channels * item;
  const AnyConstView from(pixels + first * pixel_bytes, Layout{{count, pixel_bytes, 0}, {row_.channels, item, 0}},
                          row_.format);
  const AnyView to = row.slice(0, {.start = start + first * step - region_.x, .stop = {}, .step = step});
  if (channels_.empty()) {
    copy(to, from);
  } else {
    for (std::size_t c = 0; c < channels_.size(); ++c)
      copy(to.window(1, static_cast<std::ptrdiff_t>(c), 1), from.window(1, channels_[c], 1));
  }
}

void PngReader::read_into(std::span<std::byte* const> rows) {
  const png_structp png = structs_.png;
  const bool ok = guarded(png, [&] {
    for (std::byte* row : rows) png_read_row(png, reinterpret_cast<png_bytep>(row), nullptr);
  });
  if (!ok) fail_in_rows();
}

void PngReader::fail_in_rows() const {
  std::string place = source().name();
  if (info_.file.interlaced) place += ": pass " + std::to_string(png_get_current_pass_number(structs_.png) + 1);
  fail(place + ": row " + std::to_string(png_get_current_row_number(structs_.png)));
}

}  // namespace imgbuf::codecs::png
