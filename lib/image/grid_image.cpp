#include "imgbuf/grid_image.hpp"

#include <algorithm>
#include <utility>

#include "base/out_of_memory.hpp"
#include "image/array_parts.hpp"
#include "image/import_tables.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

void require_shape(const GridGeometry& geometry, Format format, const ImageInfo& info) {
  const std::ptrdiff_t expected[] = {info.height, info.width, info.channels()};
  bool same = geometry.rank() == 3;
  for (int a = 0; same && a < 3; ++a) same = geometry.extent(a) == expected[a];
  if (!same)
    throw Error(ErrorCode::invalid_argument, "a grid of another shape than a picture of " +
                                                 std::to_string(info.height) + " rows, " + std::to_string(info.width) +
                                                 " columns and " + std::to_string(info.channels()) + " channels");
  if (format != info.pixel.format)
    throw Error(ErrorCode::invalid_argument,
                "elements of format '" + format.pep3118() + "' for a picture of '" + info.pixel.format.pep3118() + "'");
}

/// A grid whose cells were checked, and whose pointer tables are the library's own.
struct ImportedGrid {
  Storage storage;
  Access access = Access::read_write;
  Grid grid;
};

ImportedGrid import_grid(const Storage& storage, const Grid& grid, std::ptrdiff_t itemsize) {
  std::vector<std::vector<std::ptrdiff_t>> cuts;
  for (int a = 0; a < grid.rank(); ++a) cuts.emplace_back(grid.cuts(a).begin(), grid.cuts(a).end());
  std::vector<Layout> layouts(grid.layouts().begin(), grid.layouts().end());
  std::vector<Cell> cells(grid.cells().begin(), grid.cells().end());
  std::vector<Segment> segments(storage.segments().begin(), storage.segments().end());
  Access access = Access::read_write;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    try {
      const Layout& layout = grid.layout_of(grid.cells()[c]);
      image::ImportedTables imported = image::import_tables(storage, {}, cells[c].origin, layout, itemsize);
      if (imported.access == Access::read_only) access = Access::read_only;
      if (imported.tables.bytes == 0) continue;
      segments.push_back(std::move(imported.tables));
      // Tables of one form mostly become tables of one form. Only the last few are looked at, however many there are.
      constexpr std::size_t looked_at = 16;
      const auto oldest = layouts.end() - static_cast<std::ptrdiff_t>(std::min(looked_at, layouts.size()));
      if (const auto known = std::find(oldest, layouts.end(), imported.layout); known != layouts.end()) {
        cells[c].layout = static_cast<std::uint32_t>(known - layouts.begin());
      } else {
        cells[c].layout = static_cast<std::uint32_t>(layouts.size());
        layouts.push_back(std::move(imported.layout));
      }
      cells[c].origin = imported.origin;
    } catch (const Error& error) {
      throw error.about("cell " + std::to_string(c));
    }
  }
  const bool has_tables = segments.size() > storage.segments().size();
  Storage all = has_tables ? Storage(std::move(segments)) : storage;
  Grid merged = Grid(std::move(cuts), std::move(layouts), std::move(cells)).merged(all);
  return {std::move(all), access, std::move(merged)};
}

}  // namespace

GridImage GridImage::over(Storage storage, const Grid& grid, ImageInfo info) {
  return base::or_out_of_memory([&] {
    const Format format = info.pixel.format;
    require_shape(GridGeometry(std::make_shared<const Grid>(grid)), format, info);
    ImportedGrid imported = import_grid(storage, grid, format.itemsize());
    return GridImage(std::move(imported.storage), imported.access,
                     GridGeometry(std::make_shared<const Grid>(std::move(imported.grid))),
                     std::make_shared<const ImageInfo>(std::move(info)));
  });
}

GridImage::GridImage(const Image& image)
    : storage_(image.storage()),
      access_(image.is_read_only() ? Access::read_only : Access::read_write),
      geometry_(base::or_out_of_memory([&] {
        const AnyConstView view = image.const_view();
        return GridGeometry(
            std::make_shared<const Grid>(Grid::one_cell(const_cast<std::byte*>(view.origin()), view.layout())));
      })),
      info_(base::or_out_of_memory([&] { return std::make_shared<const ImageInfo>(image.info()); })) {
  require_shape(geometry_, image.const_view().format(), *info_);
}

GridView GridImage::view() const {
  if (is_read_only()) throw Error(ErrorCode::invalid_argument, "the memory is read-only");
  return {geometry_, info_->pixel.format};
}

GridImage GridImage::with_view(const GridConstView& view, ImageInfo info) const {
  require_shape(view.geometry(), view.format(), info);
  if (view.geometry().grid() != geometry_.grid())
    throw Error(ErrorCode::invalid_argument, "the view is not of this image's grid");
  return base::or_out_of_memory([&] {
    return GridImage(storage_, access_, view.geometry(), std::make_shared<const ImageInfo>(std::move(info)));
  });
}

std::optional<Image> GridImage::in_one_cell() const {
  return base::or_out_of_memory([&]() -> std::optional<Image> {
    std::optional<AnyView> plain = geometry_.in_one_cell(info_->pixel.format);
    if (!plain) return std::nullopt;
    Array array =
        image::ArrayParts{.storage = storage_, .view = *std::move(plain), .access = access_, .own_tables = {}}.made();
    return Image::over(std::move(array), *info_);
  });
}

std::vector<CellArray> GridImage::cells() const {
  return base::or_out_of_memory([&] {
    std::vector<CellArray> all;
    if (geometry_.is_empty()) return all;
    const std::vector<std::ptrdiff_t> cuts[] = {geometry_.cuts(0), geometry_.cuts(1), geometry_.cuts(2)};
    for (std::size_t y = 0; y + 1 < cuts[0].size(); ++y)
      for (std::size_t x = 0; x + 1 < cuts[1].size(); ++x)
        for (std::size_t c = 0; c + 1 < cuts[2].size(); ++c) {
          const std::ptrdiff_t starts[] = {cuts[0][y], cuts[1][x], cuts[2][c]};
          const std::ptrdiff_t counts[] = {cuts[0][y + 1] - starts[0], cuts[1][x + 1] - starts[1],
                                           cuts[2][c + 1] - starts[2]};
          AnyView view = geometry_.box(starts, counts, info_->pixel.format);
          all.push_back(
              {{std::begin(starts), std::end(starts)},
               image::ArrayParts{.storage = storage_, .view = std::move(view), .access = access_, .own_tables = {}}
                   .made()});
        }
    return all;
  });
}

std::ptrdiff_t GridImage::cell_count() const {
  std::ptrdiff_t count = 1;
  for (int a = 0; a < 3; ++a) count *= static_cast<std::ptrdiff_t>(geometry_.cuts(a).size()) - 1;
  return count;
}

std::string GridImage::cells_text() const {
  const auto along = [&](int axis) { return std::to_string(geometry_.cuts(axis).size() - 1); };
  std::string text = along(0) + " x " + along(1);
  if (geometry_.cuts(2).size() > 2) text += " x " + along(2);
  return text;
}

}  // namespace imgbuf
