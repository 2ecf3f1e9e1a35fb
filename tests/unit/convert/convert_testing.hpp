#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "imgbuf/convert.hpp"
#include "imgbuf/image.hpp"

namespace imgbuf::test {

using Bytes = std::vector<std::byte>;

/// A picture of random pixels; a palette is made when the colour model wants one.
Image random_image(std::ptrdiff_t width, std::ptrdiff_t height, const PixelFormat& pixel);

/// The file of an image, in memory.
Bytes encoded(const Image& image, const std::string& format, const EncodeOptions& options = {});

/// A PNG with a text chunk after its pixels.
Bytes with_late_text(const Bytes& png, const std::string& keyword, const std::string& text);

/// A sink that keeps what it gets and knows whether it was committed.
class RecordingSink final : public Sink {
 public:
  RecordingSink() : Sink("recording") {}
  void write(std::span<const std::byte> data) override { bytes.insert(bytes.end(), data.begin(), data.end()); }
  void commit() override { is_committed = true; }

  Bytes bytes;
  bool is_committed = false;
};

/// What a conversion in memory wrote and said.
struct Converted {
  Bytes bytes;
  ConvertReport report;
  std::vector<std::string> warnings;
};

Converted convert_bytes(const Bytes& input, const ConvertOptions& options);

}  // namespace imgbuf::test
