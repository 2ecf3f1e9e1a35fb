#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/export.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf {

/// The parts of a file's metadata that are kept.
struct MetadataParts {
  bool icc = true;
  bool gamma = true;           ///< PNG's gAMA
  bool chromaticities = true;  ///< PNG's cHRM
  bool srgb = true;            ///< PNG's sRGB intent
  bool exif = true;
  bool xmp = true;   ///< with its extension
  bool iptc = true;  ///< with all else that Photoshop's resources hold
  bool resolution = true;
  bool text = true;

  /// Nothing.
  [[nodiscard]] IMGBUF_API static MetadataParts none() noexcept;
  /// Only what says which colours the pixels mean: ICC profile, gamma, chromaticities, sRGB intent.
  [[nodiscard]] IMGBUF_API static MetadataParts colors() noexcept;
  /// Only the parts named, as in "icc,exif": the members' names with commas between them.
  /// @throws Error{invalid_argument} naming the part that is none and those there are
  [[nodiscard]] IMGBUF_API static MetadataParts parse(std::string_view list);
  /// The names that `parse` knows.
  [[nodiscard]] IMGBUF_API static std::vector<std::string_view> names();

  /// Whether everything is kept, what imgbuf has no name for included.
  [[nodiscard]] IMGBUF_API bool is_all() const noexcept;
  /// What is kept of `metadata`. `Metadata::not_carried` stays only when all is kept: what was not named was not
  /// wanted.
  [[nodiscard]] IMGBUF_API Metadata apply(const Metadata& metadata) const;
  /// The names of the parts that `metadata` has and `apply` drops.
  [[nodiscard]] IMGBUF_API std::vector<std::string> dropped(const Metadata& metadata) const;

  friend bool operator==(const MetadataParts&, const MetadataParts&) = default;
};

}  // namespace imgbuf
