#include "engine/runtime/history.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "engine/desk/kpi.h"
#include "engine/runtime/history_record.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/power_loss_disk.h"
#include "tests/support/temporary_folder.h"

namespace paceline::runtime {
namespace {

using paceline::testing::FaultyDisk;
using paceline::testing::PowerLossDisk;
using paceline::testing::TemporaryFolder;
using ::testing::HasSubstr;

/// Names a desk would have told of.
void tell_names(desk::ArchivedBatch& batch) {
  const auto tell = [&](size_t table, uint32_t position, std::string_view text) {
    desk::NamedText name;
    name.entry.table = static_cast<uint8_t>(table);
    name.entry.position = position;
    name.entry.clock = desk::ClockKind::stage;
    name.entry.calendar_version = 2;
    name.name = text;
    name.calendar = "24x7";
    name.label = "fulfil";
    batch.add_name(name);
  };
  using desk::NameTable;
  using desk::table_of;
  for (uint32_t i = 0; const char* text : {"awaiting_requester", "awaiting_vendor", "network"})
    tell(table_of(NameTable::reason), i++, text);
  tell(table_of(NameTable::queue), 0, "network");
  for (uint32_t i = 0; i < 6; ++i) tell(table_of(NameTable::policy), i, "P" + std::to_string(i));
  tell(table_of(desk::interned_index(desk::TextField::stage)), 0, "verify");
  tell(table_of(desk::interned_index(desk::TextField::language)), 0, "de");
}

desk::ArchivedTicket ticket(uint64_t number, std::string_view external_id = {}) {
  desk::ArchivedTicket ticket;
  ticket.record.id = number;
  ticket.record.moves = 3;
  ticket.record.recorded_at_us = 10;
  ticket.intervals = {{.from_us = 10, .state = desk::State::queued},
                      {.from_us = 20, .reason = 1, .state = desk::State::closed}};
  ticket.external_id = external_id;
  ticket.body = "the printer is on fire";
  ticket.record.state = desk::State::closed;
  ticket.record.queue = 0;
  ticket.record.closed_at_us = 20;
  ticket.record.resolved_at_us = 5;  // a clock that went wrong must not break the file
  ticket.record.merged_into = 3;
  ticket.record.promised_at_us = 30;
  ticket.record.workaround = 1;
  ticket.record.routed_by = 2;
  ticket.record.parent = 4;
  ticket.record.bounces = 2;
  ticket.record.tier = 3;
  ticket.record.checklist_of = 5;
  ticket.record.marks = desk::mark_followed_up;
  ticket.queues_left = {{.at_us = 12, .queue = 0}, {.at_us = 15}};
  ticket.record.interned[desk::interned_index(desk::TextField::stage)] = 1;
  ticket.record.interned[desk::interned_index(desk::TextField::language)] = 1;
  desk::ArchivedClock& clock = ticket.clocks.emplace_back();
  clock.policy = 5;
  clock.state = sched::ClockState::completed;
  clock.verdict = desk::clock_missed_initial;
  clock.target_us = 100;
  clock.initial_target_us = 80;
  clock.consumed_us = -9;
  clock.signals = 2;
  clock.segments = 1;
  desk::ArchivedSegment& segment = ticket.segments.emplace_back();
  segment.from_us = 10;
  segment.to_us = 20;
  segment.state = sched::ClockState::running;
  segment.policy = 1;
  segment.consumed_us = 9;
  segment.repaired = 1;
  segment.cycle = 7;
  return ticket;
}

desk::ArchivedBatch batch_of(uint64_t first, const std::vector<desk::ArchivedTicket>& tickets) {
  desk::ArchivedBatch batch;
  batch.begin(first);
  tell_names(batch);
  for (const desk::ArchivedTicket& each : tickets) batch.add_ticket(each);
  return batch;
}

class HistoryTest : public ::testing::Test {
 protected:
  History open() {
    auto opened = History::open(path(), &disk);
    EXPECT_TRUE(opened) << opened.error();
    return std::move(opened.value());
  }
  std::string path() const { return folder.path() + "/desk-1.history"; }
  static void append(History& history, uint64_t first,
                     const std::vector<desk::ArchivedTicket>& tickets) {
    auto appended = history.append(batch_of(first, tickets));
    if (appended) appended = history.flush();
    EXPECT_TRUE(appended) << appended.error();
  }

