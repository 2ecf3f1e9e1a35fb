#pragma once

#include <png.h>

#include <cstddef>
#include <vector>

#include "codecs/codec_rows.hpp"
#include "codecs/png/png_guard.hpp"
#include "codecs/png/png_input.hpp"
#include "codecs/png/png_metadata_read.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::codecs::png {

/// libpng's two structs for reading.
struct ReadStruct {
  /// @throws Error{out_of_memory}
  explicit ReadStruct(Trouble& trouble);
  ~ReadStruct() { png_destroy_read_struct(&png, &info, nullptr); }
  ReadStruct(const ReadStruct&) = delete;
  ReadStruct& operator=(const ReadStruct&) = delete;

  png_structp png = nullptr;
  png_infop info = nullptr;
};

/// Decodes a PNG with libpng. libpng's row pointers are the view's where they can be.
class PngReader final : public Reader {
 public:
  /// Reads up to the pixels.
  PngReader(std::unique_ptr<Source> source, const Limits& limits);

  void scan_metadata() override;
  [[nodiscard]] bool needs_whole_image() const noexcept override { return info_.file.interlaced; }
  [[nodiscard]] std::int64_t codec_bytes() const noexcept override;
  [[nodiscard]] bool decodes_in_place(const Layout& layout, Format format) const noexcept override;

 protected:
  ImageInfo prepare(const DecodeOptions& options) override;
  void decode(const AnyView& destination, Context& context) override;
  void end(Context& context) override;

 private:
  void read_header();
  void read_palette();
  void read_transparency();
  void take_late_metadata();

  void begin_rows(const AnyView& destination);
  void read_sequential(const AnyView& destination, Context& context);
  void read_interlaced_in_place(const AnyView& destination, Context& context);
  void read_passes(const AnyView& destination, Context& context);
  void scatter_pass_row(const AnyView& row, const std::byte* pixels, int pass) const;
  void read_into(std::span<std::byte* const> rows);
  [[noreturn]] void fail_in_rows() const;
  [[noreturn]] void fail(std::string_view place) const;

  Trouble trouble_;
  MetadataReader metadata_reader_;
  Input input_;
  ReadStruct structs_;

  Region region_;
  bool expand_ = false;
  std::vector<int> channels_;  ///< `row_.selection` looks at it
  CodecRow row_;
  bool rows_begun_ = false;
  std::ptrdiff_t file_rows_read_ = 0;  ///< rows of the file that need not be read any more
};

}  // namespace imgbuf::codecs::png
