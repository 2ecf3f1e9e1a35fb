#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imgbuf::samples {

/// The files that decode.
[[nodiscard]] const std::vector<std::string_view>& good_samples();
/// The files that must not.
[[nodiscard]] const std::vector<std::string_view>& bad_samples();

/// Makes all files.
/// @param folder  an existing folder
/// @throws imgbuf::Error, std::runtime_error when one cannot be written
void write_samples(const std::string& folder);

}  // namespace imgbuf::samples
