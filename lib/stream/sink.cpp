#include "imgbuf/sink.hpp"

#include <new>
#include <stdexcept>
#include <utility>

#include "imgbuf/error.hpp"
#include "stream/descriptor.hpp"

namespace imgbuf {

namespace {

class DescriptorSink final : public Sink {
 public:
  DescriptorSink(stream::Descriptor descriptor, std::string name)
      : Sink(std::move(name)), output_(std::move(descriptor)) {}

  void write(std::span<const std::byte> bytes) override { output_.write(bytes, name()); }
  void commit() override { output_.finish(name()); }

 private:
  stream::BufferedDescriptor output_;
};

class MemorySink final : public Sink {
 public:
  MemorySink(std::vector<std::byte>& out, std::string name) : Sink(std::move(name)), out_(out) {}

  void write(std::span<const std::byte> bytes) override {
    try {
      out_.insert(out_.end(), bytes.begin(), bytes.end());
    } catch (const std::bad_alloc&) {
      throw Error(ErrorCode::out_of_memory, "no memory for the encoded bytes", name());
    } catch (const std::length_error&) {
      throw Error(ErrorCode::out_of_memory, "no memory for the encoded bytes", name());
    }
  }

 private:
  std::vector<std::byte>& out_;
};

class CallbackSink final : public Sink {
 public:
  CallbackSink(std::function<void(std::span<const std::byte>)> write, std::string name)
      : Sink(std::move(name)), write_(std::move(write)) {
    if (!write_) throw Error(ErrorCode::invalid_argument, "a sink needs a write callback", this->name());
  }

  void write(std::span<const std::byte> bytes) override { write_(bytes); }

 private:
  std::function<void(std::span<const std::byte>)> write_;
};

}  // namespace

std::unique_ptr<Sink> Sink::descriptor(int fd, std::string name, bool close_when_done) {
  return std::make_unique<DescriptorSink>(stream::Descriptor(fd, close_when_done), std::move(name));
}

std::unique_ptr<Sink> Sink::memory(std::vector<std::byte>& out, std::string name) {
  return std::make_unique<MemorySink>(out, std::move(name));
}

std::unique_ptr<Sink> Sink::callbacks(std::function<void(std::span<const std::byte>)> write, std::string name) {
  return std::make_unique<CallbackSink>(std::move(write), std::move(name));
}

}  // namespace imgbuf
