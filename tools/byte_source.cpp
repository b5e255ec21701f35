#include "tools/byte_source.h"

#include <lzma.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

namespace paceline::tools {

namespace {

constexpr size_t buffer_size = size_t{1} << 16;

/// The file as it lies on the disk; the others read through it.
class PlainSource final : public ByteSource {
 public:
  PlainSource(std::string path, std::FILE* file, uint64_t size)
      : path_(std::move(path)), file_(file, &std::fclose), size_(size) {}

  size_t read(char* out, size_t size) override {
    if (!error_.empty()) return 0;
    const size_t got = std::fread(out, 1, size, file_.get());
    taken_ += got;
    if (got < size && std::ferror(file_.get()) != 0) {
      error_ = path_ + ": cannot be read: " + std::strerror(errno);
    }
    return got;
  }
  std::string error() const override { return error_; }
  uint64_t file_bytes_read() const override { return taken_; }
  uint64_t file_bytes() const override { return size_; }
  const std::string& path() const { return path_; }
  void rewind() {
    std::rewind(file_.get());
    taken_ = 0;
  }

 private:
  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  uint64_t size_;
  uint64_t taken_ = 0;
  std::string error_;
};

/// What both decompressors share: a plain source behind them and an input buffer.
class PackedSource : public ByteSource {
 public:
  explicit PackedSource(std::unique_ptr<PlainSource> plain)
      : plain_(std::move(plain)), input_(buffer_size) {}
  std::string error() const override { return error_.empty() ? plain_->error() : error_; }
  uint64_t file_bytes_read() const override { return plain_->file_bytes_read(); }
  uint64_t file_bytes() const override { return plain_->file_bytes(); }

 protected:
  size_t refill() { return plain_->read(input_.data(), input_.size()); }
  void fail(const std::string& what) {
    error_ = plain_->path() + ": " + what + ": the file is damaged or was cut short; copy it again";
  }

  std::unique_ptr<PlainSource> plain_;
  std::vector<char> input_;
  std::string error_;
};

class XzSource final : public PackedSource {
 public:
  using PackedSource::PackedSource;
  ~XzSource() override { lzma_end(&stream_); }

  bool start() {
    constexpr uint64_t memory_max = uint64_t{1} << 30;
    return lzma_stream_decoder(&stream_, memory_max, LZMA_CONCATENATED) == LZMA_OK;
  }

  size_t read(char* out, size_t size) override {
    if (ended_ || !error().empty()) return 0;
    stream_.next_out = reinterpret_cast<uint8_t*>(out);
    stream_.avail_out = size;
    while (stream_.avail_out == size) {
      if (stream_.avail_in == 0 && !exhausted_) {
        stream_.next_in = reinterpret_cast<const uint8_t*>(input_.data());
        stream_.avail_in = refill();
        exhausted_ = stream_.avail_in == 0;
      }
      const lzma_ret result = lzma_code(&stream_, exhausted_ ? LZMA_FINISH : LZMA_RUN);
      if (result == LZMA_STREAM_END) {
        ended_ = true;
        break;
      }
      if (result != LZMA_OK) {
        fail("xz data cannot be decompressed");
        break;
      }
    }
    return size - stream_.avail_out;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool exhausted_ = false;
  bool ended_ = false;
};

class ZstdSource final : public PackedSource {
 public:
  using PackedSource::PackedSource;

  size_t read(char* out, size_t size) override {
    if (!error().empty()) return 0;
    ZSTD_outBuffer output{out, size, 0};
    while (output.pos == 0) {
      if (taken_.pos == taken_.size) {
        taken_ = {input_.data(), refill(), 0};
        if (taken_.size == 0) {
          if (wanted_ != 0) fail("zstd data ends in the middle of a frame");
          return 0;
        }
      }
      wanted_ = ZSTD_decompressStream(stream_.get(), &output, &taken_);
      if (ZSTD_isError(wanted_) != 0) {
        fail("zstd data cannot be decompressed");
        return 0;
      }
    }
    return output.pos;
  }

 private:
  std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream_{ZSTD_createDStream(),
                                                                   &ZSTD_freeDStream};
  ZSTD_inBuffer taken_{nullptr, 0, 0};
  size_t wanted_ = 0;  // 0 between frames
};

}  // namespace

Got<std::unique_ptr<ByteSource>> open_bytes(const std::string& path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) {
    return sched::Unexpected{not_readable(path + ": is a folder, a file is wanted")};
  }
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    const int error = errno;
    return sched::Unexpected{
        file_failed(error, path + ": cannot be opened: " + std::strerror(error))};
  }
  const auto size = std::filesystem::file_size(path, failed);
  auto plain = std::make_unique<PlainSource>(path, file, failed ? 0 : size);

  std::array<char, 6> magic{};
  const size_t got = plain->read(magic.data(), magic.size());
  plain->rewind();
  if (got == 6 && std::memcmp(magic.data(),
                              "\xFD"
                              "7zXZ\0",
                              6) == 0) {
    auto source = std::make_unique<XzSource>(std::move(plain));
    if (!source->start())
      return sched::Unexpected{went_wrong(path + ": no memory for the xz decoder")};
    return std::unique_ptr<ByteSource>(std::move(source));
  }
  if (got >= 4 && std::memcmp(magic.data(), "\x28\xB5\x2F\xFD", 4) == 0) {
    return std::unique_ptr<ByteSource>(std::make_unique<ZstdSource>(std::move(plain)));
  }
  return std::unique_ptr<ByteSource>(std::move(plain));
}

}  // namespace paceline::tools
