#include <algorithm>
#include <array>
#include <string>

#include "codecs/codec.hpp"
#include "codecs/file_extension.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

using codecs::Codec;
using codecs::lower_case;

const std::array<const Codec*, 2>& all_codecs() {
  static const std::array<const Codec*, 2> all{&codecs::png_codec(), &codecs::jpeg_codec()};
  return all;
}

std::string names_of_all() {
  std::string names;
  for (const Codec* codec : all_codecs()) names.append(names.empty() ? "" : ", ").append(codec->info.name);
  return names;
}

const Codec& codec_named(std::string_view format) {
  for (const Codec* codec : all_codecs())
    if (codec->info.name == format) return *codec;
  throw Error(ErrorCode::unsupported, "no file format '" + std::string(format) + "'; there are " + names_of_all());
}

bool has_extension(const CodecInfo& codec, const std::string& lower) {
  return std::find(codec.extensions.begin(), codec.extensions.end(), lower) != codec.extensions.end();
}

constexpr std::size_t head_bytes = 16;

}  // namespace

std::vector<CodecInfo> available_codecs() {
  std::vector<CodecInfo> infos;
  for (const Codec* codec : all_codecs()) infos.push_back(codec->info);
  return infos;
}

std::string_view format_for_path(std::string_view path) {
  const std::string extension = codecs::file_extension(path);
  if (extension.empty())
    throw Error(ErrorCode::unsupported, "the name has no extension that tells a file format (" + names_of_all() + ")",
                path);
  for (const Codec* codec : all_codecs())
    if (has_extension(codec->info, extension)) return codec->info.name;
  throw Error(ErrorCode::unsupported,
              "no file format has the extension '" + extension + "'; there are " + names_of_all(), path);
}

std::string_view writable_format(std::string_view name) {
  const std::string lower = lower_case(name);
  std::string known;
  for (const Codec* codec : all_codecs()) {
    if (!codec->info.can_write) continue;
    if (lower_case(codec->info.name) == lower || has_extension(codec->info, lower)) return codec->info.name;
    known.append(known.empty() ? "" : ", ").append(codec->info.name);
  }
  throw Error(ErrorCode::unsupported,
              "'" + std::string(name) + "' is no format that can be written; there are " + known);
}

bool can_store(std::string_view format, const ImageInfo& info) {
  return codec_named(format).can_store(info);
}

PixelFormat nearest_storable(std::string_view format, const ImageInfo& info) {
  return codec_named(format).nearest_storable(info);
}

std::unique_ptr<Writer> make_writer(std::string_view format, Sink& sink, const EncodeOptions& options) {
  return codec_named(format).make_writer(sink, options);
}

std::unique_ptr<Reader> open_reader(std::unique_ptr<Source> source, const Limits& limits) {
  const auto buffered = source->fill(head_bytes);
  const auto head = buffered.first(std::min(head_bytes, buffered.size()));
  if (head.empty()) throw Error(ErrorCode::truncated_data, "the file is empty", source->name());
  for (const Codec* codec : all_codecs())
    if (codec->recognises(head)) return codec->open(std::move(source), limits);
  throw Error(ErrorCode::unsupported, "no known file format begins like this; there are " + names_of_all(),
              source->name());
}

}  // namespace imgbuf
