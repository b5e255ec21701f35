#include "tools/calendar_clocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "tools/clock_show.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/paging.h"
#include "tools/table.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using sched::Instant;
using Json = nlohmann::ordered_json;

class Moves {
 public:
  Moves(OpenedDesk& desk, const std::string& calendar, const sched::Calendar& before,
        const sched::Calendar& after)
      : desk_(desk), calendar_(calendar), before_(before), after_(after) {}

  Got<CalendarClocks> find() {
    desk::Query query;
    query.kind = desk::QueryKind::policies;
    const auto policies = desk_.ask(query);
    if (!policies) return sched::Unexpected{policies.error()};
    for (const desk::PolicyView& policy : policies->policies)
      policies_.emplace(policy.version, policy);
    query.kind = desk::QueryKind::status;
    const auto status = desk_.ask(query);
    if (!status) return sched::Unexpected{status.error()};
    now_ = {status->status.now_us};
    for (const char* state : {"running", "paused"}) {
      if (Done done = each_clock(state); !done) return sched::Unexpected{done.error()};
    }
    std::stable_sort(found_.moved.begin(), found_.moved.end(), [](const auto& a, const auto& b) {
      const auto key = [](const MovedClock& each) {
        return std::tuple(each.move.kind, each.move.new_due_us == 0, each.move.new_due_us);
      };
      return key(a) < key(b);
    });
    return std::move(found_);
  }

 private:
  Done each_clock(const char* state) {
    desk::Query query;
    query.kind = desk::QueryKind::clocks;
    query.agent = state;
    query.limit = 1'000;
    Done done;
    const auto more = for_each_page(desk_, query, "the clocks", [&](desk::Answer& answer) {
      for (desk::ClockView& clock : answer.clocks) {
        if (clock.calendar != calendar_ || !done) continue;
        done = add(std::move(clock));
      }
      return done.has_value();
    });
    if (!more) return sched::Unexpected{more.error()};
    return done;
  }

  Done add(desk::ClockView clock) {
    const auto policy = policies_.find(clock.version);
    if (policy == policies_.end())
      return sched::Unexpected{conflict("the desk's policies changed meanwhile: ask again")};
    int64_t promised_at_us = 0;
    if (policy->second.target.kind == desk::TargetKind::promised) {
      desk::Query query;
      query.kind = desk::QueryKind::ticket;
      query.ticket = clock.ticket;
      const auto answer = desk_.ask(query);
      if (!answer) return sched::Unexpected{answer.error()};
      if (answer->tickets.empty()) return {};  // it has ended since
      promised_at_us = answer->tickets.front().promised_at_us;
    }
    const CalendarMove move =
        calendar_move(clock, policy->second, promised_at_us, before_, after_, now_);
    count(move);
    if (move.kind == MoveKind::moves || move.kind == MoveKind::on_resume)
      found_.moved.push_back({std::move(clock), move});
    return {};
  }

  void count(const CalendarMove& move) {
    found_.other_version += move.other_version ? 1 : 0;
    found_.breach += move.breaches ? 1 : 0;
    switch (move.kind) {
      case MoveKind::stays:
        ++found_.stay;
        break;
      case MoveKind::next_pause:
        ++found_.follow_later;
        break;
      case MoveKind::never:
        ++found_.keep;
        break;
      case MoveKind::on_resume:
        ++found_.paused;
        break;
      case MoveKind::moves: {
        ++found_.running;
        const bool later =
            move.new_due_us == 0 || (move.old_due_us != 0 && move.new_due_us > move.old_due_us);
        ++(later ? found_.later : found_.earlier);
        break;
      }
    }
  }

  OpenedDesk& desk_;
  const std::string& calendar_;
  const sched::Calendar& before_;
  const sched::Calendar& after_;
  std::map<uint32_t, desk::PolicyView> policies_;
  Instant now_;
  CalendarClocks found_;
};

std::string due_text(int64_t us) { return us == 0 ? "never" : format_instant({us}); }

std::string moved_by(const CalendarMove& move) {
  if (move.old_due_us == 0 || move.new_due_us == 0) return "";
  const int64_t by_us = move.new_due_us - move.old_due_us;
  return (by_us < 0 ? "-" : "+") + format_exact(by_us < 0 ? -by_us : by_us);
}

std::string table_of(const CalendarClocks& clocks, MoveKind kind) {
  Table table({"ticket", "external id", "clock", "policy", "old due", "new due", ">moved by", ""});
  for (const auto& [clock, move] : clocks.moved) {
    if (move.kind != kind) continue;
    table.row({std::to_string(clock.ticket), clock.external_id, clock_name(clock.kind, clock.label),
               clock.policy, due_text(move.old_due_us), due_text(move.new_due_us), moved_by(move),
               move.breaches ? "breaches at once" : ""});
  }
  return table.empty() ? "" : table.text();
}

}  // namespace

Got<CalendarClocks> clocks_moved(OpenedDesk& desk, const std::string& calendar,
                                 const sched::Calendar& before, const sched::Calendar& after) {
  return Moves(desk, calendar, before, after).find();
}

std::string moved_text(const CalendarClocks& clocks) {
  std::string text = table_of(clocks, MoveKind::moves);
  text += fmt::format(
      "{} running clocks would be due at another instant ({} later, {} earlier), "
      "{} stay\n",
      clocks.running, clocks.later, clocks.earlier, clocks.stay);
  if (clocks.paused != 0) {
    text += "\n" + table_of(clocks, MoveKind::on_resume);
    text += fmt::format(
        "{} paused clocks would move when they go on: due as above if that were "
        "now\n",
        clocks.paused);
  }
  if (clocks.breach != 0) text += fmt::format("{} would breach at once\n", clocks.breach);
  if (clocks.follow_later != 0)
    text += fmt::format("{} follow after their next pause (on_calendar_change = \"next_arm\")\n",
                        clocks.follow_later);
  if (clocks.keep != 0)
    text += fmt::format("{} keep the calendar they have (on_calendar_change = \"never\")\n",
                        clocks.keep);
  return text;
}

Json moved_json(const CalendarClocks& clocks) {
  Json list = Json::array();
  for (const auto& [clock, move] : clocks.moved) {
    const bool known = move.old_due_us != 0 && move.new_due_us != 0;
    list.push_back(
        {{"ticket", clock.ticket},
         {"external_id", text_json(clock.external_id)},
         {"clock", word(clock_words, static_cast<uint8_t>(clock.kind))},
         {"label", text_json(clock.label)},
         {"policy", clock.policy},
         {"state", clock.state},
         {"old_due", instant_json(move.old_due_us)},
         {"new_due", instant_json(move.new_due_us)},
         {"moved_by_us", known ? Json(move.new_due_us - move.old_due_us) : Json(nullptr)},
         {"breaches_at_once", move.breaches}});
  }
  return {{"running_moved", clocks.running},
          {"later", clocks.later},
          {"earlier", clocks.earlier},
          {"stay", clocks.stay},
          {"paused_moved", clocks.paused},
          {"breach_at_once", clocks.breach},
          {"follow_after_next_pause", clocks.follow_later},
          {"keep_calendar", clocks.keep},
          {"under_another_version", clocks.other_version},
          {"clocks", std::move(list)}};
}

}  // namespace paceline::tools
