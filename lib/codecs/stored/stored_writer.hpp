#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "codecs/codec_rows.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf::codecs {

/// Turns a row's elements into the bytes of a stored row.
using PackRow = std::function<void(std::span<const std::byte> elements, std::span<std::byte> stored)>;

/// What a file without compression is made of: bytes, rows one after the other, bytes.
struct StoredForm {
  std::vector<std::byte> header;
  Format format;                  ///< of the elements in the file, or of what `pack` takes
  bool bottom_up = false;         ///< the last row comes first, so that all rows are wanted at once
  PackRow pack;                   ///< when elements are not written as they are
  std::size_t packed_bytes = 0;   ///< of a row, when `pack` is set
  std::size_t padding_bytes = 0;  ///< after each row
  std::vector<std::byte> trailer;
};

/// How a format stores a picture that it can store. Tells what it cannot hold through the context.
using MakeStoredForm = StoredForm (*)(const ImageInfo& info, const EncodeOptions& options, Context& context);

/// Writes files without compression; rows that are as the file wants them straight from the view's memory.
class StoredWriter final : public Writer {
 public:
  struct Store {
    std::string_view name;  ///< of the format
    bool (*can_store)(const ImageInfo& info);
    PixelFormat (*nearest_storable)(const ImageInfo& info);
    MakeStoredForm make_form;
  };

  StoredWriter(Sink& sink, const EncodeOptions& options, const Store& store)
      : Writer(sink), options_(options), store_(store) {}

  [[nodiscard]] bool needs_whole_image() const noexcept override { return form_.bottom_up; }
  [[nodiscard]] std::int64_t codec_bytes() const noexcept override;
  [[nodiscard]] bool encodes_in_place(const Layout& layout, Format format) const noexcept override;

 protected:
  void begin(Context& context) override;
  void encode(const AnyConstView& source, Context& context) override;
  void end(Context& context) override;

 private:
  [[nodiscard]] CodecRow row() const noexcept;
  void write_row(const std::byte* elements, const Context& context);

  EncodeOptions options_;
  Store store_;
  StoredForm form_;
  std::vector<std::byte> packed_;  ///< a row from `pack`, and the padding behind it
};

}  // namespace imgbuf::codecs
