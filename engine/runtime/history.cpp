#include "engine/runtime/history.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/runtime/disk.h"
#include "engine/runtime/history_record.h"
#include "sched/base/check.h"
#include "sched/base/digest.h"

namespace paceline::runtime {

namespace {

/// Reads the file from front to back, a record at a time.
class Reader {
 public:
  Reader(int file, uint64_t end) : file_(file), end_(end) {}

  /// False: the end, or no whole record lies here.
  bool next() {
    offset_ += size_;
    size_ = 0;
    if (!fill(sizeof header_)) return false;
    const auto found = read_history_header({at(), sizeof header_});
    if (!found || !fill(sizeof header_ + found->payload_size)) return false;
    header_ = *found;
    if (!intact(header_, payload())) return false;
    size_ = sizeof header_ + header_.payload_size;
    return true;
  }
  const HistoryHeader& header() const { return header_; }
  bool is_name() const { return header_.number == 0; }
  std::span<const std::byte> payload() const {
    return {at() + sizeof header_, header_.payload_size};
  }
  uint64_t offset() const { return offset_; }
  uint64_t end_of_record() const { return offset_ + size_; }
  int error() const { return error_; }

 private:
  const std::byte* at() const { return buffer_.data() + (offset_ - buffer_at_); }
  bool fill(size_t size) {
    if (offset_ + size > end_) return false;
    if (offset_ - buffer_at_ + size <= filled_) return true;
    const size_t want = std::max<size_t>(size, 1'048'576);
    if (buffer_.size() < want) buffer_.resize(want);
    buffer_at_ = offset_;
    filled_ = 0;
    while (filled_ < size) {
      const ssize_t got = pread(file_, buffer_.data() + filled_, buffer_.size() - filled_,
                                static_cast<off_t>(buffer_at_ + filled_));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) error_ = errno;
      if (got <= 0) return false;
      filled_ += static_cast<size_t>(got);
    }
    return true;
  }

  int file_;
  uint64_t end_;
  uint64_t offset_ = 0;  // of the current record
  uint64_t size_ = 0;    // and its size, once it is known to be whole
  HistoryHeader header_;
  std::vector<std::byte> buffer_;
  uint64_t buffer_at_ = 0;
  size_t filled_ = 0;
  int error_ = 0;
};

constexpr size_t written_at_once = 262'144;
constexpr size_t expected_ahead = 8;  // tickets: the indexes are far larger than a cache

uint64_t external_hash(std::string_view external_id) {
  return external_id.empty() ? 0 : sched::hash_text(external_id) | 1;
}

}  // namespace

sched::Expected<History, std::string> History::open(std::string path, Disk* disk) {
  if (disk == nullptr) disk = &real_disk();
  const int file = disk->open(path, O_RDWR | O_CREAT);
  if (file < 0)
    return sched::Unexpected{"history: cannot open " + path + ": " + std::strerror(-file)};
  History history(std::move(path), disk, file);
  history.direct_ = disk->open(history.path_, O_RDWR | O_DIRECT);
  if (auto loaded = history.load(); !loaded) return sched::Unexpected{loaded.error()};
  return history;
}

sched::Expected<History::Extent, std::string> History::inspect(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return Extent{};
  struct stat status {};
  int error = file < 0 || fstat(file, &status) != 0 ? errno : 0;
  Extent extent{.size = static_cast<uint64_t>(status.st_size)};
  if (error == 0) {
    Reader reader(file, extent.size);
    while (reader.next() && (reader.is_name() || reader.header().number == extent.count + 1)) {
      extent.count += reader.is_name() ? 0 : 1;
      extent.end = reader.end_of_record();
    }
    error = reader.error();
  }
  if (file >= 0) ::close(file);
  if (error != 0)
    return sched::Unexpected{"history: cannot read " + path + ": " + std::strerror(error)};
  return extent;
}

History::History(std::string path, Disk* disk, int file)
    : path_(std::move(path)), disk_(disk), file_(file) {}

