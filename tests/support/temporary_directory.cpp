#include "support/temporary_directory.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace imgbuf::test {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() {
  std::string text = (fs::temp_directory_path() / "imgbuf-test-XXXXXX").string();
  if (::mkdtemp(text.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  path_ = text;
  fs::permissions(path_, fs::perms::all);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> TemporaryDirectory::names() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

OrdinaryUser::OrdinaryUser() {
  if (::getuid() == 0 && ::seteuid(65534) != 0) throw std::runtime_error("cannot become an ordinary user");
}

OrdinaryUser::~OrdinaryUser() {
  if (::getuid() == 0) {
    [[maybe_unused]] const int result = ::seteuid(0);
  }
}

std::vector<std::byte> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return to_bytes(std::string(std::istreambuf_iterator<char>(file), {}));
}

void write_file(const std::string& path, const std::vector<std::byte>& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path);
}

std::vector<std::byte> to_bytes(const std::string& text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

std::string to_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace imgbuf::test