  TemporaryFolder folder;
  FaultyDisk disk;
};

TEST_F(HistoryTest, IsCutToWhatTheLogKnows) {
  History history = open();
  append(history, 1, {ticket(7, "INC7"), ticket(8, "INC8"), ticket(9, "INC9")});
  ASSERT_TRUE(history.cut(1));
  EXPECT_EQ(history.count(), 1U);
  EXPECT_FALSE(history.find(8).value());
  append(history, 2, {ticket(12, "INC12")});
  EXPECT_EQ(history.find(12).value()->external_id, "INC12");
  EXPECT_EQ(open().count(), 2U);
}

TEST_F(HistoryTest, GivesBackATicketAsItLeft) {
  History history = open();
  append(history, 1, {ticket(7, "INC7")});
  const auto found = history.find(7);
  ASSERT_TRUE(found);
  ASSERT_TRUE(found.value().has_value());
  const desk::TicketView& view = *found.value();
  EXPECT_EQ(view.external_id, "INC7");
  EXPECT_EQ(view.state, desk::State::closed);
  EXPECT_EQ(view.queue, "network");
  EXPECT_EQ(view.body, "the printer is on fire");
  EXPECT_EQ(view.closed_at_us, 20);
  EXPECT_EQ(view.resolved_at_us, 5);
  EXPECT_EQ(view.occurred_at_us, 0);
  EXPECT_TRUE(view.archived);
  ASSERT_EQ(view.clocks.size(), 1U);
  EXPECT_EQ(view.clocks[0].policy, "P5");
  EXPECT_EQ(view.clocks[0].verdict, "met");
  EXPECT_EQ(view.clocks[0].target_us, 100);
  EXPECT_EQ(view.stage, "verify");
  EXPECT_EQ(view.merged_into, 3U);
  EXPECT_EQ(view.promised_at_us, 30);
  EXPECT_EQ(view.workaround, 1);
  EXPECT_EQ(view.language, "de");
  EXPECT_EQ(view.routed_by, "network");
  EXPECT_EQ(view.parent, 4U);
  EXPECT_EQ(view.bounces, 2U);
  EXPECT_EQ(view.tier, 3);
  EXPECT_EQ(view.checklist_of, 5);
}

TEST_F(HistoryTest, KeepsTheSegmentsOfEachClock) {
  History history = open();
  append(history, 1, {ticket(7, "INC7")});
  const auto found = history.find(7);
  ASSERT_TRUE(found && found.value().has_value());
  ASSERT_EQ(found.value()->clocks.size(), 1U);
  const desk::ClockView& clock = found.value()->clocks[0];
  EXPECT_EQ(clock.ticket, 7U);
  EXPECT_EQ(clock.external_id, "INC7");
  EXPECT_EQ(clock.kind, desk::ClockKind::stage);
  EXPECT_EQ(clock.label, "fulfil");
  EXPECT_EQ(clock.version, 5U);
  EXPECT_EQ(clock.verdict_initial, "breached");
  EXPECT_EQ(clock.initial_target_us, 80);
  ASSERT_EQ(clock.segments.size(), 1U);
  EXPECT_EQ(clock.segments[0].from_us, 10);
  EXPECT_EQ(clock.segments[0].to_us, 20);
  EXPECT_EQ(clock.segments[0].state, "running");
  EXPECT_EQ(clock.segments[0].policy, "P1");
  EXPECT_EQ(clock.segments[0].calendar, "24x7");
  EXPECT_EQ(clock.segments[0].calendar_version, 2U);
  EXPECT_EQ(clock.segments[0].consumed_us, 9);
  EXPECT_EQ(clock.segments[0].cycle, 7);
  EXPECT_TRUE(clock.segments[0].repaired);
  EXPECT_EQ(clock.consumed_us, -9);
}

TEST_F(HistoryTest, GivesReportsTheirCasesInPages) {
  History history = open();
  append(history, 1, {ticket(7), ticket(8), ticket(9)});
  std::vector<desk::TicketView> read;
  std::vector<desk::SurveyView> surveys;
  const auto page = [&](uint64_t after, uint32_t limit, int64_t since_us) {
    read.clear();
    surveys.clear();
    return history
        .cases(
            after, limit, since_us, [&](desk::TicketView view) { read.push_back(std::move(view)); },
            surveys)
        .value();
  };
  EXPECT_EQ(page(0, 2, 0), 2U);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].id, 7U);
  EXPECT_EQ(read[0].marks, desk::mark_followed_up);
  EXPECT_EQ(read[0].intervals, ticket(7).intervals);
  EXPECT_EQ(read[0].queues_left, ticket(7).queues_left);
  EXPECT_EQ(read[0].clocks[0].signals, 2);
  EXPECT_EQ(read[0].body, "");
  EXPECT_EQ(page(2, 2, 0), 3U);
  EXPECT_EQ(read.size(), 1U);
  EXPECT_EQ(page(0, 10, 21), 3U);  // all had been closed at 20
  EXPECT_EQ(read.size(), 0U);
}

