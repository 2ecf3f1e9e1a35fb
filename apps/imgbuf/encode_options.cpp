#include "encode_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "option_values.hpp"

namespace imgbuf::cli {

EncodeFlags::EncodeFlags(CLI::App& command, EncodeOptions& encode) {
  add("JPEG", command.add_option("--quality", encode.quality, "JPEG: 1 to 100 (default 90)")
                  ->check(quiet(CLI::Range(1, 100)))
                  ->type_name("N"));
  const std::vector<std::string_view> ratios = Subsampling::names();
  subsampling_ = add("JPEG", command
                                 .add_option("--subsampling", encode.subsampling,
                                             fmt::format("JPEG: {} (default 4:2:0)", fmt::join(ratios, ", ")))
                                 ->check(quiet(CLI::IsMember(std::vector<std::string>(ratios.begin(), ratios.end()))))
                                 ->type_name("J:A:B"));
  add("JPEG", command.add_flag("--progressive", encode.progressive, "JPEG: progressive"));
  optimize_ =
      add("JPEG", command.add_flag("--optimize", encode.optimize_huffman, "JPEG: smaller by optimised Huffman tables"));
  arithmetic_ = add("JPEG", command.add_flag("--arithmetic", encode.arithmetic_coding,
                                             "JPEG: arithmetic coding, which few programs read"));
  add("PNG", command.add_option("--compression", encode.compression, "PNG: 0 (none) to 9 (default 6)")
                 ->check(quiet(CLI::Range(0, 9)))
                 ->type_name("N"));
  add("PNG", command.add_flag("--interlace", encode.interlaced, "PNG: interlaced"));
}

CLI::Option* EncodeFlags::add(std::string_view format, CLI::Option* option) {
  entries_.push_back({option, format});
  return option;
}

std::vector<std::string> EncodeFlags::without_effect(std::string_view format, const ImageInfo& output) const {
  std::vector<std::string> lines;
  for (const Entry& entry : entries_) {
    if (entry.option->count() > 0 && entry.format != format) {
      lines.push_back(fmt::format("{} has no effect: it is for {}, and {} is written", entry.option->get_name(),
                                  entry.format, format));
    }
  }
  if (format != "JPEG") return lines;
  if (subsampling_->count() > 0 && output.pixel.color == ColorModel::gray) {
    lines.emplace_back("--subsampling has no effect: gray pixels have no chroma");
  }
  if (optimize_->count() > 0 && arithmetic_->count() > 0) {
    lines.emplace_back("--optimize has no effect: arithmetic coding has no Huffman tables");
  }
  return lines;
}

}  // namespace imgbuf::cli
