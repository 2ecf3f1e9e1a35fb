#pragma once

#include <cstddef>
#include <functional>

#include "convert/buffers.hpp"
#include "convert/job.hpp"

namespace imgbuf::conversion {

/// Converts pixels and counts them as copied.
void convert_pixels(const Job& job, const AnyView& destination, const AnyConstView& source, Context& context);

/// A context for one side of a conversion: cancelled with the whole, without progress, its warnings handed to `warn`.
/// Its scratch bytes are added to the whole's when it goes.
class SideContext {
 public:
  SideContext(Context& whole, std::function<void(std::string_view)> warn);
  SideContext(const SideContext&) = delete;
  SideContext& operator=(const SideContext&) = delete;
  ~SideContext();

  Context part;

 private:
  Context& whole_;
};

/// The two ends of a strip's way, and where the pixels are converted and turned between them.
class StripStages {
 public:
  explicit StripStages(const Job& job);

  /// A strip that passes from the decoder's side to the encoder's.
  [[nodiscard]] Image allocate_slot() const { return slot_.allocate(); }
  /// Decodes the next `rows` rows into a slot.
  void fill(const Image& slot, std::ptrdiff_t rows, Context& context) const;
  /// Encodes the first `rows` rows of a slot.
  void drain(const Image& slot, std::ptrdiff_t rows, Writer& writer, Context& context) const;

 private:
  [[nodiscard]] bool converts_in_decoder() const noexcept {
    return job_.converter != nullptr && job_.converts_in_decoder;
  }
  [[nodiscard]] bool converts_in_encoder() const noexcept {
    return job_.converter != nullptr && !job_.converts_in_decoder;
  }

  const Job& job_;
  Buffer slot_;
  Image private_strip_;  ///< of the side that converts
};

}  // namespace imgbuf::conversion
