#include "engine/runtime/history.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "engine/runtime/disk.h"
#include "sched/base/check.h"
#include "sched/base/digest.h"

namespace paceline::runtime {

namespace {

// record = header, facts (80 bytes), intervals (16 each), view; padded to 8.
struct RecordHeader {
  static constexpr uint32_t magic_value = 0x3348'4c50;  // "PLH3"
  uint32_t magic = magic_value;
  uint32_t payload_size = 0;
  uint64_t number = 0;  ///< From 1, dense.
  uint32_t interval_count = 0;
  uint32_t external_id_size = 0;
  uint64_t payload_hash = 0;
  uint64_t header_hash = 0;

  uint64_t hash_now() const { return sched::hash_bytes(this, offsetof(RecordHeader, header_hash)); }
};
static_assert(sizeof(RecordHeader) == 40);

constexpr uint32_t payload_size_max = 64 * 1'048'576;
// Besides them, a view: a few dozen texts of 64 KiB at most. Half is far more than enough.
static_assert(sizeof(desk::TicketFacts) +
                  desk::ticket_intervals_max * sizeof(desk::StateInterval) <=
              payload_size_max / 2);

class Packer {
 public:
  explicit Packer(std::vector<std::byte>& out) : out_(out) {}
  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    raw(&value, sizeof value);
  }
  void text(const std::string& text) {
    put(static_cast<uint32_t>(text.size()));
    raw(text.data(), text.size());
  }

 private:
  void raw(const void* data, size_t size) {
    const size_t at = out_.size();
    out_.resize(at + size);
    if (size != 0) std::memcpy(out_.data() + at, data, size);
  }
  std::vector<std::byte>& out_;
};

class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> in) : in_(in) {}
  template <class T>
  void get(T& value) {
    if (in_.size() < sizeof value) {
      failed_ = true;
      return;
    }
    std::memcpy(&value, in_.data(), sizeof value);
    in_ = in_.subspan(sizeof value);
  }
  void text(std::string& text) {
    uint32_t size = 0;
    get(size);
    if (in_.size() < size) {
      failed_ = true;
      return;
    }
    text.assign(reinterpret_cast<const char*>(in_.data()), size);
    in_ = in_.subspan(size);
  }
  bool failed() const { return failed_; }

 private:
  std::span<const std::byte> in_;
  bool failed_ = false;
};

/// One list of the fields for both directions. The external id comes first: load() reads it alone.
template <class View, class Text, class Plain>
void each_field(View& view, Text&& text, Plain&& plain) {
  for (auto* field :
       {&view.external_id, &view.reason, &view.queue, &view.agent, &view.category,
        &view.subcategory, &view.service, &view.config_item, &view.channel, &view.requester,
        &view.requester_type, &view.organisation, &view.contract, &view.body, &view.stage,
        &view.language, &view.confidentiality, &view.routed_by})
    text(*field);
  for (auto* field :
       {&view.kind, &view.impact, &view.urgency, &view.priority, &view.vip, &view.sentiment,
        &view.workaround, &view.major, &view.reminders_sent, &view.confidence, &view.step,
        &view.tier, &view.checklist_done, &view.checklist_of})
    plain(*field);
  plain(view.id);
  plain(view.follows);
  plain(view.merged_into);
  plain(view.parent);
  for (auto* field : {&view.version, &view.tasks_open, &view.hops, &view.escalations, &view.bounces,
                      &view.declines})
    plain(*field);
  plain(view.state);
  for (auto* field :
       {&view.recorded_at_us, &view.occurred_at_us, &view.first_response_at_us,
        &view.resolved_at_us, &view.closed_at_us, &view.touched_at_us, &view.enqueued_at_us,
        &view.press_at_us, &view.resume_at_us, &view.promised_at_us})
    plain(*field);
}
// What a clock's view knows of an ended clock; what it says of a running one has no meaning here,
// and whose clock it is the ticket says.
template <class Clock, class Text, class Plain>
void each_clock_field(Clock& clock, Text&& text, Plain&& plain) {
  for (auto* field : {&clock.label, &clock.policy, &clock.calendar, &clock.state, &clock.verdict,
                      &clock.verdict_final, &clock.verdict_worst, &clock.verdict_initial})
    text(*field);
  for (auto* field : {&clock.target_us, &clock.initial_target_us, &clock.consumed_us,
                      &clock.elapsed_us, &clock.remaining_us, &clock.started_at_us, &clock.since_us,
                      &clock.folded_us, &clock.due_at_us, &clock.breached_at_us})
    plain(*field);
  plain(clock.version);
  plain(clock.calendar_version);
  plain(clock.kind);
  plain(clock.cycle);
}
template <class Segment, class Text, class Plain>
void each_segment_field(Segment& segment, Text&& text, Plain&& plain) {
  for (auto* field : {&segment.state, &segment.reason, &segment.policy, &segment.calendar})
    text(*field);
  for (auto* field : {&segment.from_us, &segment.to_us, &segment.consumed_us}) plain(*field);
  plain(segment.version);
  plain(segment.calendar_version);
  plain(segment.cycle);
  plain(segment.repaired);
}

