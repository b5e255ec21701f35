#include "engine/runtime/snapshot_file.h"

#include <errno.h>
#include <fcntl.h>
#include <oneapi/tbb/task_group.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <utility>

#include "sched/base/check.h"

namespace paceline::runtime {

namespace {

const char* const is_damaged = " is damaged: ";

/// One for each thread: compressed pieces are read into it.
std::vector<std::byte>& piece_buffer() {
  thread_local std::vector<std::byte> buffer;
  if (buffer.size() < ZSTD_COMPRESSBOUND(snapshot_piece))
    buffer.resize(ZSTD_COMPRESSBOUND(snapshot_piece));
  return buffer;
}

ZSTD_DCtx* decompressor() {
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  CHECK(context != nullptr);
  return context.get();
}

}  // namespace

/// One desk's state on its way back. Regions are begun as they are asked for and are there when
/// settle() returns.
class SnapshotFile::Filling final : public sched::Archive {
 public:
  Filling(const SnapshotFile& file, const State& state, Loading loading)
      : Archive(true), file_(file), state_(state), loading_(loading), left_(state.raw_size) {}
  ~Filling() override { group_->wait(); }

  void bytes(void* data, size_t size) override {
    auto* to = static_cast<std::byte*>(data);
    while (size > 0) {
      if (failed() || (at_ == piece_.size() && !next_piece())) {
        std::memset(to, 0, size);
        return;
      }
      const size_t part = std::min(size, piece_.size() - at_);
      std::memcpy(to, piece_.data() + at_, part);
      at_ += part;
      to += part;
      size -= part;
      left_ -= part;
    }
  }

  void bulk(void* data, size_t size) override {
    if (failed()) return;
    if (next_region_ == state_.regions.size()) return fail("a region is missing");
    const std::vector<Chunk>& region = state_.regions[next_region_++];
    uint64_t there = 0;
    for (const Chunk& chunk : region) there += chunk.header.raw_size;
    if (there != size) return fail("a region has another size than what is to be filled");
    left_ -= size;
    for (const Chunk& chunk : region) {
      auto* to = static_cast<std::byte*>(data) + chunk.header.offset;
      if (loading_ == Loading::alone)
        fill(chunk, to);
      else
        group_->run([this, &chunk, to] { fill(chunk, to); });
    }
  }

  void settle() override {
    group_->wait();
    if (!region_failure_.empty()) fail(region_failure_);
  }

  bool exhausted() const {
    return next_piece_ == state_.stream.size() && at_ == piece_.size() &&
           next_region_ == state_.regions.size();
  }

 private:
  uint64_t left() const override { return left_; }

  bool next_piece() {
    if (next_piece_ == state_.stream.size()) {
      fail("it ends too early");
      return false;
    }
    const Chunk& chunk = state_.stream[next_piece_++];
    piece_.resize(chunk.header.raw_size);
    at_ = 0;
    if (std::string failure = file_.read_piece(chunk, piece_.data()); !failure.empty()) {
      fail(std::move(failure));
      return false;
    }
    return true;
  }
  void fill(const Chunk& chunk, std::byte* to) {
    std::string failure = file_.read_piece(chunk, to);
    if (failure.empty() || region_failed_.exchange(true)) return;
    region_failure_ = std::move(failure);  // of the first; read when all have ended
  }

