#pragma once

#include <span>

#include "imgbuf/image.hpp"

namespace imgbuf::image {

/// Makes images of parts that are known to belong together, for the functions of this layer.
struct ImageParts {
  Storage storage;
  AnyView view;
  Access access = Access::read_write;
  std::span<const std::byte> own_tables = {};

  /// The parts of an image.
  static ImageParts of(const Image& image) { return {image.storage_, image.view_, image.access_, image.own_tables_}; }

  /// The image of these parts, with the same meaning as `like`.
  [[nodiscard]] Image made_like(const Image& like) const {
    return Image(storage, view, access, own_tables, like.info_);
  }
};

}  // namespace imgbuf::image
