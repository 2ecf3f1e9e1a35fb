#pragma once

#include "convert/channels.hpp"
#include "convert/geometry.hpp"
#include "convert/job.hpp"
#include "convert/target.hpp"
#include "imgbuf/convert.hpp"

namespace imgbuf::conversion {

/// What is decided about a conversion before its plan is told.
struct Decisions {
  const ConvertOptions& options;
  const ImageInfo& input;
  const ImageInfo& output;
  const Geometry& geometry;
  const ChannelChoice& channels;
  const std::string& format;  ///< of the output
  const Reader& reader;       ///< started
  const Writer& writer;       ///< started
};

/// Chooses what is held, the strips, and the threads. Fills everything of `job` but its reader, converter, pixel
/// formats and orientation, which are set before.
void choose_buffers(const Decisions& decisions, Job& job);

/// Tells a finished job as a plan, all but its warnings.
[[nodiscard]] ConvertPlan make_plan(const Decisions& decisions, const Job& job);

}  // namespace imgbuf::conversion
