#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/layout.hpp"

namespace imgbuf::cli {

/// The memory that a picture would be decoded into.
struct MemoryFacts {
  Arrangement arrangement;
  Layout layout;
  BufferShapeExport buffer;  ///< the same as PEP 3118 says it
  std::vector<std::size_t> segment_bytes;
};

/// What `imgbuf info` tells of one file.
struct FileFacts {
  std::string name;
  ImageInfo info;
  std::string note;  ///< what the file may hold beside it and could not be looked for
  std::optional<MemoryFacts> memory;
  std::string error;  ///< why the file could not be read; then there is nothing else
};

/// For people.
[[nodiscard]] std::string to_text(const FileFacts& facts);
/// A JSON array with an object for each file. Bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string to_json(const std::vector<FileFacts>& files);

/// Entries of the palette that are not opaque.
[[nodiscard]] std::ptrdiff_t entries_with_alpha(const ImageInfo& info);
/// "per metre", "per inch", ….
[[nodiscard]] std::string_view unit_name(Resolution::Unit unit) noexcept;

}  // namespace imgbuf::cli
