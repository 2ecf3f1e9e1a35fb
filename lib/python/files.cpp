#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/limits.hpp"
#include "imgbuf/metadata_changes.hpp"
#include "imgbuf/open_image.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/walk.hpp"
#include "imgbuf/writer.hpp"
#include "python/bilevel.hpp"
#include "python/bindings.hpp"
#include "python/buffer_import.hpp"
#include "python/file_objects.hpp"
#include "python/image_info.hpp"
#include "python/operation.hpp"
#include "python/sinks.hpp"
#include "python/sources.hpp"
#include "python/texts.hpp"
#include "python/value_class.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

using Crop = std::array<std::ptrdiff_t, 4>;
using Channels = std::vector<std::variant<int, std::string>>;

/// What to decode, as Python says it.
struct Wanted {
  std::optional<Crop> crop;
  int scale;
  bool expand;
  std::optional<Channels> channels;
  std::optional<Limits> limits;
};

/// What to decode, as a reader wants it, and what the channels are called.
struct Choice {
  DecodeOptions options;
  std::vector<std::string> channel_names;  ///< of the chosen channels; empty when all are decoded
};

int channel_index(const std::variant<int, std::string>& channel, const std::vector<std::string>& names) {
  if (const int* const index = std::get_if<int>(&channel)) return *index;
  const std::string& name = std::get<std::string>(channel);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<int>(found - names.begin());
  throw Error(ErrorCode::invalid_argument, "no channel '" + name + "' among " + listed(names));
}

Choice choose(const Wanted& wanted, const ImageInfo& file) {
  Choice choice;
  DecodeOptions& options = choice.options;
  if (wanted.crop) options.region = Region{(*wanted.crop)[0], (*wanted.crop)[1], (*wanted.crop)[2], (*wanted.crop)[3]};
  options.scale = wanted.scale;
  options.expand = wanted.expand;
  options.limits = wanted.limits.value_or(Limits{});
  if (!wanted.channels) return choice;
  if (wanted.channels->empty()) throw Error(ErrorCode::invalid_argument, "an image of no channels");
  const std::vector<std::string> names = channel_names(wanted.expand ? expanded(file) : file.pixel);
  for (const auto& channel : *wanted.channels) {
    options.channels.push_back(channel_index(channel, names));
    const auto index = static_cast<std::size_t>(options.channels.back());
    if (index < names.size()) choice.channel_names.push_back(names[index]);  // otherwise the reader says what is wrong
  }
  // A channel that is repeated cannot be told by its name: then the pixels are what the reader says.
  if (std::set(choice.channel_names.begin(), choice.channel_names.end()).size() != options.channels.size())
    choice.channel_names.clear();
  return choice;
}

/// Whether and why pixels are viewed in their file.
enum class Mapped : unsigned char { never, if_possible, required };

/// @param mapped  what the caller said, if anything
/// @throws Error{invalid_argument} when a map is required and something else stands against it
Mapped may_map(std::optional<bool> mapped, const py::object& source, bool wants_memory) {
  if (mapped.value_or(false)) {
    const char* const against = !is_path(source) ? "only a file named by its path can be mapped"
                                : wants_memory   ? "arrangement and shared ask for new memory, mapped for none"
                                                 : nullptr;
    if (against != nullptr) throw Error(ErrorCode::invalid_argument, against);
    return Mapped::required;
  }
  return mapped.value_or(is_path(source)) && !wants_memory ? Mapped::if_possible : Mapped::never;
}

/// @param name  of a file, or nothing
void warn_of_extension(const std::string& name, const ImageInfo& info, const Context& context) {
  if (name.empty()) return;
  if (const std::string line = wrong_extension(name, info); !line.empty()) context.warn(name + ": " + line);
}

/// The view of the mapped file, if there is one.
std::optional<Image> view_of_file(const std::string& path, const DecodeOptions& options, Mapped mapped,
                                  Context& context) {
  if (mapped == Mapped::never) return std::nullopt;
  try {
    return open_image(path, {.must_map = true, .decode = options}, context).image;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::copy_required || mapped == Mapped::required) throw;
    return std::nullopt;
  }
}

