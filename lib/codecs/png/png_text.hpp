#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "codecs/png/png_chunk.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf::codecs::png {

/// The keyword of the iTXt that holds an XMP packet (XMP specification part 3, section 1.1.5).
inline constexpr std::string_view xmp_keyword = "XML:com.adobe.xmp";

/// What a tEXt, zTXt or iTXt chunk says, or nothing when it is malformed. The text is the bytes of the file,
/// decompressed.
/// @throws Error{limit_exceeded} when the text decompresses to more than `max_bytes`
/// @see PNG (third edition), section 11.3.3
[[nodiscard]] std::optional<TextEntry> parse_text(ChunkType type, std::span<const std::byte> data,
                                                  std::size_t max_bytes);

/// The chunk for an entry: tEXt or zTXt for Latin-1, iTXt for UTF-8, by the look of the text when its encoding is
/// unknown. Keyword, language and translated keyword lose what PNG forbids in them.
[[nodiscard]] Chunk make_text_chunk(const TextEntry& entry);

/// A keyword as PNG wants it: 1 to 79 printable Latin-1 characters, no leading, trailing or double spaces; what is
/// forbidden becomes a space. `fallback` when nothing is left.
[[nodiscard]] std::string valid_keyword(std::string_view text, std::string_view fallback);

}  // namespace imgbuf::codecs::png
