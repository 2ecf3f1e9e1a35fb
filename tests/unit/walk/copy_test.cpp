#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "imgbuf/executor.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/walk.hpp"
#include "support/guarded_image.hpp"
#include "support/require_error.hpp"
#include "support/shuffling_executor.hpp"
#include "walk/copy_kernels.hpp"
#include "walk/copy_stream.hpp"
#include "walk/simd_target.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::GuardedImage;
using imgbuf::test::Kind;
using imgbuf::test::require_error;
using imgbuf::walk::SimdTarget;

constexpr std::ptrdiff_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130};
constexpr ElementType types[] = {ElementType::u8, ElementType::u16, ElementType::f32, ElementType::f64};

/// Forces what a test is about while it lives.
struct Forced {
  explicit Forced(SimdTarget target) { walk::force_simd_target(target); }
  explicit Forced(std::ptrdiff_t streaming_threshold) { walk::force_streaming_threshold(streaming_threshold); }
  ~Forced() {
    walk::force_simd_target(std::nullopt);
    walk::force_streaming_threshold(std::nullopt);
  }
  Forced(const Forced&) = delete;
  Forced& operator=(const Forced&) = delete;
};

/// An image with the shape and kind of one of a copy's operands.
struct Operand {
  Operand(Kind of_kind, std::ptrdiff_t height, std::ptrdiff_t width, std::ptrdiff_t channels, ElementType type)
      : kind(of_kind), image(kind, height, width, channels, type) {}
  Kind kind;
  GuardedImage image;
};

/// Copies between views of two images and compares with the elements gathered one by one.
void check_copy(const Operand& to, const AnyView& to_view, const Operand& from, const AnyView& from_view,
                const Context& context = Context()) {
  test::fill_random(from_view, static_cast<std::uint32_t>(from_view.layout().element_count()));
  const auto expected = test::packed(from_view);
  copy(to_view, from_view, context);
  const auto seen = test::packed(to_view);
  if (seen == expected && to.image.guards_intact() && from.image.guards_intact()) return;
  CAPTURE(test::name(to.kind), to_view.layout().describe(), test::name(from.kind), from_view.layout().describe(),
          to_string(to_view.format().type()), walk::to_string(walk::simd_target()));
  REQUIRE(seen == expected);
  REQUIRE(to.image.guards_intact());
  REQUIRE(from.image.guards_intact());
}

TEST_CASE("the plain kernels are always supported, and the best of the supported is used") {
  const auto targets = walk::supported_simd_targets();
  REQUIRE(!targets.empty());
  CHECK(targets.front() == SimdTarget::plain);
  CHECK(walk::simd_target() == targets.back());
  for (const SimdTarget target : targets) {
    const Forced forced(target);
    CHECK(walk::simd_target() == target);
    CHECK((walk::copy_kernels() == nullptr) == (target == SimdTarget::plain));
  }
}

TEST_CASE("interleaved elements become planes and planes interleaved, in every arrangement and instruction set") {
  for (const SimdTarget target : walk::supported_simd_targets()) {
    const Forced forced(target);
    for (const Kind from : test::all_kinds())
      for (const Kind to : test::all_kinds())
        for (const ElementType type : types)
          for (const std::ptrdiff_t width : sizes)
            for (std::ptrdiff_t channels = 1; channels <= 5; ++channels) {
              constexpr std::ptrdiff_t height = 2;
              const Operand pixels(from, height, width, channels, type);
              const Operand planes(to, channels, height, width, type);
              check_copy(planes, planes.image.view(), pixels, pixels.image.view().permute({2, 0, 1}));
              check_copy(pixels, pixels.image.view(), planes, planes.image.view().permute({1, 2, 0}));
            }
  }
}

TEST_CASE("interleaved and planar elements may run backwards, be channels in reverse or leave pixels out") {
  for (const SimdTarget target : walk::supported_simd_targets()) {
    const Forced forced(target);
    for (const Kind kind : test::all_kinds())
      for (std::ptrdiff_t channels = 2; channels <= 4; ++channels) {
        const Operand pixels(kind, 5, 70, channels, ElementType::u16);
        const Operand planes(Kind::planes, 5, 70, channels, ElementType::u16);
        const AnyView p = pixels.image.view(), q = planes.image.view();
        check_copy(planes, q, pixels, p.flip(2));
        check_copy(pixels, p, planes, q.flip(2));
        check_copy(pixels, p.flip(2), planes, q.flip(0));
        check_copy(planes, q.flip(1), pixels, p);
        check_copy(planes, q.flip(0).flip(1), pixels, p.flip(1).flip(2));
        check_copy(planes, q.slice(1, {{}, {}, 2}), pixels, p.slice(1, {1, {}, 2}));
        check_copy(pixels, p.window(1, 3, 50), planes, q.window(1, 11, 50));
        check_copy(pixels, p.window(2, 0, 2), planes, q.window(2, channels - 2, 2));
      }
  }
}