TEST_F(HistoryTest, GivesBackTheSurveysThatLeftWithATicket) {
  desk::ArchivedTicket carrier = ticket(7, "INC7");
  desk::ArchivedSurvey answered;
  answered.number = 3;
  answered.ticket = 5;  // of a ticket that left before
  answered.sent_at_us = 12;
  answered.expires_at_us = 99;
  answered.answered_at_us = 14;
  answered.changed_at_us = 15;
  answered.queue = 0;
  answered.questions = desk::question_csat;
  answered.score = 2;
  answered.low = 1;
  answered.comment_size = 4;
  desk::ArchivedSurvey silent;
  silent.number = 4;
  silent.ticket = 7;
  silent.sent_at_us = 30;
  silent.questions = desk::question_nps;
  carrier.surveys = {answered, silent};
  carrier.comments = "slow";
  History history = open();
  append(history, 1, {carrier, ticket(8)});
  std::vector<desk::SurveyView> surveys;
  const auto read = [&](int64_t since_us) {
    surveys.clear();
    return history.cases(
        0, 10, since_us, [](desk::TicketView) {}, surveys);
  };
  ASSERT_TRUE(read(0));
  ASSERT_EQ(surveys.size(), 2U);
  const desk::SurveyView expected{3, 5,  "network", "",    12, 99, 14, 15, desk::question_csat,
                                  2, -1, true,      "slow"};
  EXPECT_EQ(surveys[0], expected);
  EXPECT_EQ(surveys[1].ticket, 7U);
  EXPECT_EQ(surveys[1].score, -1);
  EXPECT_EQ(surveys[1].recommend, -1);
  EXPECT_EQ(surveys[1].comment, "");
  // The ticket they left with had ended before, which says nothing of when they were sent.
  ASSERT_TRUE(read(21));
  ASSERT_EQ(surveys.size(), 1U);
  EXPECT_EQ(surveys[0].number, 4U);
  EXPECT_EQ(history.find(7).value()->external_id, "INC7");
}

// A server of before wrote records that end with the body.
TEST(HistoryRecord, OneOfBeforeIsReadWithoutWhatCameLater) {
  const desk::ArchivedTicket whole = ticket(7, "INC7");
  std::vector<std::byte> bytes;
  pack(whole, 1, bytes);
  std::span payload = std::span<const std::byte>(bytes).subspan(sizeof(HistoryHeader));
  // Marks, how many queues were left, instant and position of each, the clock's signals, how many
  // surveys left with it: one byte each.
  payload = payload.first(payload.size() - 8);
  desk::ArchivedTicket read;
  read.record.marks = 3;
  read.queues_left.resize(1);
  ASSERT_TRUE(unpack(payload, HistoryDepth::everything, read));
  EXPECT_EQ(read.body, "the printer is on fire");
  EXPECT_EQ(read.record.bounces, 2U);
  EXPECT_EQ(read.record.marks, 0);
  EXPECT_TRUE(read.queues_left.empty());
  EXPECT_EQ(read.clocks[0].signals, 0);
  EXPECT_EQ(read.clocks[0].consumed_us, -9);
  // Cut within what came later it is no record.
  std::span damaged = std::span<const std::byte>(bytes).subspan(sizeof(HistoryHeader));
  EXPECT_FALSE(unpack(damaged.first(damaged.size() - 3), HistoryDepth::everything, read));
}

TEST_F(HistoryTest, FindsByExternalIdTheNewestOfThatName) {
  History history = open();
  append(history, 1, {ticket(7, "INC7"), ticket(8, "INC8"), ticket(9, "INC7"), ticket(10)});
  EXPECT_EQ(history.find_external("INC7").value()->id, 9U);
  EXPECT_EQ(history.find_external("INC8").value()->id, 8U);
  EXPECT_FALSE(history.find_external("INC9").value().has_value());
  EXPECT_FALSE(history.find_external("").value().has_value());
  EXPECT_FALSE(history.find(11).value().has_value());
}

