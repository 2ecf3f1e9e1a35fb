#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/handoff.hpp"
#include "imgbuf/limits.hpp"
#include "imgbuf/open_image.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/source.hpp"
#include "python/axis_argument.hpp"
#include "python/bindings.hpp"
#include "python/file_objects.hpp"
#include "python/handoff.hpp"
#include "python/image_info.hpp"
#include "python/indexing.hpp"
#include "python/no_constructor.hpp"
#include "python/operation.hpp"
#include "python/py_grid.hpp"
#include "python/texts.hpp"
#include "python/tuples.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// `imgbuf.GridBlocks`: the cells of a grid, by their numbers.
struct PyBlocks {
  PyGrid grid;
};

PyGrid open(const py::object& path, std::optional<std::array<std::ptrdiff_t, 4>> crop, std::optional<Limits> limits,
            py::object progress, std::optional<bool> mapped) {
  if (!is_path(path))
    throw py::type_error("open_grid takes a path, not '" + type_name(path) + "': imgbuf.open takes buffers and files");
  const std::string name = path_bytes(path);
  OpenOptions options{.mapped = mapped.value_or(true), .must_map = mapped.value_or(false)};
  options.decode.limits = limits.value_or(Limits{});
  if (crop) options.decode.region = Region{(*crop)[0], (*crop)[1], (*crop)[2], (*crop)[3]};
  Operation operation(std::move(progress));
  std::optional<PyGrid> grid;
  bool is_part = false;
  {
    const WithoutGil unlocked;
    grid.emplace(open_grid(name, options, operation.context()).image);
    if (crop) {
      const ImageInfo file = open_reader(Source::file(name), options.decode.limits)->info();
      is_part = grid->shape()[0] != file.height || grid->shape()[1] != file.width;
    }
  }
  operation.say_warnings();
  return is_part ? grid->as_changed() : *std::move(grid);
}

// What it is

py::tuple chunks(const PyGrid& grid) {
  py::tuple all(PyGrid::rank);
  for (int axis = 0; axis < PyGrid::rank; ++axis) {
    const auto cuts = grid.cuts(axis);
    py::tuple extents(cuts.size() - 1);
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) extents[i] = cuts[i + 1] - cuts[i];
    all[static_cast<std::size_t>(axis)] = cuts.size() > 1 ? extents : py::make_tuple(0);
  }
  return all;
}

py::object dtype(const PyGrid& grid) {
  return py::module_::import("numpy").attr("dtype")(grid.format().pep3118());
}

py::object info(const PyGrid& grid) {
  const std::optional<ImageInfo> said = grid.info();
  return said ? to_python(*said) : py::none();
}

std::string repr(const PyGrid& grid) {
  const PyGrid::Index shape = grid.shape();
  return "<imgbuf.Grid " + shape_text(Layout::contiguous(shape, 1)) + " " +
         elements_text(grid.format(), grid.channels()) + ", " + grid.cells_text() + " cells" +
         (grid.is_read_only() ? ", read-only>" : ">");
}

// Its cells

/// An iterator over what a function makes of the numbers of each cell, in C order.
template <class Function>
py::object over_cells(const PyGrid& grid, Function function) {
  py::tuple ranges(PyGrid::rank);
  const py::module_ builtins = py::module_::import("builtins");
  const PyGrid::Index counts = grid.cell_counts();
  for (std::size_t a = 0; a < counts.size(); ++a) ranges[a] = builtins.attr("range")(counts[a]);
  return builtins.attr("map")(py::cpp_function(std::move(function)),
                              py::module_::import("itertools").attr("product")(*ranges));
}

/// Where a cell is in the grid, as an index expression.
py::tuple place_of(const PyGrid& grid, const PyGrid::Index& index) {
  py::tuple place(PyGrid::rank);
  for (int axis = 0; axis < PyGrid::rank; ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    const auto i = static_cast<std::size_t>(index[a]);
    place[a] = py::slice(py::int_(grid.cuts(axis)[i]), py::int_(grid.cuts(axis)[i + 1]), py::none());
  }
  return place;
}

py::object cells(const PyGrid& grid) {
  return over_cells(
      grid, [grid](const PyGrid::Index& index) { return py::make_tuple(place_of(grid, index), grid.cell(index)); });
}

py::object iterate(const PyBlocks& blocks) {
  return over_cells(blocks.grid, [grid = blocks.grid](const PyGrid::Index& index) { return grid.cell(index); });
}