TEST_CASE("one plane becomes all channels") {
  const Operand gray(Kind::rows, 4, 37, 1, ElementType::u8);
  const Operand pixels(Kind::contiguous, 4, 37, 3, ElementType::u8);
  check_copy(pixels, pixels.image.view(), gray, gray.image.view().broadcast(2, 3));
}

TEST_CASE("rotated and transposed copies are right in every arrangement and instruction set") {
  struct Item {
    ElementType type;
    std::ptrdiff_t channels;
  };
  constexpr Item items[] = {{ElementType::u8, 1},  {ElementType::u8, 2},  {ElementType::u8, 3},  {ElementType::u8, 4},
                            {ElementType::u8, 5},  {ElementType::u8, 6},  {ElementType::u16, 1}, {ElementType::u16, 3},
                            {ElementType::u16, 4}, {ElementType::f32, 1}, {ElementType::f32, 3}, {ElementType::f32, 4},
                            {ElementType::f64, 1}, {ElementType::f64, 3}};
  constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> shapes[] = {{16, 16}, {33, 65}, {70, 19}, {3, 40}, {17, 0}};
  unsigned turn = 0;
  for (const SimdTarget target : walk::supported_simd_targets()) {
    const Forced forced(target);
    for (const Kind from : test::all_kinds())
      for (const Kind to : test::all_kinds())
        for (const Item item : items)
          for (const auto& [height, width] : shapes) {
            const Operand source(from, height, width, item.channels, item.type);
            const Operand destination(to, width, height, item.channels, item.type);
            AnyView turned = source.image.view().permute({1, 0, 2});
            // Four in turn: transposed, rotated left, rotated right, transposed along the other diagonal.
            if (turn & 1) turned = turned.flip(0);
            if (turn & 2) turned = turned.flip(1);
            turn = turn * 5 + 3;
            check_copy(destination, destination.image.view(), source, turned);
          }
  }
}

TEST_CASE("rotation by a half, mirrored pixels and mirrored channels are right") {
  for (const Kind from : test::all_kinds())
    for (const Kind to : test::all_kinds())
      for (const std::ptrdiff_t channels : {1, 3}) {
        const Operand source(from, 7, 33, channels, ElementType::u8);
        const Operand destination(to, 7, 33, channels, ElementType::u8);
        check_copy(destination, destination.image.view(), source, source.image.view().flip(0).flip(1));
        check_copy(destination, destination.image.view().flip(1), source, source.image.view());
        check_copy(destination, destination.image.view(), source, source.image.view().flip(2));
      }
}

TEST_CASE("a rotation may change channels into planes, reverse them, leave items out or run over further axes") {
  for (const SimdTarget target : walk::supported_simd_targets()) {
    const Forced forced(target);
    for (const Kind kind : test::all_kinds()) {
      const Operand pixels(kind, 40, 21, 3, ElementType::u8);
      const Operand rotated(Kind::rows, 21, 40, 3, ElementType::u8);
      const Operand planes(Kind::planes, 21, 40, 3, ElementType::u8);
      const AnyView turned = pixels.image.view().permute({1, 0, 2}).flip(1);
      check_copy(planes, planes.image.view(), pixels, turned);
      check_copy(rotated, rotated.image.view(), pixels, turned.flip(2));
      check_copy(rotated, rotated.image.view().flip(2), pixels, turned.flip(2));
      check_copy(rotated, rotated.image.view().window(2, 1, 2), pixels, turned.window(2, 0, 2));
      check_copy(rotated, rotated.image.view().slice(1, {{}, {}, 2}), pixels, turned.slice(1, {{}, {}, 2}));
      check_copy(rotated, rotated.image.view().window(0, 2, 17), pixels, turned.window(0, 1, 17));

      const Operand stack(kind, 3, 18, 35, ElementType::u16);  // of pictures of 18 x 35
      const Operand turned_stack(Kind::contiguous, 3, 35, 18, ElementType::u16);
      check_copy(turned_stack, turned_stack.image.view(), stack, stack.image.view().permute({0, 2, 1}));
    }
  }
}

TEST_CASE("rotated copies of many panels and slabs are right, also on several threads") {
  test::ShufflingExecutor threads(3);
  const Context serial, parallel(threads);
  for (const SimdTarget target : walk::supported_simd_targets()) {
    const Forced forced(target);
    for (const Kind kind : {Kind::contiguous, Kind::foreign_rows})
      for (const auto& [height, width] : {std::pair<std::ptrdiff_t, std::ptrdiff_t>{531, 60}, {60, 1037}}) {
        const Operand source(kind, height, width, 3, ElementType::u8);
        const Operand destination(kind, width, height, 3, ElementType::u8);
        const AnyView turned = source.image.view().permute({1, 0, 2}).flip(0);
        for (const Context* const context : {&serial, &parallel}) {
          test::fill_random(destination.image.view(), 1);
          check_copy(destination, destination.image.view(), source, turned, *context);
        }
      }
  }
  CHECK(threads.most_parts() > 3);
}

