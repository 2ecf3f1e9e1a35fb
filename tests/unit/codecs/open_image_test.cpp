#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "support/require_error.hpp"
#include "unit/codecs/stored_testing.hpp"

namespace imgbuf::test {
namespace {

const Bytes pgm = joined({to_bytes("P5\n3 2\n255\n"), bytes_of({1, 2, 3, 4, 5, 6})});

TEST_CASE("open image: a mapped image outlives the file's name and holds no descriptor") {
  FileFolder folder;
  const std::string path = folder.write(pgm);
  const auto descriptors = [] {
    const std::filesystem::directory_iterator open("/proc/self/fd");
    return std::distance(begin(open), end(open));
  };
  const auto before = descriptors();
  const OpenedImage opened = open_image(path);
  CHECK(descriptors() == before);
  REQUIRE(opened.is_mapped);
  CHECK(opened.image.is_read_only());
  CHECK_THROWS_AS(opened.image.view(), Error);
  std::filesystem::remove(path);
  CHECK(packed(opened.image.const_view()) == bytes_of({1, 2, 3, 4, 5, 6}));
  // The map is private to nobody: its segment is the whole file.
  CHECK(opened.image.storage().segments().size() == 1);
  CHECK(opened.image.storage().total_bytes() == pgm.size());
}

TEST_CASE("open image: reasons why there is no map") {
  FileFolder folder;
  CHECK(open_image(folder.write(pgm), {.mapped = false}).reason == "no map was asked for");
  CHECK(open_image(folder.write(to_bytes("P2\n1 1\n255\n7"))).reason == "its samples are text");
  const ImageInfo info = info_of_pixels(2, 3, PixelFormat::of(ElementType::u8, ColorModel::gray));
  const GuardedImage image(Kind::contiguous, 2, 3, 1, ElementType::u8);
  const OpenedImage png = open_image(folder.write(encode_bytes("PNG", info, image.view())));
  CHECK(png.reason == "PNG is compressed");
  CHECK_FALSE(png.is_mapped);
  CHECK(png.decoded_bytes == 6);
  CHECK(packed(png.image.const_view()) == packed(image.view()));
}

TEST_CASE("open image: decoded pixels lie as the arrangement says") {
  FileFolder folder;
  const OpenedImage opened = open_image(folder.write(pgm), {.mapped = false, .arrangement = Arrangement::rows()});
  CHECK(opened.image.const_view().layout().indirections() == 1);
}

TEST_CASE("open image: a name that says another format is warned of") {
  FileFolder folder;
  const auto warnings_of = [&](const std::string& name) {
    std::vector<std::string> warnings;
    Context context;
    context.on_warning = [&](std::string_view line) { warnings.emplace_back(line); };
    (void)open_image(folder.write(pgm, name), {}, context);
    return warnings;
  };
  CHECK(warnings_of("a.pgm").empty());
  CHECK(warnings_of("a.PNM").empty());
  CHECK(warnings_of("a.xyz").empty());
  CHECK(warnings_of("a").empty());
  const auto warnings = warnings_of("a.jpg");
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], Catch::EndsWith("a.jpg: the file is PGM, not JPEG as its name says"));
}

TEST_CASE("open image: what cannot be opened is an error") {
  FileFolder folder;
  const std::string path = folder.write({}, "empty");
  require_error(ErrorCode::truncated_data, path + ": the file is empty", [&] { (void)open_image(path); });
  const std::string missing = path + ".not";
  require_error(ErrorCode::io_failure, missing + ": cannot open: No such file or directory",
                [&] { (void)open_image(missing); });
  const std::string directory = std::filesystem::path(path).parent_path();
  CHECK_THROWS_AS(open_image(directory), Error);
  const std::string other = folder.write(to_bytes("no picture"), "other");
  CHECK_THROWS_WITH(open_image(other), Catch::StartsWith(other + ": no known file format begins like this"));
  const std::string good = folder.write(pgm, "good");
  require_error(ErrorCode::invalid_argument, good + ": the region 3 x 2 at 1,0 is not inside the picture of 3 x 2",
                [&] {
                  (void)open_image(good, {.decode = {.region = Region{1, 0, 3, 2}}});
                });
  require_error(ErrorCode::unsupported, good + ": PGM cannot be decoded at 1/2",
                [&] { (void)open_image(good, {.decode = {.scale = 2}}); });
}

}  // namespace
}  // namespace imgbuf::test
