#include <exception>
#include <filesystem>
#include <iostream>

#include "sample_set.hpp"

/// imgbuf_sample_generator OUTDIR
int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: imgbuf_sample_generator OUTDIR\n";
    return 2;
  }
  try {
    std::filesystem::create_directories(argv[1]);
    imgbuf::samples::write_samples(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "imgbuf_sample_generator: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
