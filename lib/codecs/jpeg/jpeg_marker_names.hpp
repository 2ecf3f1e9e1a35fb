#pragma once

#include <string_view>

namespace imgbuf::codecs::jpeg {

// What begins the data of application markers; the final zero byte belongs to the identifier.
using namespace std::string_view_literals;
inline constexpr std::string_view jfif_identifier = "JFIF\0"sv;
inline constexpr std::string_view jfif_extension_identifier = "JFXX\0"sv;
inline constexpr std::string_view exif_identifier = "Exif\0\0"sv;
inline constexpr std::string_view xmp_identifier = "http://ns.adobe.com/xap/1.0/\0"sv;
inline constexpr std::string_view xmp_extension_identifier = "http://ns.adobe.com/xmp/extension/\0"sv;
inline constexpr std::string_view icc_identifier = "ICC_PROFILE\0"sv;
inline constexpr std::string_view photoshop_identifier = "Photoshop 3.0\0"sv;
inline constexpr std::string_view adobe_identifier = "Adobe"sv;

/// After the identifier of extended XMP: the GUID, then the size of the whole and the offset of this part, 4 bytes
/// each.
inline constexpr std::size_t xmp_guid_size = 32;
inline constexpr std::size_t xmp_extension_header_size = xmp_guid_size + 8;

}  // namespace imgbuf::codecs::jpeg
