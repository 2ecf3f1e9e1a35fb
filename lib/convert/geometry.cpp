#include "convert/geometry.hpp"

#include <string>
#include <utility>

#include "imgbuf/error.hpp"

namespace imgbuf::conversion {

namespace {

/// An orientation as steps on a view: rows and columns change places first, then the result is flipped.
struct Steps {
  bool transpose = false;
  bool flip_rows = false;
  bool flip_columns = false;
  friend bool operator==(const Steps&, const Steps&) = default;
};

Steps steps_of(Orientation orientation) noexcept {
  switch (orientation) {
    case Orientation::upright:
      return {};
    case Orientation::flip_horizontal:
      return {false, false, true};
    case Orientation::rotate_180:
      return {false, true, true};
    case Orientation::flip_vertical:
      return {false, true, false};
    case Orientation::transpose:
      return {true, false, false};
    case Orientation::rotate_90:
      return {true, false, true};
    case Orientation::transverse:
      return {true, true, true};
    case Orientation::rotate_270:
      return {true, true, false};
  }
  return {};
}

Orientation orientation_of(const Steps& steps) noexcept {
  for (int tag = 1; tag < 8; ++tag) {
    if (steps_of(static_cast<Orientation>(tag)) == steps) return static_cast<Orientation>(tag);
  }
  return Orientation::rotate_270;
}

std::string size_text(std::ptrdiff_t width, std::ptrdiff_t height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

/// Written so that no sum overflows whatever the caller's numbers are.
bool is_inside(std::ptrdiff_t start, std::ptrdiff_t size, std::ptrdiff_t extent) noexcept {
  return start >= 0 && size >= 1 && start <= extent && size <= extent - start;
}

void apply(Geometry& geometry, const Region& crop) {
  const std::ptrdiff_t width = geometry.width();
  const std::ptrdiff_t height = geometry.height();
  if (!is_inside(crop.x, crop.width, width) || !is_inside(crop.y, crop.height, height)) {
    throw Error(ErrorCode::invalid_argument, "a crop of " + size_text(crop.width, crop.height) + " at " +
                                                 std::to_string(crop.x) + "," + std::to_string(crop.y) +
                                                 " is not inside the picture of " + size_text(width, height));
  }
  Region in_file = unoriented(crop, geometry.orientation, width, height);
  in_file.x += geometry.region.x;
  in_file.y += geometry.region.y;
  geometry.cropped = geometry.cropped || !(in_file == geometry.region);
  geometry.region = in_file;
}

/// One orientation after another. Flips before a transposition are the other flips after it.
void apply(Geometry& geometry, Orientation orientation) {
  const Steps next = steps_of(orientation);
  Steps steps = steps_of(geometry.orientation);
  if (next.transpose) {
    steps.transpose = !steps.transpose;
    std::swap(steps.flip_rows, steps.flip_columns);
  }
  steps.flip_rows = steps.flip_rows != next.flip_rows;
  steps.flip_columns = steps.flip_columns != next.flip_columns;
  geometry.orientation = orientation_of(steps);
}

Orientation orientation_of(const Rotate& rotate) {
  switch (rotate.degrees % 360) {
    case 0:
      return Orientation::upright;
    case 90:
    case -270:
      return Orientation::rotate_90;
    case 180:
    case -180:
      return Orientation::rotate_180;
    case 270:
    case -90:
      return Orientation::rotate_270;
    default:
      throw Error(ErrorCode::invalid_argument,
                  "a turn by " + std::to_string(rotate.degrees) + " degrees is not by a multiple of 90");
  }
}

/// Applies each kind of step to a geometry.
struct Composer {
  Geometry& geometry;
  Orientation exif;  ///< what is still to undo

  void operator()(const Crop& crop) const { apply(geometry, crop.region); }
  void operator()(const AutoOrient&) {
    apply(geometry, std::exchange(exif, Orientation::upright));
    geometry.oriented = true;
  }
  void operator()(const Flip& flip) const {
    apply(geometry,
          flip.direction == Flip::Direction::vertical ? Orientation::flip_vertical : Orientation::flip_horizontal);
  }
  void operator()(const Rotate& rotate) const { apply(geometry, orientation_of(rotate)); }
  void operator()(const Transpose&) const { apply(geometry, Orientation::transpose); }
  void operator()(const SelectChannels&) const {}
};

}  // namespace

std::ptrdiff_t Geometry::width() const noexcept {
  return transposes(orientation) ? region.height : region.width;
}
std::ptrdiff_t Geometry::height() const noexcept {
  return transposes(orientation) ? region.width : region.height;
}

Geometry compose(std::span<const GeometryStep> steps, std::ptrdiff_t width, std::ptrdiff_t height,
                 Orientation exif_orientation) {
  Geometry geometry{.region = {0, 0, width, height}};
  Composer composer{geometry, exif_orientation};
  for (const GeometryStep& step : steps) std::visit(composer, step);
  return geometry;
}

bool transposes(Orientation orientation) noexcept {
  return steps_of(orientation).transpose;
}

bool keeps_rows(Orientation orientation) noexcept {
  const Steps steps = steps_of(orientation);
  return !steps.transpose && !steps.flip_rows;
}

AnyConstView oriented(const AnyConstView& view, Orientation orientation) {
  const Steps steps = steps_of(orientation);
  AnyConstView result = view;
  if (steps.transpose) result = result.permute({1, 0, 2});
  if (steps.flip_rows) result = result.flip(0);
  if (steps.flip_columns) result = result.flip(1);
  return result;
}

Layout oriented(const Layout& layout, Orientation orientation) {
  const Steps steps = steps_of(orientation);
  Layout result = layout;
  if (steps.transpose) result = result.permute({1, 0, 2});
  if (steps.flip_rows) result = result.flip(0).layout;
  if (steps.flip_columns) result = result.flip(1).layout;
  return result;
}

AnyView unoriented(const AnyView& view, Orientation orientation) {
  const Steps steps = steps_of(orientation);
  AnyView result = view;
  if (steps.flip_columns) result = result.flip(1);
  if (steps.flip_rows) result = result.flip(0);
  if (steps.transpose) result = result.permute({1, 0, 2});
  return result;
}

Layout unoriented(const Layout& layout, Orientation orientation) {
  const Steps steps = steps_of(orientation);
  Layout result = layout;
  if (steps.flip_columns) result = result.flip(1).layout;
  if (steps.flip_rows) result = result.flip(0).layout;
  if (steps.transpose) result = result.permute({1, 0, 2});
  return result;
}

Region unoriented(const Region& part, Orientation orientation, std::ptrdiff_t width, std::ptrdiff_t height) noexcept {
  const Steps steps = steps_of(orientation);
  Region in_file = part;
  if (steps.flip_columns) in_file.x = width - part.x - part.width;
  if (steps.flip_rows) in_file.y = height - part.y - part.height;
  if (steps.transpose) {
    std::swap(in_file.x, in_file.y);
    std::swap(in_file.width, in_file.height);
  }
  return in_file;
}

std::string_view describe(Orientation orientation) noexcept {
  switch (orientation) {
    case Orientation::upright:
      return "as it is";
    case Orientation::flip_horizontal:
      return "flip horizontally";
    case Orientation::rotate_180:
      return "turn by 180 degrees";
    case Orientation::flip_vertical:
      return "flip vertically";
    case Orientation::transpose:
      return "transpose";
    case Orientation::rotate_90:
      return "turn by 90 degrees clockwise";
    case Orientation::transverse:
      return "transpose along the other diagonal";
    case Orientation::rotate_270:
      return "turn by 90 degrees counterclockwise";
  }
  return "as it is";
}

}  // namespace imgbuf::conversion
