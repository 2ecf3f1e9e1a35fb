#pragma once

/// Everything of the library. Each header can also be included alone.

#include "imgbuf/arrangement.hpp"       // IWYU pragma: export
#include "imgbuf/array.hpp"             // IWYU pragma: export
#include "imgbuf/buffer_protocol.hpp"   // IWYU pragma: export
#include "imgbuf/collapse.hpp"          // IWYU pragma: export
#include "imgbuf/compare.hpp"           // IWYU pragma: export
#include "imgbuf/context.hpp"           // IWYU pragma: export
#include "imgbuf/convert.hpp"           // IWYU pragma: export
#include "imgbuf/elements.hpp"          // IWYU pragma: export
#include "imgbuf/error.hpp"             // IWYU pragma: export
#include "imgbuf/executor.hpp"          // IWYU pragma: export
#include "imgbuf/explain_layout.hpp"    // IWYU pragma: export
#include "imgbuf/format.hpp"            // IWYU pragma: export
#include "imgbuf/grid.hpp"              // IWYU pragma: export
#include "imgbuf/grid_image.hpp"        // IWYU pragma: export
#include "imgbuf/grid_view.hpp"         // IWYU pragma: export
#include "imgbuf/handoff.hpp"           // IWYU pragma: export
#include "imgbuf/histogram_svg.hpp"     // IWYU pragma: export
#include "imgbuf/image.hpp"             // IWYU pragma: export
#include "imgbuf/image_info.hpp"        // IWYU pragma: export
#include "imgbuf/index_expression.hpp"  // IWYU pragma: export
#include "imgbuf/item_format.hpp"       // IWYU pragma: export
#include "imgbuf/layout.hpp"            // IWYU pragma: export
#include "imgbuf/limits.hpp"            // IWYU pragma: export
#include "imgbuf/locate.hpp"            // IWYU pragma: export
#include "imgbuf/mapped_guard.hpp"      // IWYU pragma: export
#include "imgbuf/metadata.hpp"          // IWYU pragma: export
#include "imgbuf/metadata_parts.hpp"    // IWYU pragma: export
#include "imgbuf/open_image.hpp"        // IWYU pragma: export
#include "imgbuf/photoshop.hpp"         // IWYU pragma: export
#include "imgbuf/pixel.hpp"             // IWYU pragma: export
#include "imgbuf/reader.hpp"            // IWYU pragma: export
#include "imgbuf/rebuild_pointers.hpp"  // IWYU pragma: export
#include "imgbuf/rewire.hpp"            // IWYU pragma: export
#include "imgbuf/rows.hpp"              // IWYU pragma: export
#include "imgbuf/sink.hpp"              // IWYU pragma: export
#include "imgbuf/source.hpp"            // IWYU pragma: export
#include "imgbuf/statistics.hpp"        // IWYU pragma: export
#include "imgbuf/storage.hpp"           // IWYU pragma: export
#include "imgbuf/strips.hpp"            // IWYU pragma: export
#include "imgbuf/version.hpp"           // IWYU pragma: export
#include "imgbuf/view.hpp"              // IWYU pragma: export
#include "imgbuf/vstack.hpp"            // IWYU pragma: export
#include "imgbuf/walk.hpp"              // IWYU pragma: export
#include "imgbuf/writer.hpp"            // IWYU pragma: export
