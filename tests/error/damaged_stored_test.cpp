#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/open_image.hpp"
#include "support/guarded_image.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf::test {
namespace {

using Bytes = std::vector<std::byte>;

/// A damaged header may claim anything; what it costs stays small.
Limits small_limits() {
  Limits limits;
  limits.max_pixels = std::int64_t{1} << 16;
  limits.max_image_bytes = std::int64_t{4} << 20;
  limits.max_metadata_bytes = std::int64_t{1} << 20;
  return limits;
}

/// One file of each way to lie in a file.
std::vector<std::string> seeds() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(IMGBUF_STORED_SEEDS))
    if (entry.is_regular_file() && entry.path().extension() != ".md") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

struct Outcome {
  std::optional<ErrorCode> error;
  Bytes pixels;
};

Outcome open(const std::string& path, bool mapped) {
  Outcome outcome;
  try {
    const OpenedImage opened = open_image(path, {.mapped = mapped, .decode = {.limits = small_limits()}});
    outcome.pixels = packed(opened.image.const_view());
  } catch (const Error& error) {
    CHECK_FALSE(error.reason().empty());
    CHECK_THAT(error.place(), Catch::StartsWith(path));
    outcome.error = error.code();
  }
  return outcome;
}

/// What comes of a file when it is mapped, which must be what comes of it when it is read.
Outcome open_both_ways(const std::string& path, const Bytes& file) {
  write_file(path, file);
  const Outcome mapped = open(path, true);
  const Outcome read = open(path, false);
  CHECK(mapped.error.has_value() == read.error.has_value());
  if (mapped.error && read.error) CHECK(to_string(*mapped.error) == to_string(*read.error));
  CHECK(mapped.pixels == read.pixels);
  return read;
}

TEST_CASE("damaged stored files: a file cut anywhere is an error") {
  const TemporaryDirectory folder;
  for (const std::string& seed : seeds()) {
    const Bytes file = read_file(seed);
    REQUIRE_FALSE(open_both_ways(folder / "whole", file).error);
    const bool is_text = std::filesystem::path(seed).filename().string().starts_with("plain");
    // A text may end with its last digit, or in it.
    for (std::size_t size = 0; size < file.size() - (is_text ? 2 : 0); size += 1 + size / 40) {
      INFO(seed << " cut to " << size << " of " << file.size() << " bytes");
      const Outcome outcome =
          open_both_ways(folder / "cut", {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)});
      REQUIRE(outcome.error);
      // Fewer bytes than a signature could be anything.
      if (size >= 16) CHECK(to_string(*outcome.error) == to_string(ErrorCode::truncated_data));
    }
  }
}

TEST_CASE("damaged stored files: changed bytes give pixels or an error, mapped and read the same") {
  constexpr int variants = 150;
  const TemporaryDirectory folder;
  int errors = 0;
  int tries = 0;
  for (const std::string& seed : seeds()) {
    const Bytes file = read_file(seed);
    std::mt19937 random(20240103);
    for (int variant = 0; variant < variants; ++variant, ++tries) {
      Bytes damaged = file;
      const std::size_t range = std::min<std::size_t>(damaged.size(), 250);
      for (std::size_t changes = 1 + random() % 3; changes > 0; --changes) {
        std::byte& byte = damaged[random() % range];
        byte = random() % 4 == 0 ? std::byte{0xff} : byte ^ static_cast<std::byte>(1U << random() % 8);
      }
      INFO(seed << ", variant " << variant);
      if (open_both_ways(folder / "damaged", damaged).error) ++errors;
    }
  }
  CHECK(errors > tries / 10);
  CHECK(errors < tries);
}

}  // namespace
}  // namespace imgbuf::test
