#include "walk/copy.hpp"

#include <string>

#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf {

namespace {

/// A destination that repeats an element has no value to end up with.
void require_distinct_elements(const Layout& layout) {
  for (int a = 0; a < layout.rank(); ++a)
    if (layout.axis(a).extent > 1 && layout.axis(a).byte_stride == 0 && !layout.is_empty())
      throw Error(ErrorCode::invalid_argument, "the destination repeats its elements along this axis",
                  "axis " + std::to_string(a));
}

}  // namespace

void copy(const AnyView& destination, const AnyConstView& source, const Context& context) {
  const ElementType to = destination.format().type(), from = source.format().type();
  if (to != from)
    throw Error(ErrorCode::format_mismatch,
                "cannot copy " + std::string(to_string(from)) + " elements to " + std::string(to_string(to)));
  require_distinct_elements(destination.layout());
  context.check_cancelled();
  walk::copy_disjoint(destination, source, context);
}

void copy(const AnyView& destination, const AnyConstView& source) {
  copy(destination, source, Context());
}

}  // namespace imgbuf