History::History(History&& other) noexcept
    : path_(std::move(other.path_)),
      disk_(other.disk_),
      file_(std::exchange(other.file_, -1)),
      direct_(std::exchange(other.direct_, -1)),
      end_(other.end_),
      tail_at_(other.tail_at_),
      flushed_to_(other.flushed_to_),
      tail_(std::move(other.tail_)),
      unsynced_(other.unsynced_),
      buffer_(std::move(other.buffer_)),
      fresh_(std::move(other.fresh_)),
      reader_(std::move(other.reader_)),
      names_(std::move(other.names_)),
      offsets_(std::move(other.offsets_)),
      tickets_(std::move(other.tickets_)),
      external_hashes_(std::move(other.external_hashes_)),
      by_ticket_(std::move(other.by_ticket_)),
      by_external_id_(std::move(other.by_external_id_)) {}

History::~History() {
  if (file_ < 0) return;
  (void)flush();  // what cannot be written is still in the log
  disk_->close(file_);
  if (direct_ >= 0) disk_->close(direct_);
}

std::string History::failed(const std::string& what, int error) const {
  std::string text = "history: cannot " + what + " " + path_ + ": " + std::strerror(error);
  if (error == ENOSPC || error == EDQUOT)
    text += ". The disk is full: free some space and start again";
  return text;
}

sched::Expected<void, std::string> History::load() {
  struct stat status {};
  if (fstat(file_, &status) != 0) return sched::Unexpected{failed("look at", errno)};
  Reader reader(file_, static_cast<uint64_t>(status.st_size));
  while (reader.next()) {
    if (reader.is_name()) {
      desk::NamedText name;
      if (!unpack(reader.payload(), name) || !names_.add(name)) break;
    } else {
      HistoryKey key;
      if (reader.header().number != count() + 1 || !unpack(reader.payload(), key)) break;
      remember({reader.offset(), key.ticket, external_hash(key.external_id)});
    }
    end_ = reader.end_of_record();
  }
  if (reader.error() != 0) return sched::Unexpected{failed("read", reader.error())};
  return read_tail();
}

sched::Expected<void, std::string> History::read_tail() {
  tail_at_ = end_ / BlockBuffer::alignment * BlockBuffer::alignment;
  flushed_to_ = end_;
  tail_.clear();
  tail_.resize(end_ - tail_at_);
  if (tail_.size() == 0) return {};
  const ssize_t got = pread(file_, tail_.data(), tail_.size(), static_cast<off_t>(tail_at_));
  if (got == static_cast<ssize_t>(tail_.size())) return {};
  return sched::Unexpected{failed("read", got < 0 ? errno : EIO)};
}

sched::Expected<void, std::string> History::cut(uint64_t kept) {
  if (auto flushed = flush(); !flushed) return flushed;
  const auto end = end_of(std::min(kept, count()));
  if (!end) return sched::Unexpected{end.error()};
  if (const int error = disk_->truncate(file_, end.value()))
    return sched::Unexpected{failed("cut", -error)};
  if (end.value() == end_) return {};
  unsynced_ = true;
  offsets_.clear();
  tickets_.clear();
  external_hashes_.clear();
  by_ticket_ = sched::HashIndex();
  by_external_id_ = sched::HashIndex();
  names_ = {};
  end_ = 0;
  return load();
}

/// Names behind that ticket were told for the next one: if that goes, so do they. The desk tells
/// them again, and perhaps others.
sched::Expected<uint64_t, std::string> History::end_of(uint64_t number) const {
  if (number == 0) return uint64_t{0};
  const uint64_t offset = offsets_[number - 1];
  std::byte bytes[sizeof(HistoryHeader)];
  const ssize_t got = pread(file_, bytes, sizeof bytes, static_cast<off_t>(offset));
  if (got != sizeof bytes) return sched::Unexpected{failed("read", got < 0 ? errno : EIO)};
  const auto header = read_history_header(bytes);
  if (!header) return sched::Unexpected{damaged(offset)};
  return offset + sizeof *header + header->payload_size;
}

void History::expect(const Place& place) const {
  by_ticket_.expect(sched::mix(place.ticket));
  if (place.external_hash != 0) by_external_id_.expect(place.external_hash);
}

