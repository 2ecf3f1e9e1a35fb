#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/walk.hpp"
#include "pixel/plan.hpp"
#include "pixel/step.hpp"

namespace imgbuf {

using pixel::run_steps;
using pixel::Scratch;
using pixel::Step;

struct PixelConverter::State {
  PixelFormat source;
  PixelFormat target;
  std::vector<Step> steps;
  std::ptrdiff_t chunk = 0;
};

namespace {

void check_view(const Layout& layout, Format format, const PixelFormat& agreed, std::string_view which) {
  if (layout.rank() != 3 || layout.extent(2) != agreed.channels()) {
    throw Error(ErrorCode::invalid_argument, "the " + std::string(which) + " of a conversion must have " +
                                                 std::to_string(agreed.channels()) +
                                                 " channels as its third axis, not " + layout.describe());
  }
  if (format.type() != agreed.format.type()) {
    throw Error(ErrorCode::format_mismatch, "the " + std::string(which) + " of a conversion must have elements " +
                                                std::string(to_string(agreed.format.type())) + ", not " +
                                                std::string(to_string(format.type())));
  }
}

/// The rows of one side of a conversion, a chunk of pixels at a time.
template <bool Writable>
class ChunkRows {
 public:
  using View = BasicAnyView<Writable>;
  using Byte = typename View::byte_type;

  explicit ChunkRows(const View& view)
      : view_(view),
        itemsize_(view.format().itemsize()),
        bytes_per_pixel_(itemsize_ * view.extent(2)),
        is_packed_(view.format().is_native() && has_packed_rows(view.layout(), itemsize_)) {}

  void begin_row(std::ptrdiff_t row) {
    row_ = row;
    packed_row_ = is_packed_ ? view_.address({row, 0, 0}) : nullptr;
    if (reinterpret_cast<std::uintptr_t>(packed_row_) % static_cast<std::size_t>(itemsize_) != 0) packed_row_ = nullptr;
  }

  /// Pixel `x` of the row if kernels can use it where it is, else null.
  [[nodiscard]] Byte* in_place(std::ptrdiff_t x) const noexcept {
    return packed_row_ == nullptr ? nullptr : packed_row_ + x * bytes_per_pixel_;
  }

  [[nodiscard]] View chunk(std::ptrdiff_t x, std::ptrdiff_t pixels) const {
    return view_.index(0, row_).window(0, x, pixels);
  }

  /// `pixels` packed native pixels in scratch memory.
  [[nodiscard]] AnyView scratch_view(std::byte* scratch, std::ptrdiff_t pixels) const {
    return {scratch, Layout({{pixels, bytes_per_pixel_}, {view_.extent(2), itemsize_}}), view_.format().type()};
  }

  [[nodiscard]] std::ptrdiff_t bytes(std::ptrdiff_t pixels) const noexcept { return pixels * bytes_per_pixel_; }

 private:
  const View& view_;
  std::ptrdiff_t itemsize_;
  std::ptrdiff_t bytes_per_pixel_;
  bool is_packed_;
  std::ptrdiff_t row_ = 0;
  Byte* packed_row_ = nullptr;
};

}  // namespace

PixelConverter::PixelConverter(const ImageInfo& source, const PixelFormat& target, const BackgroundColor& background) {
  State state{source.pixel, target, pixel::plan_conversion(source, target, background), 0};
  state.chunk = pixel::chunk_pixels(state.steps, source.pixel.bytes_per_pixel());
  state_ = std::make_unique<const State>(std::move(state));
}

PixelConverter::~PixelConverter() = default;
PixelConverter::PixelConverter(PixelConverter&&) noexcept = default;
PixelConverter& PixelConverter::operator=(PixelConverter&&) noexcept = default;

bool PixelConverter::is_identity() const noexcept {
  return state_->steps.empty();
}

void PixelConverter::convert(const AnyView& destination, const AnyConstView& source, Context& context) const {
  context.check_cancelled();
  check_view(source.layout(), source.format(), state_->source, "source");
  check_view(destination.layout(), destination.format(), state_->target, "destination");
  const std::ptrdiff_t row_count = source.extent(0);
  const std::ptrdiff_t width = source.extent(1);
  if (destination.extent(0) != row_count || destination.extent(1) != width) {
    throw Error(ErrorCode::invalid_argument,
                "source and destination of a conversion differ in size: " + source.layout().describe() + " and " +
                    destination.layout().describe());
  }
  if (is_identity()) {
    copy(destination, source, context);
    return;
  }
  if (source.is_empty()) return;

  ChunkRows<false> in(source);
  ChunkRows<true> out(destination);
  Scratch scratch;
  std::int64_t scratch_bytes = 0;
  for (std::ptrdiff_t row = 0; row < row_count; ++row) {
    in.begin_row(row);
    out.begin_row(row);
    for (std::ptrdiff_t x = 0; x < width; x += state_->chunk) {
      const std::ptrdiff_t pixels = std::min(state_->chunk, width - x);
      const std::byte* from = in.in_place(x);
      if (from == nullptr) {
        from = scratch.first.data();
        copy(in.scratch_view(scratch.first.data(), pixels), in.chunk(x, pixels));
        scratch_bytes += in.bytes(pixels);
      }
      std::byte* const to = out.in_place(x);
      std::byte* const result = run_steps(state_->steps, from, to, pixels, scratch);
      if (to == nullptr) {
        copy(out.chunk(x, pixels), out.scratch_view(result, pixels));
        scratch_bytes += out.bytes(pixels);
      }
    }
  }
  context.count_scratch_bytes(scratch_bytes);
}

PixelFormat expanded(const ImageInfo& info) {
  if (info.pixel.color == ColorModel::palette) {
    const bool alpha =
        std::any_of(info.palette.begin(), info.palette.end(), [](const auto& e) { return e.alpha != 255; });
    return PixelFormat::of(ElementType::u8, ColorModel::rgb, alpha);
  }
  PixelFormat result = info.pixel;
  if (result.color == ColorModel::cmyk) result.color = ColorModel::rgb;
  if (pixel::has_transparent_color(info)) result.alpha = true;
  result.bit_depth = std::max(result.bit_depth, 8);
  return result;
}

}  // namespace imgbuf
