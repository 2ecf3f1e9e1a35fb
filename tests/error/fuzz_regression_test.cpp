// Inputs that a fuzz target found, each reduced to what mattered in it.

#include <catch2/catch.hpp>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include "imgbuf/convert.hpp"
#include "imgbuf/reader.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf::test {
namespace {

using Bytes = std::vector<std::byte>;
using Lines = std::vector<std::string>;

Bytes read_sample(const std::string& name) {
  return read_file(std::string(IMGBUF_SAMPLE_IMAGES) + "/" + name);
}

/// The JPEG file with another marker right after its start.
Bytes with_marker(Bytes jpeg, int code, const std::string& data) {
  const std::size_t length = data.size() + 2;
  std::string segment = {'\xFF', static_cast<char>(code), static_cast<char>(length >> 8), static_cast<char>(length)};
  segment += data;
  const Bytes bytes = to_bytes(segment);
  jpeg.insert(jpeg.begin() + 2, bytes.begin(), bytes.end());
  return jpeg;
}

/// A context that keeps what is said.
class Listener {
 public:
  Listener() {
    context_.on_warning = [this](std::string_view line) { lines_.emplace_back(line); };
  }
  [[nodiscard]] Context& context() noexcept { return context_; }
  [[nodiscard]] const Lines& lines() const noexcept { return lines_; }

 private:
  Context context_;
  Lines lines_;
};

}  // namespace

TEST_CASE("EXIF that is no TIFF structure is not written into a PNG, and that is said", "[fuzz]") {
  const Bytes jpeg = with_marker(read_sample("gray.jpg"), 0xE1, std::string("Exif\0\0M\0M*\0\0\0\x08", 14));
  Conversion conversion(Source::memory(jpeg), {.format = "PNG"});
  Bytes png;
  const auto sink = Sink::memory(png);
  Listener writing;
  conversion.run(*sink, writing.context());
  CHECK(writing.lines() == Lines{"the EXIF of 8 bytes is left out: it is malformed"});

  Listener reading;
  const Image image = decode(Source::memory(png), {}, Arrangement::rows(), reading.context());
  CHECK(reading.lines().empty());
  CHECK(image.info().metadata.exif.empty());
}

}  // namespace imgbuf::test
