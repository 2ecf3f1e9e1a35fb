#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "imgbuf/convert.hpp"
#include "imgbuf/error.hpp"
#include "support/guarded_image.hpp"
#include "support/require_error.hpp"
#include "unit/convert/convert_testing.hpp"

using namespace imgbuf;
using namespace imgbuf::test;

namespace {

struct Case {
  std::string name;
  Bytes input;
  ConvertOptions options;
};

PixelFormat rgb8() {
  return PixelFormat::of(ElementType::u8, ColorModel::rgb);
}

ConvertOptions to(const std::string& format) {
  ConvertOptions options;
  options.format = format;
  return options;
}

/// Each way through a conversion: streaming and held, converting and not, on either side, cropped and turned.
std::vector<Case> cases() {
  const Bytes rgb = encoded(random_image(53, 41, rgb8()), "PNG");
  const Bytes rgba16 = encoded(random_image(53, 41, PixelFormat::of(ElementType::u16, ColorModel::rgb, true)), "PNG");
  const Bytes palette = encoded(random_image(53, 41, PixelFormat::of(ElementType::u8, ColorModel::palette)), "PNG");
  const Bytes interlaced = encoded(random_image(53, 41, rgb8()), "PNG", {.interlaced = true});
  Image turned = random_image(53, 41, rgb8());
  ImageInfo info = turned.info();
  for (const int c : {0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0}) {
    info.metadata.exif.push_back(static_cast<std::byte>(c));
  }
  const Bytes exif_6 = encoded(turned.with_info(info), "PNG");
  info.metadata.exif[18] = std::byte{2};
  const Bytes exif_2 = encoded(turned.with_info(info), "PNG");
  const Bytes cmyk = encoded(random_image(53, 41, PixelFormat::of(ElementType::u8, ColorModel::cmyk)), "JPEG");

  std::vector<Case> all{{"rgb to JPEG", rgb, to("JPEG")},
                        {"rgb to PNG", rgb, to("PNG")},
                        {"rgba16 to JPEG", rgba16, to("JPEG")},
                        {"rgba16 to PNG", rgba16, to("PNG")},
                        {"rgba16 to 8 bit", rgba16, to("PNG")},
                        {"palette to palette", palette, to("PNG")},
                        {"palette to rgba", palette, to("PNG")},
                        {"palette to JPEG", palette, to("JPEG")},
                        {"interlaced to JPEG", interlaced, to("JPEG")},
                        {"interlaced to gray", interlaced, to("PNG")},
                        {"to interlaced", rgb, to("PNG")},
                        {"to interlaced gray", rgb, to("PNG")},
                        {"interlaced to interlaced gray", interlaced, to("PNG")},
                        {"crop", rgb, to("PNG")},
                        {"crop to gray JPEG", rgb, to("JPEG")},
                        {"turned", exif_6, to("PNG")},
                        {"turned to gray", exif_6, to("PNG")},
                        {"turned to interlaced gray", exif_6, to("PNG")},
                        {"flipped", exif_2, to("PNG")},
                        {"flipped to gray", exif_2, to("PNG")},
                        {"flipped to gray JPEG", exif_2, to("JPEG")},
                        {"rotate to PNG", rgb, to("PNG")},
                        {"rotate to JPEG", rgba16, to("JPEG")},
                        {"rotate to interlaced", rgb, to("PNG")},
                        {"rotate to interlaced gray", rgb, to("PNG")},
                        {"rotate interlaced", interlaced, to("PNG")},
                        {"rotate interlaced to gray", interlaced, to("PNG")},
                        {"rotate interlaced to interlaced", interlaced, to("PNG")},
                        {"rotate interlaced to interlaced gray", interlaced, to("PNG")},
                        {"flip h", rgba16, to("PNG")},
                        {"flip h to interlaced", rgb, to("PNG")},
                        {"flip v", rgb, to("PNG")},
                        {"flip v to gray", rgba16, to("PNG")},
                        {"flip v to interlaced", rgb, to("PNG")},
                        {"flip v interlaced to interlaced gray", interlaced, to("PNG")},
                        {"bgr", rgb, to("PNG")},
                        {"bgr to JPEG", rgba16, to("JPEG")},
                        {"bgr to interlaced", rgb, to("PNG")},
                        {"bgr interlaced to interlaced gray", interlaced, to("PNG")},
                        {"bgr palette", palette, to("PNG")},
                        {"bgr rotate", rgb, to("PNG")},
                        {"bgr rotate to interlaced", rgb, to("PNG")},
                        {"bgra", rgba16, to("PNG")},
                        {"bgra rotate crop", rgba16, to("PNG")},
                        {"cmyk to PNG", cmyk, to("PNG")},
                        {"cmyk to JPEG", cmyk, to("JPEG")}};
  for (Case& c : all) {
    const auto has = [&c](const char* word) { return c.name.find(word) != std::string::npos; };
    if (has("gray")) c.options.color = ConvertOptions::Color::gray;
    if (has("to rgba")) c.options.color = ConvertOptions::Color::rgba;
    if (has("8 bit")) c.options.depth = ConvertOptions::Depth::u8;
    if (has("to interlaced")) c.options.encode.interlaced = true;
    if (has("crop")) c.options.geometry.emplace_back(Crop{{3, 20, 30, 19}});
    if (has("rotate")) c.options.geometry.emplace_back(Rotate{90});
    if (has("flip h")) c.options.geometry.emplace_back(Flip{});
    if (has("flip v")) c.options.geometry.emplace_back(Flip{Flip::Direction::vertical});
    if (has("bgr")) c.options.geometry.emplace_back(SelectChannels{{"B", "G", "R"}});
    if (has("bgra")) c.options.geometry.back() = SelectChannels{{"B", "G", "R", "A"}};
    if (has("turned") || has("flipped")) c.options.geometry.emplace_back(AutoOrient{});
  }
  return all;
}

std::vector<std::optional<Arrangement>> arrangements() {
  return {std::nullopt,           Arrangement::contiguous(), Arrangement::rows(),  Arrangement::strips(1),
          Arrangement::strips(7), Arrangement::strips(100),  Arrangement::planes()};
}

}  // namespace

