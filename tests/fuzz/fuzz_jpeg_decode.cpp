#include <cstddef>
#include <cstdint>
#include <span>

#include "decode_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  imgbuf::fuzz::check_decode(std::as_bytes(std::span(data, size)));
  return 0;
}