void pack_clock(const desk::ClockView& clock, Packer& packer) {
  const auto text = [&](const std::string& value) { packer.text(value); };
  const auto plain = [&](const auto& value) { packer.put(value); };
  each_clock_field(clock, text, plain);
  packer.put(static_cast<uint32_t>(clock.segments.size()));
  for (const desk::SegmentView& segment : clock.segments) each_segment_field(segment, text, plain);
}

void unpack_clock(Unpacker& unpacker, desk::ClockView& clock) {
  const auto text = [&](std::string& value) { unpacker.text(value); };
  const auto plain = [&](auto& value) { unpacker.get(value); };
  each_clock_field(clock, text, plain);
  uint32_t segments = 0;
  unpacker.get(segments);
  for (uint32_t i = 0; i < segments && !unpacker.failed(); ++i)
    each_segment_field(clock.segments.emplace_back(), text, plain);
}

void pack(const desk::ArchivedTicket& ticket, uint64_t number, std::vector<std::byte>& out) {
  const size_t start = out.size();
  out.resize(start + sizeof(RecordHeader));
  Packer packer(out);
  packer.put(ticket.facts);
  for (const desk::StateInterval& interval : ticket.intervals) packer.put(interval);
  const auto text = [&](const std::string& value) { packer.text(value); };
  const auto plain = [&](const auto& value) { packer.put(value); };
  each_field(ticket.view, text, plain);
  packer.put(static_cast<uint32_t>(ticket.view.clocks.size()));
  for (const desk::ClockView& clock : ticket.view.clocks) pack_clock(clock, packer);
  out.resize((out.size() + 7) & ~size_t{7});

  RecordHeader header;
  header.payload_size = static_cast<uint32_t>(out.size() - start - sizeof header);
  header.number = number;
  header.interval_count = static_cast<uint32_t>(ticket.intervals.size());
  header.external_id_size = static_cast<uint32_t>(ticket.view.external_id.size());
  header.payload_hash = sched::hash_bytes(out.data() + start + sizeof header, header.payload_size);
  header.header_hash = header.hash_now();
  std::memcpy(out.data() + start, &header, sizeof header);
}

size_t view_at(const RecordHeader& header) {
  return sizeof(desk::TicketFacts) + header.interval_count * sizeof(desk::StateInterval);
}

