#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace imgbuf::test {

/// A new directory that goes away with everything in it. Everybody may write to it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// The path of a name inside, as text.
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// The names inside, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

/// Takes the administrator's rights from the process while it lives, so that permissions count in every test.
class OrdinaryUser {
 public:
  OrdinaryUser();
  ~OrdinaryUser();
  OrdinaryUser(const OrdinaryUser&) = delete;
  OrdinaryUser& operator=(const OrdinaryUser&) = delete;
};

/// @throws std::runtime_error when the file cannot be read or written
[[nodiscard]] std::vector<std::byte> read_file(const std::string& path);
void write_file(const std::string& path, const std::vector<std::byte>& bytes);
[[nodiscard]] std::vector<std::byte> to_bytes(const std::string& text);
[[nodiscard]] std::string to_text(const std::vector<std::byte>& bytes);

}  // namespace imgbuf::test
