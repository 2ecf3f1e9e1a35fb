#pragma once

#include <string_view>

#include "codecs/stored/stored_writer.hpp"
#include "imgbuf/image_info.hpp"

namespace imgbuf::codecs::pnm {

/// The formats of the family. `pnm` is whichever of PBM, PGM and PPM fits the pixels.
enum class Kind : unsigned char { pbm, pgm, ppm, pnm, pam, pfm };

/// "PBM", "PAM", ….
[[nodiscard]] std::string_view name(Kind kind) noexcept;

[[nodiscard]] PixelFormat nearest_storable(Kind kind, const ImageInfo& info);
[[nodiscard]] bool can_store(Kind kind, const ImageInfo& info);
/// The raw variant of the format (P4 to P7, PF, Pf). @pre can_store(kind, info)
[[nodiscard]] StoredForm make_form(Kind kind, const ImageInfo& info, Context& context);

// The functions of a codec's table.
template <Kind kind>
PixelFormat nearest_storable(const ImageInfo& info) {
  return nearest_storable(kind, info);
}
template <Kind kind>
bool can_store(const ImageInfo& info) {
  return can_store(kind, info);
}
template <Kind kind>
StoredForm make_form(const ImageInfo& info, const EncodeOptions&, Context& context) {
  return make_form(kind, info, context);
}

}  // namespace imgbuf::codecs::pnm
