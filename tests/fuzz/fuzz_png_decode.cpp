#include <cstddef>
#include <cstdint>

#include "decode_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  imgbuf::fuzz::check_decode(imgbuf::fuzz::Input({data, size}));
  return 0;
}
