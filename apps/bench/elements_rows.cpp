#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <ranges>
#include <span>
#include <vector>

#include "imgbuf/elements.hpp"
#include "imgbuf/image.hpp"
#include "row.hpp"

// The limit of an iterator over single elements is a loop over single elements.
#if defined(__clang__)
#define IMGBUF_BENCH_SCALAR_LOOP _Pragma("clang loop vectorize(disable)")
#define IMGBUF_BENCH_SCALAR
#else
#define IMGBUF_BENCH_SCALAR_LOOP
#define IMGBUF_BENCH_SCALAR __attribute__((optimize("no-tree-vectorize")))
#endif

namespace imgbuf::bench {

namespace {

constexpr double pixel_target = 1.2, scalar_target = 2.0, sort_target = 1.35;

struct Rgb {
  std::uint8_t red, green, blue;
};

/// What an algorithm does to elements of three types; objects, so that calls are inlined.
constexpr auto inverted = [](std::uint8_t v) { return static_cast<std::uint8_t>(255 - v); };
constexpr auto inverted_pixel = [](Rgb p) { return Rgb{inverted(p.red), inverted(p.green), inverted(p.blue)}; };
constexpr auto scaled = [](float v) { return v * 0.5F + 1.0F; };

/// Rows of one image twice over: for the subject, and for the loop by hand.
template <class T>
struct Work {
  Work(std::ptrdiff_t height, std::ptrdiff_t width, ColorModel model)
      : source(allocate(height, width, model)),
        target(allocate(height, width, model)),
        source_rows(row_pointers(source.const_view())),
        target_rows(row_pointers(target.view())) {
    // Any bytes that are no NaN.
    std::uint32_t state = 1;
    for (std::size_t y = 0; y < source_rows.size(); ++y) {
      auto* row = reinterpret_cast<T*>(const_cast<std::byte*>(source_rows[y]));
      for (std::ptrdiff_t i = 0; i < source.info().row_bytes() / std::ptrdiff_t{sizeof(T)}; ++i) {
        state = state * 1664525U + 1013904223U;
        row[i] = static_cast<T>(state >> 16);
      }
    }
  }

  static Image allocate(std::ptrdiff_t height, std::ptrdiff_t width, ColorModel model) {
    ImageInfo info;
    info.width = width;
    info.height = height;
    info.pixel = PixelFormat::of(element_type_of<T>(), model);
    return Image::allocate(info, Arrangement::strips(16));
  }

  std::vector<std::byte> take() {
    const auto row_bytes = static_cast<std::size_t>(target.info().row_bytes());
    std::vector<std::byte> packed;
    for (std::size_t y = 0; y < target_rows.size(); ++y) {
      packed.insert(packed.end(), target_rows[y], target_rows[y] + row_bytes);
      std::memset(target_rows[y], 0, row_bytes);
    }
    return packed;
  }

  Image source, target;
  RowPointers<const std::byte> source_rows;
  RowPointers<std::byte> target_rows;
};

template <class E, class Op>
IMGBUF_BENCH_SCALAR void transform_by_hand(const std::byte* const* source, std::byte* const* target,
                                           std::size_t row_count, std::size_t row_size, Op op) {
  for (std::size_t y = 0; y < row_count; ++y) {
    const E* in = reinterpret_cast<const E*>(source[y]);
    E* out = reinterpret_cast<E*>(target[y]);
    IMGBUF_BENCH_SCALAR_LOOP
    for (std::size_t i = 0; i < row_size; ++i) out[i] = op(in[i]);
  }
}

/// @tparam E  what the algorithm sees: T, or a pixel of T's
template <class T, class E, class Op>
Sides transform_sides(const Picture& picture, ColorModel model, Op op) {
  const ImageInfo& info = picture.pixels.info();
  const auto work = std::make_shared<Work<T>>(info.height, info.width, model);
  const auto range = [](auto view) {
    if constexpr (std::is_same_v<T, E>)
      return elements(view);
    else
      return pixels<E>(view);
  };
  return {.subject =
              [work, range, op] {
                const auto out = range(work->target.view().template as<T>());
                const auto in = range(work->source.const_view().template as<const T>());
                std::ranges::transform(in, out.begin(), op);
              },
          .limit =
              [work, op] {
                transform_by_hand<E>(work->source_rows.data(), work->target_rows.data(), work->target_rows.size(),
                                     static_cast<std::size_t>(work->source.info().row_bytes()) / sizeof(E), op);
              },
          .take_result = [work] { return work->take(); }};
}

/// Sorts a copy of the same values, behind row pointers and in one block of memory.
template <class T>
Sides sort_sides() {
  struct Sorting {
    Work<T> rows{512, 1024, ColorModel::gray};
    std::vector<T> values, block;
    bool was_block = false;
  };
  const auto work = std::make_shared<Sorting>();
  for (const T value : elements(work->rows.source.const_view().template as<const T>())) work->values.push_back(value);
  return {.subject =
              [work] {
                const auto range = elements(work->rows.target.view().template as<T>());
                std::ranges::copy(work->values, range.begin());
                std::ranges::sort(range);
                work->was_block = false;
              },
          .limit =
              [work] {
                work->block = work->values;
                std::ranges::sort(work->block);
                work->was_block = true;
              },
          .take_result =
              [work] {
                if (!work->was_block) return work->rows.take();
                const auto bytes = std::as_bytes(std::span<const T>(work->block));
                return std::vector<std::byte>(bytes.begin(), bytes.end());
              }};
}

}  // namespace

void add_elements_rows(std::vector<Row>& rows) {
  rows.push_back(
      {.name = "elements_transform/rgb_pixels",
       .prepare =
           [](const Picture& p) { return transform_sides<std::uint8_t, Rgb>(p, ColorModel::rgb, inverted_pixel); },
       .target = pixel_target});
  rows.push_back(
      {.name = "elements_transform/u8",
       .prepare =
           [](const Picture& p) { return transform_sides<std::uint8_t, std::uint8_t>(p, ColorModel::rgb, inverted); },
       .target = scalar_target});
  rows.push_back(
      {.name = "elements_transform/f32",
       .prepare = [](const Picture& p) { return transform_sides<float, float>(p, ColorModel::gray, scaled); },
       .target = scalar_target});
  rows.push_back({.name = "elements_sort/u8",
                  .prepare = [](const Picture&) { return sort_sides<std::uint8_t>(); },
                  .target = sort_target});
  rows.push_back({.name = "elements_sort/u16",
                  .prepare = [](const Picture&) { return sort_sides<std::uint16_t>(); },
                  .target = sort_target});
  rows.push_back({.name = "elements_sort/f32",
                  .prepare = [](const Picture&) { return sort_sides<float>(); },
                  .target = sort_target});
}

}  // namespace imgbuf::bench
