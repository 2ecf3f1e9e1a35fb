#include "layout_command.hpp"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "imgbuf/error.hpp"
#include "imgbuf/explain_layout.hpp"
#include "imgbuf/limits.hpp"
#include "imgbuf/open_image.hpp"
#include "imgbuf/reader.hpp"
#include "input.hpp"
#include "messages.hpp"
#include "option_values.hpp"
#include "output_file.hpp"

namespace imgbuf::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* examples = R"(Examples:
  imgbuf layout scan.tif
  imgbuf layout photo.jpg --arrangement strips:16 --slice '[::-1, 100:200]' --svg memory.svg
  imgbuf layout --shape 4,6,3 --arrangement planes --svg planes.svg
  imgbuf layout --shape 8,8 --format '>H' --slice '[::2, ..., None]' --json

A file whose pixels can be viewed where they are is; with --arrangement, and all others, it is decoded: then the memory
is not the file's, which the first line says, with the reason.
The slice is Python's basic indexing: integers, slices, ... and None; write --slice='-1' for one that begins with -.
The exit status is 0 when done, 1 when a file could not be read or written, 2 for wrong usage.)";

/// Memory that nobody touches costs only addresses, but for its pointers.
Array allocated(const std::vector<std::ptrdiff_t>& shape, Format format, const Arrangement& arrangement) {
  const Limits limits;
  const Layout packed = Layout::contiguous(shape, format.itemsize());
  if (packed.element_count() * format.itemsize() > limits.max_image_bytes)
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("the elements take more than the limit of {} bytes", limits.max_image_bytes));
  return Array::allocate(shape, format, arrangement);
}

std::vector<std::ptrdiff_t> parse_shape(const std::string& text) {
  std::vector<std::ptrdiff_t> shape;
  if (text == "()") return shape;
  for (const std::string& item : parse_list(text)) {
    std::ptrdiff_t extent = -1;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), extent);
    if (error != std::errc() || end != item.data() + item.size() || extent < 0)
      throw Error(ErrorCode::invalid_argument, fmt::format("'{}' is no shape such as 480,640,3", text));
    shape.push_back(extent);
  }
  return shape;
}

Json answers_json(const LayoutReport& report) {
  Json answers = Json::array();
  for (const ConsumerAnswer& answer : report.answers) {
    Json json{{"consumer", answer.consumer}};
    if (answer.handoff) {
      json["kind"] = to_string(answer.handoff->kind);
      json["copied_bytes"] = answer.handoff->copied_bytes;
      json["mapped_bytes"] = answer.handoff->mapped_bytes;
      json["table_bytes"] = answer.handoff->table_bytes;
    } else {
      json["kind"] = nullptr;
    }
    json["reason"] = answer.handoff ? answer.handoff->reason : answer.reason;
    answers.push_back(std::move(json));
  }
  return answers;
}

/// How the elements of a file came into memory, in a line like those of the report.
std::string memory_text(const std::optional<std::string>& why_decoded) {
  return "memory        " + (why_decoded ? "new, the file is decoded into it: " + *why_decoded : "the mapped file") +
         "\n";
}

