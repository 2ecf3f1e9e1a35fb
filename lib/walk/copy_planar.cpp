#include "walk/copy_planar.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "imgbuf/walk.hpp"
#include "walk/copy_kernels.hpp"
#include "walk/copy_stream.hpp"
#include "walk/run_blocks.hpp"

namespace imgbuf::walk {

namespace {

constexpr int fewest_channels = 2, most_channels = 4;
constexpr std::ptrdiff_t fewest_pixels = 16;  ///< with fewer, preparing costs more than it saves

bool packs(const Layout& layout, int axis, std::ptrdiff_t itemsize) noexcept {
  const Axis& a = layout.axes()[static_cast<std::size_t>(axis)];
  return a.level == layout.indirections() && (a.byte_stride == itemsize || a.byte_stride == -itemsize);
}

/// The axis that one layout packs and the other does not.
std::optional<int> find_channels(const Layout& packing, const Layout& other, std::ptrdiff_t itemsize) noexcept {
  for (int a = 0; a < packing.rank(); ++a) {
    const std::ptrdiff_t extent = packing.axes()[static_cast<std::size_t>(a)].extent;
    if (extent >= fewest_channels && extent <= most_channels && packs(packing, a, itemsize) &&
        !packs(other, a, itemsize))
      return a;
  }
  return std::nullopt;
}

/// What one walk of interleaved pixels and their planes does. Operand 0 are the pixels, then come the planes.
class PlanarKernel {
 public:
  PlanarKernel(int channels, std::ptrdiff_t itemsize, bool interleaves, bool streams)
      : channels_(channels), itemsize_(itemsize), interleaves_(interleaves), streams_(streams) {
    if (const CopyKernels* const kernels = copy_kernels(); kernels && itemsize <= 4) {
      const auto n = static_cast<std::size_t>(channels - fewest_channels);
      const auto size = static_cast<std::size_t>(std::countr_zero(static_cast<std::size_t>(itemsize)));
      interleave_ = kernels->interleave[n][size];
      deinterleave_ = kernels->deinterleave[n][size];
    }
  }

  void operator()(const Block& block) const noexcept {
    for (std::ptrdiff_t r = 0; r < block.rows; ++r) {
      std::byte* const pixels = block.pointers[0] + r * block.row_byte_strides[0];
      std::array<std::byte*, most_channels> planes{};
      for (std::size_t c = 0; c < channels(); ++c)
        planes[c] = block.pointers[c + 1] + r * block.row_byte_strides[c + 1];
      if (!block.unit_columns || !interleave_)
        move_elements(block, pixels, planes);
      else if (streams_)
        stream_run(pixels, planes, block.columns);
      else
        move_run(pixels, planes, block.columns);
    }
  }

 private:
  using Planes = std::array<std::byte*, most_channels>;

  [[nodiscard]] std::size_t channels() const noexcept { return static_cast<std::size_t>(channels_); }

  void move_run(std::byte* pixels, const Planes& planes, std::ptrdiff_t count) const noexcept {
    if (interleaves_)
      interleave_(pixels, planes.data(), count);
    else
      deinterleave_(planes.data(), pixels, count);
  }

  /// Through a piece of the nearest cache at a time, from where whole lines go past the caches. A piece repeats the end
  /// of the one before, so that each line can be written whole.
  void stream_run(std::byte* pixels, const Planes& planes, std::ptrdiff_t count) const noexcept {
    constexpr std::ptrdiff_t piece_bytes = 3072, lead_bytes = stream_line_bytes * most_channels;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): only what was written is read
    alignas(stream_line_bytes) std::array<std::byte, piece_bytes + lead_bytes> piece;
    const std::ptrdiff_t pixel_bytes = channels_ * itemsize_;
    const std::ptrdiff_t piece_pixels = piece_bytes / pixel_bytes / stream_line_bytes * stream_line_bytes;
    const std::ptrdiff_t most_lead = stream_line_bytes / itemsize_;
    for (std::ptrdiff_t begin = 0; begin < count; begin += piece_pixels) {
      const std::ptrdiff_t end = std::min(begin + piece_pixels, count), lead = begin == 0 ? 0 : most_lead;
      const std::ptrdiff_t first = begin - lead;
      Planes from_first{};
      if (interleaves_) {
        for (std::size_t c = 0; c < channels(); ++c) from_first[c] = planes[c] + first * itemsize_;
        interleave_(piece.data(), from_first.data(), end - first);
        stream_piece(pixels + begin * pixel_bytes, piece.data() + lead * pixel_bytes, (end - begin) * pixel_bytes,
                     begin == 0, end == count);
        continue;
      }
      const std::ptrdiff_t plane_bytes = (piece_pixels + most_lead) * itemsize_;
      for (std::size_t c = 0; c < channels(); ++c)
        from_first[c] = piece.data() + static_cast<std::ptrdiff_t>(c) * plane_bytes;
      deinterleave_(from_first.data(), pixels + first * pixel_bytes, end - first);
      for (std::size_t c = 0; c < channels(); ++c)
        stream_piece(planes[c] + begin * itemsize_, from_first[c] + lead * itemsize_, (end - begin) * itemsize_,
                     begin == 0, end == count);
    }
  }

