#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/walk.hpp"
#include "row.hpp"

#ifdef IMGBUF_BENCH_WITH_OPENCV
#include "bare_opencv.hpp"
#endif

namespace imgbuf::bench {

namespace {

/// What a copy may cost, as a ratio to one `memcpy` of its bytes between warm buffers.
constexpr double copy_target = 1 / 0.9, large_copy_target = 1 / 0.8, planar_target = 1 / 0.85;

ImageInfo info_of(std::ptrdiff_t width, std::ptrdiff_t height, PixelFormat pixel) {
  ImageInfo info;
  info.width = width;
  info.height = height;
  info.pixel = pixel;
  return info;
}

/// Views of memory that somebody holds.
struct Operand {
  AnyView view;
  std::shared_ptr<const void> keeper;
};

Operand of(const Image& image) {
  return {image.view(), std::make_shared<const Image>(image)};
}

Operand allocate(const ImageInfo& info, const Arrangement& arrangement) {
  return of(Image::allocate(info, arrangement));
}

/// Three planes one after the other, seen as (height, width, channels).
Operand allocate_planar(const ImageInfo& info) {
  const Image memory =
      Image::allocate(info_of(info.width, 3 * info.height, PixelFormat::of(ElementType::u8, ColorModel::gray)));
  const std::ptrdiff_t shape[] = {3, info.height, info.width};
  const AnyView planes(memory.view().origin(), Layout::contiguous(shape, 1), Format(ElementType::u8));
  return {planes.permute({1, 2, 0}), std::make_shared<const Image>(memory)};
}

/// The pixels in C order, gathered row by row; and zeros in their place.
std::vector<std::byte> take(const AnyView& view) {
  const std::ptrdiff_t itemsize = view.format().itemsize(), channels = view.extent(2);
  const bool packs_channels = view.layout().axis(2).byte_stride == itemsize || channels == 1;
  const bool packs_rows = packs_channels && view.layout().axis(1).byte_stride == itemsize * channels;
  const std::ptrdiff_t columns = packs_rows ? 1 : view.extent(1), pieces = packs_channels ? 1 : channels;
  const auto bytes =
      static_cast<std::size_t>(view.layout().element_count() * itemsize / (view.extent(0) * columns * pieces));
  std::vector<std::byte> packed;
  for (std::ptrdiff_t y = 0; y < view.extent(0); ++y)
    for (std::ptrdiff_t x = 0; x < columns; ++x)
      for (std::ptrdiff_t c = 0; c < pieces; ++c) {
        std::byte* const at = view.address({y, x, c});
        packed.insert(packed.end(), at, at + bytes);
        std::memset(at, 0, bytes);
      }
  return packed;
}

/// One copy against something else that makes the same pixels elsewhere.
struct Work {
  Operand source, target;
  Operand limit_source, limit_target;
  const Operand* made_last = nullptr;
};

Sides sides_of(Operand source, Operand target, Operand limit_source, Operand limit_target,
               const std::function<void(const Work&)>& limit) {
  const auto work = std::make_shared<Work>(
      Work{std::move(source), std::move(target), std::move(limit_source), std::move(limit_target)});
  return {.subject =
              [work] {
                copy(work->target.view, work->source.view);
                work->made_last = &work->target;
              },
          .limit =
              [work, limit] {
                limit(*work);
                work->made_last = &work->limit_target;
              },
          .take_result = [work] { return take(work->made_last->view); }};
}

/// A copy against one `memcpy` of as many bytes.
Sides against_memcpy(const Image& pixels, Operand source, Operand target) {
  const Operand limit_source = allocate(pixels.info(), {}), limit_target = allocate(pixels.info(), {});
  copy(source.view, pixels.const_view());
  copy(limit_source.view, pixels.const_view());
  copy(target.view, pixels.const_view());  // both targets are warm
  copy(limit_target.view, pixels.const_view());
  return sides_of(std::move(source), std::move(target), limit_source, limit_target, [](const Work& work) {
    std::memcpy(work.limit_target.view.origin(), work.limit_source.view.origin(),
                static_cast<std::size_t>(work.limit_source.view.layout().element_count()));
  });
}

/// 6000 x 4000 pixels of RGB u8 with no two rows alike: 72 MB, which no cache holds.
Image large_picture() {
  const Image image = Image::allocate(info_of(6000, 4000, PixelFormat::of(ElementType::u8, ColorModel::rgb)));
  std::byte* const bytes = image.view().origin();
  for (std::size_t i = 0; i < 6000 * 4000 * 3; ++i) bytes[i] = static_cast<std::byte>((i * 2654435761U) >> 13);
  return image;
}

void add_straight_copies(std::vector<Row>& rows) {
  const std::pair<Arrangement, Arrangement> pairs[] = {
      {Arrangement::contiguous(), Arrangement::contiguous()},
      {Arrangement::rows(), Arrangement::rows()},
      {Arrangement::contiguous(), Arrangement::strips(16)},
      {Arrangement::strips(16), Arrangement::rows()},
  };
  for (const auto& [from, to] : pairs) {
    const std::string name = from.to_string() + "_to_" + to.to_string();
    const auto sides = [from = from, to = to](const Image& pixels) {
      return against_memcpy(pixels, allocate(pixels.info(), from), allocate(pixels.info(), to));
    };
    rows.push_back({.name = "copy/" + name,
                    .prepare = [sides](const Picture& picture) { return sides(picture.pixels); },
                    .target = copy_target});
    rows.push_back({.name = "copy_72mb/" + name,
                    .prepare = [sides](const Picture&) { return sides(large_picture()); },
                    .target = large_copy_target});
  }
}

void add_planar_copies(std::vector<Row>& rows) {
  const auto add = [&rows](const std::string& name, const std::function<Sides(const Image&)>& sides) {
    rows.push_back({.name = name,
                    .prepare = [sides](const Picture& picture) { return sides(picture.pixels); },
                    .target = planar_target});
  };
  add("hwc_to_chw/contiguous",
      [](const Image& p) { return against_memcpy(p, allocate(p.info(), {}), allocate_planar(p.info())); });
  add("chw_to_hwc/contiguous",
      [](const Image& p) { return against_memcpy(p, allocate_planar(p.info()), allocate(p.info(), {})); });
  add("hwc_to_chw/rows_to_planes", [](const Image& p) {
    return against_memcpy(p, allocate(p.info(), Arrangement::rows()), allocate(p.info(), Arrangement::planes()));
  });
  add("chw_to_hwc/planes_to_rows", [](const Image& p) {
    return against_memcpy(p, allocate(p.info(), Arrangement::planes()), allocate(p.info(), Arrangement::rows()));
  });
}

#ifdef IMGBUF_BENCH_WITH_OPENCV

constexpr double rotation_target = 0.5;  ///< a ratio to OpenCV

/// The picture's size in another pixel format, filled with bytes that differ.
Image other_picture(const ImageInfo& size, PixelFormat pixel) {
  const Image image = Image::allocate(info_of(size.width, size.height, pixel));
  std::byte* const bytes = image.view().origin();
  const auto count = static_cast<std::size_t>(size.height * image.info().row_bytes());
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>((i * 2654435761U) >> 13);
  return image;
}

/// A rotation to the right against OpenCV's of contiguous memory.
Sides against_opencv(const Image& pixels, const Arrangement& arrangement) {
  const ImageInfo& info = pixels.info();
  const ImageInfo turned = info_of(info.height, info.width, info.pixel);
  Operand source = allocate(info, arrangement);
  const Operand limit_source = allocate(info, {});
  copy(source.view, pixels.const_view());
  copy(limit_source.view, pixels.const_view());
  source.view = source.view.permute({1, 0, 2}).flip(1);
  return sides_of(source, allocate(turned, arrangement), limit_source, allocate(turned, {}), [](const Work& work) {
    const AnyView& from = work.limit_source.view;
    rotate_by_opencv(from.origin(), from.extent(0), from.extent(1), static_cast<int>(from.extent(2)),
                     static_cast<int>(from.format().itemsize()), work.limit_target.view.origin());
  });
}

void add_rotations(std::vector<Row>& rows) {
  for (const Arrangement& arrangement : {Arrangement::contiguous(), Arrangement::rows()}) {
    rows.push_back({.name = "rotate_90/rgb_u8_" + arrangement.to_string(),
                    .prepare = [arrangement](const Picture& p) { return against_opencv(p.pixels, arrangement); },
                    .target = rotation_target});
    const std::pair<const char*, PixelFormat> others[] = {
        {"gray_u8", PixelFormat::of(ElementType::u8, ColorModel::gray)},
        {"gray_u16", PixelFormat::of(ElementType::u16, ColorModel::gray)},
        {"gray_f32", PixelFormat::of(ElementType::f32, ColorModel::gray)},
        {"rgba_u8", PixelFormat::of(ElementType::u8, ColorModel::rgb, true)},
    };
    for (const auto& [name, pixel] : others)
      rows.push_back({.name = std::string("rotate_90/") + name + "_" + arrangement.to_string(),
                      .prepare =
                          [arrangement, pixel = pixel](const Picture& p) {
                            return against_opencv(other_picture(p.pixels.info(), pixel), arrangement);
                          },
                      .target = rotation_target});
  }
}

#else

void add_rotations(std::vector<Row>&) {}

#endif

}  // namespace

void add_copy_rows(std::vector<Row>& rows) {
  add_straight_copies(rows);
  add_planar_copies(rows);
  add_rotations(rows);
}

}  // namespace imgbuf::bench
