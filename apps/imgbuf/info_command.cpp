#include "info_command.hpp"

#include <string>
#include <utility>

#include "file_facts.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/limits.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/writer.hpp"
#include "input.hpp"
#include "messages.hpp"
#include "option_values.hpp"

namespace imgbuf::cli {

namespace {

constexpr const char* examples = R"(Examples:
  imgbuf info photo.jpg
  imgbuf info *.png --json
  imgbuf info photo.png --arrangement strips:16

The exit status is 0 when all files could be read, 1 when one could not, 2 for wrong usage.)";

/// Memory that nobody touches costs no memory, only addresses; so it is really arranged, and told as it is.
MemoryFacts arranged(const ImageInfo& info, const Arrangement& arrangement) {
  const Limits limits;
  const std::ptrdiff_t bytes = arranged_bytes(info.height, info.width, info.channels(), info.pixel.format, arrangement);
  if (bytes > limits.max_image_bytes) {
    throw Error(ErrorCode::limit_exceeded, "the picture takes " + std::to_string(bytes) +
                                               " bytes, more than the limit of " +
                                               std::to_string(limits.max_image_bytes));
  }
  const ArrangedMemory memory =
      allocate_arranged(info.height, info.width, info.channels(), info.pixel.format, arrangement);
  MemoryFacts facts{arrangement, memory.layout, export_buffer_shape(memory.layout), {}};
  for (const Segment& segment : memory.storage.segments()) facts.segment_bytes.push_back(segment.bytes);
  return facts;
}

/// Only PNG has metadata behind the pixels.
std::string note_of_late_metadata(const ImageInfo& info, bool is_seekable) {
  if (is_seekable || info.file.format != "PNG") return {};
  return "metadata behind the pixels was not looked for: a pipe does not lead there without reading them";
}

}  // namespace

InfoCommand::InfoCommand(CLI::App& app) : command_(app.add_subcommand("info", "Tell what picture files hold")) {
  command_->footer(examples);
  command_->add_option("FILE", files_, "the pictures; - is standard input")->required()->type_name("");
  command_->add_flag("--json", as_json_, "as a JSON array with an object for each file");
  add_parsed_option(
      *command_, "--arrangement", [this](const std::string& text) { arrangement_ = Arrangement::parse(text); },
      "also the memory it would be decoded into: contiguous, rows, strips[:N] or planes; with :shared after it in "
      "shared memory")
      ->type_name("ARRANGEMENT");
}

int InfoCommand::run() {
  int status = done;
  std::vector<FileFacts> all;
  for (const std::string& name : files_) {
    FileFacts facts;
    facts.name = name;
    try {
      auto source = open_input(name);
      const bool is_seekable = source->is_seekable();
      const auto reader = open_reader(std::move(source));
      reader->scan_metadata();
      facts.info = reader->info();
      facts.note = note_of_late_metadata(facts.info, is_seekable);
      if (const std::string line = wrong_extension(name, facts.info); !line.empty()) print_warning(name, line);
      if (arrangement_) facts.memory = arranged(facts.info, *arrangement_);
    } catch (const Error& error) {
      print_error(is_standard_stream(name) ? "standard input" : name, error);
      facts.error = error.what();
      status = failed;
    }
    if (as_json_) {
      all.push_back(std::move(facts));
    } else if (facts.error.empty() && !print_output(to_text(facts))) {
      return failed;
    }
  }
  if (as_json_ && !print_output(to_json(all))) return failed;
  return status;
}

}  // namespace imgbuf::cli
