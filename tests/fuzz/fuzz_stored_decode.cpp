// Files whose pixels lie in them as they are. A target a format: IMGBUF_FUZZ_FORMATS names what it keeps to.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "codecs/codec.hpp"
#include "decode_check.hpp"
#include "imgbuf/error.hpp"
#include "open_check.hpp"

namespace imgbuf::fuzz {

namespace {

/// Other formats have targets of their own. What no format knows is the business of all.
bool is_another_format(const Input& input) {
  constexpr std::string_view formats = " " IMGBUF_FUZZ_FORMATS " ";
  try {
    const std::string_view name = codecs::codec_of_content(std::as_bytes(input.file)).info.name;
    return formats.find(" " + std::string(name) + " ") == std::string_view::npos;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

}  // namespace imgbuf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const imgbuf::fuzz::Input input({data, size});
  if (imgbuf::fuzz::is_another_format(input)) return 0;
  imgbuf::fuzz::check_open(input);
  imgbuf::fuzz::check_decode(input);
  return 0;
}