void History::remember(const Place& place) {
  const auto number = static_cast<uint32_t>(offsets_.size());
  offsets_.push_back(place.offset);
  tickets_.push_back(place.ticket);
  external_hashes_.push_back(place.external_hash);

  const uint64_t ticket_hash = sched::mix(place.ticket);
  const uint32_t before =
      by_ticket_.find(ticket_hash, [&](uint32_t n) { return tickets_[n] == place.ticket; });
  if (before != sched::HashIndex::none) by_ticket_.erase(ticket_hash, before);
  by_ticket_.insert(ticket_hash, number);

  const uint64_t hash = place.external_hash;
  if (hash == 0) return;
  // By its 64-bit hash alone: find_external compares the text.
  const uint32_t same =
      by_external_id_.find(hash, [&](uint32_t n) { return external_hashes_[n] == hash; });
  if (same != sched::HashIndex::none) by_external_id_.erase(hash, same);
  by_external_id_.insert(hash, number);
}

sched::Expected<void, std::string> History::append(const desk::ArchivedBatch& batch) {
  if (batch.empty() || batch.last() <= count()) return {};
  if (batch.first() > count() + 1)
    return sched::Unexpected{"history: " + path_ + " holds " + std::to_string(count()) +
                             " tickets and ticket " + std::to_string(batch.first()) +
                             " was to be added: some in between are missing"};
  buffer_.clear();
  fresh_.clear();
  using Item = desk::ArchivedBatch::Reader::Item;
  reader_.read(batch);
  const uint64_t before_batch = count();
  uint64_t number = batch.first();
  for (Item item = reader_.next(); item != Item::none; item = reader_.next()) {
    if (item == Item::name) {
      const desk::NamedText& name = reader_.name();
      if (name.entry.position < names_.count(name.entry.table)) continue;
      if (!names_.add(name))
        return sched::Unexpected{"history: names for " + path_ + " are missing"};
      pack(name, buffer_);
    } else if (const uint64_t current = number++; current > before_batch) {
      const desk::ArchivedTicket& ticket = reader_.ticket();
      fresh_.push_back(
          {end_ + buffer_.size(), ticket.record.id, external_hash(ticket.external_id)});
      pack(ticket, current, buffer_);
    }
  }
  for (size_t i = 0; i < fresh_.size(); ++i) {
    if (i + expected_ahead < fresh_.size()) expect(fresh_[i + expected_ahead]);
    remember(fresh_[i]);
  }
  const size_t before = tail_.size();
  tail_.resize(before + buffer_.size());
  std::memcpy(tail_.data() + before, buffer_.data(), buffer_.size());
  end_ += buffer_.size();
  unsynced_ = true;
  return tail_.size() < written_at_once ? sched::Expected<void, std::string>() : write_blocks();
}

sched::Expected<void, std::string> History::write_blocks() {
  const size_t whole = tail_.size() / BlockBuffer::alignment * BlockBuffer::alignment;
  const int error =
      disk_->write_fully(direct_ >= 0 ? direct_ : file_, tail_.bytes().first(whole), tail_at_);
  if (error != 0) return sched::Unexpected{failed("write to", -error)};
  std::memmove(tail_.data(), tail_.data() + whole, tail_.size() - whole);
  tail_.resize(tail_.size() - whole);
  tail_at_ += whole;
  flushed_to_ = std::max(flushed_to_, tail_at_);
  return {};
}

sched::Expected<void, std::string> History::flush() {
  if (flushed_to_ == end_) return {};
  const auto rest = tail_.bytes().subspan(flushed_to_ - tail_at_);
  if (const int error = disk_->write_fully(file_, rest, flushed_to_))
    return sched::Unexpected{failed("write to", -error)};
  flushed_to_ = end_;
  return {};
}

sched::Expected<void, std::string> History::sync() {
  if (!unsynced_) return {};
  if (auto flushed = flush(); !flushed) return flushed;
  if (const int error = disk_->sync(file_)) return sched::Unexpected{failed("sync", -error)};
  if (const int error = disk_->sync_folder(path_.substr(0, path_.rfind('/'))))
    return sched::Unexpected{failed("sync the folder of", -error)};
  unsynced_ = false;
  return {};
}

std::string History::damaged(uint64_t offset) const {
  return "history: " + path_ + " at offset " + std::to_string(offset) +
         " is damaged: stop the server and restore the data folder from a backup; if its log goes "
         "back to record 1, moving the file away is enough, it is written again";
}

