#include "engine/runtime/log_segment.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "sched/base/check.h"
#include "sched/base/digest.h"

namespace paceline::runtime {

namespace {

/// Bytes read, fewer only at the end of the file; or -errno.
int64_t read_fully(int file, std::span<std::byte> to, uint64_t offset) {
  size_t done = 0;
  while (done < to.size()) {
    const ssize_t got =
        pread(file, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -errno;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return static_cast<int64_t>(done);
}

class ReadFile {
 public:
  explicit ReadFile(const std::string& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~ReadFile() {
    if (file_ >= 0) close(file_);
  }
  ReadFile(const ReadFile&) = delete;
  ReadFile& operator=(const ReadFile&) = delete;
  int file() const { return file_; }

 private:
  int file_;
};

LogError bad_header(const SegmentFile& segment) {
  return {LogErrorKind::damaged,
          "command log: the header of segment " + segment.path +
              " is damaged. The file was changed, or the disk has lost data; nothing was started "
              "and nothing changed. Restore the data folder from a backup",
          segment.path, 0};
}

}  // namespace

std::string_view name(ClockMode mode) { return mode == ClockMode::wall ? "wall" : "commands"; }

LogError log_io_error(const std::string& what, int error) {
  std::string text = "command log: " + what + ": " + std::strerror(error);
  if (error == ENOSPC || error == EDQUOT || error == EFBIG)
    text += ". The disk is full: free some space on it and start again; what was answered is safe";
  else
    text += ". What the disk holds is known only after a restart: check the disk, then start again";
  return {LogErrorKind::io, std::move(text)};
}

uint64_t SegmentHeader::hash_now() const {
  return sched::hash_bytes(this, offsetof(SegmentHeader, hash));
}

SegmentHeader new_segment_header(ClockMode mode, uint64_t number) {
  SegmentHeader header{.clock_mode = mode, .number = number};
  CHECK(getrandom(&header.id, sizeof header.id, 0) == sizeof header.id);
  header.hash = header.hash_now();
  return header;
}

std::string segment_path(const std::string& folder, uint64_t number) {
  char name[32];
  std::snprintf(name, sizeof name, "/%020llu.log", static_cast<unsigned long long>(number));
  return folder + name;
}

Logged<std::vector<SegmentFile>> list_segments(const std::string& folder) {
  std::vector<SegmentFile> segments;
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory) return segments;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::filesystem::path& path = entries->path();
    if (path.extension() != ".log") continue;
    const std::string name = path.filename().string();
    unsigned long long number = 0;
    if (name.size() != 24 || std::sscanf(name.c_str(), "%20llu", &number) != 1)
      return sched::Unexpected{LogError{
          LogErrorKind::refused,
          "command log: " + path.string() + " is not a segment: move it out of the log's folder",
          path.string()}};
    std::error_code gone;  // an other thread may be trimming
    const uint64_t size = entries->file_size(gone);
    if (!gone) segments.push_back({path.string(), number, size});
  }
  if (error) return sched::Unexpected{log_io_error("cannot list " + folder, error.value())};
  std::sort(segments.begin(), segments.end(),
            [](const SegmentFile& a, const SegmentFile& b) { return a.number < b.number; });
  return segments;
}

Logged<SegmentFront> read_front(const SegmentFile& segment, std::optional<ClockMode> clock_mode) {
  const auto refuse = [&](LogErrorKind kind, std::string text) {
    return sched::Unexpected{LogError{kind, "command log: " + std::move(text), segment.path}};
  };
  const ReadFile opened(segment.path);
  if (opened.file() < 0)
    return sched::Unexpected{log_io_error("cannot read " + segment.path, errno)};
  std::byte bytes[log_block + sizeof(RecordHeader)] = {};
  const int64_t got = read_fully(opened.file(), bytes, 0);
  if (got < 0)
    return sched::Unexpected{log_io_error("cannot read " + segment.path, static_cast<int>(-got))};
  SegmentFront front;
  SegmentHeader& header = front.header;
  std::memcpy(&header, bytes, sizeof header);
  if (got < static_cast<int64_t>(sizeof header) || header.magic != SegmentHeader::magic_value ||
      header.hash != header.hash_now())
    return sched::Unexpected{bad_header(segment)};
  if (header.format != RecordHeader::format_value)
    return refuse(LogErrorKind::refused,
                  segment.path + " has format " + std::to_string(header.format) +
                      ", this server reads format " + std::to_string(RecordHeader::format_value) +
                      ": use the server that wrote it");
  if (clock_mode && header.clock_mode != *clock_mode)
    return refuse(LogErrorKind::refused,
                  "the folder was written with --clock " + std::string(name(header.clock_mode)) +
                      " and cannot be continued with --clock " + std::string(name(*clock_mode)) +
                      ": start with the same clock, or with another --data folder");
  if (header.number != segment.number)
    return refuse(LogErrorKind::damaged, segment.path + " is segment " +
                                             std::to_string(header.number) +
                                             ": the file was renamed; give it its name back");
  front.first = read_header(std::span(bytes).subspan(log_block), header.id);
  return front;
}

Logged<void> SegmentBytes::read(const std::string& path) {
  const ReadFile opened(path);
  struct stat status {};
  if (opened.file() < 0 || fstat(opened.file(), &status) != 0)
    return sched::Unexpected{log_io_error("cannot read " + path, errno)};
  const auto size = static_cast<size_t>(status.st_size);
  if (size > room_) {
    room_ = size;
    words_.reset(new uint64_t[size / 8 + 1]);
  }
  const int64_t got =
      read_fully(opened.file(), {reinterpret_cast<std::byte*>(words_.get()), size}, 0);
  if (got < 0)
    return sched::Unexpected{log_io_error("cannot read " + path, static_cast<int>(-got))};
  size_ = static_cast<size_t>(got);
  return {};
}

}  // namespace paceline::runtime
