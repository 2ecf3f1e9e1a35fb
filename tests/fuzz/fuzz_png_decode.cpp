#include <cstddef>
#include <cstdint>

#include "decode_check.hpp"
#include "png_mutations.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const imgbuf::fuzz::Input input({data, size});
  // The seeds are of all formats; another target is for the others.
  if (imgbuf::fuzz::is_png(input.file)) imgbuf::fuzz::check_decode(input);
  return 0;
}
