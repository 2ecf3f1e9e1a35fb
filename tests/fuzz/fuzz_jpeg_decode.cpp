#include <cstddef>
#include <cstdint>

#include "decode_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const imgbuf::fuzz::Input input({data, size});
  // The seeds are of all formats; another target is for the others.
  if (input.file.size() >= 2 && input.file[0] == 0xFF && input.file[1] == 0xD8) imgbuf::fuzz::check_decode(input);
  return 0;
}
