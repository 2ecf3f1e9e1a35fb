#include "convert/job.hpp"

#include "convert/channels.hpp"
#include "convert/geometry.hpp"

namespace imgbuf::conversion {

std::ptrdiff_t Job::output_width() const noexcept {
  return transposes(orientation) ? rows.height : rows.width;
}

std::ptrdiff_t Job::output_height() const noexcept {
  return transposes(orientation) ? rows.width : rows.height;
}

bool Job::copies_turned() const noexcept {
  return held != Held::nothing && transposes(orientation);
}

bool Job::decodes_into_output() const noexcept {
  return held == Held::output && converter == nullptr && selection.empty() && !transposes(orientation);
}

AnyConstView Job::seen(const AnyConstView& decoded) const {
  return oriented(conversion::selected(decoded, selection), orientation);
}

Layout Job::seen(const Layout& decoded) const {
  return oriented(conversion::selected(decoded, selection), orientation);
}

AnyConstView Job::seen_in_file(const Region& part) const {
  return seen(reader->view(unoriented(part, orientation, output_width(), output_height())));
}

}  // namespace imgbuf::conversion
