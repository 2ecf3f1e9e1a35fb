#include "measure/channel_views.hpp"

#include "imgbuf/error.hpp"

namespace imgbuf::measure {

std::vector<AnyConstView> channel_views(const AnyConstView& view) {
  if (view.rank() == 2) return {view};
  if (view.rank() != 3)
    throw Error(ErrorCode::invalid_argument,
                "the shape " + shape_text(view.layout()) + " is neither (height, width) nor (height, width, channels)");
  std::vector<AnyConstView> channels;
  for (std::ptrdiff_t c = 0; c < view.extent(2); ++c) channels.push_back(view.index(2, c));
  return channels;
}

std::string shape_text(const Layout& layout) {
  std::string text = "(";
  for (int a = 0; a < layout.rank(); ++a) text += (a > 0 ? ", " : "") + std::to_string(layout.extent(a));
  return text + ")";
}

}  // namespace imgbuf::measure
