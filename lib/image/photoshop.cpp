#include "imgbuf/photoshop.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "image/photoshop_thumbnails.hpp"

namespace imgbuf {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view signature = "8BIM";

std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Takes fields from the front; nothing once there are too few bytes.
class Fields {
 public:
  explicit Fields(Bytes bytes) : rest_(bytes) {}

  [[nodiscard]] std::size_t bytes_left() const noexcept { return rest_.size(); }
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

/// A resource and the bytes of the blob that it takes, padding included.
struct Block {
  PhotoshopResource resource;
  std::size_t offset = 0;
  std::size_t bytes = 0;
};

std::vector<Block> blocks_of(Bytes blob) {
  std::vector<Block> blocks;
  for (Fields fields(blob); fields.bytes_left() > 0;) {
    const std::size_t offset = blob.size() - fields.bytes_left();
    const auto begin = fields.bytes(signature.size());
    const auto id = fields.number(2);
    const auto name_size = fields.number(1);
    if (!begin || text_of(*begin) != signature || !id || !name_size) break;
    const auto name = fields.bytes(*name_size);
    fields.pad(*name_size + 1);
    const auto size = fields.number(4);
    if (!name || !size) break;
    const auto data = fields.bytes(*size);
    if (!data) break;
    fields.pad(*size);
    blocks.push_back(
        {{static_cast<int>(*id), text_of(*name), *data}, offset, blob.size() - fields.bytes_left() - offset});
  }
  return blocks;
}

/// What is left of a blob, and where the first of its blocks stood that was taken out.
struct Rest {
  Blob blob;
  std::optional<std::size_t> place;
};

/// A blob without some of its blocks. @param is_taken  called with the identifier of each
template <class Predicate>
Rest without(Bytes blob, Predicate is_taken) {
  Rest rest;
  std::size_t copied = 0;
  const auto copy_to = [&](std::size_t end) {
    const Bytes kept = blob.subspan(copied, end - copied);
    rest.blob.insert(rest.blob.end(), kept.begin(), kept.end());
  };
  for (const Block& block : blocks_of(blob)) {
    if (!is_taken(block.resource.id)) continue;
    copy_to(block.offset);
    if (!rest.place) rest.place = rest.blob.size();
    copied = block.offset + block.bytes;
  }
  copy_to(blob.size());
  return rest;
}

/// Those of Photoshop 4, and of 5 and later.
constexpr bool is_thumbnail(int id) noexcept {
  return id == 0x0409 || id == 0x040C;
}

Blob iptc_block(Bytes datasets) {
  Blob block;
  for (const char c : signature) block.push_back(static_cast<std::byte>(c));
  block.insert(block.end(), {std::byte{PhotoshopResource::iptc_id >> 8}, std::byte{PhotoshopResource::iptc_id & 0xff}});
  block.resize(block.size() + 2);  // no name, padded
  for (int shift = 24; shift >= 0; shift -= 8) block.push_back(static_cast<std::byte>(datasets.size() >> shift & 0xff));
  block.insert(block.end(), datasets.begin(), datasets.end());
  block.resize(block.size() + datasets.size() % 2);
  return block;
}

}  // namespace

std::vector<PhotoshopResource> photoshop_resources(std::span<const std::byte> blob) {
  std::vector<PhotoshopResource> resources;
  for (Block& block : blocks_of(blob)) resources.push_back(std::move(block.resource));
  return resources;
}

Blob iptc(const Metadata& metadata) {
  for (const Block& block : blocks_of(metadata.photoshop))
    if (block.resource.id == PhotoshopResource::iptc_id)
      return {block.resource.data.begin(), block.resource.data.end()};
  return {};
}

void set_iptc(Metadata& metadata, std::span<const std::byte> datasets) {
  auto [rest, place] = without(metadata.photoshop, [](int id) { return id == PhotoshopResource::iptc_id; });
  if (!datasets.empty()) {
    const Blob block = iptc_block(datasets);
    rest.insert(rest.begin() + static_cast<std::ptrdiff_t>(place.value_or(0)), block.begin(), block.end());
  }
  metadata.photoshop = std::move(rest);
}

bool image::drop_photoshop_thumbnails(Blob& photoshop) {
  auto [rest, place] = without(photoshop, is_thumbnail);
  if (place) photoshop = std::move(rest);
  return place.has_value();
}

}  // namespace imgbuf
