#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "picture.hpp"

namespace imgbuf::bench {

/// The two things that one row compares. Both do the same work on the same memory, call after call.
struct Sides {
  std::function<void()> subject;  ///< what imgbuf does
  std::function<void()> limit;    ///< the same by hand, as fast as it goes
  /// Takes away what the last call has made, so that two calls can be compared and neither can live off the other.
  std::function<std::vector<std::byte>()> take_result;
};

/// One line of the table: a thing against its limit.
struct Row {
  std::string name;  ///< "area_what/variant"; `--benchmark_filter` selects by it
  /// Prepares both sides. Called when the row is run; what the sides hold is released after it.
  std::function<Sides(const Picture&)> prepare;
  std::optional<double> target = {};  ///< the ratio of the times shall be at most this; absent: only reported
};

// One function an area; `all_rows` lists them.
void add_codec_rows(std::vector<Row>& rows);
void add_copy_rows(std::vector<Row>& rows);
void add_elements_rows(std::vector<Row>& rows);
void add_grid_rows(std::vector<Row>& rows);
void add_memory_rows(std::vector<Row>& rows);
void add_walk_rows(std::vector<Row>& rows);

}  // namespace imgbuf::bench