PyImage open(const py::object& source, const std::optional<std::string>& arrangement, bool shared, bool expand,
             std::optional<Crop> crop, int scale, std::optional<Channels> channels, std::optional<Limits> limits,
             py::object progress, std::optional<bool> map) {
  const Wanted wanted{crop, scale, expand, std::move(channels), limits};
  Arrangement memory = Arrangement::parse(arrangement.value_or("contiguous"));
  if (shared) memory = memory.in_shared_memory();
  const Mapped mapped = may_map(map, source, arrangement || shared);
  const std::string name = is_path(source) ? path_bytes(source) : std::string();
  Operation operation(std::move(progress));
  std::unique_ptr<Source> input = source_of(source, operation.signals());
  std::optional<Image> image;
  Choice choice;
  bool is_changed = false;
  {
    const WithoutGil unlocked;
    // A view opens the path anew, which may name another file by now. So it is tried first and tells all of itself;
    // `input` is read where pixels are decoded, and before a view for the names of channels alone.
    if (!wanted.channels) image = view_of_file(name, choose(wanted, {}).options, mapped, operation.context());
    const auto is_part_of = [&](const ImageInfo& file) {
      return image->info().width != file.width || image->info().height != file.height;
    };
    if (image && wanted.crop)
      is_changed = (*wanted.crop)[0] != 0 || (*wanted.crop)[1] != 0 ||
                   is_part_of(open_reader(std::move(input), choose(wanted, {}).options.limits)->info());
    if (!image) {
      const auto reader = open_reader(std::move(input), wanted.limits.value_or(Limits{}));
      choice = choose(wanted, reader->info());
      if (wanted.channels) image = view_of_file(name, choice.options, mapped, operation.context());
      if (!image) {
        warn_of_extension(name, reader->info(), operation.context());
        image = decode(*reader, choice.options, memory, operation.context());
      }
      is_changed = is_part_of(reader->info());
    }
  }
  operation.say_warnings();
  PyImage result(*image);
  if (is_changed) result = result.as_changed();
  return choice.channel_names.empty() ? result : result.with_channels(std::move(choice.channel_names));
}

/// The walk's own check of what is written, with a kernel that writes nothing.
void require_each_element_once(const AnyView& view) {
  const WalkOperand operand{view.origin(), &view.layout(), view.format().itemsize(), Use::write};
  walk_blocks(
      std::span(&operand, 1), [](const Block&) {}, Context());
}

/// The caller's memory as the rows that `info` describes.
AnyView as_rows(const Array& target, const ImageInfo& info) {
  const Layout rows = Layout::contiguous(std::array<std::ptrdiff_t, 3>{info.height, info.width, info.channels()}, 1);
  const Array with_channels = target.rank() == 2 && info.channels() == 1 ? target.insert_axis(2) : target;
  bool fits = with_channels.rank() == 3;
  for (int a = 0; fits && a < 3; ++a) fits = with_channels.extent(a) == rows.extent(a);
  if (!fits)
    throw Error(ErrorCode::invalid_argument, "the target's shape is " + shape_text(target.layout()) +
                                                 ", and what is decoded has " + shape_text(rows) +
                                                 " (height, width, channels)");
  if (target.format().type() != info.pixel.format.type())
    throw Error(ErrorCode::format_mismatch,
                "the target's elements are " + std::string(to_string(target.format().type())) +
                    ", and what is decoded has " + std::string(to_string(info.pixel.format.type())));
  AnyView view = with_channels.view();
  require_each_element_once(view);
  return view;
}

