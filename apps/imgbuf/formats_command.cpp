#include "formats_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/writer.hpp"
#include "messages.hpp"

namespace imgbuf::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* examples = R"(Examples:
  imgbuf formats
  imgbuf formats --json

Mapped formats are viewed in the file where its layout allows it; other files, and the others' always, are decoded.)";

std::vector<std::string_view> element_names(const CodecInfo& codec) {
  std::vector<std::string_view> names;
  for (const ElementType type : codec.element_types) names.push_back(to_string(type));
  return names;
}

std::string_view access_name(const CodecInfo& codec) noexcept {
  if (codec.can_read && codec.can_write) return "read, write";
  return codec.can_read ? "read" : "write";
}

std::string_view opening_name(const CodecInfo& codec) noexcept {
  if (!codec.can_read) return "-";
  return codec.can_map ? "mapped" : "decoded";
}

std::string to_text(const std::vector<CodecInfo>& codecs) {
  constexpr std::string_view line = "{:<8}{:<14}{:<9}{:<15}{:<21}{}\n";
  std::string text = fmt::format(line, "format", "access", "opens", "by", "extensions", "elements");
  for (const CodecInfo& codec : codecs)
    text += fmt::format(line, codec.name, access_name(codec), opening_name(codec), codec.implementation,
                        fmt::format("{}", fmt::join(codec.extensions, " ")),
                        fmt::format("{}", fmt::join(element_names(codec), " ")));
  return text;
}

std::string to_json(const std::vector<CodecInfo>& codecs) {
  Json json = Json::array();
  for (const CodecInfo& codec : codecs)
    json.push_back({{"format", codec.name},
                    {"extensions", codec.extensions},
                    {"read", codec.can_read},
                    {"write", codec.can_write},
                    {"opens", opening_name(codec)},
                    {"implementation", codec.implementation},
                    {"element_types", element_names(codec)}});
  return json.dump(2) + "\n";
}

}  // namespace

FormatsCommand::FormatsCommand(CLI::App& app)
    : command_(app.add_subcommand("formats", "Tell which formats can be read and written")) {
  command_->footer(examples);
  command_->add_flag("--json", as_json_, "as a JSON array with an object for each format");
}

int FormatsCommand::run() const {
  const std::vector<CodecInfo> codecs = available_codecs();
  return print_output(as_json_ ? to_json(codecs) : to_text(codecs)) ? done : failed;
}

}  // namespace imgbuf::cli