/// @param memory  what is said of it beside the report
std::string to_json(const LayoutReport& report, const std::string& title, const Json& memory) {
  Json json{{"title", title}};
  json.update(memory);
  for (const Axis& axis : report.layout.axes())
    json["axes"].push_back({{"extent", axis.extent}, {"byte_stride", axis.byte_stride}, {"level", axis.level}});
  if (report.layout.rank() == 0) json["axes"] = Json::array();
  json["pointer_offsets"] =
      Json(std::vector(report.layout.pointer_offsets().begin(), report.layout.pointer_offsets().end()));
  json["format"] = report.format.pep3118();
  json["itemsize"] = report.format.itemsize();
  json["nbytes"] = report.nbytes ? Json(*report.nbytes) : Json(nullptr);
  json["read_only"] = report.is_read_only;
  json["c_contiguous"] = report.is_c_contiguous;
  json["f_contiguous"] = report.is_f_contiguous;
  if (report.buffer.shape) {
    json["shape"] = report.buffer.shape->shape;
    json["strides"] = report.buffer.shape->strides;
    json["suboffsets"] = report.buffer.shape->suboffsets;
  } else {
    json["not_pep3118"] = report.buffer.reason;
  }
  json["walk_order"] = report.walk_order;
  json["pointers"] = Json::array();
  for (const PointerLevel& level : report.pointers)
    json["pointers"].push_back({{"tables", level.tables}, {"pointers", level.pointers}});
  json["segments"] = Json::array();
  for (const ReachedSegment& segment : report.segments)
    json["segments"].push_back({{"bytes", segment.bytes},
                                {"read_only", segment.access == Access::read_only},
                                {"pointer_bytes", segment.pointer_bytes},
                                {"element_bytes", segment.element_bytes}});
  json["handoffs"] = answers_json(report);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string file_name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

LayoutCommand::LayoutCommand(CLI::App& app)
    : command_(app.add_subcommand("layout", "Explain and draw how a picture lies in memory")) {
  command_->footer(examples);
  CLI::Option* file = command_->add_option("FILE", file_, "the picture; - is standard input")->type_name("");
  CLI::Option* shape = add_parsed_option(
                           *command_, "--shape",
                           [this](const std::string& text) {
                             shape_ = parse_shape(text);
                             has_shape_ = true;
                           },
                           "instead of a file: new memory of this shape, such as 480,640,3; () has no axes")
                           ->type_name("SHAPE")
                           ->excludes(file);
  add_parsed_option(
      *command_, "--format", [this](const std::string& text) { format_ = Format::parse(text); },
      "its elements as in PEP 3118 and Python's struct, such as B, H, >H or f (default B)")
      ->type_name("FORMAT")
      ->needs(shape);
  add_parsed_option(
      *command_, "--arrangement", [this](const std::string& text) { arrangement_ = Arrangement::parse(text); },
      "how its memory lies: contiguous, rows, strips[:N] or planes; with :shared after it in shared memory")
      ->type_name("ARRANGEMENT");
  add_parsed_option(
      *command_, "--slice",
      [this](const std::string& text) {
        try {
          slice_ = parse_index_expression(text);
        } catch (const Error& error) {
          throw Error(error.code(), error.what());
        }
        slice_text_ = text;
      },
      "the part of it to look at, as Python indexes, such as '[::-1, 10:20]'")
      ->type_name("SLICE");
  command_->add_option("--svg", svg_, "draw it into this file; - is standard output")->type_name("OUT");
  command_->add_option("--title", title_, "the picture's title")->type_name("TEXT");
  command_->add_flag("--json", as_json_, "as a JSON object");
}

/// What is looked at.
/// @param why_decoded  set for a file's pixels that do not lie where the file has them
Array LayoutCommand::array(std::optional<std::string>& why_decoded) const {
  if (has_shape_) return allocated(shape_, format_, arrangement_.value_or(Arrangement()));
  Context context;
  context.on_warning = [this](std::string_view line) { print_warning(file_, line); };
  if (is_standard_stream(file_)) {
    why_decoded = "standard input is read";
    return decode(open_input(file_), {}, arrangement_.value_or(Arrangement()), context).array();
  }
  OpenOptions options;
  options.mapped = !arrangement_;
  if (arrangement_) options.arrangement = *arrangement_;
  const OpenedImage opened = open_image(file_, options, context);
  if (!opened.is_mapped) why_decoded = arrangement_ ? "--arrangement asks for new memory" : opened.reason;
  return opened.image.array();
}

std::string LayoutCommand::title(bool is_decoded) const {
  if (!title_.empty()) return title_;
  std::string text = has_shape_ ? arrangement_.value_or(Arrangement()).to_string() : file_name_of(file_);
  if (!slice_text_.empty()) text += slice_text_.front() == '[' ? slice_text_ : "[" + slice_text_ + "]";
  return is_decoded ? text + ", decoded" : text;
}

int LayoutCommand::write_picture(const std::string& svg) const {
  if (is_standard_stream(svg_)) return print_output(svg) ? done : failed;
  try {
    write_text_file(svg_, svg);
  } catch (const Error& error) {
    print_error(svg_, error);
    return failed;
  }
  return done;
}

int LayoutCommand::run() const {
  if (has_shape_ != file_.empty()) {
    print_error(has_shape_ ? "layout: a file or --shape, not both" : "layout: a file or --shape is needed");
    return wrong_usage;
  }
  if (as_json_ && is_standard_stream(svg_)) {
    print_error("--json: standard output takes the picture already");
    return wrong_usage;
  }
  try {
    require_other_file(svg_, {file_});
  } catch (const Error& error) {
    print_error(svg_, error);
    return wrong_usage;
  }
  const std::string name = has_shape_ ? "--shape" : is_standard_stream(file_) ? "standard input" : file_;
  Array part;
  std::optional<std::string> why_decoded;
  try {
    part = array(why_decoded);
  } catch (const Error& error) {
    print_error(name, error);
    return has_shape_ && error.code() == ErrorCode::invalid_argument ? wrong_usage : failed;
  }
  try {
    if (!slice_text_.empty()) part = indexed(part, slice_);
  } catch (const Error& error) {
    print_error(fmt::format("--slice: {}", error.what()));
    return wrong_usage;
  }
  const LayoutReport report = explain_layout(part);
  const std::string heading = title(why_decoded.has_value());
  if (!svg_.empty())
    if (const int status = write_picture(draw_layout(part, heading)); status != done || !as_json_) return status;
  if (as_json_) {
    Json memory = Json::object();
    if (!has_shape_) memory["mapped"] = !why_decoded;
    if (why_decoded) memory["not_mapped"] = *why_decoded;
    return print_output(to_json(report, heading, memory)) ? done : failed;
  }
  return print_output((has_shape_ ? "" : memory_text(why_decoded)) + to_text(report)) ? done : failed;
}

}  // namespace imgbuf::cli
