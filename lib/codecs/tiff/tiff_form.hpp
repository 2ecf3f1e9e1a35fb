#pragma once

#include "codecs/stored/stored_writer.hpp"

namespace imgbuf::codecs::tiff {

// The functions of the codec table, and how a picture is stored: strips of about 64 KiB one after the other, chunky,
// without compression; as BigTIFF when 32 bits of offset are not enough.
[[nodiscard]] PixelFormat nearest_storable(const ImageInfo& info);
[[nodiscard]] bool can_store(const ImageInfo& info);
[[nodiscard]] StoredForm make_form(const ImageInfo& info, const EncodeOptions& options, Context& context);

}  // namespace imgbuf::codecs::tiff
