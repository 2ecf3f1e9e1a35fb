#include "walk/copy.hpp"

#include <array>
#include <string>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "walk/overlap.hpp"
#include "walk/plan.hpp"

namespace imgbuf {

void copy(const AnyView& destination, const AnyConstView& source, const Context& context) {
  const ElementType to = destination.format().type(), from = source.format().type();
  if (to != from)
    throw Error(ErrorCode::format_mismatch,
                "cannot copy " + std::string(to_string(from)) + " elements to " + std::string(to_string(to)));
  const std::array<WalkOperand, 2> operands{
      WalkOperand{destination.origin(), &destination.layout(), size_of(to), Use::write},
      WalkOperand{const_cast<std::byte*>(source.origin()), &source.layout(), size_of(from), Use::read}};
  walk::require_same_shape(operands);
  context.check_cancelled();
  const auto safe = base::or_out_of_memory([&] { return walk::SafeOperands(operands, context); });
  const WalkOperand& readable = safe.operands()[1];
  base::or_out_of_memory([&] {
    walk::copy_disjoint(destination, AnyConstView(readable.origin, *readable.layout, source.format()), context);
  });
}

void copy(const AnyView& destination, const AnyConstView& source) {
  copy(destination, source, Context());
}

Array copy_of(const Array& array, Format format, const Arrangement& arrangement, const Context& context) {
  Array result = Array::allocate(array.layout().shape(), format, arrangement);
  copy(result.view(), array.const_view(), context);
  return result;
}

}  // namespace imgbuf
