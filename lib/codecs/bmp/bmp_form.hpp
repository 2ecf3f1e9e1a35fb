#pragma once

#include "codecs/stored/stored_writer.hpp"

namespace imgbuf::codecs::bmp {

// The functions of the codec table, and how a picture is stored: top row first, so that it can be written as it comes.
[[nodiscard]] PixelFormat nearest_storable(const ImageInfo& info);
[[nodiscard]] bool can_store(const ImageInfo& info);
[[nodiscard]] StoredForm make_form(const ImageInfo& info, const EncodeOptions& options, Context& context);

}  // namespace imgbuf::codecs::bmp