TEST_CASE("a conversion writes the same bytes for every arrangement and number of threads") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    ConvertOptions options = c.options;
    options.threads = 1;
    const Bytes expected = convert_bytes(c.input, options).bytes;
    for (const auto& arrangement : arrangements()) {
      for (const int threads : {1, 2}) {
        options.arrangement = arrangement;
        options.threads = threads;
        CAPTURE(threads, arrangement ? arrangement->to_string() : "default");
        CHECK(convert_bytes(c.input, options).bytes == expected);
      }
    }
  }
}

TEST_CASE("a plan foretells the pixel bytes that are copied and the memory that is taken") {
  for (const Case& c : cases()) {
    for (const auto& arrangement : arrangements()) {
      for (const int threads : {1, 2}) {
        ConvertOptions options = c.options;
        options.arrangement = arrangement;
        options.threads = threads;
        CAPTURE(c.name, threads, arrangement ? arrangement->to_string() : "default");
        Conversion conversion(Source::memory(c.input), options);
        const ConvertPlan plan = conversion.plan();
        Context context;
        RecordingSink sink;
        const ConvertReport report = conversion.run(sink, context);
        // These encoders gather rows more than once.
        const bool gathers_again = options.encode.interlaced || c.name == "cmyk to JPEG";
        if (gathers_again && plan.scratch_bytes() > 0) {
          CHECK(report.scratch_bytes >= plan.scratch_bytes());
        } else {
          CHECK(report.scratch_bytes == plan.scratch_bytes());
        }
        CHECK(report.scratch_bytes == context.scratch_bytes());
        CHECK(report.rows == conversion.output().height);
        CHECK(report.output_bytes == static_cast<std::int64_t>(sink.bytes.size()));
        CHECK(plan.streaming == (plan.strips > 0));
        std::int64_t held = 0;
        for (const PlanBuffer& buffer : plan.buffers) held += buffer.bytes;
        CHECK(plan.buffer_bytes == held);
        CHECK(plan.streaming == plan.whole_image_reason.empty());
        CHECK(plan.threads <= threads);
      }
    }
  }
}

