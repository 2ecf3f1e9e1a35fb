#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "file_facts.hpp"
#include "imgbuf/photoshop.hpp"
#include "messages.hpp"

namespace imgbuf::cli {

namespace {

/// Collects "  name          value" lines.
class Lines {
 public:
  explicit Lines(std::string_view title) : text_(printable(title) + "\n") {}
  void add(std::string_view name, std::string_view value) {
    text_ += fmt::format("  {:<16}{}\n", name, printable(value));
  }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

std::string file_line(const FileInfo& file) {
  std::string line =
      fmt::format("{}, {} bit{} a sample", file.color_type, file.bit_depth, file.bit_depth == 1 ? "" : "s");
  if (file.interlaced) line += ", interlaced";
  if (file.progressive) line += ", progressive";
  if (file.arithmetic_coding) line += ", arithmetic coding";
  return line;
}

void add_metadata(Lines& lines, const Metadata& metadata) {
  const auto add_blob = [&lines](std::string_view name, const Blob& blob, const std::string& more) {
    if (!blob.empty()) lines.add(name, fmt::format("{} bytes{}", blob.size(), more));
  };
  add_blob("ICC profile", metadata.icc, metadata.icc_name.empty() ? "" : fmt::format(" '{}'", metadata.icc_name));
  add_blob("EXIF", metadata.exif, fmt::format(", orientation {}", static_cast<int>(orientation(metadata))));
  add_blob("XMP", metadata.xmp, "");
  add_blob("extended XMP", metadata.xmp_extended, "");
  add_blob("Photoshop", metadata.photoshop, "");
  add_blob("IPTC", iptc(metadata), "");
  if (metadata.resolution) {
    const Resolution& r = *metadata.resolution;
    lines.add("resolution", fmt::format("{} x {} {}", r.x, r.y, unit_name(r.unit)));
  }
  if (metadata.gamma_100000) lines.add("gamma", fmt::format("{:.5f}", *metadata.gamma_100000 / 1e5));
  if (metadata.chromaticities) {
    const auto& xy = metadata.chromaticities->xy_100000;
    lines.add("chromaticities",
              fmt::format("white {:.4f},{:.4f} red {:.4f},{:.4f} green {:.4f},{:.4f} blue {:.4f},{:.4f}", xy[0] / 1e5,
                          xy[1] / 1e5, xy[2] / 1e5, xy[3] / 1e5, xy[4] / 1e5, xy[5] / 1e5, xy[6] / 1e5, xy[7] / 1e5));
  }
  if (metadata.srgb_intent) lines.add("sRGB", fmt::format("rendering intent {}", *metadata.srgb_intent));
  for (const TextEntry& entry : metadata.text) {
    lines.add("text", fmt::format("{}: {}", entry.keyword, utf8_text(entry)));
  }
  for (const std::string& line : metadata.not_carried) lines.add("not carried", line);
}

/// "1 x 32000 bytes, 250 x 288000 bytes": equal neighbours together.
std::string segments_line(const std::vector<std::size_t>& sizes) {
  std::string line;
  for (std::size_t i = 0; i < sizes.size();) {
    std::size_t same = 1;
    while (i + same < sizes.size() && sizes[i + same] == sizes[i]) ++same;
    line += fmt::format("{}{} x {} bytes", line.empty() ? "" : ", ", same, sizes[i]);
    i += same;
  }
  return line;
}

void add_memory(Lines& lines, const MemoryFacts& memory) {
  lines.add("arrangement", memory.arrangement.to_string());
  lines.add("layout", memory.layout.describe());
  if (memory.buffer.shape) {
    const BufferShape& shape = *memory.buffer.shape;
    lines.add("shape", fmt::format("({})", fmt::join(shape.shape, ", ")));
    lines.add("strides", fmt::format("({})", fmt::join(shape.strides, ", ")));
    lines.add("suboffsets", shape.suboffsets.empty() ? "none" : fmt::format("({})", fmt::join(shape.suboffsets, ", ")));
  } else {
    lines.add("PEP 3118", "cannot say this: " + memory.buffer.reason);
  }
  lines.add("segments", segments_line(memory.segment_bytes));
}

}  // namespace

std::ptrdiff_t entries_with_alpha(const ImageInfo& info) {
  return std::count_if(info.palette.begin(), info.palette.end(), [](const auto& entry) { return entry.alpha != 255; });
}

std::string_view unit_name(Resolution::Unit unit) noexcept {
  switch (unit) {
    case Resolution::Unit::unit_less:
      return "(aspect only)";
    case Resolution::Unit::per_metre:
      return "per metre";
    case Resolution::Unit::per_centimetre:
      return "per centimetre";
    case Resolution::Unit::per_inch:
      return "per inch";
  }
  return "";
}

std::string to_text(const FileFacts& facts) {
  const ImageInfo& info = facts.info;
  Lines lines(facts.name);
  lines.add("format", info.file.format);
  lines.add("size", fmt::format("{} x {}", info.width, info.height));
  lines.add("pixels",
            fmt::format("{}, {} channel{}", info.pixel.to_string(), info.channels(), info.channels() == 1 ? "" : "s"));
  lines.add("file", file_line(info.file));
  if (!info.palette.empty()) {
    const std::ptrdiff_t alpha = entries_with_alpha(info);
    lines.add("palette", fmt::format("{} entries{}", info.palette.size(),
                                     alpha > 0 ? fmt::format(", {} of them with alpha", alpha) : std::string()));
  }
  if (info.transparent_color) {
    const TransparentColor& color = *info.transparent_color;
    lines.add("transparent", info.pixel.color == ColorModel::gray ? fmt::format("{}", color[0])
                                                                  : fmt::format("{}", fmt::join(color, ", ")));
  }
  const std::string subsampling = info.file.subsampling.to_string();
  if (!subsampling.empty()) lines.add("subsampling", subsampling);
  add_metadata(lines, info.metadata);
  if (!facts.note.empty()) lines.add("note", facts.note);
  if (facts.memory) add_memory(lines, *facts.memory);
  return std::move(lines).take();
}

}  // namespace imgbuf::cli