/// The caller's memory. @throws Error{format_mismatch} for truth values; as `from_buffer`
PyImage memory_of(const py::object& target) {
  if (py::isinstance<PyImage>(target)) return target.cast<const PyImage&>();
  std::shared_ptr<Py_buffer> buffer = acquire_buffer(target);
  const std::string_view format = format_of(*buffer);
  if (has_truth_values(format))
    throw Error(ErrorCode::format_mismatch, "the target's elements are truth values, and what is decoded are numbers");
  return PyImage(array_over(std::move(buffer), format));
}

/// A single channel of several takes any samples; what else has names takes those of its names alone.
/// @param decoded  names of the channels that are decoded, in their order; empty when they have none
/// @throws Error{format_mismatch}
void require_channels(const PyImage& target, std::span<const std::string> decoded) {
  const std::span<const std::string> named = target.channels();
  if (named.empty() || decoded.empty() || std::equal(named.begin(), named.end(), decoded.begin(), decoded.end()))
    return;
  const auto is_no_sample = [](const std::string& name) { return name == "index" || name == "bilevel"; };
  if (named.size() == 1 && decoded.size() == 1 && !is_no_sample(named[0]) && !is_no_sample(decoded[0])) return;
  throw Error(ErrorCode::format_mismatch,
              "the target's channels are " + listed(named) + ", and what is decoded has " + listed(decoded) +
                  ": channels= chooses and orders them, expand= makes colours of a palette");
}

/// @throws Error{format_mismatch} where the target's info says that its samples have another depth
void require_depth(const PyImage& target, const PixelFormat& decoded) {
  const ImageInfo* const info = target.info().get();
  if (!info || info->pixel.format.type() != decoded.format.type() || info->pixel.bit_depth == decoded.bit_depth) return;
  throw Error(ErrorCode::format_mismatch, "the target's samples have " + std::to_string(info->pixel.bit_depth) +
                                              " bits, and what is decoded has " + std::to_string(decoded.bit_depth) +
                                              ": expand= makes samples of 8 bits, target.info says their depth");
}

py::object decode_into(const py::object& source, const py::object& target, std::optional<Crop> crop, int scale,
                       bool expand, std::optional<Channels> channels, std::optional<Limits> limits,
                       py::object progress) {
  const Wanted wanted{crop, scale, expand, std::move(channels), limits};
  const PyImage memory = memory_of(target);
  Operation operation(std::move(progress));
  std::unique_ptr<Source> input = source_of(source, operation.signals());
  ImageInfo info;
  {
    const WithoutGil unlocked;
    const auto reader = open_reader(std::move(input), wanted.limits.value_or(Limits{}));
    const Choice choice = choose(wanted, reader->info());
    info = reader->start(choice.options);
    const AnyView rows = as_rows(memory.array(), info);
    require_depth(memory, info.pixel);
    require_channels(memory, wanted.channels ? choice.channel_names : channel_names(info.pixel));
    reader->read_rows(rows, operation.context());
    reader->finish(operation.context());
    info.metadata = reader->info().metadata;  // some may follow the pixels
    const bool is_cut = info.width != reader->info().width || info.height != reader->info().height;
    (void)adapt(info.metadata, {.width = info.width, .height = info.height, .cut_or_turned = is_cut});
  }
  operation.say_warnings();
  return to_python(info, operation.context().scratch_bytes());
}

py::object read_info(const py::object& source, std::optional<Limits> limits) {
  Operation operation{py::none()};
  std::unique_ptr<Source> input = source_of(source, operation.signals());
  ImageInfo info;
  {
    const WithoutGil unlocked;
    info = open_reader(std::move(input), limits.value_or(Limits{}))->info();
  }
  return to_python(info);
}

/// The name of the format that an image is saved in.
std::string chosen_format(const py::object& target, const std::optional<std::string>& format) {
  if (!is_path(target) && !py::hasattr(target, "write"))
    throw py::type_error("cannot save to " + py::repr(py::type::of(target)).cast<std::string>() +
                         ": it is neither a path nor a binary file");
  if (format) return std::string(writable_format(format->starts_with('.') ? format->substr(1) : *format));
  if (!is_path(target))
    throw Error(ErrorCode::invalid_argument, "only a path tells the format by its name: say format=");
  return std::string(format_for_path(path_bytes(target)));
}

