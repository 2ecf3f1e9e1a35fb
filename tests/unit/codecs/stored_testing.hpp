#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/open_image.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/writer.hpp"
#include "support/guarded_image.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf::test {

using Bytes = std::vector<std::byte>;

/// The bytes of some numbers 0..255.
[[nodiscard]] Bytes bytes_of(std::initializer_list<int> values);
/// Texts and bytes one after the other.
[[nodiscard]] Bytes joined(std::initializer_list<Bytes> parts);

/// A picture of one kind of pixels; a palette has all entries that its depth allows.
[[nodiscard]] ImageInfo info_of_pixels(std::ptrdiff_t height, std::ptrdiff_t width, const PixelFormat& pixel);

/// Bytes that say that they are an ICC profile for "RGB ", "GRAY" or "CMYK".
[[nodiscard]] Bytes icc_profile_for(const std::string& color_space, std::size_t size);

/// Encodes all rows at once.
[[nodiscard]] Bytes encode_bytes(std::string_view format, const ImageInfo& info, const AnyConstView& view,
                                 const EncodeOptions& options = {});
/// Decodes into contiguous memory and finishes; the pixels as `packed` gives them.
[[nodiscard]] Bytes decode_bytes(std::span<const std::byte> file, const DecodeOptions& options = {});
/// The same from a source that cannot seek and gives a few bytes at a time.
[[nodiscard]] Bytes decode_stream(std::span<const std::byte> file, const DecodeOptions& options = {});

/// Files in a folder of their own.
class FileFolder {
 public:
  /// Writes a file and opens it; it may then be replaced.
  [[nodiscard]] OpenedImage open(const Bytes& file, const OpenOptions& options = {});
  [[nodiscard]] std::string write(const Bytes& file, const std::string& name = "picture");

 private:
  TemporaryDirectory folder_;
};

/// What a file must give, however it is read: by rows into every arrangement and in strips, from a stream, in regions,
/// with channels chosen, and mapped. @param is_mapped  whether it must open as a view
void require_pixels(const Bytes& file, const ImageInfo& info, const Bytes& pixels, bool is_mapped);

/// Writes random pixels from every arrangement, requires that the bytes are the same, and reads them back by
/// `require_pixels`. @param read_as  what the file says its pixels are
/// @returns the file
Bytes require_round_trip(std::string_view format, const ImageInfo& info, bool is_mapped,
                         const EncodeOptions& options = {});

}  // namespace imgbuf::test