sched::Expected<std::vector<std::byte>, std::string> History::read(uint32_t number) const {
  const uint64_t offset = offsets_[number];
  const uint64_t next = number + 1 < offsets_.size() ? offsets_[number + 1] : end_;
  std::vector<std::byte> bytes(next - offset);  // and names told before the next ticket
  const size_t in_file = offset < tail_at_ ? std::min(next, tail_at_) - offset : 0;
  const auto in_tail = tail_.bytes();
  std::copy_n(in_tail.begin() + static_cast<ptrdiff_t>(offset + in_file - tail_at_),
              bytes.size() - in_file, bytes.begin() + static_cast<ptrdiff_t>(in_file));
  size_t got = 0;
  while (got < in_file) {
    const ssize_t some =
        pread(file_, bytes.data() + got, in_file - got, static_cast<off_t>(offset + got));
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return sched::Unexpected{failed("read", some < 0 ? errno : EIO)};
    got += static_cast<size_t>(some);
  }
  const auto header = read_history_header(bytes);
  if (!header || sizeof *header + header->payload_size > bytes.size())
    return sched::Unexpected{damaged(offset)};
  bytes.erase(bytes.begin(), bytes.begin() + sizeof *header);
  bytes.resize(header->payload_size);
  if (!intact(*header, bytes)) return sched::Unexpected{damaged(offset)};
  return bytes;
}

History::Found History::find(uint64_t ticket) const {
  const uint32_t number =
      by_ticket_.find(sched::mix(ticket), [&](uint32_t n) { return tickets_[n] == ticket; });
  if (number == sched::HashIndex::none) return std::optional<desk::TicketView>();
  const auto payload = read(number);
  if (!payload) return sched::Unexpected{payload.error()};
  desk::ArchivedTicket archived;
  if (!unpack(payload.value(), HistoryDepth::everything, archived))
    return sched::Unexpected{damaged(offsets_[number])};
  return std::optional(names_.view(archived));
}

History::Found History::find_external(std::string_view external_id) const {
  const uint64_t hash = external_hash(external_id);
  if (hash == 0) return std::optional<desk::TicketView>();
  const uint32_t number =
      by_external_id_.find(hash, [&](uint32_t n) { return external_hashes_[n] == hash; });
  if (number == sched::HashIndex::none) return std::optional<desk::TicketView>();
  Found found = find(tickets_[number]);
  if (found && *found && (*found)->external_id != external_id)
    return std::optional<desk::TicketView>();
  return found;
}

sched::Expected<uint64_t, std::string> History::cases(
    uint64_t after, uint32_t limit, int64_t since_us,
    const std::function<void(desk::TicketView)>& each,
    std::vector<desk::SurveyView>& surveys) const {
  constexpr uint64_t read_max = 20'000;  // a page holds up other questions
  const uint64_t end = std::min(count(), after + read_max);
  desk::ArchivedTicket archived;
  while (after < end && limit > 0) {
    const auto payload = read(static_cast<uint32_t>(after));
    if (!payload) return sched::Unexpected{payload.error()};
    if (!unpack(payload.value(), HistoryDepth::everything, archived))
      return sched::Unexpected{damaged(offsets_[after])};
    ++after;
    const size_t surveys_before = surveys.size();
    names_.add_surveys(archived, since_us, surveys);
    limit -= std::min(limit, static_cast<uint32_t>(surveys.size() - surveys_before));
    const int64_t closed_at_us = archived.record.closed_at_us;
    if (closed_at_us != 0 && closed_at_us < since_us) continue;
    desk::TicketView view = names_.case_view(archived);
    limit -= std::min(limit, desk::case_weight(view));
    each(std::move(view));
  }
  return after;
}

sched::Expected<void, std::string> History::for_each(
    const std::function<void(const desk::TicketFacts&, std::span<const desk::StateInterval>)>&
        each) {
  if (auto flushed = flush(); !flushed) return flushed;
  Reader reader(file_, end_);
  desk::ArchivedTicket ticket;
  uint64_t seen = 0;
  while (reader.next()) {
    if (reader.is_name()) continue;
    if (!unpack(reader.payload(), HistoryDepth::facts_and_intervals, ticket)) break;
    each(ticket.facts(), ticket.intervals);
    ++seen;
  }
  if (reader.error() != 0) return sched::Unexpected{failed("read", reader.error())};
  if (seen != count()) return sched::Unexpected{damaged(reader.offset())};
  return {};
}

}  // namespace paceline::runtime