TEST_CASE("a conversion between like formats copies no pixel") {
  for (const Case& c : cases()) {
    if (c.name != "rgb to JPEG" && c.name != "rgb to PNG" && c.name != "rgba16 to PNG" &&
        c.name != "palette to palette") {
      continue;
    }
    CAPTURE(c.name);
    CHECK(convert_bytes(c.input, c.options).report.scratch_bytes == 0);
  }
}

TEST_CASE("a small picture takes no more strips than it has") {
  const auto plan_of = [](std::ptrdiff_t height, int threads) {
    ConvertOptions options = to("PNG");
    options.threads = threads;
    return Conversion(Source::memory(encoded(random_image(5, height, rgb8()), "PNG")), options).plan();
  };
  CHECK(plan_of(1, 2).strips == 1);
  CHECK(plan_of(1, 2).rows_per_strip == 1);
  CHECK(plan_of(1, 2).threads == 1);
  CHECK(plan_of(17, 2).strips == 2);
  CHECK(plan_of(17, 2).threads == 2);
  CHECK(plan_of(400, 2).strips == 4);
  CHECK(plan_of(400, 1).strips == 1);
}

TEST_CASE("wide pictures get lower strips") {
  const auto rows_of = [](std::ptrdiff_t width) {
    const Bytes file = encoded(random_image(width, 20, PixelFormat::of(ElementType::u8, ColorModel::gray)), "PNG");
    return Conversion(Source::memory(file), to("PNG")).plan().rows_per_strip;
  };
  CHECK(rows_of(200'000) == 16);
  CHECK(rows_of(900'000) == 4);
}

TEST_CASE("holding an image is refused over the limit, with the reason") {
  ConvertOptions options = to("JPEG");
  options.limits.max_image_bytes = 1'000'000;
  const Bytes file = encoded(random_image(600, 600, rgb8()), "PNG");
  CHECK_NOTHROW(Conversion(Source::memory(file), options));
  options.format = "PNG";
  options.encode.interlaced = true;
  try {
    const Conversion conversion(Source::memory(file), options);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::limit_exceeded);
    const std::string reason = error.reason();
    CHECK(reason.find("the whole image must be held") == 0);
    CHECK(reason.find("more than the limit of 1000000: this PNG takes its rows all at once") != std::string::npos);
  }
}

TEST_CASE("progress and warnings come on the calling thread") {
  const std::thread::id caller = std::this_thread::get_id();
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    ConvertOptions options = c.options;
    options.threads = 2;
    Conversion conversion(Source::memory(c.input), options);
    Context context;
    std::int64_t last = 0;
    std::int64_t total = 0;
    std::size_t warnings = 0;
    context.on_progress = [&](std::int64_t rows_done, std::int64_t rows_total) {
      CHECK(std::this_thread::get_id() == caller);
      CHECK(rows_done > last);
      last = rows_done;
      total = rows_total;
    };
    context.on_warning = [&](std::string_view) {
      CHECK(std::this_thread::get_id() == caller);
      ++warnings;
    };
    RecordingSink sink;
    conversion.run(sink, context);
    CHECK(last == total);
    CHECK(total >= conversion.output().height);
    CHECK(warnings == conversion.plan().warnings.size());
    CHECK(sink.is_committed);
  }
}

TEST_CASE("warnings of the decoder's thread come on the calling thread") {
  Bytes file = encoded(random_image(64, 200, rgb8()), "JPEG");
  file.insert(file.end() - 2, 50, std::byte{0x33});  // more than libjpeg's bit buffer takes in unnoticed
  for (const int threads : {1, 2}) {
    CAPTURE(threads);
    ConvertOptions options = to("PNG");
    options.threads = threads;
    Conversion conversion(Source::memory(file), options);
    REQUIRE(conversion.plan().threads == threads);
    Context context;
    std::vector<std::thread::id> heard_on;
    context.on_warning = [&](std::string_view line) {
      CHECK(line.find("extraneous bytes") != std::string_view::npos);
      heard_on.push_back(std::this_thread::get_id());
    };
    RecordingSink sink;
    conversion.run(sink, context);
    CHECK(heard_on == std::vector{std::this_thread::get_id()});
  }
}

TEST_CASE("what a callback throws ends a conversion and is thrown on") {
  for (const Case& c : cases()) {
    for (const int threads : {1, 2}) {
      CAPTURE(c.name, threads);
      ConvertOptions options = c.options;
      options.threads = threads;
      Conversion conversion(Source::memory(c.input), options);
      Context context;
      context.on_progress = [](std::int64_t, std::int64_t) { throw 42; };
      RecordingSink sink;
      CHECK_THROWS_AS(conversion.run(sink, context), int);
      CHECK_FALSE(sink.is_committed);
    }
  }
}

TEST_CASE("a cancelled conversion stops and commits nothing") {
  for (const Case& c : cases()) {
    for (const int threads : {1, 2}) {
      CAPTURE(c.name, threads);
      ConvertOptions options = c.options;
      options.threads = threads;
      Conversion conversion(Source::memory(c.input), options);
      Context context;
      context.on_progress = [&context](std::int64_t, std::int64_t) { context.cancel(); };
      RecordingSink sink;
      try {
        conversion.run(sink, context);
        FAIL("no error");
      } catch (const Error& error) {
        CHECK(to_string(error.code()) == "cancelled");
      }
      CHECK_FALSE(sink.is_committed);
    }
  }
}

TEST_CASE("a truncated input is an error and commits nothing") {
  for (const Case& c : cases()) {
    for (const int threads : {1, 2}) {
      if (c.name.find("crop") != std::string::npos || c.name.find("cmyk") != std::string::npos) continue;
      CAPTURE(c.name, threads);
      Bytes cut = c.input;
      cut.resize(cut.size() - 30);
      ConvertOptions options = c.options;
      options.threads = threads;
      Conversion conversion(Source::memory(cut), options);
      Context context;
      RecordingSink sink;
      try {
        conversion.run(sink, context);
        FAIL("no error");
      } catch (const Error& error) {
        CHECK(to_string(error.code()) == "truncated_data");
      }
      CHECK_FALSE(sink.is_committed);
    }
  }
}

TEST_CASE("an output that fails ends a conversion with its own error") {
  const Bytes file = encoded(random_image(300, 600, rgb8()), "PNG");
  for (const std::size_t good_bytes : {std::size_t{0}, std::size_t{5'000}, std::size_t{100'000}}) {
    for (const int threads : {1, 2}) {
      CAPTURE(good_bytes, threads);
      ConvertOptions options = to("JPEG");
      options.threads = threads;
      Conversion conversion(Source::memory(file), options);
      std::size_t written = 0;
      const auto sink = Sink::callbacks([&](std::span<const std::byte> bytes) {
        written += bytes.size();
        if (written > good_bytes) throw Error(ErrorCode::io_failure, "no space", "disk");
      });
      Context context;
      require_error(ErrorCode::io_failure, "disk: no space", [&] { conversion.run(*sink, context); });
    }
  }
}

namespace {

/// As a pipe gives it: what has passed is gone.
std::unique_ptr<Source> piped(const Bytes& bytes) {
  auto position = std::make_shared<std::size_t>(0);
  return Source::callbacks(
      [&bytes, position](std::span<std::byte> out) {
        const std::size_t count = std::min(out.size(), bytes.size() - *position);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(*position), count, out.begin());
        *position += count;
        return count;
      },
      "pipe");
}

struct Kept {
  std::vector<std::string> keywords;
  std::vector<std::string> warnings;
  std::vector<std::string> losses;
};

Kept texts_after(std::unique_ptr<Source> source, const ConvertOptions& options) {
  Kept kept;
  Conversion conversion(std::move(source), options);
  Context context;
  context.on_warning = [&](std::string_view line) { kept.warnings.emplace_back(line); };
  RecordingSink sink;
  kept.losses = conversion.run(sink, context).losses;
  auto reader = open_reader(Source::memory(sink.bytes));
  for (const TextEntry& entry : reader->info().metadata.text) kept.keywords.push_back(entry.keyword);
  return kept;
}

}  // namespace

TEST_CASE("text after the pixels is kept wherever it can be known in time, else its loss is said") {
  const Image image = random_image(40, 40, rgb8());
  const Bytes plain = with_late_text(encoded(image, "PNG"), "Comment", "late");
  const Bytes interlaced = with_late_text(encoded(image, "PNG", {.interlaced = true}), "Comment", "late");
  using Lines = std::vector<std::string>;
  const Lines lost{"text 'Comment' stands after the pixels and is not kept"};
  for (const bool crops : {false, true}) {
    CAPTURE(crops);
    ConvertOptions options = to("PNG");
    if (crops) options.geometry.emplace_back(Crop{{2, 3, 10, 9}});

    for (const Bytes* file : {&plain, &interlaced}) {
      const Kept sought = texts_after(Source::memory(*file), options);
      CHECK(sought.keywords == Lines{"Comment"});
      CHECK(sought.warnings.empty());
    }
    const Kept streamed = texts_after(piped(plain), options);
    CHECK(streamed.keywords.empty());
    CHECK(streamed.warnings == lost);
    CHECK(streamed.losses == lost);
    const Kept held = texts_after(piped(interlaced), options);
    CHECK(held.keywords == Lines{"Comment"});
    CHECK(held.warnings.empty());

    options.metadata = MetadataParts::colors();
    for (const Bytes* file : {&plain, &interlaced}) {
      CHECK(texts_after(piped(*file), options).warnings.empty());
      CHECK(texts_after(Source::memory(*file), options).keywords.empty());
    }
  }
}

TEST_CASE("stripping an orientation that was not applied is said") {
  for (const Case& c : cases()) {
    if (c.name != "turned") continue;
    ConvertOptions options = to("PNG");
    options.metadata = MetadataParts::colors();
    CHECK(convert_bytes(c.input, options).warnings ==
          std::vector<std::string>{
              "EXIF's orientation (turn by 90 degrees clockwise) goes with the metadata and is not applied"});
    options.geometry.emplace_back(AutoOrient{});
    CHECK(convert_bytes(c.input, options).warnings.empty());
  }
}

TEST_CASE("the output's format is the input's or what its name says, in any case") {
  const Bytes file = encoded(random_image(4, 4, rgb8()), "PNG");
  const auto format_of = [&](const std::string& name) { return Conversion(Source::memory(file), to(name)).format(); };
  CHECK(format_of("") == "PNG");
  CHECK(format_of("png") == "PNG");
  CHECK(format_of("JPG") == "JPEG");
  CHECK(format_of("Jpeg") == "JPEG");
  require_error(ErrorCode::unsupported,
                "output: 'xyz' is no format that can be written; there are PNG, JPEG, PBM, PGM, PPM, PNM, PAM, PFM, "
                "BMP, NPY, TIFF",
                [&] { format_of("xyz"); });
  CHECK(output_format("a/b.c/photo.JPG") == "JPEG");
  CHECK(output_format("a/b.png/photo").empty());
  CHECK(output_format(".png").empty());
  CHECK(output_format("a.b/.png").empty());
  CHECK_THROWS_AS(format_for_path(".png"), Error);
  CHECK(output_format("photo.").empty());
  CHECK_THROWS_AS(output_format("photo.xyz"), Error);
}

TEST_CASE("a conversion runs once") {
  const Bytes file = encoded(random_image(4, 4, rgb8()), "PNG");
  Conversion conversion(Source::memory(file), to("PNG"));
  Context context;
  RecordingSink sink;
  conversion.run(sink, context);
  require_error(ErrorCode::invalid_argument, "a conversion runs only once", [&] { conversion.run(sink, context); });
}
