// How the fuzzer changes an input: its choices, or its file in a way that gets past a format's checks.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

#include "input.hpp"
#include "png_mutations.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace imgbuf::fuzz {

void mutate(Bytes& bytes, std::size_t max_size) {
  const std::size_t size = bytes.size();
  bytes.resize(std::max(size, max_size));
  bytes.resize(LLVMFuzzerMutate(bytes.data(), size, bytes.size()));
}

namespace {

Bytes new_choices(std::minstd_rand& random) {
  Bytes choices(Input::choice_count);
  std::generate(choices.begin(), choices.end(), [&] { return static_cast<std::uint8_t>(random() >> 8); });
  return choices;
}

void mutate_file(Bytes& file, std::size_t max_size, std::minstd_rand& random) {
  if (is_png(file) && random() % 4 == 0)
    mutate_png_pixels(file);
  else
    mutate(file, max_size);
  // Wrong checksums are tried as well, but seldom.
  if (is_png(file) && random() % 16 != 0) repair_png_checksums(file);
}

std::size_t mutated(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned int seed) {
  std::minstd_rand random(seed);
  const Input input({data, size});
  Bytes file(input.file.begin(), input.file.end());
  Bytes choices(input.choices.begin(), input.choices.end());
  const std::size_t room = max_size - std::min(max_size, Input::block_bytes);
  if (choices.empty() || random() % 4 == 0)
    choices = new_choices(random);
  else
    mutate_file(file, room, random);
  if (file.empty() || file.size() > room) return LLVMFuzzerMutate(data, size, max_size);

  std::uint8_t* end = std::copy(file.begin(), file.end(), data);
  end = std::copy(choices.begin(), choices.end(), end);
  end = std::copy(Input::mark.begin(), Input::mark.end(), end);
  return static_cast<std::size_t>(end - data);
}

}  // namespace

}  // namespace imgbuf::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  return imgbuf::fuzz::mutated(data, size, max_size, seed);
}