TEST_CASE("interleaved and planar copies on several threads are right") {
  test::ShufflingExecutor threads(3);
  const Context parallel(threads);
  for (const Kind from : {Kind::contiguous, Kind::foreign_rows, Kind::planes})
    for (const Kind to : {Kind::contiguous, Kind::rows, Kind::planes}) {
      const Operand source(from, 211, 307, 3, ElementType::u8);
      const Operand destination(to, 211, 307, 3, ElementType::u8);
      check_copy(destination, destination.image.view(), source, source.image.view(), parallel);
    }
  CHECK(threads.most_parts() > 3);
}

TEST_CASE("copies past the caches write each element and nothing else, whatever the alignment") {
  const Forced forced(std::ptrdiff_t{1});
  test::ShufflingExecutor threads(3);
  const Context serial, parallel(threads);
  for (const Kind from : test::all_kinds())
    for (const Kind to : test::all_kinds())
      for (const ElementType type : {ElementType::u8, ElementType::u16})
        // Runs shorter and longer than a line, than what is worth streaming, and than a piece of a planar copy.
        for (const std::ptrdiff_t width : {1, 64, 171, 600, 1025, 3100})
          for (const std::ptrdiff_t channels : {1, 2, 3, 4}) {
            const Operand source(from, 2, width, channels, type);
            const Operand destination(to, 2, width, channels, type);
            check_copy(destination, destination.image.view(), source, source.image.view(), serial);
          }
  for (const Kind kind : {Kind::contiguous, Kind::foreign_rows, Kind::planes}) {
    const Operand source(kind, 101, 353, 3, ElementType::u8);
    const Operand destination(Kind::rows, 101, 353, 3, ElementType::u8);
    check_copy(destination, destination.image.view(), source, source.image.view(), parallel);
  }
  CHECK(threads.most_parts() > 3);
}

TEST_CASE("rotated copies past the caches write each element and nothing else, whatever the alignment") {
  const Forced forced(std::ptrdiff_t{1});
  test::ShufflingExecutor threads(3);
  const Context serial, parallel(threads);
  for (const Kind from : {Kind::contiguous, Kind::foreign_rows, Kind::planes})
    for (const Kind to : test::all_kinds())
      for (const ElementType type : {ElementType::u8, ElementType::u16, ElementType::f64})
        for (const std::ptrdiff_t channels : {1, 3, 4}) {
          const Operand source(from, 531, 37, channels, type);  // a panel and more
          const Operand destination(to, 37, 531, channels, type);
          const AnyView turned = source.image.view().permute({1, 0, 2}).flip(1);
          check_copy(destination, destination.image.view(), source, turned, serial);
        }
  for (const Kind kind : {Kind::contiguous, Kind::foreign_rows, Kind::planes}) {
    const Operand source(kind, 531, 101, 3, ElementType::u8);
    const Operand destination(Kind::rows, 101, 531, 3, ElementType::u8);
    check_copy(destination, destination.image.view(), source, source.image.view().permute({1, 0, 2}), parallel);
  }
  CHECK(threads.most_parts() > 3);
}

/// Cancels an operation after its first part.
class CancellingExecutor final : public Executor {
 public:
  explicit CancellingExecutor() = default;
  Context* context = nullptr;
  [[nodiscard]] int concurrency() const noexcept override { return 2; }
  void parallel_for(std::ptrdiff_t count, const std::function<void(std::ptrdiff_t)>& body) override {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      body(i);
      context->cancel();
    }
  }
};

TEST_CASE("a rotated copy can be cancelled while it runs") {
  const GuardedImage source(Kind::rows, 300, 300, 1, ElementType::u8);
  const GuardedImage destination(Kind::rows, 300, 300, 1, ElementType::u8);
  CancellingExecutor executor;
  Context context(executor);
  executor.context = &context;
  try {
    copy(destination.view(), source.view().permute({1, 0, 2}), context);
    FAIL("not cancelled");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::cancelled);
  }
}

TEST_CASE("copies of other shapes are refused before anything is written") {
  const GuardedImage pixels(Kind::contiguous, 20, 30, 3, ElementType::u8);
  const GuardedImage planes(Kind::planes, 20, 31, 3, ElementType::u8);
  const auto before = test::packed(planes.view());
  require_error(ErrorCode::invalid_argument, "axis 1: operands of extents 31 and 30",
                [&] { copy(planes.view(), pixels.view()); });
  require_error(ErrorCode::invalid_argument, "axis 0: operands of extents 20 and 30", [&] {
    copy(planes.view(), pixels.view().permute({1, 0, 2}));
  });
  CHECK(test::packed(planes.view()) == before);
}

}  // namespace