TEST_F(HistoryTest, WhatAReplayArchivesAgainIsSkipped) {
  History history = open();
  append(history, 1, {ticket(7), ticket(8)});
  append(history, 1, {ticket(7)});
  append(history, 2, {ticket(8), ticket(9)});
  EXPECT_EQ(history.count(), 3U);
}

TEST_F(HistoryTest, AGapIsAnError) {
  History history = open();
  append(history, 1, {ticket(7)});
  EXPECT_FALSE(history.append(batch_of(3, {ticket(9)})));
}

TEST_F(HistoryTest, KeepsANameOnceHoweverOftenItIsTold) {
  History history = open();
  append(history, 1, {ticket(7)});
  const uint64_t one = std::filesystem::file_size(path());
  append(history, 2, {ticket(8)});
  const uint64_t two = std::filesystem::file_size(path()) - one;
  append(history, 3, {ticket(9)});
  EXPECT_EQ(std::filesystem::file_size(path()), one + 2 * two);
  EXPECT_LT(two, one);
}

TEST_F(HistoryTest, NamesOutliveACut) {
  History history = open();
  append(history, 1, {ticket(7)});
  desk::ArchivedBatch later = batch_of(2, {ticket(8)});
  ASSERT_TRUE(history.append(later));
  ASSERT_TRUE(history.cut(1));
  EXPECT_EQ(history.find(7).value()->queue, "network");
  ASSERT_TRUE(history.append(later));
  EXPECT_EQ(history.find(8).value()->language, "de");
  ASSERT_TRUE(history.flush());
  EXPECT_EQ(open().find(8).value()->clocks[0].policy, "P5");
}

// The log may have lost a tail that the history had: the desk goes on another way from there.
TEST_F(HistoryTest, NamesToldForATicketThatIsCutGoWithIt) {
  desk::NamedText name;
  name.entry.table = static_cast<uint8_t>(desk::table_of(desk::NameTable::queue));
  name.entry.position = 1;
  const auto ticket_8 = [&](std::string_view queue) {
    desk::ArchivedBatch batch;
    batch.begin(2);
    name.name = queue;
    batch.add_name(name);
    desk::ArchivedTicket moved = ticket(8);
    moved.record.queue = 1;
    batch.add_ticket(moved);
    return batch;
  };
  for (const uint64_t torn : {0U, 9U}) {
    std::filesystem::remove(path());
    {
      History history = open();
      append(history, 1, {ticket(7)});
      ASSERT_TRUE(history.append(ticket_8("a queue that never was")));
      ASSERT_TRUE(history.flush());
    }
    std::filesystem::resize_file(path(), std::filesystem::file_size(path()) - torn);
    History history = open();
    ASSERT_TRUE(history.cut(1));
    ASSERT_TRUE(history.append(ticket_8("servers")));
    EXPECT_EQ(history.find(8).value()->queue, "servers");
    EXPECT_EQ(history.find(7).value()->queue, "network");
  }
}

TEST_F(HistoryTest, OutlivesTheProcess) {
  {
    History history = open();
    append(history, 1, {ticket(7, "INC7"), ticket(8)});
  }
  History history = open();
  EXPECT_EQ(history.count(), 2U);
  EXPECT_EQ(history.find_external("INC7").value()->id, 7U);
  append(history, 3, {ticket(9)});
  EXPECT_EQ(history.find(9).value()->id, 9U);
}

TEST_F(HistoryTest, WhatAnEarlierProcessWroteIsDurableAfterASyncToo) {
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    TemporaryFolder place;
    PowerLossDisk power;
    const std::string path = place.path() + "/desk-1.history";
    {
      auto history = History::open(path, &power);
      ASSERT_TRUE(history);
      ASSERT_TRUE(history->append(batch_of(1, {ticket(1), ticket(2), ticket(3)})));
      ASSERT_TRUE(history->flush());
    }
    power.lose_process();
    {
      auto history = History::open(path, &power);
      ASSERT_TRUE(history);
      ASSERT_EQ(history->count(), 3U);
      ASSERT_TRUE(history->sync());  // as a snapshot does, which then counts on it
    }
    power.lose_power(random);
    auto history = History::open(path, &power);
    ASSERT_TRUE(history);
    EXPECT_EQ(history->count(), 3U);
  }
}

