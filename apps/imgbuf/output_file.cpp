#include "output_file.hpp"

#include <filesystem>
#include <span>
#include <system_error>

#include "imgbuf/error.hpp"
#include "imgbuf/sink.hpp"
#include "messages.hpp"

namespace imgbuf::cli {

void require_other_file(const std::string& output, std::initializer_list<std::string> inputs) {
  if (output.empty() || is_standard_stream(output)) return;
  for (const std::string& input : inputs) {
    std::error_code missing;
    if (!is_standard_stream(input) && std::filesystem::equivalent(input, output, missing) &&
        std::filesystem::is_regular_file(output, missing))
      throw Error(ErrorCode::invalid_argument, "is the input, which would be lost", output);
  }
}

void write_text_file(const std::string& path, const std::string& text) {
  const auto sink = Sink::file(path);
  sink->write(std::as_bytes(std::span(text)));
  sink->commit();
}

}  // namespace imgbuf::cli
