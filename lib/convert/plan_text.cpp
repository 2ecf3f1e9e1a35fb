#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "imgbuf/convert.hpp"

namespace imgbuf {

namespace {

void add_line(std::string& text, std::string_view name, std::string_view value) {
  constexpr std::size_t name_width = 16;
  text.append(name).append(name_width - std::min(name_width - 1, name.size()), ' ').append(value).append("\n");
}

std::string bytes_text(std::int64_t bytes) {
  return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

std::string count_text(std::int64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

std::int64_t ConvertPlan::scratch_bytes() const noexcept {
  std::int64_t bytes = 0;
  for (const PlanStage& stage : stages) bytes += stage.scratch_bytes;
  return bytes;
}

std::string ConvertPlan::to_text() const {
  std::string text;
  for (const PlanStage& stage : stages) add_line(text, stage.name, stage.detail);
  if (streaming && in_file) {
    add_line(
        text, "streaming",
        "yes, " + count_text(rows_per_strip, "row") + " at a time out of the input, " + count_text(threads, "thread"));
  } else if (streaming) {
    add_line(text, "streaming",
             "yes, " + count_text(strips, "strip") + " of " + count_text(rows_per_strip, "row") + " (" +
                 arrangement.to_string() + "), " + count_text(threads, "thread"));
  } else {
    add_line(text, "streaming", "no, the whole image is held (" + arrangement.to_string() + "): " + whole_image_reason);
  }
  for (const PlanBuffer& buffer : buffers) add_line(text, "held", bytes_text(buffer.bytes) + ": " + buffer.what);
  add_line(text, "memory", bytes_text(buffer_bytes) + " of pixels, " + bytes_text(codec_bytes) + " in the codecs");
  if (scratch_bytes() == 0) add_line(text, "copied", "0 pixel bytes");
  for (const PlanStage& stage : stages) {
    if (stage.scratch_bytes == 0) continue;
    add_line(text, "copied",
             std::to_string(stage.scratch_bytes) + " pixel bytes in " + stage.name + ": " + stage.scratch_reason);
  }
  if (!dropped.empty()) {
    std::string names;
    for (const std::string& name : dropped) names.append(names.empty() ? "" : ", ").append(name);
    add_line(text, "dropped", names + ", as asked");
  }
  for (const std::string& warning : warnings) add_line(text, "warning", warning);
  return text;
}

}  // namespace imgbuf
