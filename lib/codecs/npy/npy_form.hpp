#pragma once

#include "codecs/stored/stored_writer.hpp"

namespace imgbuf::codecs::npy {

// The functions of the codec table, and how a picture is stored: version 1, in C order.
[[nodiscard]] PixelFormat nearest_storable(const ImageInfo& info);
[[nodiscard]] bool can_store(const ImageInfo& info);
[[nodiscard]] StoredForm make_form(const ImageInfo& info, const EncodeOptions& options, Context& context);

}  // namespace imgbuf::codecs::npy
