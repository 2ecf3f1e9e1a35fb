#pragma once

#include <memory>
#include <optional>
#include <string>

#include "imgbuf/context.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/mapped_guard.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::cli {

/// A picture to look at, "-" from standard input: viewed in its file where it lies there uncompressed, else decoded.
/// Palettes, transparent colours, CMYK and samples below 8 bits are expanded, as `DecodeOptions::expand` does. A file
/// that becomes shorter while it is looked at does not end the program.
class PictureInput {
 public:
  /// A name that says another format than the content is warned of through the context.
  /// @param region  the pixels wanted; all when absent
  /// @throws as `open_input` and `decode`
  PictureInput(const std::string& name, const std::optional<Region>& region, Context& context);

  [[nodiscard]] const Image& image() const noexcept { return image_; }

  /// To be asked when all pixels have been looked at.
  /// @throws as `Reader::require_intact`
  void require_intact() const {
    if (reader_) reader_->require_intact();
  }

 private:
  std::unique_ptr<MappedGuard> shortened_files_are_errors_ = std::make_unique<MappedGuard>();
  std::shared_ptr<Reader> reader_;  ///< of pixels in a file; the image keeps it as well
  Image image_;
};

}  // namespace imgbuf::cli
