#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "finding.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/layout.hpp"
#include "input.hpp"

namespace imgbuf::fuzz {

namespace {

constexpr std::ptrdiff_t pointer_bytes = sizeof(std::byte*);

/// Larger pictures are read at their corners only.
constexpr std::ptrdiff_t most_elements = 1 << 14;

/// Memory whose every byte somebody else has chosen: pieces of their own, so that AddressSanitizer sees what leaves one,
/// with pointers into them.
class Arena {
 public:
  explicit Arena(Choices& choices) {
    for (int left = 1 + choices.byte() % 4; left > 0; --left) {
      pieces_.emplace_back(static_cast<std::size_t>(8 * choices.byte() + choices.byte() % 8));
      access_.push_back(choices.byte() % 4 == 0 ? Access::read_only : Access::read_write);
    }
    for (int left = choices.byte() % 8; left > 0; --left) write_table(choices);
  }

  /// Mostly an address inside a piece, sometimes beside it or anywhere.
  [[nodiscard]] std::byte* address(Choices& choices) {
    const int kind = choices.byte() % 32;
    if (kind == 0) return nullptr;
    if (kind == 1) return reinterpret_cast<std::byte*>(choices.number());
    Piece& piece = pieces_[static_cast<std::size_t>(choices.below(std::ssize(pieces_)))];
    const std::ptrdiff_t offset =
        choices.byte() % 4 == 0 ? static_cast<std::int8_t>(choices.byte()) : 4 * choices.byte();
    return moved(piece.data(), offset);
  }

  [[nodiscard]] Storage storage(Choices& choices) const {
    std::vector<Segment> segments;
    for (std::size_t n = 0; n < pieces_.size(); ++n) {
      if (choices.byte() % 16 == 0) continue;
      // What a segment does not name is not the image's, though it is memory.
      std::byte* const data = const_cast<std::byte*>(pieces_[n].data());
      const std::size_t bytes = choices.byte() % 8 == 0 ? pieces_[n].size() / 2 : pieces_[n].size();
      segments.push_back({data, bytes, access_[n], nullptr});
    }
    return Storage(std::move(segments));
  }

 private:
  using Piece = std::vector<std::byte>;

  static std::byte* moved(std::byte* p, std::ptrdiff_t bytes) {
    return reinterpret_cast<std::byte*>(reinterpret_cast<std::uintptr_t>(p) + static_cast<std::uintptr_t>(bytes));
  }

  /// Some pointers in a row, which lead to addresses at a constant distance.
  void write_table(Choices& choices) {
    Piece& piece = pieces_[static_cast<std::size_t>(choices.below(std::ssize(pieces_)))];
    std::ptrdiff_t at = choices.byte();
    std::byte* target = address(choices);
    const std::ptrdiff_t step = static_cast<std::int8_t>(choices.byte());
    for (int left = choices.byte() % 32; left > 0; --left, at += pointer_bytes) {
      if (at + pointer_bytes > std::ssize(piece)) return;
      std::memcpy(piece.data() + at, &target, sizeof target);
      target = moved(target, step);
    }
  }

  std::vector<Piece> pieces_;
  std::vector<Access> access_;
};

ImageInfo choose_info(Choices& choices) {
  static constexpr ElementType types[] = {ElementType::u8, ElementType::u16, ElementType::f32, ElementType::f64};
  static constexpr ColorModel models[] = {ColorModel::gray, ColorModel::rgb, ColorModel::cmyk};
  ImageInfo info;
  const auto extent = [&] { return choices.byte() % 32 == 0 ? choices.number() : std::ptrdiff_t{choices.byte() % 24}; };
  info.height = extent();
  info.width = extent();
  info.pixel = PixelFormat::of(choices.one_of(types), choices.one_of(models), choices.yes());
  return info;
}

Layout choose_layout(Choices& choices, const ImageInfo& info) {
  const int indirections = choices.byte() % 4;
  std::vector<std::ptrdiff_t> offsets;
  for (int level = 0; level < indirections; ++level)
    offsets.push_back(choices.byte() % 8 == 0 ? choices.number() : static_cast<std::int8_t>(choices.byte()) / 8);
  const std::ptrdiff_t shape[] = {info.height, info.width, info.channels()};
  std::vector<Axis> axes;
  for (const std::ptrdiff_t extent : shape) {
    const int level = choices.byte() % (indirections + 1);
    const std::ptrdiff_t item = level < indirections ? pointer_bytes : info.pixel.format.itemsize();
    std::ptrdiff_t stride = choices.byte() % 4 == 0 ? choices.number() : item * (choices.byte() % 9 - 3);
    if (extent > 256 && choices.yes()) stride = 0;
    axes.push_back({extent, stride, level});
  }
  return Layout(axes, offsets);
}

/// Every byte of every element, so that AddressSanitizer sees where they lie.
void read(const AnyConstView& view) {
  const std::ptrdiff_t count = view.layout().element_count();
  std::vector<std::ptrdiff_t> index(static_cast<std::size_t>(view.rank()), 0);
  volatile std::uint8_t sink = 0;
  const auto read_element = [&] {
    const std::byte* const p = view.address(index);
    for (std::ptrdiff_t i = 0; i < view.format().itemsize(); ++i)
      sink = static_cast<std::uint8_t>(sink ^ std::to_integer<std::uint8_t>(p[i]));
  };
  if (count == 0) return;
  if (count > most_elements) {
    for (unsigned corner = 0; corner < 1U << view.rank(); ++corner) {
      for (int a = 0; a < view.rank(); ++a)
        index[static_cast<std::size_t>(a)] = (corner >> a & 1U) != 0 ? view.extent(a) - 1 : 0;
      read_element();
    }
    return;
  }
  for (std::ptrdiff_t left = count; left > 0; --left) {
    read_element();
    for (int a = view.rank() - 1; a >= 0; --a) {
      if (++index[static_cast<std::size_t>(a)] < view.extent(a)) break;
      index[static_cast<std::size_t>(a)] = 0;
    }
  }
}

/// A part of a view, as a user takes it.
AnyConstView part(Choices& choices, const AnyConstView& view) {
  if (view.rank() == 0) return view;
  const int axis = choices.byte() % view.rank();
  switch (choices.byte() % 4) {
    case 0:
      return view.index(axis, choices.number());
    case 1:
      return view.flip(axis);
    case 2: {
      const std::ptrdiff_t start = choices.number();
      return view.slice(axis, {start, {}, choices.number()});
    }
    default:
      return view.permute(view.rank() == 3 ? std::vector<int>{2, 0, 1} : std::vector<int>(1, 0));
  }
}

void check_import(Choices choices) {
  Arena arena(choices);
  const ImageInfo info = choose_info(choices);
  std::optional<Image> image;
  try {
    const Layout layout = choose_layout(choices, info);
    std::byte* const origin = arena.address(choices);
    image = Image::over(arena.storage(choices), origin, layout, info);
  } catch (const Error&) {
    return;
  }
  AnyConstView view = image->const_view();
  read(view);
  for (int n = 0; n < 4; ++n) {
    try {
      view = part(choices, view);
    } catch (const Error&) {
      continue;
    }
    read(view);
  }
  if (!image->is_read_only()) require(image->view().origin() == image->const_view().origin(), "one picture, two views");
}

}  // namespace

}  // namespace imgbuf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  imgbuf::fuzz::check_import(imgbuf::fuzz::Choices({data, size}));
  return 0;
}
