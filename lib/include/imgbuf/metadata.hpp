#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/export.hpp"

namespace imgbuf {

/// Bytes that imgbuf carries and does not interpret.
using Blob = std::vector<std::byte>;

/// Pixels per unit length. `unit_less` gives the aspect of a pixel only.
struct Resolution {
  enum class Unit : unsigned char { unit_less, per_metre, per_centimetre, per_inch };
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  Unit unit = Unit::per_inch;
  friend bool operator==(const Resolution&, const Resolution&) = default;
};

/// PNG's cHRM: x and y of white point, red, green and blue, each times 100000.
struct Chromaticities {
  std::array<std::int32_t, 8> xy_100000{};
  friend bool operator==(const Chromaticities&, const Chromaticities&) = default;
};

/// A note in the file: PNG's text, a comment of JPEG or PNM, a text that TIFF has a tag for.
struct TextEntry {
  /// How the file stores it: PNG's tEXt and zTXt are Latin-1, iTXt is UTF-8, others do not say.
  enum class Encoding : unsigned char { latin1, utf8, unknown };
  std::string keyword;  ///< "Comment" for a comment, which has none
  std::string text;     ///< the bytes of the file, in `encoding`
  Encoding encoding = Encoding::utf8;
  bool compressed = false;
  std::string language;            ///< RFC 3066 tag of an iTXt, else empty
  std::string translated_keyword;  ///< of an iTXt, UTF-8, else empty
  friend bool operator==(const TextEntry&, const TextEntry&) = default;
};

/// An entry's text as UTF-8, as far as its encoding is known; bytes of an unknown one as they are.
[[nodiscard]] IMGBUF_API std::string utf8_text(const TextEntry& entry);

/// An entry as one comment without a keyword, as JPEG and PNM have them: "Title: a lake", and a "Comment" without its
/// keyword. UTF-8 as `utf8_text`.
[[nodiscard]] IMGBUF_API std::string as_comment(const TextEntry& entry);

/// What a file says beside its pixels. Blobs are byte for byte what the file held, without the wrapping of its format.
struct Metadata {
  Blob icc;                       ///< ICC profile
  std::string icc_name;           ///< PNG's name of it
  Blob exif;                      ///< the TIFF structure, from its byte order mark ("II*\0" or "MM\0*")
  Blob xmp;                       ///< the XMP packet
  Blob xmp_extended;              ///< JPEG's extended XMP, put together
  std::string xmp_extended_guid;  ///< 32 hexadecimal digits that tie it to the packet
  Blob photoshop;                 ///< Photoshop's image resource blocks, from the first "8BIM"; `iptc` lives in them
  std::optional<Resolution> resolution;
  std::optional<std::uint32_t> gamma_100000;  ///< PNG's gAMA: the file's gamma times 100000
  std::optional<Chromaticities> chromaticities;
  std::optional<int> srgb_intent;  ///< PNG's sRGB: rendering intent 0..3
  std::vector<TextEntry> text;
  /// What the reader saw and imgbuf does not carry, a phrase each: "12 bytes of APP4", "chunk bKGD".
  std::vector<std::string> not_carried;

  friend bool operator==(const Metadata&, const Metadata&) = default;
};

/// How the rows and columns of the file lie in the upright picture: the value of EXIF's tag 0x0112 (1..8).
enum class Orientation : unsigned char {
  upright = 1,
  flip_horizontal = 2,
  rotate_180 = 3,
  flip_vertical = 4,
  transpose = 5,
  rotate_90 = 6,  ///< turn by 90 degrees clockwise to see it upright
  transverse = 7,
  rotate_270 = 8,
};

/// EXIF's orientation; `upright` when there is none or it is malformed.
/// @see EXIF 2.32 section 4.6.4, TIFF 6.0 section 8
[[nodiscard]] IMGBUF_API Orientation orientation(const Metadata& metadata) noexcept;

/// Changes EXIF's orientation and XMP's `tiff:Orientation` in place, where they are there; every other byte stays.
IMGBUF_API void set_orientation(Metadata& metadata, Orientation orientation) noexcept;

}  // namespace imgbuf
