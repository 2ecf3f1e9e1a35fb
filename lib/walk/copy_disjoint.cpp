#include <array>

#include "imgbuf/walk.hpp"
#include "walk/copy.hpp"
#include "walk/copy_blocks.hpp"
#include "walk/copy_planar.hpp"
#include "walk/copy_stream.hpp"
#include "walk/copy_transposed.hpp"
#include "walk/run_blocks.hpp"

namespace imgbuf::walk {

void copy_disjoint(const AnyView& destination, const AnyConstView& source, const Context& context) {
  const Format to = destination.format(), from = source.format();
  if (destination.origin() == source.origin() && destination.layout() == source.layout() && to == from) return;
  const std::ptrdiff_t itemsize = to.itemsize();
  const std::array<WalkOperand, 2> operands{
      WalkOperand{destination.origin(), &destination.layout(), itemsize, Use::write},
      WalkOperand{const_cast<std::byte*>(source.origin()), &source.layout(), itemsize, Use::read}};
  if (to.byte_order() != from.byte_order()) {
    run_blocks(
        operands, [itemsize](const Block& block) { copy_block_swapped(block, itemsize); }, context);
    return;
  }
  if (copy_transposed(destination, source, context) || copy_planar(destination, source, context)) return;
  if (!streaming_pays(destination.layout().element_count() * itemsize)) {
    run_blocks(
        operands, [itemsize](const Block& block) { copy_block(block, itemsize); }, context);
    return;
  }
  const bool is_parallel = context.executor().concurrency() > 1;
  const StreamingScope scope(true);
  run_blocks(
      operands,
      [itemsize, is_parallel](const Block& block) {
        const StreamingScope scope_of_thread(is_parallel);
        stream_block(block, itemsize);
      },
      context);
}

}  // namespace imgbuf::walk
