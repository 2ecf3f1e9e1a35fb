#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include "imgbuf/walk.hpp"
#include "row.hpp"

namespace imgbuf::bench {

namespace {

/// A source image, a target image, and the rows of both for loops by hand.
struct Work {
  Work(const Picture& picture, const Arrangement& arrangement)
      : source(Image::allocate(picture.pixels.info(), arrangement)),
        target(Image::allocate(picture.pixels.info(), arrangement)),
        source_rows(row_pointers(source.const_view())),
        target_rows(row_pointers(target.view())),
        row_bytes(static_cast<std::size_t>(picture.pixels.info().row_bytes())) {
    copy(source.view(), picture.pixels.const_view());
  }

  std::vector<std::byte> take() {
    std::vector<std::byte> packed;
    for (std::size_t y = 0; y < target_rows.size(); ++y) {
      packed.insert(packed.end(), target_rows[y], target_rows[y] + row_bytes);
      std::memset(target_rows[y], 0, row_bytes);
    }
    return packed;
  }

  Image source;
  Image target;
  RowPointers<const std::byte> source_rows;
  RowPointers<std::byte> target_rows;
  std::size_t row_bytes;
};

// An object and not a function: a pointer to a function would be called for every element.
constexpr auto inverted = [](std::uint8_t v) { return static_cast<std::uint8_t>(255 - v); };

/// The loop over row pointers that one writes by hand. Arguments and no members: the compiler then knows that writing
/// a row changes none of them, and vectorises.
void invert_by_hand(const std::byte* const* source, std::byte* const* target, std::size_t row_count,
                    std::size_t row_bytes) {
  for (std::size_t y = 0; y < row_count; ++y) {
    const auto* in = reinterpret_cast<const std::uint8_t*>(source[y]);
    auto* out = reinterpret_cast<std::uint8_t*>(target[y]);
    for (std::size_t i = 0; i < row_bytes; ++i) out[i] = inverted(in[i]);
  }
}

Sides invert_sides(const Picture& picture, const Arrangement& arrangement) {
  const auto work = std::make_shared<Work>(picture, arrangement);
  return {.subject =
              [work] {
                const Context context;
                transform(context, inverted, work->target.view().as<std::uint8_t>(),
                          work->source.const_view().as<const std::uint8_t>());
              },
          .limit =
              [work] {
                invert_by_hand(work->source_rows.data(), work->target_rows.data(), work->target_rows.size(),
                               work->row_bytes);
              },
          .take_result = [work] { return work->take(); }};
}

}  // namespace

void add_walk_rows(std::vector<Row>& rows) {
  for (const Arrangement& arrangement : {Arrangement::contiguous(), Arrangement::rows(), Arrangement::strips(16)})
    rows.push_back({.name = "transform_invert/" + arrangement.to_string(),
                    .prepare = [arrangement](const Picture& p) { return invert_sides(p, arrangement); }});
}

}  // namespace imgbuf::bench