PyImage block(const PyBlocks& blocks, const py::handle& key) {
  const py::tuple items = PyTuple_Check(key.ptr()) ? py::reinterpret_borrow<py::tuple>(key) : py::make_tuple(key);
  const PyGrid::Index counts = blocks.grid.cell_counts();
  for (const py::handle item : items)
    if (!is_integer(item))
      throw py::type_error("blocks are indexed by integers, not by '" + type_name(item) + "': grid[...] takes slices");
  if (items.size() != counts.size() && (items.size() != counts.size() - 1 || counts.back() != 1))
    throw py::index_error("a block of this grid has " + std::string(counts.back() == 1 ? "2 or 3" : "3") +
                          " indices (row, column, channel), not " + std::to_string(items.size()));
  PyGrid::Index index{};
  for (std::size_t a = 0; a < items.size(); ++a)
    index[a] = index_argument(items[a], counts[a], "axis " + std::to_string(a) + " of the blocks");
  return blocks.grid.cell(index);
}

std::ptrdiff_t count_of_cells(const PyBlocks& blocks) {
  const PyGrid::Index counts = blocks.grid.cell_counts();
  return counts[0] * counts[1] * counts[2];
}

// All of it

PyImage copy(const PyGrid& grid, const std::optional<std::string>& arrangement) {
  const Arrangement memory = Arrangement::parse(arrangement.value_or("contiguous"));
  const WithoutGil unlocked;
  return grid.copy(memory);
}

Handoff explain(const PyGrid& grid, const std::string& target) {
  const std::optional<PyImage> image = grid.in_one_cell();
  // Of several cells: what no copy would do for either.
  const py::object handoff = py::cast(image ? *image : grid.pixel_alike()).attr("explain")(target);
  return image ? handoff.cast<Handoff>() : grid.explain(consumers::numpy);
}

/// @param bytes  of the copy
void allow_copy(Handoff handoff, std::ptrdiff_t bytes, std::optional<bool> copy) {
  handoff.copied_bytes = bytes;
  if (!copy.value_or(true)) throw copy_refused(handoff);
  if (!copy) warn_of_copy(handoff);
}

py::object to_numpy(const PyGrid& grid, std::optional<bool> copied) {
  if (const auto image = grid.in_one_cell()) return py::cast(*image).attr("numpy")(copied);
  const Handoff handoff = grid.explain(consumers::numpy);
  allow_copy(handoff, handoff.copied_bytes, copied);
  return py::cast(copy(grid, {})).attr("numpy")();
}

py::object array_protocol(const PyGrid& grid, const py::object& as, std::optional<bool> copied) {
  if (const auto image = grid.in_one_cell()) return py::cast(*image).attr("__array__")(as, copied);
  if (as.is_none()) return to_numpy(grid, copied);
  const py::module_ numpy = py::module_::import("numpy");
  const py::object wanted = numpy.attr("dtype")(as);
  if (wanted.equal(dtype(grid))) return to_numpy(grid, copied);
  const auto itemsize = wanted.attr("itemsize").cast<std::ptrdiff_t>();
  // Types such as "S" have the size that their longest element needs, which only NumPy's astype finds.
  if (itemsize == 0) return to_numpy(grid, copied).attr("astype")(wanted);
  allow_copy(grid.explain(consumers::numpy), grid.element_count() * itemsize, copied);
  const py::object array = numpy.attr("empty")(tuple_of(grid.shape()), wanted);
  for (const py::handle cell : cells(grid)) {
    const auto [place, image] = cell.cast<std::pair<py::object, py::object>>();
    numpy.attr("copyto")(array[place], image.attr("numpy")(), py::arg("casting") = "unsafe");
  }
  return array;
}

// Parts

[[noreturn]] void refuse_index(const py::handle& item) {
  throw py::type_error("a grid is cut by slices, integers and '...', not by '" + type_name(item) +
                       "': grid.blocks[...] is a cell, grid.copy()[...] takes every index");
}

/// All of a grid as an image: of the same memory where it lies in one cell, else a copy with its warning.
PyImage image_of(const PyGrid& grid) {
  if (const auto image = grid.in_one_cell()) return *image;
  const Handoff handoff = grid.explain(consumers::numpy);
  allow_copy(handoff, handoff.copied_bytes, std::nullopt);
  return copy(grid, {});
}

/// @throws IndexError; TypeError for arrays, most of which have an `__index__` that refuses
std::ptrdiff_t index_in(const PyGrid& grid, int axis, const py::handle& item) {
  try {
    return index_argument(item, grid.shape()[static_cast<std::size_t>(axis)],
                          "axis " + std::to_string(axis) + " of the grid");
  } catch (const py::error_already_set& error) {
    if (!error.matches(PyExc_TypeError)) throw;
  }
  refuse_index(item);
}