/// Where a whole record's external id lies: the first field of the view.
std::string_view external_id_of(const RecordHeader& header, std::span<const std::byte> payload) {
  const auto text = payload.subspan(view_at(header) + sizeof(uint32_t), header.external_id_size);
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

bool unpack(const RecordHeader& header, std::span<const std::byte> payload,
            desk::TicketView& view) {
  Unpacker unpacker(payload.subspan(view_at(header)));
  const auto text = [&](std::string& value) { unpacker.text(value); };
  const auto plain = [&](auto& value) { unpacker.get(value); };
  each_field(view, text, plain);
  uint32_t clocks = 0;
  unpacker.get(clocks);
  for (uint32_t i = 0; i < clocks && !unpacker.failed(); ++i)
    unpack_clock(unpacker, view.clocks.emplace_back());
  for (desk::ClockView& clock : view.clocks) {
    clock.ticket = view.id;
    clock.external_id = view.external_id;
  }
  view.archived = true;
  return !unpacker.failed();
}

/// Reads the file from front to back, a record at a time.
class Reader {
 public:
  Reader(int file, uint64_t end) : file_(file), end_(end) {}

  /// False: the end, or no whole record lies here.
  bool next() {
    offset_ += size_;
    size_ = 0;
    if (!fill(sizeof header_)) return false;
    std::memcpy(&header_, at(), sizeof header_);
    if (header_.magic != RecordHeader::magic_value || header_.header_hash != header_.hash_now() ||
        header_.payload_size > payload_size_max ||
        view_at(header_) + sizeof(uint32_t) + header_.external_id_size > header_.payload_size)
      return false;
    if (!fill(sizeof header_ + header_.payload_size)) return false;
    if (sched::hash_bytes(payload().data(), payload().size()) != header_.payload_hash) return false;
    size_ = sizeof header_ + header_.payload_size;
    return true;
  }
  const RecordHeader& header() const { return header_; }
  std::span<const std::byte> payload() const {
    return {at() + sizeof header_, header_.payload_size};
  }
  uint64_t offset() const { return offset_; }
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
  RecordHeader header_;
  std::vector<std::byte> buffer_;
  uint64_t buffer_at_ = 0;
  size_t filled_ = 0;
  int error_ = 0;
};

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
    while (reader.next() && reader.header().number == extent.count + 1) {
      ++extent.count;
      extent.end = reader.offset() + sizeof(RecordHeader) + reader.header().payload_size;
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
      end_(other.end_),
      unsynced_(other.unsynced_),
      buffer_(std::move(other.buffer_)),
      offsets_(std::move(other.offsets_)),
      tickets_(std::move(other.tickets_)),
      external_hashes_(std::move(other.external_hashes_)),
      by_ticket_(std::move(other.by_ticket_)),
      by_external_id_(std::move(other.by_external_id_)) {}

History& History::operator=(History&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(disk_, other.disk_);
  std::swap(file_, other.file_);
  std::swap(end_, other.end_);
  std::swap(unsynced_, other.unsynced_);
  std::swap(buffer_, other.buffer_);
  std::swap(offsets_, other.offsets_);
  std::swap(tickets_, other.tickets_);
  std::swap(external_hashes_, other.external_hashes_);
  std::swap(by_ticket_, other.by_ticket_);
  std::swap(by_external_id_, other.by_external_id_);
  return *this;
}

History::~History() {
  if (file_ >= 0) disk_->close(file_);
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
  while (reader.next() && reader.header().number == count() + 1) {
    desk::TicketFacts facts;
    std::memcpy(&facts, reader.payload().data(), sizeof facts);
    remember(reader.offset(), facts.ticket, external_id_of(reader.header(), reader.payload()));
    end_ = reader.offset() + sizeof(RecordHeader) + reader.header().payload_size;
  }
  if (reader.error() != 0) return sched::Unexpected{failed("read", reader.error())};
  return {};
}

sched::Expected<void, std::string> History::cut(uint64_t kept) {
  const uint64_t end = kept < count() ? offsets_[kept] : end_;
  if (const int error = disk_->truncate(file_, end))
    return sched::Unexpected{failed("cut", -error)};
  if (kept >= count()) return {};
  unsynced_ = true;
  offsets_.clear();
  tickets_.clear();
  external_hashes_.clear();
  by_ticket_ = sched::HashIndex();
  by_external_id_ = sched::HashIndex();
  end_ = 0;
  return load();
}

void History::remember(uint64_t offset, uint64_t ticket, std::string_view external_id) {
  const auto number = static_cast<uint32_t>(offsets_.size());
  offsets_.push_back(offset);
  tickets_.push_back(ticket);
  external_hashes_.push_back(external_hash(external_id));

  const auto ticket_hash = [this](uint32_t n) { return sched::mix(tickets_[n]); };
  const uint32_t before =
      by_ticket_.find(ticket_hash(number), [&](uint32_t n) { return tickets_[n] == ticket; });
  if (before != sched::HashIndex::none) by_ticket_.erase(ticket_hash(before), before, ticket_hash);
  by_ticket_.insert(ticket_hash(number), number, ticket_hash);

  const uint64_t hash = external_hashes_[number];
  if (hash == 0) return;
  const auto hash_of = [this](uint32_t n) { return external_hashes_[n]; };
  // By its 64-bit hash alone: find_external compares the text.
  const uint32_t same =
      by_external_id_.find(hash, [&](uint32_t n) { return external_hashes_[n] == hash; });
  if (same != sched::HashIndex::none) by_external_id_.erase(hash, same, hash_of);
  by_external_id_.insert(hash, number, hash_of);
}

sched::Expected<void, std::string> History::append(uint64_t first,
                                                   std::span<const desk::ArchivedTicket> tickets) {
  if (tickets.empty() || first + tickets.size() <= count() + 1) return {};
  if (first > count() + 1)
    return sched::Unexpected{"history: " + path_ + " holds " + std::to_string(count()) +
                             " tickets and ticket " + std::to_string(first) +
                             " was to be added: some in between are missing"};
  const size_t already = count() + 1 - first;
  tickets = tickets.subspan(already);
  buffer_.clear();
  const uint64_t old_end = end_;
  for (const desk::ArchivedTicket& ticket : tickets) {
    const uint64_t offset = old_end + buffer_.size();
    pack(ticket, count() + 1, buffer_);
    remember(offset, ticket.facts.ticket, ticket.view.external_id);
  }
  if (const int error = disk_->write_fully(file_, buffer_, old_end))
    return sched::Unexpected{failed("write to", -error)};
  end_ = old_end + buffer_.size();
  unsynced_ = true;
  return {};
}

sched::Expected<void, std::string> History::sync() {
  if (!unsynced_) return {};
  if (const int error = disk_->sync(file_)) return sched::Unexpected{failed("sync", -error)};
  if (const int error = disk_->sync_folder(path_.substr(0, path_.rfind('/'))))
    return sched::Unexpected{failed("sync the folder of", -error)};
  unsynced_ = false;
  return {};
}

sched::Expected<std::vector<std::byte>, std::string> History::read(uint32_t number) const {
  const uint64_t offset = offsets_[number];
  const uint64_t next = number + 1 < offsets_.size() ? offsets_[number + 1] : end_;
  std::vector<std::byte> bytes(next - offset);
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t some =
        pread(file_, bytes.data() + got, bytes.size() - got, static_cast<off_t>(offset + got));
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return sched::Unexpected{failed("read", some < 0 ? errno : EIO)};
    got += static_cast<size_t>(some);
  }
  RecordHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.header_hash != header.hash_now() ||
      header.payload_size != bytes.size() - sizeof header ||
      sched::hash_bytes(bytes.data() + sizeof header, header.payload_size) != header.payload_hash)
    return sched::Unexpected{"history: " + path_ + " at offset " + std::to_string(offset) +
                             " is damaged: stop the server and restore the data folder from a "
                             "backup; if its log goes back to record 1, moving the file away is "
                             "enough, it is written again"};
  return bytes;
}

