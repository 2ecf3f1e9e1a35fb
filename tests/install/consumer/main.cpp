// Uses the library as a stranger does, through its public headers alone: consumer SAMPLE.png DIRECTORY
// Says on stderr which expectation does not hold, and exits with 1.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <imgbuf/imgbuf.hpp>
#include <iostream>
#include <string>
#include <vector>

namespace {

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::cerr << "not so: " << what << '\n';
  ++failures;
}

using Pixels = imgbuf::View<const std::uint8_t>;

Pixels pixels(const imgbuf::Image& image) {
  return image.const_view().as<const std::uint8_t>();
}

int difference(std::uint8_t a, std::uint8_t b) {
  return std::abs(int{a} - int{b});
}

int largest_difference(const Pixels& a, const Pixels& b) {
  int largest = 0;
  for (int y = 0; y < a.extent(0); ++y)
    for (int x = 0; x < a.extent(1); ++x)
      for (int c = 0; c < a.extent(2); ++c) largest = std::max(largest, difference(a(y, x, c), b(y, x, c)));
  return largest;
}

// An embedding program's own way to run work: virtual calls from the library into the program.
class Backwards : public imgbuf::Executor {
 public:
  int concurrency() const noexcept override { return 4; }
  void parallel_for(std::ptrdiff_t count, const std::function<void(std::ptrdiff_t)>& body) override {
    for (std::ptrdiff_t i = count; i-- > 0;) body(i);
    used = true;
  }
  bool used = false;
};

// Every second row from below, and a window of the columns: views of the same rows.
void slices_are_views(const imgbuf::Image& image) {
  const Pixels all = pixels(image);
  const imgbuf::AnyConstView part = image.const_view().slice(0, {.step = -2}).window(1, 100, 50);
  expect(part.extent(0) == 160 && part.extent(1) == 50 && part.extent(2) == 3, "the shape of a slice");
  expect(part.as<const std::uint8_t>()(3, 7, 1) == all(319 - 2 * 3, 107, 1), "the pixels of a slice");
  expect(part.address({3, 7, 1}) == image.const_view().address({319 - 2 * 3, 107, 1}), "a slice copies nothing");
  expect(image.const_view().index(0, 5).layout().is_direct(), "a row of row pointers is direct");
  expect(imgbuf::rows(all)[5].data() == &all(5, 0, 0), "rows of a view");
  expect(imgbuf::export_buffer_shape(part.layout()).shape.has_value(), "row pointers have a PEP 3118 shape");
}

// Inverts a flipped crop into memory of its own, on the program's executor.
imgbuf::Image inverted_center(const imgbuf::Image& image) {
  imgbuf::ImageInfo info = image.info();
  info.width = 240;
  info.height = 160;
  const imgbuf::Image result = imgbuf::Image::allocate(info, imgbuf::Arrangement::strips(7));
  const imgbuf::AnyConstView center = image.const_view().window(0, 80, 160).window(1, 120, 240).flip(1);
  Backwards executor;
  const imgbuf::Context context(executor);
  imgbuf::transform(
      context, [](std::uint8_t v) { return 255 - v; }, result.view().as<std::uint8_t>(),
      center.as<const std::uint8_t>());
  const Pixels before = pixels(image);
  const Pixels after = pixels(result);
  bool right = true;
  for (int y = 0; y < 160; ++y)
    for (int x = 0; x < 240; ++x)
      for (int c = 0; c < 3; ++c) right = right && after(y, x, c) == 255 - before(80 + y, 120 + 239 - x, c);
  expect(right, "a walk over a flipped crop");
  expect(executor.used, "a walk uses the program's executor");
  return result;
}

void files_hold_the_pixels(const imgbuf::Image& image, const std::string& directory) {
  imgbuf::encode(image, directory + "/out.png");
  imgbuf::encode(image, directory + "/out.jpg", {.quality = 100, .subsampling = "4:4:4"});
  const imgbuf::Image png = imgbuf::decode(directory + "/out.png", {}, imgbuf::Arrangement::planes());
  const imgbuf::Image jpeg = imgbuf::decode(directory + "/out.jpg");
  expect(largest_difference(pixels(image), pixels(png)) == 0, "a PNG holds the pixels");
  expect(largest_difference(pixels(image), pixels(jpeg)) <= 8, "a JPEG of quality 100 is near the pixels");
  expect(jpeg.info().file.format == "JPEG", "the file's format is told");

  std::vector<std::byte> bytes;
  imgbuf::Context context(imgbuf::default_executor());
  const auto sink = imgbuf::Sink::memory(bytes);
  imgbuf::Conversion conversion(imgbuf::Source::file(directory + "/out.png"), {.format = "JPEG"});
  const imgbuf::ConvertReport report = conversion.run(*sink, context);
  expect(report.rows == 160 && static_cast<std::size_t>(report.output_bytes) == bytes.size(),
         "a conversion into memory");
  const imgbuf::PixelConverter to_gray(image.info(),
                                       imgbuf::PixelFormat::of(imgbuf::ElementType::u8, imgbuf::ColorModel::gray));
  expect(!to_gray.is_identity(), "a pixel converter");
}

void errors_cross_the_boundary(const std::string& directory) {
  try {
    static_cast<void>(imgbuf::decode(directory + "/missing.png"));
    expect(false, "a missing file is an error");
  } catch (const imgbuf::Error& error) {
    expect(error.code() == imgbuf::ErrorCode::io_failure, "the code of a missing file");
    expect(std::string(error.what()).find("missing.png: ") != std::string::npos, "an error names the file");
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  const imgbuf::Image image = imgbuf::decode(argv[1], {}, imgbuf::Arrangement::rows());
  expect(image.info().width == 480 && image.info().height == 320, "the size of the sample");
  slices_are_views(image);
  files_hold_the_pixels(inverted_center(image), argv[2]);
  errors_cross_the_boundary(argv[2]);
  if (failures == 0) std::cout << "imgbuf " << imgbuf::version() << '\n';
  return failures == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
