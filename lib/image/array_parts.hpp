#pragma once

#include <span>

#include "imgbuf/array.hpp"

namespace imgbuf::image {

/// Makes arrays of parts that are known to belong together, for the functions of this layer.
struct ArrayParts {
  Storage storage;
  AnyView view;
  Access access = Access::read_write;
  std::span<const std::byte> own_tables = {};

  /// The parts of an array.
  static ArrayParts of(const Array& array) { return {array.storage_, array.view_, array.access_, array.own_tables_}; }

  /// The array of these parts.
  [[nodiscard]] Array made() && noexcept { return Array(std::move(storage), std::move(view), access, own_tables); }
};

/// A storage and one segment more.
[[nodiscard]] Storage with_segment(const Storage& storage, const Segment& segment);

}  // namespace imgbuf::image