History::Found History::find(uint64_t ticket) const {
  const uint32_t number =
      by_ticket_.find(sched::mix(ticket), [&](uint32_t n) { return tickets_[n] == ticket; });
  if (number == sched::HashIndex::none) return std::optional<desk::TicketView>();
  const auto bytes = read(number);
  if (!bytes) return sched::Unexpected{bytes.error()};
  RecordHeader header;
  std::memcpy(&header, bytes.value().data(), sizeof header);
  desk::TicketView view;
  CHECK(unpack(header, std::span(bytes.value()).subspan(sizeof header), view));
  return std::optional(std::move(view));
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

sched::Expected<void, std::string> History::for_each(
    const std::function<void(const desk::TicketFacts&, std::span<const desk::StateInterval>)>& each)
    const {
  Reader reader(file_, end_);
  std::vector<desk::StateInterval> intervals;
  uint64_t seen = 0;
  while (reader.next()) {
    desk::TicketFacts facts;
    std::memcpy(&facts, reader.payload().data(), sizeof facts);
    intervals.resize(reader.header().interval_count);
    if (!intervals.empty())
      std::memcpy(intervals.data(), reader.payload().data() + sizeof facts,
                  intervals.size() * sizeof(desk::StateInterval));
    each(facts, intervals);
    ++seen;
  }
  if (reader.error() != 0) return sched::Unexpected{failed("read", reader.error())};
  if (seen != count())
    return sched::Unexpected{"history: " + path_ + " at offset " + std::to_string(reader.offset()) +
                             " is damaged: stop the server and restore the data folder from a "
                             "backup; if its log goes back to record 1, moving the file away is "
                             "enough, it is written again"};
  return {};
}

}  // namespace paceline::runtime
