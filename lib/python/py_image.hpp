#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "imgbuf/array.hpp"
#include "imgbuf/handoff.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/metadata_changes.hpp"

namespace imgbuf::python {

/// What an axis counts; axes that indexing made have no name.
enum class AxisName : unsigned char { none, height, width, channel };

/// "height", "width", "channel"; empty for none.
std::string_view to_string(AxisName name) noexcept;

/// What `imgbuf.Image` is in Python: an array with names of its axes and channels, and what the file it came from said.
/// Every view of it is another `PyImage` over the same storage.
class PyImage {
 public:
  /// Elements without a meaning. Two axes are named height and width, three height, width and channel.
  explicit PyImage(Array array);
  /// A picture.
  explicit PyImage(const Image& image);
  /// Elements with names. @pre as many axes as the array has, and names of channels or none as `channels()` says
  PyImage(Array array, std::vector<AxisName> axes, std::vector<std::string> channels,
          std::shared_ptr<const ImageInfo> info);

  [[nodiscard]] const Array& array() const noexcept { return array_; }
  [[nodiscard]] std::span<const AxisName> axes() const noexcept { return axes_; }
  /// Where the axis of a name is; -1 when there is none.
  [[nodiscard]] int axis_of(AxisName name) const noexcept;
  /// Names along the channel axis, such as "red", "alpha"; of an image of one channel without such an axis, its name.
  /// Empty when they are not known.
  [[nodiscard]] std::span<const std::string> channels() const noexcept { return channels_; }
  /// What the file said, its size aside, which is the array's; null for elements that came from elsewhere.
  [[nodiscard]] const std::shared_ptr<const ImageInfo>& info() const noexcept { return info_; }
  /// The same elements with another info (null: without any). What has become of the picture stays known.
  [[nodiscard]] PyImage with_info(std::shared_ptr<const ImageInfo> info) const;
  /// What has become of the picture since its metadata was written: views that left out or reversed rows or columns
  /// changed it, and so did what gives elements an info of another size.
  [[nodiscard]] PictureChange change() const noexcept;
  /// The same elements as a part of the picture that the info speaks of, or as that picture at another size.
  [[nodiscard]] PyImage as_changed() const;
  /// The same image, whose info's resolution is that along its own axes.
  [[nodiscard]] PyImage with_own_resolution() const;
  /// Takes over the info and the names of another image with the same elements. The array stays the object that it is:
  /// other threads may be reading it without the GIL.
  void set_meaning(PyImage like);
  /// The same elements with other names of the channels, one for each; one for an image without a channel axis.
  [[nodiscard]] PyImage with_channels(std::vector<std::string> names) const;
  /// The same names and info over other elements of the same shape, such as a copy.
  [[nodiscard]] PyImage with_array(Array array) const;

  // Views, with arguments and errors as for the operations of `Layout`.
  [[nodiscard]] PyImage index(int axis, std::ptrdiff_t i) const;
  [[nodiscard]] PyImage slice(int axis, const Slice& slice) const;
  [[nodiscard]] PyImage flip(int axis) const { return slice(axis, {{}, {}, -1}); }
  [[nodiscard]] PyImage permute(std::span<const int> order) const;
  [[nodiscard]] PyImage drop_axis(int axis) const;
  [[nodiscard]] PyImage insert_axis(int position) const;

  /// The elements with their axes in the order height, width, channel (one is added for a single channel), the channels
  /// as they are. @throws Error{invalid_argument} when an axis is missing or in the way
  [[nodiscard]] Array in_picture_order() const;

  /// The picture that these elements are, with the info that says so: axes in the order height, width, channel (one is
  /// added for a single channel), channels in the order of their colour model.
  /// @throws Error{invalid_argument} saying what is missing when they are no picture: more or other axes, channels that
  ///         make no colour model, element types without one
  [[nodiscard]] Image picture() const;

  /// The array as a strided one, if that takes no copy: made once, so that every consumer sees the same addresses.
  /// @throws Error{copy_required} as `hand_off`
  [[nodiscard]] const Array& strided() const;

 private:
  Array array_;
  std::vector<AxisName> axes_;  ///< as many as the array has axes
  std::vector<std::string> channels_;
  std::shared_ptr<const ImageInfo> info_;
  bool cut_or_turned_ = false;            ///< by views and infos before the last; `change()` knows the last as well
  bool axes_swapped_ = false;             ///< the same
  mutable std::optional<Array> strided_;  ///< guarded by the GIL
};

/// Names of the channels of a pixel format, such as ("red", "green", "blue", "alpha").
[[nodiscard]] std::vector<std::string> channel_names(const PixelFormat& pixel);

/// The names that a slice of the channel axis keeps; none of none.
[[nodiscard]] std::vector<std::string> sliced(std::span<const std::string> names, const Slice& slice);

/// The info of elements as a picture, whose channels are then in the order of their colour model.
/// @param shape  (height, width, channels)
/// @param names  of the channels, in any order; or none
/// @param file   what a file said of such elements; may be null
/// @throws Error{invalid_argument} when the channels make no colour model, or elements of the type are none's
[[nodiscard]] ImageInfo picture_info(const std::array<std::ptrdiff_t, 3>& shape, Format format,
                                     std::span<const std::string> names, const ImageInfo* file);

}  // namespace imgbuf::python
