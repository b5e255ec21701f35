// A report does not care where a ticket lies: the same over memory and over the history file.
#include <gmock/gmock.h>

#include "engine/report/split.h"
#include "engine/report/tables.h"
#include "tests/engine/report/report_desk.h"
#include "tests/support/dice.h"

namespace paceline::report::test {
namespace {

using desk::test::Dice;

std::string text_of(const Figure& figure) {
  std::string text = figure.id + " " + std::to_string(figure.numerator) + "/" +
                     std::to_string(figure.denominator) + " " + figure.needs + figure.note;
  for (const auto& [why, count] : figure.excluded) text += " " + why + std::to_string(count);
  for (const auto& [what, count] : figure.parts) text += " " + what + std::to_string(count);
  for (const int64_t us : {figure.spread.median_us, figure.spread.p90_us, figure.spread.max_us})
    text += " " + std::to_string(us);
  return text;
}

std::vector<std::string> everything(const Book& book, Period period) {
  const Question question = ask(book, period, {});
  std::vector<std::string> lines;
  for (const Figure& figure : figures(question)) lines.push_back(text_of(figure));
  for (const Part& part : split(question, Dimension::queue)) {
    for (const Figure& figure : figures(part.question))
      lines.push_back(part.name + " " + text_of(figure));
  }
  for (const QueueRow& row : queue_rows(question))
    lines.push_back(row.queue + std::to_string(row.came) + " " + std::to_string(row.left) + " " +
                    std::to_string(row.stay.total_us));
  for (const IntervalRow& row : interval_rows(question, hour.us))
    lines.push_back(std::to_string(row.recorded) + " " + std::to_string(row.backlog) + " " +
                    std::to_string(row.met) + " " + std::to_string(row.breached));
  return lines;
}

TEST(ReportOverHistory, IsTheSameAsOverMemory) {
  ReportDesk kept(1'000);
  ReportDesk archived(0);
  for (ReportDesk* desk : {&kept, &archived}) {
    morning(*desk);
    for (const char* id : {"A", "B", "C", "H"}) desk->does([&](FrameBuilder& f) { f.close(id); });
  }
  const auto in_memory = kept.book();
  const auto in_history = archived.book();
  ASSERT_EQ(std::count_if(in_history->cases().begin(), in_history->cases().end(),
                          [](const Case& ticket) { return ticket.archived; }),
            6);
  EXPECT_EQ(everything(*in_history, the_day()), everything(*in_memory, the_day()));
}

/// The same throws for both desks; what has ended is left alone, as it may be in the file.
void random_day(ReportDesk& desk, uint64_t seed) {
  Dice dice(seed);
  const char* queues[] = {"l1", "l2"};
  const char* agents[] = {"ana", "eva"};
  std::vector<std::string> open;
  int64_t now_us = DeskDriver::instant_us("09:00");
  for (int step = 0; step < 120; ++step) {
    now_us += static_cast<int64_t>(dice.roll(21)) * minute.us;
    desk.desk().at_us(now_us);
    if (open.size() < 2 || dice.chance(25)) {
      open.push_back("T" + std::to_string(step));
      desk.open(open.back(), queues[dice.roll(2)], "r" + std::to_string(dice.roll(6)), "c");
      continue;
    }
    const size_t at = dice.roll(open.size());
    const std::string id = open[at];
    const auto other = open[(at + 1) % open.size()];
    bool ends = false;
    // Verbs that are refused change nothing on either desk.
    desk.desk().run([&](FrameBuilder& f) {
      switch (dice.roll(12)) {
        case 0:
          f.requeue(id, queues[dice.roll(2)]);
          break;
        case 1:
          f.escalate(id, "needs more", "l2");
          break;
        case 2:
          f.bounce(id, "wrong queue");
          break;
        case 3:
          f.pend(id, "awaiting_requester");
          break;
        case 4:
          f.resume(id);
          break;
        case 5:
          f.resolve(id);
          break;
        case 6:
          f.reopen(id);
          break;
        case 7:
          f.message(id, dice.chance(50) ? desk::AuthorKind::agent : desk::AuthorKind::requester,
                    true);
          break;
        case 8:
          f.cancel(id);
          break;
        case 9:
          f.close(id);
          break;
        case 10:
          f.merge(id, other);
          break;
        default:
          f.assign(id, agents[dice.roll(2)]).start(id);
      }
    });
    for (const desk::Event& event : desk.desk().events())
      ends = ends || event.kind == desk::EventKind::ticket_closed ||
             event.kind == desk::EventKind::ticket_merged ||
             event.kind == desk::EventKind::ticket_cancelled;
    if (ends) open.erase(open.begin() + static_cast<ptrdiff_t>(at));
  }
}

TEST(ReportOverHistory, IsTheSameForAnyDay) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    ReportDesk kept(1'000);
    ReportDesk archived(0);
    random_day(kept, seed);
    random_day(archived, seed);
    const auto in_memory = kept.book();
    const auto in_history = archived.book();
    ASSERT_EQ(in_history->cases().size(), in_memory->cases().size()) << "seed " << seed;
    ASSERT_TRUE(std::any_of(in_history->cases().begin(), in_history->cases().end(),
                            [](const Case& ticket) { return ticket.archived; }))
        << "seed " << seed;
    const Period period{DeskDriver::instant_us("09:00"), kept.desk().now_us() + 1};
    EXPECT_EQ(everything(*in_history, period), everything(*in_memory, period)) << "seed " << seed;
  }
}

TEST(ReportOverHistory, ATicketReadTwiceCountsOnceAsItWasLater) {
  ReportDesk desk(0);
  desk.at("09:00");
  desk.open("A", "l1");
  const desk::TicketView early = desk.desk().cases().front();
  desk.at("10:00");
  desk.take("A", "ana");
  desk.resolve("A");
  desk.does([](FrameBuilder& f) { f.close("A"); });
  Book book;
  book.set_desk("d", desk.desk().now_us(), desk.desk().desk().names(), {}, {});
  book.add(early);                                                            // a page of memory
  for (const desk::TicketView& later : desk.desk().cases()) book.add(later);  // then the file
  book.sort();
  ASSERT_EQ(book.cases().size(), 1U);
  EXPECT_TRUE(book.cases().front().archived);
}

}  // namespace
}  // namespace paceline::report::test