/// Slices keep a grid; an integer takes its axis away, which no grid goes without.
py::object get_item(const PyGrid& grid, const py::handle& key) {
  const py::tuple items = PyTuple_Check(key.ptr()) ? py::reinterpret_borrow<py::tuple>(key) : py::make_tuple(key);
  int indexed = 0;
  int ellipses = 0;
  for (const py::handle item : items) {
    const bool is_ellipsis = item.ptr() == Py_Ellipsis;
    if (!is_ellipsis && PySlice_Check(item.ptr()) == 0 && !is_integer(item)) refuse_index(item);
    ++(is_ellipsis ? ellipses : indexed);
  }
  if (ellipses > 1) throw py::index_error("an index can only have a single ellipsis ('...')");
  if (indexed > PyGrid::rank)
    throw py::index_error("too many indices for grid: grid is 3-dimensional, but " + std::to_string(indexed) +
                          " were indexed");
  PyGrid part = grid;
  int axis = 0;
  bool has_integers = false;
  const py::slice all{py::none(), py::none(), py::none()};
  py::tuple rest = py::make_tuple(all, all, all);
  for (const py::handle item : items) {
    if (item.ptr() == Py_Ellipsis) {
      axis += PyGrid::rank - indexed;
      continue;
    }
    const auto a = static_cast<std::size_t>(axis);
    if (is_integer(item)) {
      const std::ptrdiff_t i = index_in(grid, axis, item);
      part = part.slice(axis, {i, i + 1, 1});
      rest[a] = py::int_(0);
      has_integers = true;
    } else {
      part = part.slice(axis, slice_of(item));
    }
    ++axis;
  }
  return has_integers ? py::object(py::cast(image_of(part))[rest]) : py::cast(part);
}

bool contains(const PyGrid& grid, const py::handle& value) {
  for (const py::handle cell : cells(grid))
    if (cell[py::int_(1)].contains(value)) return true;
  return false;
}

[[noreturn]] void refuse_copying() {
  throw py::type_error("a grid is not copied as a grid: grid.copy() gives an Image of its elements");
}

[[noreturn]] void refuse_pickling(const PyGrid&, const py::handle&) {
  throw py::type_error(
      "a grid is not pickled, which would copy its elements in silence: pickle the path of its file, or the array that "
      "grid.numpy(copy=True) gives");
}

void bind_blocks(py::module_& module) {
  py::class_<PyBlocks>(module, "GridBlocks", no_constructor(), py::module_local(), R"(
The cells of a Grid by their numbers along its axes. Iteration gives all of them in C order.)")
      .def_property_readonly(
          "shape", [](const PyBlocks& self) { return tuple_of(self.grid.cell_counts()); }, "Cells along each axis.")
      .def("__len__", count_of_cells)
      .def("__iter__", iterate)
      .def("__getitem__", block, py::arg("key"), R"(
grid.blocks[i, j] or grid.blocks[i, j, c]: a cell as an Image of the same memory, which it keeps alive. Its number along
the channels may be left out where they are not cut. Negative numbers count from the last.

IndexError: there is no such cell. TypeError: what is no integer.)");
}

}  // namespace

