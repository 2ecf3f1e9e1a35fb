#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "codecs/codec.hpp"
#include "codecs/stored/stored_view.hpp"
#include "decode_check.hpp"
#include "finding.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/reader.hpp"
#include "support/guarded_image.hpp"

namespace imgbuf::fuzz {

namespace {

constexpr Limits tight{.max_width = 4096,
                       .max_height = 4096,
                       .max_pixels = 1 << 16,
                       .max_image_bytes = 4 << 20,
                       .max_metadata_bytes = 256 << 10};

/// The pixels as a view of the file's bytes, when they can be one. It lies inside the file, or making it is an error.
std::optional<Image> viewed(std::span<const std::byte> bytes, const codecs::Codec& codec) {
  try {
    codecs::MemoryBytes file(bytes);
    const codecs::StoredPicture picture = codec.parse(file, tight);
    if (codecs::why_no_view(picture)) return std::nullopt;
    auto* const data = const_cast<std::byte*>(bytes.data());
    return codecs::view_in_file(picture, {data, bytes.size(), Access::read_only, {}});
  } catch (const Error& error) {
    require(error.code() != ErrorCode::invalid_layout, "no view leads out of the file");
    return std::nullopt;
  }
}

/// A view of the file and reading it give the same.
void check_view(std::span<const std::byte> bytes) {
  const codecs::Codec* codec = nullptr;
  try {
    codec = &codecs::codec_of_content(bytes);
  } catch (const Error&) {
    return;
  }
  if (codec->parse == nullptr) return;
  const std::optional<Image> view = viewed(bytes, *codec);
  std::optional<Image> read;
  try {
    Context context;
    read = decode(Source::memory(bytes), {.limits = tight}, Arrangement::contiguous(), context);
  } catch (const Error&) {
  }
  if (!view) return;
  require(read.has_value(), "what can be viewed can be read");
  require(test::packed(view->const_view()) == test::packed(read->const_view()), "viewed and read pixels are the same");
}

}  // namespace

}  // namespace imgbuf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const imgbuf::fuzz::Input input({data, size});
  imgbuf::fuzz::check_view(std::as_bytes(input.file));
  imgbuf::fuzz::check_decode(input);
  return 0;
}