  void move_elements(const Block& block, std::byte* pixels, const Planes& planes) const noexcept {
    switch (itemsize_) {
      case 1:
        return move_elements<1>(block, pixels, planes);
      case 2:
        return move_elements<2>(block, pixels, planes);
      case 4:
        return move_elements<4>(block, pixels, planes);
      default:
        return move_elements<8>(block, pixels, planes);
    }
  }

  /// Any strides, one element after the other.
  template <std::ptrdiff_t Itemsize>
  void move_elements(const Block& block, std::byte* pixels, const Planes& planes) const noexcept {
    for (std::size_t c = 0; c < channels(); ++c) {
      std::byte* pixel = pixels + static_cast<std::ptrdiff_t>(c) * Itemsize;
      std::byte* element = planes[c];
      for (std::ptrdiff_t i = 0; i < block.columns; ++i) {
        std::memcpy(interleaves_ ? pixel : element, interleaves_ ? element : pixel, Itemsize);
        pixel += block.column_byte_strides[0];
        element += block.column_byte_strides[c + 1];
      }
    }
  }

  std::ptrdiff_t channels_;
  std::ptrdiff_t itemsize_;
  bool interleaves_;
  bool streams_;
  CopyKernels::Interleave interleave_ = nullptr;
  CopyKernels::Deinterleave deinterleave_ = nullptr;
};

/// Which axis holds the channels, and what becomes of them.
struct Channels {
  int axis = 0;
  bool interleaves = false;  ///< the destination packs them
};

std::optional<Channels> channels_of(const Layout& destination, const Layout& source, std::ptrdiff_t itemsize) noexcept {
  std::optional<int> axis = find_channels(destination, source, itemsize);
  const bool interleaves = axis.has_value();
  if (!axis) axis = find_channels(source, destination, itemsize);
  if (!axis) return std::nullopt;
  const std::ptrdiff_t channels = destination.axes()[static_cast<std::size_t>(*axis)].extent;
  if (destination.element_count() < channels * fewest_pixels) return std::nullopt;
  return Channels{*axis, interleaves};
}

}  // namespace

bool is_planar(const Layout& destination, const Layout& source, std::ptrdiff_t itemsize) noexcept {
  return channels_of(destination, source, itemsize).has_value();
}

bool copy_planar(const AnyView& destination, const AnyConstView& source, const Context& context) {
  const std::ptrdiff_t itemsize = destination.format().itemsize();
  const std::optional<Channels> found = channels_of(destination.layout(), source.layout(), itemsize);
  if (!found) return false;
  const int axis = found->axis;
  const bool interleaves = found->interleaves;
  const std::ptrdiff_t channels = destination.extent(axis), elements = destination.layout().element_count();

  // Pixels and planes of the operands, both in the order in which the pixels pack their channels.
  const AnyConstView interleaved = interleaves ? AnyConstView(destination) : source;
  const AnyConstView planar = interleaves ? source : AnyConstView(destination);
  const bool is_reversed = interleaved.layout().axis(axis).byte_stride < 0;
  const auto channel = [&](std::ptrdiff_t c) { return is_reversed ? channels - 1 - c : c; };
  std::array<AnyConstView, most_channels + 1> parts;
  std::array<WalkOperand, most_channels + 1> operands;
  for (std::ptrdiff_t c = 0; c <= channels; ++c) {
    const auto at = static_cast<std::size_t>(c);
    parts[at] = c == 0 ? interleaved.index(axis, channel(0)) : planar.index(axis, channel(c - 1));
    operands[at] = {const_cast<std::byte*>(parts[at].origin()), &parts[at].layout(),
                    c == 0 ? channels * itemsize : itemsize, (c == 0) == interleaves ? Use::write : Use::read};
  }

  const bool streams = streaming_pays(elements * itemsize), is_parallel = context.executor().concurrency() > 1;
  const StreamingScope scope(streams);
  const PlanarKernel kernel(static_cast<int>(channels), itemsize, interleaves, streams);
  run_blocks(
      std::span(operands).first(static_cast<std::size_t>(channels) + 1),
      [&](const Block& block) {
        const StreamingScope scope_of_thread(streams && is_parallel);
        kernel(block);
      },
      context);
  return true;
}

}  // namespace imgbuf::walk
