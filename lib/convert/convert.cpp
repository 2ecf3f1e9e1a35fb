#include "imgbuf/convert.hpp"

#include "codecs/file_extension.hpp"

namespace imgbuf {

std::string output_format(const std::string& path) {
  return codecs::file_extension(path).empty() ? std::string() : std::string(format_for_path(path));
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
