#include "imgbuf/convert.hpp"

#include <string_view>

namespace imgbuf {

std::string output_format(const std::string& path) {
  const std::string_view name = std::string_view(path).substr(path.find_last_of('/') + 1);
  const std::size_t dot = name.find_last_of('.');
  const bool has_extension = dot != std::string_view::npos && dot > 0 && dot + 1 < name.size();
  return has_extension ? std::string(format_for_path(path)) : std::string();
}

ConvertReport convert(const std::string& in_path, const std::string& out_path, const ConvertOptions& options,
                      Context& context) {
  ConvertOptions complete = options;
  if (complete.format.empty()) complete.format = output_format(out_path);
  Conversion conversion(Source::file(in_path), complete, out_path);
  const auto sink = Sink::file(out_path);
  return conversion.run(*sink, context);
}

}  // namespace imgbuf
