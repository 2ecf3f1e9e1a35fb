#pragma once

#include <cstdint>
#include <string>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/grid_image.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf {

/// How a file becomes an image.
struct OpenOptions {
  /// Whether pixels that lie in the file as they are may be viewed there. When false they are read into new memory,
  /// which a file that is shortened meanwhile cannot take away.
  bool mapped = true;
  bool must_map = false;  ///< nothing is decoded: what cannot be viewed is an error
  DecodeOptions decode = {};
  Arrangement arrangement = {};  ///< of the memory, where the pixels are decoded
};

/// An image, and what it took to get it.
struct OpenedImage {
  Image image;
  bool is_mapped = false;          ///< the image is a view of the file: read-only, and nothing was decoded or copied
  std::string reason;              ///< why it is not mapped: "its samples are text"; empty when it is
  std::int64_t decoded_bytes = 0;  ///< of the pixels, that were decoded or read into new memory; 0 when it is mapped
};

/// Opens a picture file by its content. One whose pixels lie in it as they are (PNM, PAM, PFM, BMP, NPY, TIFF without
/// compression) becomes a view of the mapped file: no pixel is read, and none copied. Rows that run upwards and
/// channels in reverse are negative strides, scattered strips are behind row pointers that the library makes (8 bytes a
/// row, and of planes in strips a row of each plane), strips that a TIFF leaves out are one row of zeros beside the map
/// that all their pointers lead to, planes are planes, and a foreign byte order is the info's
/// `pixel.format`. A region and channels are chosen by geometry alone. What no layout can say (text, samples below a
/// byte, scaled or inverted samples, tiles unless the region lies in one) is decoded, as are all other formats;
/// `OpenedImage::reason` says which of them it is.
///
/// The image keeps the map, not a descriptor; the file may be renamed, replaced or removed. But a mapped file is not a
/// copy: what others write into it shows in the pixels, and when somebody shortens it, reading rows that are gone is a
/// SIGBUS, which ends the process. The library installs no handler for it. Open files that others may shorten with
/// `mapped = false`. Files on a network, or on a disk that fails, carry the same risk.
///
/// Samples in a mapped file are what its bytes are: of files that store fewer bits than an element has (`bit_depth`), a
/// damaged one may hold larger values.
///
/// Warns through the context when the file's name says another format than its content.
/// @throws as `open_reader` and `Reader`; for a file that ends before its pixels, Error{truncated_data};
///         Error{copy_required} saying why, when `must_map` asks for a view and there is none
[[nodiscard]] IMGBUF_API OpenedImage open_image(const std::string& path, const OpenOptions& options, Context& context);
[[nodiscard]] IMGBUF_API OpenedImage open_image(const std::string& path, const OpenOptions& options = {});

/// An image in cells, and what it took to get it.
struct OpenedGrid {
  GridImage image;
  bool is_mapped = false;  ///< as of `OpenedImage`, here and below
  std::string reason = {};
  std::int64_t decoded_bytes = 0;
};

/// Opens a picture file as `open_image` does, and one in tiles without compression (TIFF, chunky or planar) as a view
/// of the mapped file too: each tile is a cell, those at the far edges as short as the picture is. A tile that the file
/// leaves out (offset and byte count are 0) is zeros, as it is wherever it is decoded. Every other file has one cell, mapped or decoded. The same holds
/// of the map as for `open_image`.
/// @throws as `open_image`
[[nodiscard]] IMGBUF_API OpenedGrid open_grid(const std::string& path, const OpenOptions& options, Context& context);
[[nodiscard]] IMGBUF_API OpenedGrid open_grid(const std::string& path, const OpenOptions& options = {});

}  // namespace imgbuf