void bind_grid(py::module_& module) {
  bind_blocks(module);
  module.def("open_grid", open, py::arg("path"), py::kw_only(), py::arg("crop") = py::none(),
             py::arg("limits") = py::none(), py::arg("progress") = py::none(), py::arg("mapped") = py::none(), R"(
Opens a picture as a Grid: a TIFF in tiles without compression becomes a read-only view of the mapped file, whatever its
size; no pixel is read or copied. A tile that the file leaves out is zeros. Every other file becomes one cell, mapped
where `open` would map it, else decoded into new memory.

path: str or os.PathLike
crop: (x, y, width, height); where it is decoded, the rest is not
limits: a Limits
progress: called as progress(rows_done, rows_total) where pixels are decoded; what it raises ends the decoding
mapped: None views the file where it can; False always reads into new memory, which has one cell; True raises
    CopyRequired with the reason instead of decoding

What `open` says of mapped files holds here: cells have the file's byte order and show what others write into it, and
when somebody makes the file shorter, touching what is gone ends the process.

The GIL is released meanwhile. Raises and warns as `open`; TypeError for what is no path.)");

  py::class_<PyGrid> grid(module, "Grid", no_constructor(), py::module_local(), R"(
A picture in cells, such as the tiles of a mapped TIFF, that no single Image can show.

    grid = imgbuf.open_grid("tiles.tif")
    for place, cell in grid.cells():                # place: slices; cell: an Image of the same memory
        total[place] = numpy.asarray(cell)
    corner = grid[:1000, :1000].copy()              # reads only the cells that it touches
    lazy = dask.array.from_array(grid, grid.chunks)

Array libraries have no such memory: all of it in one array is a copy, but for a grid of one cell.

The memory lives as long as any grid, image or array over it.)");
  grid.def_property_readonly(
          "shape", [](const PyGrid& self) { return tuple_of(self.shape()); }, "Height, width and channels.")
      .def_property_readonly(
          "ndim", [](const PyGrid&) { return PyGrid::rank; }, "Number of axes, which is 3.")
      .def_property_readonly(
          "axes", [](const PyGrid&) { return py::make_tuple("height", "width", "channel"); }, "What each axis counts.")
      .def_property_readonly(
          "channels", [](const PyGrid& self) { return tuple_of(self.channels()); },
          R"(The channels' names, such as ("red", "green", "blue").)")
      .def_property_readonly(
          "format", [](const PyGrid& self) { return self.format().pep3118(); },
          "The elements' type and byte order, as in PEP 3118 and the struct module.")
      .def_property_readonly("dtype", dtype, "The same as NumPy's dtype, for libraries that take whatever has one.")
      .def_property_readonly(
          "itemsize", [](const PyGrid& self) { return self.format().itemsize(); }, "Bytes of one element.")
      .def_property_readonly(
          "nbytes", [](const PyGrid& self) { return self.element_count() * self.format().itemsize(); },
          "Bytes of all elements, packed.")
      .def_property_readonly("readonly", &PyGrid::is_read_only, "Whether the memory may not be written.")
      .def_property_readonly("info", info, R"(
What the pixels mean and what their file says beside them, as an ImageInfo with this grid's own size; None when its
channels make no colour model.)")
      .def_property_readonly("chunks", chunks, R"(
For each axis the extents of the cells along it, as Dask has them: ((256, 256, 88), (256, 144), (3,)). (0,) for an axis
of extent 0, which has no cell.)")
      .def_property_readonly(
          "numblocks", [](const PyGrid& self) { return tuple_of(self.cell_counts()); }, "Cells along each axis.")
      .def_property_readonly(
          "blocks", [](const PyGrid& self) { return PyBlocks{self}; },
          "The cells by their numbers: grid.blocks[i, j] is an Image of the same memory.")
      .def("cells", cells, R"(
Iterates over the cells in C order, as pairs: where the cell is in the grid, a tuple of slices; and the cell, an Image of
the same memory.)")
      .def("__getitem__", get_item, py::arg("key"), R"(
grid[rows, columns, channels]: part of the grid by slices with any step and "...", a Grid of the same memory. It is cut
where the grid is.

An integer takes an axis away, which leaves an Image (an element where three are given): of the same memory where what
is left lies in one cell, else a copy, with a CopyWarning.

TypeError: any other index; copy() gives an Image, which takes them.)")
      .def("copy", copy, py::arg("arrangement") = py::none(), R"(
All elements as an Image in new memory, which may be written. arrangement: as for Image.copy.)")
      .def("explain", explain, py::arg("target"), R"(
How all of the grid gets to a consumer, before anything happens; targets as for `Image.explain`. Of several cells it is
always copied. numpy() then does exactly that; to other consumers goes the Image `blocks[0, 0]` of a grid in one cell, or
`copy()`. Returns a Handoff.)")
      .def("numpy", to_numpy, py::arg("copy") = false, R"(
All of the grid as a NumPy array.

copy=False: of the same memory; raises CopyRequired with the bytes for a grid of several cells. copy=None: copies where it
must, with a CopyWarning. copy=True: always new memory, in C order.)")
      .def("__array__", array_protocol, py::arg("dtype") = py::none(), py::arg("copy") = py::none(), R"(
NumPy's protocol: what numpy.asarray calls. As numpy(copy=None); another dtype takes one copy, which NumPy converts.)")
      .def("__reduce_ex__", refuse_pickling, py::arg("protocol"), "Always a TypeError: a grid is not pickled.")
      .def(
          "__copy__", [](const PyGrid&) { refuse_copying(); }, "Always a TypeError: copy() gives an Image.")
      .def(
          "__deepcopy__", [](const PyGrid&, const py::handle&) { refuse_copying(); }, py::arg("memo"),
          "Always a TypeError: copy() gives an Image.")
      .def("__contains__", contains, py::arg("value"), "number in grid: whether some element equals it.")
      .def("__len__", [](const PyGrid& self) { return self.shape()[0]; })
      .def("__repr__", repr);
}

}  // namespace imgbuf::python
