#include "codecs/codec.hpp"
#include "fuzz/decode_fuzzed.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  imgbuf::test::decode_fuzzed(imgbuf::codecs::png_codec(), {data, size});
  return 0;
}
