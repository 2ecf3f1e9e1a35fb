#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codecs/codec_rows.hpp"
#include "codecs/jpeg/jpeg_errors.hpp"
#include "codecs/jpeg/jpeg_progress.hpp"
#include "codecs/jpeg/jpeg_source.hpp"
#include "codecs/jpeg/libjpeg.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::codecs::jpeg {

/// Decodes JPEG files of 8 bits a sample: sequential and progressive, Huffman and arithmetic coding.
///
/// CMYK comes out with ink 0 meaning paper: files with Adobe's marker store it inverted.
class JpegReader final : public Reader {
 public:
  /// Reads the header. @throws as `open_reader`
  JpegReader(std::unique_ptr<Source> source, const Limits& limits);
  ~JpegReader() override;

  [[nodiscard]] std::int64_t codec_bytes() const noexcept override { return codec_bytes_; }
  [[nodiscard]] bool decodes_in_place(const Layout& layout, Format format) const noexcept override;

 protected:
  ImageInfo prepare(const DecodeOptions& options) override;
  void decode(const AnyView& destination, Context& context) override;
  void end(Context& context) override;

 private:
  template <class Call>
  void run(const Call& call);
  void read_header(const Limits& limits);
  void describe_file();

  void begin();
  void check_components() const;
  void read(JSAMPARRAY rows, JDIMENSION count);
  void decode_rows(const AnyView& destination, Context& context);
  void decode_cmyk_as_rgb(const AnyView& destination, Context& context);
  void undo_inversion(std::byte* row) const noexcept;
  [[nodiscard]] std::string row_place() const;
  /// What libjpeg gives (or, with CMYK expanded, what the converter makes of it). The width is libjpeg's after `begin`.
  [[nodiscard]] CodecRow codec_row() const noexcept;

  ErrorState errors_;
  SourceManager input_;
  ProgressMonitor progress_;
  jpeg_decompress_struct cinfo_{};

  bool begun_ = false;
  bool reading_rows_ = false;
  bool inverted_cmyk_ = false;
  std::int64_t codec_bytes_ = 0;
  Region region_;
  std::vector<int> selection_;
  std::optional<PixelConverter> cmyk_to_rgb_;
  std::ptrdiff_t first_column_ = 0;  ///< of the region in libjpeg's rows
  std::ptrdiff_t codec_width_ = 0;   ///< pixels of libjpeg's rows
};

}  // namespace imgbuf::codecs::jpeg
