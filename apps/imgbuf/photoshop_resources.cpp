#include "photoshop_resources.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace imgbuf::cli {

namespace {

using Bytes = std::span<const std::byte>;

std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Takes fields from the front; nothing once there are too few bytes.
class Fields {
 public:
  explicit Fields(Bytes bytes) : rest_(bytes) {}

  [[nodiscard]] bool is_empty() const noexcept { return rest_.empty(); }
  std::optional<Bytes> bytes(std::size_t count) {
    if (count > rest_.size()) return std::nullopt;
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  /// Most significant byte first.
  std::optional<std::size_t> number(std::size_t size) {
    const auto taken = bytes(size);
    if (!taken) return std::nullopt;
    std::size_t value = 0;
    for (const std::byte b : *taken) value = value << 8 | std::to_integer<std::size_t>(b);
    return value;
  }
  /// What pads a field of `size` bytes to an even number; the last one may lack it.
  void pad(std::size_t size) { (void)bytes(std::min(size % 2, rest_.size())); }

 private:
  Bytes rest_;
};

}  // namespace

std::vector<PhotoshopResource> photoshop_resources(const Blob& blob) {
  std::vector<PhotoshopResource> resources;
  for (Fields fields(blob); !fields.is_empty();) {
    const auto signature = fields.bytes(4);
    const auto id = fields.number(2);
    const auto name_size = fields.number(1);
    if (!signature || text_of(*signature) != "8BIM" || !id || !name_size) break;
    const auto name = fields.bytes(*name_size);
    fields.pad(*name_size + 1);
    const auto size = fields.number(4);
    if (!name || !size) break;
    const auto data = fields.bytes(*size);
    if (!data) break;
    fields.pad(*size);
    resources.push_back({static_cast<int>(*id), text_of(*name), *data});
  }
  return resources;
}

std::vector<IptcDataset> iptc_datasets(const PhotoshopResource& resource) {
  constexpr int iptc_id = 1028;
  constexpr std::size_t tag_marker = 0x1C;
  constexpr std::size_t extended = 0x8000;
  std::vector<IptcDataset> datasets;
  if (resource.id != iptc_id) return datasets;
  for (Fields fields(resource.data); !fields.is_empty();) {
    const auto marker = fields.number(1);
    const auto record = fields.number(1);
    const auto number = fields.number(1);
    const auto size = fields.number(2);
    if (marker != tag_marker || !record || !number || !size || *size >= extended) break;
    const auto data = fields.bytes(*size);
    if (!data) break;
    datasets.push_back({static_cast<int>(*record), static_cast<int>(*number), text_of(*data)});
  }
  return datasets;
}

}  // namespace imgbuf::cli