/// @param file  its name, or nothing
/// @throws Error{unsupported} that says how to make what the format can store, where samples of another type are enough
void require_storable(const std::string& format, const ImageInfo& info, const std::string& file) {
  if (can_store(format, info)) return;
  const PixelFormat nearest = nearest_storable(format, info);
  if (nearest.color != info.pixel.color || nearest.alpha != info.pixel.alpha ||
      nearest.format.type() == info.pixel.format.type())
    return;  // the writer says what is wrong
  throw Error(ErrorCode::unsupported,
              format + " cannot store " + info.pixel.to_string() + "; img.convert_samples('" +
                  nearest.format.pep3118() + "') scales the samples to " + nearest.to_string() +
                  ", which it can, and img.astype('" + nearest.format.pep3118() + "') keeps the numbers",
              file);
}

void save(const PyImage& image, const py::object& target, const std::optional<std::string>& format, int quality,
          std::string subsampling, bool progressive, bool optimize_huffman, bool arithmetic_coding, int compression,
          bool interlaced, py::object progress, const py::kwargs& metadata) {
  const EncodeOptions options{
      quality, std::move(subsampling), progressive, optimize_huffman, arithmetic_coding, compression, interlaced};
  const std::string file_format = chosen_format(target, format);
  const PyImage described = metadata.empty() ? image : with_changed_info(image, py::none(), metadata);
  Image picture = described.picture();
  const std::string name = is_path(target) ? path_bytes(target) : std::string();
  require_storable(file_format, picture.info(), name);
  Operation operation(std::move(progress));
  try {
    const WithoutGil unlocked;
    require_same_as_gray(described);
  } catch (const Error& error) {
    throw error.about(name);
  }
  const PictureChange change = described.change();
  if (change.is_any() && change.width > 0 && change.height > 0) {  // of nothing, the writer says that it is nothing
    ImageInfo info = picture.info();
    for (const std::string& loss : adapt(info.metadata, change)) operation.context().warn(loss);
    picture = picture.with_info(std::move(info));
  }
  const std::unique_ptr<Sink> sink = sink_of(target, operation.signals());
  {
    const WithoutGil unlocked;
    encode(picture, file_format, *sink, options, operation.context());
  }
  // Before the file counts: a warning that the user makes an exception keeps the old file.
  operation.say_warnings();
  const WithoutGil unlocked;
  sink->commit();
}

std::string repr(const Limits& limits) {
  return "imgbuf.Limits(max_width=" + std::to_string(limits.max_width) +
         ", max_height=" + std::to_string(limits.max_height) + ", max_pixels=" + std::to_string(limits.max_pixels) +
         ", max_image_bytes=" + std::to_string(limits.max_image_bytes) +
         ", max_metadata_bytes=" + std::to_string(limits.max_metadata_bytes) +
         ", max_scans=" + std::to_string(limits.max_scans) + ")";
}

py::tuple fields_of(const Limits& limits) {
  return py::make_tuple(limits.max_width, limits.max_height, limits.max_pixels, limits.max_image_bytes,
                        limits.max_metadata_bytes, limits.max_scans);
}

Limits limits_of(const py::tuple& fields) {
  const auto field = [&fields](std::size_t i) { return fields[i].cast<std::int64_t>(); };
  return {field(0), field(1), field(2), field(3), field(4), static_cast<int>(field(5))};
}

