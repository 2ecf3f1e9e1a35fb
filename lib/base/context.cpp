#include "imgbuf/context.hpp"

#include "imgbuf/error.hpp"

namespace imgbuf {

void Context::progress(std::int64_t rows_done, std::int64_t rows_total) const {
  if (on_progress) on_progress(rows_done, rows_total);
}

void Context::warn(std::string_view line) const {
  if (on_warning) on_warning(line);
}

void Context::check_cancelled() const {
  if (cancelled()) throw Error(ErrorCode::cancelled, "cancelled");
}

}  // namespace imgbuf
