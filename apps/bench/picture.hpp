#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/image.hpp"

namespace imgbuf::bench {

/// What the rows work on: one RGB picture of 8 bits, as pixels and as files in memory.
struct Picture {
  Image pixels;                 ///< behind row pointers
  std::vector<std::byte> png;   ///< libpng's default filters and level
  std::vector<std::byte> jpeg;  ///< quality 90, 4:2:0
};

/// Which picture.
struct PictureChoice {
  /// A PNG or JPEG file of 8-bit RGB; its own bytes are what rows of its format decode. The rendered scene when empty.
  std::string path = {};
  std::ptrdiff_t width = 3840;  ///< of the scene
  std::ptrdiff_t height = 2160;
};

/// The picture, made when the first row asks for it: `--benchmark_list_tests` need not wait.
class LazyPicture {
 public:
  explicit LazyPicture(PictureChoice choice) : choice_(std::move(choice)) {}
  /// @throws Error as `decode`; Error{unsupported} for another pixel format
  const Picture& get();

 private:
  PictureChoice choice_;
  std::optional<Picture> picture_;
};

}  // namespace imgbuf::bench