TEST_F(HistoryTest, GoesThroughEveryTicketInOrder) {
  History history = open();
  for (uint64_t i = 1; i <= 5'000; ++i) append(history, i, {ticket(i)});
  uint64_t next = 1;
  const auto done = history.for_each(
      [&](const desk::TicketFacts& facts, std::span<const desk::StateInterval> intervals) {
        ASSERT_EQ(facts.ticket, next++);
        ASSERT_EQ(facts.moves, 3);
        ASSERT_EQ(intervals.size(), 2U);
        ASSERT_EQ(intervals[1].state, desk::State::closed);
      });
  EXPECT_TRUE(done);
  EXPECT_EQ(next, 5'001U);
}

TEST_F(HistoryTest, TheLargestTicketThereMayBeIsReported) {
  const std::string longest_id(65'535, 'e');
  const std::string longest(65'535, 't');
  desk::ArchivedTicket largest = ticket(7, longest_id);
  largest.record.touched_at_us = desk::ticket_intervals_max;
  largest.requester = largest.body = longest;
  largest.intervals.clear();
  for (uint32_t i = 1; i < desk::ticket_intervals_max; ++i)
    largest.intervals.push_back({.from_us = i, .reason = i % 2, .state = desk::State::pending});
  largest.intervals.push_back(
      {.from_us = desk::ticket_intervals_max, .state = desk::State::closed});
  {
    History history = open();
    append(history, 1, {ticket(6), largest, ticket(8)});
  }
  History history = open();
  EXPECT_EQ(history.find(7).value()->body.size(), 65'535U);
  desk::Names names;
  names.reasons = {"awaiting_requester", "awaiting_vendor"};
  desk::KpiBuilder builder(sched::Instant{1'000'000}, names);
  ASSERT_TRUE(
      history.for_each([&](const auto& facts, auto intervals) { builder.add(facts, intervals); }));
  const desk::Kpi kpi = std::move(builder).finish({});
  EXPECT_EQ(kpi.tickets, 3U);
  EXPECT_EQ(kpi.by_state[static_cast<size_t>(desk::State::closed)], 3U);
  EXPECT_EQ(kpi.state_us.at("awaiting_vendor"), desk::ticket_intervals_max / 2);
}

TEST_F(HistoryTest, ATornTailIsCutWhereverItIsTorn) {
  uint64_t whole = 0, two = 0;
  {
    History history = open();
    append(history, 1, {ticket(1), ticket(2)});
    two = std::filesystem::file_size(path());
    append(history, 3, {ticket(3)});
    whole = std::filesystem::file_size(path());
  }
  for (uint64_t size = whole - 1; size >= two; size -= 5) {
    std::filesystem::resize_file(path(), size);
    History history = open();
    ASSERT_EQ(history.count(), 2U) << size;
    std::filesystem::resize_file(path(), whole);
  }
}

TEST_F(HistoryTest, IsReadWhereverItLies) {
  History history = open();
  constexpr uint64_t several_blocks = 5'000;
  for (uint64_t i = 1; i <= several_blocks; ++i)
    ASSERT_TRUE(history.append(batch_of(i, {ticket(i, "INC" + std::to_string(i))})));
  EXPECT_GT(std::filesystem::file_size(path()), 0U);  // not all of it is only in memory
  for (uint64_t i = 1; i <= several_blocks; ++i)
    ASSERT_EQ(history.find(i).value()->external_id, "INC" + std::to_string(i)) << i;
  uint64_t seen = 0;
  ASSERT_TRUE(history.for_each([&](const auto&, auto) { ++seen; }));
  EXPECT_EQ(seen, several_blocks);
  ASSERT_TRUE(history.append(batch_of(several_blocks + 1, {ticket(several_blocks + 1)})));
  ASSERT_TRUE(history.flush());
  EXPECT_EQ(open().count(), several_blocks + 1);
}

TEST_F(HistoryTest, DamageIsNotHandedOut) {
  History history = open();
  for (uint64_t i = 1; i <= 5'000; ++i) append(history, i, {ticket(i)});  // the first left memory
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  file.seekp(static_cast<std::streamoff>(bytes.find("printer")));
  file << "toaster";
  file.close();
  const auto found = history.find(1);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error(), HasSubstr("damaged"));
}

TEST_F(HistoryTest, AFullDiskSaysSo) {
  History history = open();
  disk.write_error = ENOSPC;
  disk.bytes_until_error = 0;
  ASSERT_TRUE(history.append(batch_of(1, {ticket(1)})));
  const auto flushed = history.flush();
  ASSERT_FALSE(flushed);
  EXPECT_THAT(flushed.error(), HasSubstr("disk is full"));
}

}  // namespace
}  // namespace paceline::runtime