void bind_limits(py::module_& module) {
  const Limits usual;
  py::class_<Limits> type(module, "Limits", py::module_local(), R"(
What an untrusted file may cost. A file that would pass one fails with LimitExceeded before memory is allocated.

max_width, max_height: pixels
max_pixels: width x height of the file
max_image_bytes: one whole image held in memory, what the codec holds included
max_metadata_bytes: all metadata of one file together
max_scans: scans of a progressive JPEG)");
  type.def(py::init([](std::int64_t max_width, std::int64_t max_height, std::int64_t max_pixels,
                       std::int64_t max_image_bytes, std::int64_t max_metadata_bytes, int max_scans) {
             return Limits{max_width, max_height, max_pixels, max_image_bytes, max_metadata_bytes, max_scans};
           }),
           py::kw_only(), py::arg("max_width") = usual.max_width, py::arg("max_height") = usual.max_height,
           py::arg("max_pixels") = usual.max_pixels, py::arg("max_image_bytes") = usual.max_image_bytes,
           py::arg("max_metadata_bytes") = usual.max_metadata_bytes, py::arg("max_scans") = usual.max_scans)
      .def_readonly("max_width", &Limits::max_width)
      .def_readonly("max_height", &Limits::max_height)
      .def_readonly("max_pixels", &Limits::max_pixels)
      .def_readonly("max_image_bytes", &Limits::max_image_bytes)
      .def_readonly("max_metadata_bytes", &Limits::max_metadata_bytes)
      .def_readonly("max_scans", &Limits::max_scans)
      .def("__repr__", repr);
  make_value_class(type, fields_of);
  type.def(py::pickle(&fields_of, &limits_of));
}

}  // namespace

