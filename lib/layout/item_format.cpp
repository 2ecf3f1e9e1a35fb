#include "imgbuf/item_format.hpp"

#include <span>
#include <string>

#include "layout/item_parser.hpp"

namespace imgbuf {

namespace {

/// "(2,3)" or "3" for the axes [first, last), which have no names.
std::string shape_text(std::span<const ItemAxis> axes) {
  if (axes.empty()) return {};
  if (axes.size() == 1 && axes[0].extent != 1) return std::to_string(axes[0].extent);
  std::string text;
  for (const ItemAxis& axis : axes) {
    text += text.empty() ? '(' : ',';
    text += std::to_string(axis.extent);
  }
  return text + ")";
}

std::string spelled(std::span<const ItemAxis> axes, const std::string& code) {
  std::size_t named = 0;
  while (named < axes.size() && axes[named].names.empty()) ++named;
  std::string text = shape_text(axes.first(named));
  if (named == axes.size()) return text + code;
  const std::string member = spelled(axes.subspan(named + 1), code);
  text += "T{";
  for (const std::string& name : axes[named].names) text += member + (name.empty() ? "" : ":" + name + ":");
  return text + "}";
}

}  // namespace

ItemFormat ItemFormat::parse(std::string_view pep3118) {
  return layout::ItemParser(pep3118).parse();
}

std::ptrdiff_t ItemFormat::itemsize() const noexcept {
  std::ptrdiff_t bytes = format.itemsize();
  for (const ItemAxis& axis : axes) bytes *= axis.extent;
  return bytes;
}

std::string ItemFormat::pep3118() const {
  const std::string scalar = format.pep3118();
  // The order mark holds for all that follows.
  return scalar.substr(0, scalar.size() - 1) + spelled(axes, scalar.substr(scalar.size() - 1));
}

}  // namespace imgbuf
