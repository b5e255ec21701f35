#include "engine/runtime/snapshot_writer.h"

#include <fcntl.h>
#include <sys/random.h>

#include <algorithm>
#include <cstring>

#include "engine/runtime/disk.h"
#include "sched/base/check.h"

namespace paceline::runtime {

/// One desk's state on its way into pieces.
class SnapshotWriter::Saving final : public sched::Archive {
 public:
  Saving(SnapshotWriter& writer, sched::DeskNumber desk)
      : Archive(false), writer_(writer), desk_(desk) {
    stream_.reserve(snapshot_piece);
  }

  void bytes(void* data, size_t size) override {
    auto rest = std::span(static_cast<const std::byte*>(data), size);
    while (!rest.empty()) {
      const auto part = rest.first(std::min(rest.size(), snapshot_piece - stream_.size()));
      stream_.insert(stream_.end(), part.begin(), part.end());
      rest = rest.subspan(part.size());
      if (stream_.size() == snapshot_piece) end_piece();
    }
  }
  void bulk(void* data, size_t size) override {
    const auto region = std::span(static_cast<const std::byte*>(data), size);
    for (size_t at = 0; at < size; at += snapshot_piece)
      writer_.piece(
          {.kind = ChunkKind::region, .desk = desk_.value, .region = regions_, .offset = at},
          region.subspan(at, std::min(snapshot_piece, size - at)));
    ++regions_;
  }
  void settle() override {}

  void end_piece() {
    if (stream_.empty()) return;
    writer_.piece({.kind = ChunkKind::stream, .desk = desk_.value, .offset = stream_at_}, stream_);
    stream_at_ += stream_.size();
    stream_.clear();
  }

 private:
  uint64_t left() const override { return 0; }

  SnapshotWriter& writer_;
  sched::DeskNumber desk_;
  std::vector<std::byte> stream_;
  uint64_t stream_at_ = 0;
  uint32_t regions_ = 0;
};

SnapshotWriter::SnapshotWriter(std::string path, Disk& disk, Progress progress, int level)
    : path_(std::move(path)),
      disk_(disk),
      progress_(std::move(progress)),
      level_(level),
      compressor_(ZSTD_createCCtx(), ZSTD_freeCCtx) {
  CHECK(compressor_ != nullptr);
}

SnapshotWriter::~SnapshotWriter() {
  if (file_ >= 0) disk_.close(file_);
}

void SnapshotWriter::fail(const std::string& what, int error) {
  if (!failure_.empty()) return;
  failure_ = "snapshot: cannot " + what + " " + path_ + ": " + std::strerror(-error);
  if (error == -ENOSPC || error == -EDQUOT)
    failure_ += ". The disk is full: free some space; until then the log keeps everything";
}

void SnapshotWriter::begin(const SnapshotInfo& info) {
  file_ = disk_.open(path_, O_RDWR | O_CREAT | O_TRUNC);
  if (file_ < 0) return fail("create", file_);
  CHECK(getrandom(&id_, sizeof id_, 0) == sizeof id_);
  const auto table = encode_desk_table(info.desks);
  SnapshotHeader header{.rules_version = info.rules_version,
                        .id = id_,
                        .sequence = info.position.sequence,
                        .chain = info.position.chain,
                        .epoch = info.epoch,
                        .last_ts_us = info.last_ts.us,
                        .taken_at_us = info.taken_at_us,
                        .clock_mode = info.clock_mode,
                        .closed = static_cast<uint8_t>(info.closed ? 1 : 0),
                        .desk_count = static_cast<uint32_t>(info.desks.size()),
                        .table_size = table.size(),
                        .table_hash = sched::hash_bytes(table.data(), table.size())};
  header.hash = header.hash_now();
  put(std::as_bytes(std::span(&header, 1)));
  put(table);
}

void SnapshotWriter::write(sched::DeskNumber desk,
                           const std::function<void(sched::Archive&)>& persist) {
  if (!failure_.empty()) return;
  Saving saving(*this, desk);
  persist(saving);
  saving.end_piece();
  if (saving.failed() && failure_.empty())
    failure_ = "snapshot: desk " + std::to_string(desk.value) + ": " + saving.failure();
}

void SnapshotWriter::piece(ChunkHeader header, std::span<const std::byte> raw) {
  if (!failure_.empty()) return;
  out_.resize(sizeof header + ZSTD_compressBound(raw.size()));
  const auto room = std::span(out_).subspan(sizeof header);
  const size_t compressed = ZSTD_compressCCtx(compressor_.get(), room.data(), room.size(),
                                              raw.data(), raw.size(), level_);
  // Reading back costs more than it saves where little is gained.
  header.compressed = !ZSTD_isError(compressed) && compressed < raw.size() - raw.size() / 8;
  if (header.compressed == 0) std::memcpy(room.data(), raw.data(), raw.size());
  header.raw_size = static_cast<uint32_t>(raw.size());
  header.stored_size = header.compressed != 0 ? static_cast<uint32_t>(compressed) : header.raw_size;
  header.index = chunks_++;
  header.file = id_;
  header.payload_hash = sched::hash_bytes(room.data(), header.stored_size);
  header.hash = header.hash_now();
  std::memcpy(out_.data(), &header, sizeof header);
  put(std::span(out_).first(sizeof header + header.stored_size));
  raw_bytes_ += raw.size();
  if (progress_ && failure_.empty()) failure_ = progress_(raw_bytes_);
}

void SnapshotWriter::put(std::span<const std::byte> bytes) {
  if (!failure_.empty()) return;
  if (const int error = disk_.write_fully(file_, bytes, end_)) return fail("write to", error);
  end_ += bytes.size();
  if (end_ - synced_to_ >= sync_every) sync();
}

void SnapshotWriter::sync() {
  if (!failure_.empty()) return;
  if (const int error = disk_.sync(file_)) return fail("sync", error);
  synced_to_ = end_;
}

sched::Expected<uint64_t, std::string> SnapshotWriter::finish() {
  SnapshotTrailer trailer{.file = id_,
                          .chunk_count = chunks_,
                          .file_size = end_ + sizeof(SnapshotTrailer),
                          .raw_size = raw_bytes_};
  trailer.hash = trailer.hash_now();
  put(std::as_bytes(std::span(&trailer, 1)));
  sync();
  if (!failure_.empty()) return sched::Unexpected{failure_};
  return end_;
}

}  // namespace paceline::runtime
