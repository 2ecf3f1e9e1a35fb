#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace imgbuf::cli {

/// One dataset of IPTC, such as record 2, dataset 120: the caption.
struct IptcDataset {
  int record = 0;
  int number = 0;
  std::string name;  ///< the standard's, such as "Caption/Abstract"; empty for one that is not known here
  std::string text;  ///< its bytes, whatever they are
};

/// IPTC's datasets, up to the first that is malformed. Extended ones, of more than 32767 bytes, end the list.
/// @see IPTC-NAA Information Interchange Model 4.2, sections 1.5 and 6
[[nodiscard]] std::vector<IptcDataset> iptc_datasets(std::span<const std::byte> bytes);

}  // namespace imgbuf::cli
