#pragma once

#include <png.h>

#include <cstddef>
#include <vector>

#include "codecs/codec_rows.hpp"
#include "codecs/png/png_chunk.hpp"
#include "codecs/png/png_guard.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf::codecs::png {

/// libpng's two structs for writing.
struct WriteStruct {
  /// @throws Error{out_of_memory}
  explicit WriteStruct(Trouble& trouble);
  ~WriteStruct() { png_destroy_write_struct(&png, &info); }
  WriteStruct(const WriteStruct&) = delete;
  WriteStruct& operator=(const WriteStruct&) = delete;

  png_structp png = nullptr;
  png_infop info = nullptr;
};

/// Encodes a PNG with libpng, reading the view's rows where they are if they can be.
class PngWriter final : public Writer {
 public:
  /// @throws Error{invalid_argument} for a compression level that is none
  PngWriter(Sink& sink, const EncodeOptions& options);

  [[nodiscard]] bool needs_whole_image() const noexcept override { return options_.interlaced; }
  [[nodiscard]] std::int64_t codec_bytes() const noexcept override;
  [[nodiscard]] bool encodes_in_place(const Layout& layout, Format format) const noexcept override;

 protected:
  void begin(Context& context) override;
  void encode(const AnyConstView& source, Context& context) override;
  void end(Context& context) override;

 private:
  static void on_write(png_structp png, png_bytep data, std::size_t size);
  static void on_flush(png_structp) {}
  [[nodiscard]] bool write(std::span<const std::byte> bytes) noexcept;

  void require_storable() const;
  void write_header();
  void write_palette();
  void write_transparent_color();
  void write_chunks(const std::vector<Chunk>& chunks);
  void begin_rows(Format format);
  void write_interlaced(const AnyConstView& source, Context& context);
  void write_from(std::span<const std::byte* const> rows);
  [[noreturn]] void fail() const;

  EncodeOptions options_;
  Trouble trouble_;
  WriteStruct structs_;
  CodecRow row_;
  bool rows_begun_ = false;
};

}  // namespace imgbuf::codecs::png
