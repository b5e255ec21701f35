// Closed tickets that left the desk's memory: an append-only file per desk.
//
// Records are numbered densely by the desk, so a replay of the log writes nothing twice: what the
// file already holds is skipped. Opening counts what is whole from the front and changes nothing.
// What a snapshot counts on is synced before, so if that is not there the file is damaged; what
// comes behind, a torn tail perhaps, is written over: it comes back with the replay.
//
// A ticket is kept in numbers of as few bytes as they need (some 150 bytes besides its texts), the
// names they stand for once in front of the first ticket that may use them.
//
// It is written in large blocks past the page cache: a desk that closes tickets by the thousand
// would fill that with what nobody reads. What does not make up a block yet is in memory, and in
// the file after flush(). A process that dies before has lost nothing: the log brings it back.
//
// In memory: the names, and where each ticket lies, found by id and by external id; some 50 bytes a
// ticket.
//
// Owner: one thread at a time: the starting one, then the archivist.  Allocates: freely.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/desk.h"
#include "engine/runtime/block_buffer.h"
#include "sched/base/expected.h"
#include "sched/base/hash_index.h"

namespace paceline::runtime {

class Disk;

class History {
 public:
  /// Opens or creates the file. Errors are sentences.
  static sched::Expected<History, std::string> open(std::string path, Disk* disk);
  /// How many whole records a file holds, and where they end. Writes nothing; no such file holds
  /// none.
  struct Extent {
    uint64_t count = 0;
    uint64_t end = 0;
    uint64_t size = 0;  ///< Of the file; above `end` lies a torn write, or damage.
  };
  static sched::Expected<Extent, std::string> inspect(const std::string& path);
  History(History&& other) noexcept;
  ~History();

  uint64_t count() const { return offsets_.size(); }

  /// Names and tickets already here are skipped. A gap is an error: tickets in between are nowhere.
  sched::Expected<void, std::string> append(const desk::ArchivedBatch& batch);
  /// Everything appended is in the file, …
  sched::Expected<void, std::string> flush();
  /// … and durable, its name too. Does nothing when nothing is new.
  sched::Expected<void, std::string> sync();
  /// Forgets what is numbered above `kept`: tickets the log does not know (it was cut, or its tail
  /// never reached the disk); and whatever lies behind the last whole record.
  sched::Expected<void, std::string> cut(uint64_t kept);

  /// As it was when it left, `archived` set. Nothing: not here. An error: here, but not readable.
  using Found = sched::Expected<std::optional<desk::TicketView>, std::string>;
  Found find(uint64_t ticket) const;
  Found find_external(std::string_view external_id) const;  ///< The newest of that id.

  /// Tickets as reports read them, from position `after` on in the order in which they came, those
  /// left out that had ended before `since_us`; until they weigh `limit` (case_weight), or enough
  /// have been looked at. Surveys that left with those looked at, sent since then, are put into
  /// `surveys`. Where to go on.
  sched::Expected<uint64_t, std::string> cases(uint64_t after, uint32_t limit, int64_t since_us,
                                               const std::function<void(desk::TicketView)>& each,
                                               std::vector<desk::SurveyView>& surveys) const;
  /// Every ticket, oldest first.
  sched::Expected<void, std::string> for_each(
      const std::function<void(const desk::TicketFacts&, std::span<const desk::StateInterval>)>&
          each);

 private:
  /// Of a ticket: where its record begins, and what it is found by.
  struct Place {
    uint64_t offset;
    uint64_t ticket;
    uint64_t external_hash;  ///< 0: it has no external id.
  };

  History(std::string path, Disk* disk, int file);
  sched::Expected<void, std::string> load();
  void remember(const Place& place);
  /// It is about to be remembered. (See HashIndex::expect.)
  void expect(const Place& place) const;
  sched::Expected<void, std::string> write_blocks();
  sched::Expected<void, std::string> read_tail();
  std::string damaged(uint64_t offset) const;
  /// Where that ticket's record ends, in the file. Requires flush().
  sched::Expected<uint64_t, std::string> end_of(uint64_t number) const;
  sched::Expected<std::vector<std::byte>, std::string> read(uint32_t number) const;
  std::string failed(const std::string& what, int error) const;

  std::string path_;
  Disk* disk_;
  int file_ = -1;
  int direct_ = -1;  // the same past the page cache; none where that is refused
  uint64_t end_ = 0;
  uint64_t tail_at_ = 0;  // block the tail begins with
  uint64_t flushed_to_ = 0;
  BlockBuffer tail_;      // from there to the end
  bool unsynced_ = true;  // it may have been created just now
  // Of the append under way.
  std::vector<std::byte> buffer_;
  std::vector<Place> fresh_;
  desk::ArchivedBatch::Reader reader_;
  desk::ArchivedNames names_;

  // By number, from 0.
  std::vector<uint64_t> offsets_;
  std::vector<uint64_t> tickets_;
  std::vector<uint64_t> external_hashes_;
  sched::HashIndex by_ticket_;
  sched::HashIndex by_external_id_;
};

}  // namespace paceline::runtime
