#include "codecs/png/png_text.hpp"

#include <algorithm>

#include "codecs/png/png_zlib.hpp"

namespace imgbuf::codecs::png {

namespace {

constexpr std::size_t max_keyword = 79;

/// Reads a chunk's fields from the front; `failed` once one is missing.
class Fields {
 public:
  explicit Fields(std::span<const std::byte> data) : rest_(data) {}

  /// Up to the next null byte, which is dropped.
  std::string string() {
    const auto end = std::find(rest_.begin(), rest_.end(), std::byte{0});
    if (end == rest_.end()) {
      failed_ = true;
      return {};
    }
    const auto size = static_cast<std::size_t>(end - rest_.begin());
    std::string text(reinterpret_cast<const char*>(rest_.data()), size);
    rest_ = rest_.subspan(size + 1);
    return text;
  }
  int byte() {
    if (rest_.empty()) {
      failed_ = true;
      return -1;
    }
    const int value = std::to_integer<int>(rest_.front());
    rest_ = rest_.subspan(1);
    return value;
  }
  [[nodiscard]] std::span<const std::byte> rest() const noexcept { return rest_; }
  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  std::span<const std::byte> rest_;
  bool failed_ = false;
};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

/// Well-formed UTF-8: Unicode's table 3-7, so without surrogates and overlong forms.
bool is_utf8(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = at(i);
    std::size_t following = 0;
    unsigned low = 0x80;
    unsigned high = 0xbf;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
      following = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      following = 2;
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      following = 3;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    } else {
      return false;
    }
    for (std::size_t k = 1; k <= following; ++k) {
      if (at(i + k) < low || at(i + k) > high) return false;
      low = 0x80;
      high = 0xbf;
    }
    i += following + 1;
  }
  return true;
}

std::string without(std::string_view text, auto forbidden) {
  std::string kept;
  std::copy_if(text.begin(), text.end(), std::back_inserter(kept),
               [&](char c) { return !forbidden(static_cast<unsigned char>(c)); });
  return kept;
}

}  // namespace

std::optional<TextEntry> parse_text(ChunkType type, std::span<const std::byte> data, std::size_t max_bytes) {
  Fields fields(data);
  TextEntry entry;
  entry.encoding = TextEntry::Encoding::latin1;
  entry.keyword = fields.string();
  int method = 0;
  if (type == chunk_type("zTXt")) {
    entry.compressed = true;
    method = fields.byte();
  } else if (type == chunk_type("iTXt")) {
    entry.encoding = TextEntry::Encoding::utf8;
    const int flag = fields.byte();
    if (flag > 1) return std::nullopt;
    entry.compressed = flag == 1;
    method = fields.byte();
    entry.language = fields.string();
    entry.translated_keyword = fields.string();
  }
  if (fields.failed() || entry.keyword.empty() || entry.keyword.size() > max_keyword) return std::nullopt;
  if (!entry.compressed) {
    entry.text.assign(reinterpret_cast<const char*>(fields.rest().data()), fields.rest().size());
    return entry;
  }
  if (method != 0) return std::nullopt;
  const auto text = inflate(fields.rest(), max_bytes);
  if (!text) return std::nullopt;
  entry.text.assign(reinterpret_cast<const char*>(text->data()), text->size());
  return entry;
}

Chunk make_text_chunk(const TextEntry& entry) {
  using Encoding = TextEntry::Encoding;
  Encoding encoding = entry.encoding;
  if (encoding == Encoding::unknown)
    encoding = !is_ascii(entry.text) && is_utf8(entry.text) ? Encoding::utf8 : Encoding::latin1;

  const auto text = std::as_bytes(std::span(entry.text));
  Chunk chunk;
  append(chunk.data, valid_keyword(entry.keyword, "Comment"));
  chunk.data.push_back(std::byte{0});
  if (encoding == Encoding::utf8) {
    chunk.type = chunk_type("iTXt");
    chunk.data.push_back(static_cast<std::byte>(entry.compressed));
    chunk.data.push_back(std::byte{0});
    append(chunk.data, without(entry.language, [](unsigned c) { return c <= ' ' || c > '~'; }));
    chunk.data.push_back(std::byte{0});
    append(chunk.data, without(entry.translated_keyword, [](unsigned c) { return c == 0; }));
    chunk.data.push_back(std::byte{0});
  } else if (entry.compressed) {
    chunk.type = chunk_type("zTXt");
    chunk.data.push_back(std::byte{0});
  } else {
    chunk.type = chunk_type("tEXt");
  }
  if (entry.compressed)
    append(chunk.data, deflate(text));
  else
    append(chunk.data, text);
  return chunk;
}

std::string valid_keyword(std::string_view text, std::string_view fallback) {
  std::string keyword;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const bool printable = (code > ' ' && code <= '~') || code > 0xa0;
    if (printable)
      keyword += c;
    else if (!keyword.empty() && keyword.back() != ' ')
      keyword += ' ';
    if (keyword.size() == max_keyword) break;
  }
  if (keyword.ends_with(' ')) keyword.pop_back();
  return keyword.empty() ? std::string(fallback) : keyword;
}

}  // namespace imgbuf::codecs::png
