#include <catch2/catch.hpp>
#include <string>

#include "imgbuf/error.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::test {
namespace {

struct BadSample {
  const char* name;
  ErrorCode code;
  const char* reason;  ///< a part of it that says what is wrong
};

constexpr BadSample bad_samples[] = {
    {"corrupt_crc.png", ErrorCode::corrupt_data, "CRC"},
    {"corrupt_huffman.jpg", ErrorCode::corrupt_data, "Huffman code"},
    {"corrupt_idat.png", ErrorCode::corrupt_data, ""},
    {"empty.png", ErrorCode::truncated_data, "empty"},
    {"huge_header.png", ErrorCode::limit_exceeded, "2147483647 x 2147483647"},
    {"not_an_image.png", ErrorCode::unsupported, "PNG, JPEG"},
    {"truncated.jpg", ErrorCode::truncated_data, "end"},
    {"truncated.png", ErrorCode::truncated_data, "ends too early"},
};

TEST_CASE("bad samples: decoding throws an error that says which file and what is wrong") {
  const Arrangement arrangements[] = {Arrangement::contiguous(), Arrangement::rows(), Arrangement::strips(7),
                                      Arrangement::planes()};
  for (const BadSample& sample : bad_samples) {
    for (const Arrangement& arrangement : arrangements) {
      INFO(sample.name << ", " << arrangement.to_string());
      const std::string path = std::string(IMGBUF_SAMPLE_IMAGES) + "/" + sample.name;
      try {
        const Image image = decode(path, {}, arrangement);
        FAIL("no error");
      } catch (const Error& error) {
        CHECK(to_string(error.code()) == to_string(sample.code));
        CHECK_THAT(error.place(), Catch::StartsWith(path));
        CHECK_THAT(error.reason(), Catch::Contains(sample.reason));
        CHECK_FALSE(error.reason().empty());
        CHECK_THAT(error.what(), !Catch::Contains("\n"));
      }
    }
  }
}

TEST_CASE("bad samples: what precedes the damage can be read") {
  Context context;
  for (const char* name : {"corrupt_crc.png", "corrupt_huffman.jpg", "corrupt_idat.png"}) {
    INFO(name);
    const auto reader = open_reader(Source::file(std::string(IMGBUF_SAMPLE_IMAGES) + "/" + name));
    CHECK(reader->info().width == 96);
    CHECK(reader->info().height == 72);
    const Image image = Image::allocate(reader->start({}));
    REQUIRE_NOTHROW(reader->read_rows(image.view().window(0, 0, 16), context));
    CHECK(reader->rows_read() == 16);
    CHECK_THROWS_AS(
        [&] {
          reader->read_rows(image.view().window(0, 16, 56), context);
          reader->finish(context);
        }(),
        Error);
  }
}

}  // namespace
}  // namespace imgbuf::test
