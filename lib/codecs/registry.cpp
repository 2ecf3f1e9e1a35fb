#include <algorithm>
#include <string>
#include <vector>

#include "codecs/codec.hpp"
#include "codecs/file_extension.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

using codecs::Codec;
using codecs::lower_case;

const std::vector<const Codec*>& all_codecs() {
  static const std::vector<const Codec*> all = [] {
    std::vector<const Codec*> list{&codecs::png_codec(), &codecs::jpeg_codec()};
    for (const Codec& codec : codecs::pnm_codecs()) list.push_back(&codec);
    list.push_back(&codecs::bmp_codec());
    list.push_back(&codecs::npy_codec());
    list.push_back(&codecs::tiff_codec());
    return list;
  }();
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

constexpr std::size_t head_bytes = 16;

bool has_extension(const CodecInfo& codec, std::string_view lower) {
  return std::find(codec.extensions.begin(), codec.extensions.end(), lower) != codec.extensions.end();
}

/// Null when it is no format's.
const Codec* codec_of_extension(std::string_view extension) {
  for (const Codec* codec : all_codecs())
    if (has_extension(codec->info, extension)) return codec;
  return nullptr;
}

}  // namespace

const Codec& codecs::codec_of_content(std::span<const std::byte> content) {
  const auto head = content.first(std::min(head_bytes, content.size()));
  if (head.empty()) throw Error(ErrorCode::truncated_data, "the file is empty");
  for (const Codec* codec : all_codecs())
    if (codec->recognises(head)) return *codec;
  throw Error(ErrorCode::unsupported, "no known file format begins like this; there are " + names_of_all());
}

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
  if (const Codec* codec = codec_of_extension(extension)) return codec->info.name;
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
  const Codec* codec = nullptr;
  try {
    codec = &codecs::codec_of_content(source->fill(head_bytes));
  } catch (const Error& error) {
    throw error.about(source->name());
  }
  return codec->open(std::move(source), limits);
}

std::string wrong_extension(std::string_view path, const ImageInfo& info) {
  const Codec* const named = codec_of_extension(codecs::file_extension(path));
  if (named == nullptr || named->info.name == info.file.format) return {};
  if (named->info.name == "PNM" &&
      (info.file.format == "PBM" || info.file.format == "PGM" || info.file.format == "PPM"))
    return {};
  return "the file is " + info.file.format + ", not " + std::string(named->info.name) + " as its name says";
}

}  // namespace imgbuf
