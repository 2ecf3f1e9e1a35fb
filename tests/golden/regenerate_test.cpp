#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/reader.hpp"
#include "sample_set.hpp"
#include "support/guarded_image.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf::test {
namespace {

const std::string committed_folder = IMGBUF_SAMPLE_IMAGES;

void require_same_file_info(const FileInfo& made, const FileInfo& committed) {
  CHECK(made.format == committed.format);
  CHECK(made.color_type == committed.color_type);
  CHECK(made.bit_depth == committed.bit_depth);
  CHECK(made.interlaced == committed.interlaced);
  CHECK(made.progressive == committed.progressive);
  CHECK(made.subsampling == committed.subsampling);
}

TEST_CASE("samples: the committed pictures are what the generator makes") {
  const TemporaryDirectory folder;
  samples::write_samples(folder.path().string());

  // Decoded pixels and metadata, not the files' bytes: another zlib or libjpeg compresses otherwise.
  for (const std::string_view name : samples::good_samples()) {
    INFO(name);
    const Image made = decode(folder / std::string(name));
    const Image committed = decode(committed_folder + "/" + std::string(name));
    REQUIRE(made.info().width == committed.info().width);
    REQUIRE(made.info().height == committed.info().height);
    REQUIRE(made.info().pixel == committed.info().pixel);
    CHECK(made.info().palette == committed.info().palette);
    CHECK(made.info().transparent_color == committed.info().transparent_color);
    CHECK(made.info().metadata == committed.info().metadata);
    require_same_file_info(made.info().file, committed.info().file);
    CHECK(packed(made.const_view()) == packed(committed.const_view()));
  }

  std::vector<std::string> listed;
  for (const auto* names : {&samples::good_samples(), &samples::bad_samples()})
    listed.insert(listed.end(), names->begin(), names->end());
  std::sort(listed.begin(), listed.end());
  CHECK(folder.names() == listed);

  std::vector<std::string> pictures;
  for (const auto& entry : std::filesystem::directory_iterator(committed_folder)) {
    const auto extension = entry.path().extension();
    if (extension == ".png" || extension == ".jpg") pictures.push_back(entry.path().filename().string());
  }
  std::sort(pictures.begin(), pictures.end());
  CHECK(pictures == listed);
}

TEST_CASE("samples: the committed pictures are small") {
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(committed_folder))
    if (entry.is_regular_file()) bytes += entry.file_size();
  CHECK(bytes < 1'500'000);
}

}  // namespace
}  // namespace imgbuf::test