void bind_files(py::module_& module, ImageClass& image) {
  bind_limits(module);

  module.def("open", open, py::arg("source"), py::kw_only(), py::arg("arrangement") = py::none(),
             py::arg("shared") = false, py::arg("expand") = false, py::arg("crop") = py::none(), py::arg("scale") = 1,
             py::arg("channels") = py::none(), py::arg("limits") = py::none(), py::arg("progress") = py::none(),
             py::arg("mapped") = py::none(), R"(
Opens a picture: an Image of shape (height, width, channels). What lies in a file as it is (PNM, PAM, PFM, BMP, NPY, TIFF
without compression) becomes a read-only view of the mapped file, whatever its size: no pixel is read or copied. All else
is decoded into new memory.

source: a path (str or os.PathLike), a buffer of the encoded bytes (which is not copied), or a binary file object. The
    file object is read from where it stands; it is read ahead, so that its position afterwards says nothing. Its
    content tells the format, not its name.
arrangement: how the memory is laid out: "contiguous", "rows" (row pointers into one block), "strips:N" (blocks of N rows;
    16 without the number) or "planes" (a block for each channel). Asking for one asks for new memory; without it pixels
    that are decoded become "contiguous".
shared: pixels in shared memory, so that strips of whole pages can be rewired into one array. `fork` does not copy it.
expand: RGB(A) or gray of at least 8 bits instead of palettes, sub-byte gray, transparent colours and CMYK. Without it
    the pixels are as the file has them.
crop: (x, y, width, height) in the coordinates of the (scaled) picture; equal to the same crop of the whole
scale: 2, 4 or 8 decode a JPEG at that fraction of its size, rounded up
channels: the channels wanted, in this order, by index or by name, such as ("blue", "green", "red")
limits: a Limits
progress: called as progress(rows_done, rows_total) on the calling thread; what it raises ends the decoding
mapped: None views the file where it can, and only a path can; False always reads into new memory; True raises
    CopyRequired with the reason instead of decoding, and InvalidArgument with arrangement or shared. Tiles of a TIFF are
    views in open_grid alone

A mapped file is not a copy. Its elements have the file's byte order. What others write into the file shows in the image,
and when somebody makes the file shorter (np.save to the same path does, before it writes), touching rows that are gone
is a SIGBUS, which ends the process: open files that others may rewrite in place with mapped=False. Replacing a file by
renaming, as Image.save does, is safe, and so is removing it.

The GIL is released meanwhile; Ctrl-C works. What a decoder passes over is said as a LossWarning.

Raises OSError for a file that cannot be opened (FileNotFoundError, ...), CorruptData, TruncatedData or Unsupported for
what is no picture, LimitExceeded, InvalidArgument for a wrong option; what the file object or `progress` raises.)");

  module.def("decode_into", decode_into, py::arg("source"), py::arg("target"), py::kw_only(),
             py::arg("crop") = py::none(), py::arg("scale") = 1, py::arg("expand") = false,
             py::arg("channels") = py::none(), py::arg("limits") = py::none(), py::arg("progress") = py::none(), R"(
Decodes a picture into memory that the caller owns. No memory of the picture's size is allocated: the decoder writes
into the target directly where its rows are packed, and through one row of scratch otherwise.

target: a writable Image or buffer (a NumPy array or any slice of one, a slot of a batch, a memoryview) of shape (height, width,
    channels), or (height, width) for one channel, with the element type that is decoded in either byte order. Any
    strides, and pointers, will do. Bytes between its elements stay as they are. An Image whose channels have names takes
    those that are decoded under the same names in the same order, or as one of its channels any single one; what has an
    info takes samples of its bit depth.
source, crop, scale, expand, channels, limits, progress: as for `open`

Returns a DecodedInfo: what was decoded, and the bytes that went through scratch. After an error, and after an
exception in `progress`, the target's elements are undefined: some rows may have been written.

Raises InvalidArgument naming both shapes when they differ and for a target that is read-only, FormatMismatch for
another element type or depth, truth values and channels of other names; else as `open`.)");

  module.def("info", read_info, py::arg("source"), py::kw_only(), py::arg("limits") = py::none(), R"(
What a file says before its pixels: an ImageInfo. Decodes nothing; metadata that stands behind the pixels is not in it.
source, limits and exceptions: as for `open`.)");

  image.def("save", save, py::arg("target"), py::kw_only(), py::arg("format") = py::none(), py::arg("quality") = 90,
            py::arg("subsampling") = "", py::arg("progressive") = false, py::arg("optimize_huffman") = false,
            py::arg("arithmetic_coding") = false, py::arg("compression") = 6, py::arg("interlaced") = false,
            py::arg("progress") = py::none(), R"(
Encodes the picture, with the metadata of `info`, from wherever its elements lie: views of every kind are fine, and
none is copied as a whole. The pixels are stored as they are; nothing is converted.

target: a path (str or os.PathLike), or a file object with write(). A path's old file is replaced when the new one is
    complete: a save that fails leaves it as it was, and nothing else. A file object keeps what was written to it.
format: the name of a format ("PNG", "JPEG", "TIFF", "BMP", "NPY", "PAM", "PFM", ...) or an extension; without it the path's
    extension says it. `imgbuf formats` of the command line lists what each of them stores
quality: JPEG, 1 to 100
subsampling: JPEG: "4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1", "4:1:0"; empty for 4:2:0, and none for gray and CMYK
progressive, optimize_huffman, arithmetic_coding: JPEG
compression: PNG, 0 to 9
interlaced: PNG
progress: called as progress(rows_done, rows_total) on the calling thread; what it raises ends the saving
further keywords: metadata in the place of what `info` says, as for `ImageInfo.replace`: icc, exif, xmp, iptc,
    resolution, text, orientation and so on; None for leaving it out. The image keeps its own.

Where the elements are no longer the picture that its metadata speaks of (a part of it, flipped, turned, or of another
size), what EXIF says of the size is what is saved, and thumbnails (EXIF's, Photoshop's) are left out, which is said as
a LossWarning. Where an info's width and height are the image's height and width, resolutions along x and y change places.

The GIL is released meanwhile; Ctrl-C works. Metadata that the format cannot hold is said as a LossWarning, before the
old file is replaced.

Raises Unsupported for pixels that the format cannot hold, naming what it could (convert_samples makes
samples of another type), and for an unknown format; InvalidArgument for what is no picture (it needs a height, a width, and channels that make a colour
model) and for wrong options; OSError; what the file object or `progress` raises.)");
}

}  // namespace imgbuf::python
