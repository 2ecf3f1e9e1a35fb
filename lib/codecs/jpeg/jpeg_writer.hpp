#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codecs/codec_rows.hpp"
#include "codecs/jpeg/jpeg_errors.hpp"
#include "codecs/jpeg/jpeg_progress.hpp"
#include "codecs/jpeg/jpeg_sink.hpp"
#include "codecs/jpeg/libjpeg.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf::codecs::jpeg {

/// Encodes gray, RGB (as YCbCr) and CMYK of 8 bits. CMYK is stored inverted with Adobe's marker, as Photoshop does and
/// readers expect; subsampled it is stored as YCCK.
class JpegWriter final : public Writer {
 public:
  /// @throws Error{invalid_argument} for a quality or subsampling that is none
  JpegWriter(Sink& sink, const EncodeOptions& options);
  ~JpegWriter() override;

  [[nodiscard]] std::int64_t codec_bytes() const noexcept override { return codec_bytes_; }
  [[nodiscard]] bool encodes_in_place(const Layout& layout, Format format) const noexcept override;

 protected:
  void begin(Context& context) override;
  void encode(const AnyConstView& source, Context& context) override;
  void end(Context& context) override;

 private:
  template <class Call>
  void run(const Call& call);
  void check_pixels() const;
  void configure();
  void set_sampling();
  void write(JSAMPARRAY rows, JDIMENSION count);
  void encode_rows(const AnyConstView& source, Context& context);
  void encode_inverted(const AnyConstView& source, Context& context);
  [[nodiscard]] CodecRow codec_row() const noexcept;

  EncodeOptions options_;
  Subsampling::Factors luma_;
  ErrorState errors_;
  DestinationManager output_;
  ProgressMonitor progress_;
  jpeg_compress_struct cinfo_{};
  std::int64_t codec_bytes_ = 0;
};

}  // namespace imgbuf::codecs::jpeg
