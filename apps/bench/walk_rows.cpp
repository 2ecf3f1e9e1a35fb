#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "imgbuf/walk.hpp"
#include "row.hpp"

namespace imgbuf::bench {

namespace {

constexpr double two_operands_target = 1.05, mixed_target = 1.08;

/// The rows of a picture, in its own order or in a shuffled one.
enum class Placement { contiguous, shuffled_rows, strips };

std::string to_string(Placement placement) {
  switch (placement) {
    case Placement::contiguous:
      return "contiguous";
    case Placement::shuffled_rows:
      return "shuffled_rows";
    case Placement::strips:
      return "strips:16";
  }
  return "unknown";
}

Image allocate(const ImageInfo& info, Placement placement) {
  if (placement == Placement::strips) return Image::allocate(info, Arrangement::strips(16));
  const Image memory = Image::allocate(info);
  if (placement == Placement::contiguous) return memory;
  const RowPointers<std::byte> in_order = row_pointers(memory.view());
  std::vector<std::byte*> rows;
  for (std::size_t y = 0; y < in_order.size(); ++y) rows.push_back(in_order[y]);
  std::shuffle(rows.begin(), rows.end(), std::mt19937(1));
  return Image::from_rows(rows, info, std::make_shared<Image>(memory));
}

/// An image and its rows for loops by hand.
struct Operand {
  Operand(const ImageInfo& info, Placement placement)
      : image(allocate(info, placement)), rows(row_pointers(image.view())) {}

  Image image;
  RowPointers<std::byte> rows;
};

struct Work {
  Operand target, a, b;

  std::vector<std::byte> take() {
    const auto row_bytes = static_cast<std::size_t>(target.image.info().row_bytes());
    std::vector<std::byte> packed;
    for (std::size_t y = 0; y < target.rows.size(); ++y) {
      packed.insert(packed.end(), target.rows[y], target.rows[y] + row_bytes);
      std::memset(target.rows[y], 0, row_bytes);
    }
    return packed;
  }
};

/// A picture's rows, or as many of them and as much of each as a smaller size has.
std::shared_ptr<Work> make_work(const Picture& picture, ImageInfo info, Placement target, Placement a, Placement b) {
  const auto work = std::make_shared<Work>(Work{{info, target}, {info, a}, {info, b}});
  const AnyConstView pixels = picture.pixels.const_view().window(0, 0, info.height).window(1, 0, info.width);
  copy(work->a.image.view(), pixels);
  copy(work->b.image.view(), pixels.flip(0).flip(1));
  return work;
}

// Objects and not functions: a pointer to a function would be called for every element.
constexpr auto inverted = [](std::uint8_t v) { return static_cast<std::uint8_t>(255 - v); };
constexpr auto saturated_sum = [](std::uint8_t a, std::uint8_t b) {
  const auto sum = static_cast<std::uint8_t>(a + b);
  return static_cast<std::uint8_t>(sum | -(sum < a));
};

/// The loops over row pointers that one writes by hand. Arguments and no members: the compiler then knows that writing
/// a row changes none of them, and vectorises.
void invert_by_hand(const std::byte* const* source, std::byte* const* target, std::size_t row_count,
                    std::size_t row_bytes) {
  for (std::size_t y = 0; y < row_count; ++y) {
    const auto* in = reinterpret_cast<const std::uint8_t*>(source[y]);
    auto* out = reinterpret_cast<std::uint8_t*>(target[y]);
    for (std::size_t i = 0; i < row_bytes; ++i) out[i] = inverted(in[i]);
  }
}

void add_by_hand(const std::byte* const* first, const std::byte* const* second, std::byte* const* target,
                 std::size_t row_count, std::size_t row_bytes) {
  for (std::size_t y = 0; y < row_count; ++y) {
    const auto* a = reinterpret_cast<const std::uint8_t*>(first[y]);
    const auto* b = reinterpret_cast<const std::uint8_t*>(second[y]);
    auto* out = reinterpret_cast<std::uint8_t*>(target[y]);
    for (std::size_t i = 0; i < row_bytes; ++i) out[i] = saturated_sum(a[i], b[i]);
  }
}

Sides invert_sides(const std::shared_ptr<Work>& work) {
  return {.subject =
              [work] {
                const Context context;
                transform(context, inverted, work->target.image.view().as<std::uint8_t>(),
                          work->a.image.const_view().as<const std::uint8_t>());
              },
          .limit =
              [work] {
                invert_by_hand(work->a.rows.data(), work->target.rows.data(), work->target.rows.size(),
                               static_cast<std::size_t>(work->target.image.info().row_bytes()));
              },
          .take_result = [work] { return work->take(); }};
}

Sides add_sides(const std::shared_ptr<Work>& work) {
  return {.subject =
              [work] {
                const Context context;
                transform(context, saturated_sum, work->target.image.view().as<std::uint8_t>(),
                          work->a.image.const_view().as<const std::uint8_t>(),
                          work->b.image.const_view().as<const std::uint8_t>());
              },
          .limit =
              [work] {
                add_by_hand(work->a.rows.data(), work->b.rows.data(), work->target.rows.data(),
                            work->target.rows.size(), static_cast<std::size_t>(work->target.image.info().row_bytes()));
              },
          .take_result = [work] { return work->take(); }};
}

/// So small that planning shows: the difference of the times is what a walk costs.
ImageInfo small_info(const Picture& picture) {
  ImageInfo info = picture.pixels.info();
  info.width = std::min<std::ptrdiff_t>(info.width, 64);
  info.height = std::min<std::ptrdiff_t>(info.height, 64);
  return info;
}

}  // namespace

void add_walk_rows(std::vector<Row>& rows) {
  for (const Placement placement : {Placement::contiguous, Placement::shuffled_rows, Placement::strips}) {
    rows.push_back({.name = "transform_invert/" + to_string(placement),
                    .prepare =
                        [placement](const Picture& p) {
                          return invert_sides(make_work(p, p.pixels.info(), placement, placement, placement));
                        },
                    .target = two_operands_target});
    rows.push_back({.name = "transform_add/" + to_string(placement),
                    .prepare =
                        [placement](const Picture& p) {
                          return add_sides(make_work(p, p.pixels.info(), placement, placement, placement));
                        },
                    .target = two_operands_target});
  }
  rows.push_back({.name = "transform_add/shuffled_rows+strips:16_to_contiguous",
                  .prepare =
                      [](const Picture& p) {
                        return add_sides(make_work(p, p.pixels.info(), Placement::contiguous, Placement::shuffled_rows,
                                                   Placement::strips));
                      },
                  .target = mixed_target});
  for (const Placement placement : {Placement::contiguous, Placement::shuffled_rows})
    rows.push_back({.name = "transform_invert/64x64/" + to_string(placement), .prepare = [placement](const Picture& p) {
                      return invert_sides(make_work(p, small_info(p), placement, placement, placement));
                    }});
}

}  // namespace imgbuf::bench
