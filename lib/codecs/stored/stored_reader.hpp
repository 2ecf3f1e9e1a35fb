#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codecs/codec_rows.hpp"
#include "codecs/stored/file_bytes.hpp"
#include "codecs/stored/row_fetcher.hpp"
#include "codecs/stored/stored_picture.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::codecs {

/// Reads pictures that lie in their file without compression. Rows of the file are read into the view's own memory
/// where both hold the same elements; others pass through one scratch row. When the file is in memory or mapped, rows
/// that are elements as they are can also be seen where they lie.
class StoredReader final : public Reader {
 public:
  /// @param is_scattered  the header's parts stand anywhere in the file
  StoredReader(std::unique_ptr<Source> source, const Limits& limits, ParseStored parse, bool is_scattered);

  [[nodiscard]] bool has_view() const noexcept override { return image_.has_value(); }
  [[nodiscard]] bool needs_whole_image() const noexcept override { return picture_.by_columns; }
  [[nodiscard]] std::int64_t codec_bytes() const noexcept override;
  [[nodiscard]] bool decodes_in_place(const Layout& layout, Format format) const noexcept override;

 protected:
  ImageInfo prepare(const DecodeOptions& options) override;
  void decode(const AnyView& destination, Context& context) override;
  [[nodiscard]] AnyConstView view_part(const Region& part) override;
  void end(Context& context) override;

 private:
  void hold_whole_source();
  [[nodiscard]] std::uint64_t stored_columns() const noexcept;
  [[nodiscard]] std::optional<Image> image_in_source();
  /// The wanted channels as stored ones, or none when they are all stored ones in order.
  [[nodiscard]] std::vector<int> stored_selection(std::span<const int> channels) const;
  [[nodiscard]] CodecRow chunky_row() const noexcept;

  void decode_converted(const AnyView& destination, Context& context);
  void decode_stored(const AnyView& destination, std::ptrdiff_t first_row, Context& context);
  void decode_plane(const AnyView& stored_rows, std::uint64_t plane, std::uint64_t first_row, const CodecRow& row,
                    Context& context);

  [[nodiscard]] std::string place_of(std::uint64_t first_row, std::uint64_t row_count) const;

  std::unique_ptr<FileBytes> bytes_;
  StoredPicture picture_;
  std::optional<RowFetcher> fetcher_;
  std::int64_t held_bytes_ = 0;  ///< of a source that cannot seek, held whole

  Region region_;
  std::vector<int> channels_;         ///< wanted of the picture, or of what `converter_` makes of it
  std::vector<int> stored_channels_;  ///< `stored_selection` of what is read
  std::optional<PixelConverter> converter_;
  ImageInfo native_;  ///< what is read before `converter_`

  std::optional<Image> image_;       ///< the whole picture where it lies, if the rows agreed on can be seen there
  std::uint64_t touched_bytes_ = 0;  ///< of pages that were seen and may still be in the process' memory, at most
};

}  // namespace imgbuf::codecs