  const SnapshotFile& file_;
  const State& state_;
  Loading loading_;
  uint64_t left_;
  std::vector<std::byte> piece_;  // of the stream
  size_t at_ = 0;
  size_t next_piece_ = 0;
  size_t next_region_ = 0;
  std::atomic<bool> region_failed_{false};
  std::string region_failure_;
  std::unique_ptr<tbb::task_group> group_ = std::make_unique<tbb::task_group>();
};

SnapshotFile::SnapshotFile(SnapshotFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      raw_size_(other.raw_size_),
      info_(std::move(other.info_)),
      states_(std::move(other.states_)) {}
SnapshotFile& SnapshotFile::operator=(SnapshotFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  std::swap(size_, other.size_);
  std::swap(raw_size_, other.raw_size_);
  std::swap(info_, other.info_);
  std::swap(states_, other.states_);
  return *this;
}
SnapshotFile::~SnapshotFile() {
  if (file_ >= 0) close(file_);
}

sched::Expected<SnapshotFile, std::string> SnapshotFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return sched::Unexpected{"snapshot: cannot open " + path + ": " + std::strerror(errno)};
  SnapshotFile snapshot(path, file);
  if (auto read = snapshot.read_frame(); !read) return sched::Unexpected{read.error()};
  return snapshot;
}

bool SnapshotFile::says_damaged(const std::string& error) {
  return error.find(is_damaged) != std::string::npos;
}

std::string SnapshotFile::damaged(const std::string& what, uint64_t at) const {
  return "snapshot: " + path_ + is_damaged + what + " at offset " + std::to_string(at);
}

std::string SnapshotFile::read_at(void* to, size_t size, uint64_t at) const {
  auto* bytes = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = pread(file_, bytes, size, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return "snapshot: cannot read " + path_ + " at offset " + std::to_string(at) + ": " +
             std::strerror(errno);
    if (got == 0) return damaged("it ends", at);
    bytes += got;
    at += static_cast<uint64_t>(got);
    size -= static_cast<size_t>(got);
  }
  return {};
}

sched::Expected<void, std::string> SnapshotFile::read_frame() {
  struct stat status {};
  if (fstat(file_, &status) != 0)
    return sched::Unexpected{"snapshot: cannot look at " + path_ + ": " + std::strerror(errno)};
  size_ = static_cast<uint64_t>(status.st_size);
  SnapshotHeader header;
  SnapshotTrailer trailer;
  if (size_ < sizeof header + sizeof trailer)
    return sched::Unexpected{damaged("it is too short", size_)};
  if (std::string failure = read_at(&header, sizeof header, 0); !failure.empty())
    return sched::Unexpected{failure};
  if (header.magic != SnapshotHeader::magic_value || header.hash != header.hash_now())
    return sched::Unexpected{damaged("no whole header", 0)};
  if (header.format != SnapshotHeader::format_value)
    return sched::Unexpected{"snapshot: " + path_ + " has format " + std::to_string(header.format) +
                             ", this server reads format " +
                             std::to_string(SnapshotHeader::format_value) +
                             ": use the server that wrote it"};
  const uint64_t trailer_at = size_ - sizeof trailer;
  if (std::string failure = read_at(&trailer, sizeof trailer, trailer_at); !failure.empty())
    return sched::Unexpected{failure};
  if (trailer.magic != SnapshotTrailer::magic_value || trailer.hash != trailer.hash_now() ||
      trailer.file != header.id || trailer.file_size != size_)
    return sched::Unexpected{damaged("no whole end", trailer_at)};

  std::vector<std::byte> table(std::min(header.table_size, trailer_at - sizeof header));
  if (std::string failure = read_at(table.data(), table.size(), sizeof header); !failure.empty())
    return sched::Unexpected{failure};
  if (table.size() != header.table_size ||
      sched::hash_bytes(table.data(), table.size()) != header.table_hash ||
      !decode_desk_table(table, header.desk_count, info_.desks))
    return sched::Unexpected{damaged("no whole table of desks", sizeof header)};
  info_.position = {header.sequence, header.chain};
  info_.epoch = header.epoch;
  info_.rules_version = header.rules_version;
  info_.clock_mode = header.clock_mode;
  info_.closed = header.closed != 0;
  info_.last_ts = {header.last_ts_us};
  info_.taken_at_us = header.taken_at_us;
  return list_chunks(header, sizeof header + table.size(), trailer);
}

sched::Expected<void, std::string> SnapshotFile::list_chunks(const SnapshotHeader& header,
                                                             uint64_t at,
                                                             const SnapshotTrailer& trailer) {
  for (const SnapshotDesk& desk : info_.desks) states_[desk.number.value];
  const uint64_t end = size_ - sizeof trailer;
  for (uint64_t index = 0; index < trailer.chunk_count; ++index) {
    Chunk chunk;
    if (at + sizeof chunk.header > end) return sched::Unexpected{damaged("chunks are missing", at)};
    if (std::string failure = read_at(&chunk.header, sizeof chunk.header, at); !failure.empty())
      return sched::Unexpected{failure};
    chunk.at = at + sizeof chunk.header;
    const ChunkHeader& found = chunk.header;
    if (found.magic != ChunkHeader::magic_value || found.hash != found.hash_now() ||
        found.file != header.id || found.index != index || found.raw_size > snapshot_piece ||
        found.raw_size == 0 || found.stored_size > end - chunk.at || !add(chunk))
      return sched::Unexpected{damaged("no whole chunk", at)};
    at = chunk.at + found.stored_size;
  }
  if (at != end || raw_size_ != trailer.raw_size)
    return sched::Unexpected{damaged("something that is no chunk", at)};
  return {};
}

bool SnapshotFile::add(const Chunk& chunk) {
  const ChunkHeader& header = chunk.header;
  const auto found = states_.find(header.desk);
  if (found == states_.end()) return false;
  State& state = found->second;
  std::vector<Chunk>* list = &state.stream;
  if (header.kind == ChunkKind::region) {
    if (header.region > state.regions.size()) return false;
    if (header.region == state.regions.size()) state.regions.emplace_back();
    list = &state.regions[header.region];
  }
  const uint64_t end =
      list->empty() ? 0 : list->back().header.offset + list->back().header.raw_size;
  if (header.offset != end) return false;
  list->push_back(chunk);
  state.raw_size += header.raw_size;
  raw_size_ += header.raw_size;
  return true;
}

std::string SnapshotFile::read_piece(const Chunk& chunk, std::byte* to) const {
  const ChunkHeader& header = chunk.header;
  std::byte* stored = header.compressed != 0 ? piece_buffer().data() : to;
  if (header.compressed != 0 && header.stored_size > piece_buffer().size())
    return damaged("a chunk larger than any can be", chunk.at);
  if (header.compressed == 0 && header.stored_size != header.raw_size)
    return damaged("a chunk of two sizes", chunk.at);
  if (std::string failure = read_at(stored, header.stored_size, chunk.at); !failure.empty())
    return failure;
  if (sched::hash_bytes(stored, header.stored_size) != header.payload_hash)
    return damaged("a chunk is not what was written", chunk.at);
  if (header.compressed == 0) return {};
  const size_t size =
      ZSTD_decompressDCtx(decompressor(), to, header.raw_size, stored, header.stored_size);
  if (ZSTD_isError(size) || size != header.raw_size)
    return damaged("a chunk cannot be decompressed", chunk.at);
  return {};
}

sched::Expected<void, std::string> SnapshotFile::load(
    sched::DeskNumber desk, Loading loading,
    const std::function<void(sched::Archive&)>& persist) const {
  const auto state = states_.find(desk.value);
  CHECK(state != states_.end());
  Filling filling(*this, state->second, loading);
  persist(filling);
  filling.settle();
  if (!filling.failed() && !filling.exhausted()) filling.fail("it holds more than is known of");
  if (!filling.failed()) return {};
  if (filling.failure().starts_with("snapshot: ")) return sched::Unexpected{filling.failure()};
  return sched::Unexpected{"snapshot: " + path_ + ", desk " + std::to_string(desk.value) + ": " +
                           filling.failure()};
}

sched::Expected<void, std::string> SnapshotFile::verify(const Progress& progress) const {
  std::vector<std::byte> raw(snapshot_piece);
  uint64_t done = 0;
  const auto look_at = [&](const Chunk& chunk) {
    done += chunk.header.raw_size;
    if (progress) progress(done, raw_size_);
    return read_piece(chunk, raw.data());
  };
  for (const auto& [number, state] : states_) {
    for (const Chunk& chunk : state.stream)
      if (std::string failure = look_at(chunk); !failure.empty()) return sched::Unexpected{failure};
    for (const auto& region : state.regions)
      for (const Chunk& chunk : region)
        if (std::string failure = look_at(chunk); !failure.empty())
          return sched::Unexpected{failure};
  }
  return {};
}

}  // namespace paceline::runtime
