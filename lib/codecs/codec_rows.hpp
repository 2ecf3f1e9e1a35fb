#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::codecs {

/// What a codec's rows are: packed pixels of `channels` elements each.
struct CodecRow {
  Format format;
  std::ptrdiff_t width = 0;  ///< pixels the codec gives or takes
  std::ptrdiff_t channels = 1;
  std::ptrdiff_t first_column = 0;      ///< decoding: the first of the codec's pixels that is wanted
  std::span<const int> selection = {};  ///< decoding: the wanted channels, in order; all when empty
};

/// Whether a codec's row can be the view's row: the same elements in the same order and nothing more.
[[nodiscard]] bool is_codec_row(const Layout& layout, Format format, const CodecRow& row) noexcept;

/// Where a codec puts decoded rows of a view of shape (rows, width, channels): the view's own memory if it can, else
/// one scratch row that `done` scatters and counts.
class DecodeRows {
 public:
  DecodeRows(const AnyView& destination, const CodecRow& row, Context& context);

  [[nodiscard]] bool in_place() const noexcept { return scratch_.empty(); }
  /// Memory for row `r` of the view; without `in_place` it is the same for all rows.
  [[nodiscard]] std::byte* row(std::ptrdiff_t r) const noexcept;
  /// Says that the codec has filled `row(r)`.
  void done(std::ptrdiff_t r);

 private:
  AnyView destination_;
  CodecRow row_;
  Context& context_;
  std::vector<std::byte> scratch_;
};

/// The rows of a view of shape (rows, width, channels) as a codec reads them: the view's own memory if it can be, else
/// gathered into one scratch row and counted.
class EncodeRows {
 public:
  EncodeRows(const AnyConstView& source, const CodecRow& row, Context& context);

  [[nodiscard]] bool in_place() const noexcept { return scratch_.empty(); }
  /// Row `r`, valid until the next call when it is not `in_place`.
  [[nodiscard]] const std::byte* row(std::ptrdiff_t r);

 private:
  AnyConstView source_;
  CodecRow row_;
  Context& context_;
  std::vector<std::byte> scratch_;
};

}  // namespace imgbuf::codecs
