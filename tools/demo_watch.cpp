#include "tools/demo_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tools/board_text.h"
#include "tools/demo_day.h"
#include "tools/why_show.h"

namespace paceline::tools {

namespace {

constexpr sched::Duration pace{5 * sched::minute.us};
constexpr uint32_t trouble = 60;  // tickets of the mail queue at risk
constexpr uint32_t listed = 10;
constexpr uint32_t looked_at = 1'000;  // of those at risk, for one that waits

/// "14:25"
std::string time_of_day(int64_t at_us) {
  const int64_t minutes = (at_us - demo_midnight().us) / sched::minute.us;
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

std::string short_or_none(const std::optional<int64_t>& us) {
  return us ? brief_duration(*us) : std::string("-");
}

std::string line_of(const BoardView& view) {
  const BoardQueue& total = view.total;
  return fmt::format(
      "  {}  waiting {:>5}  oldest {:>7}  next breach in {:>7}  at risk {:>4}  breached {:>4}  "
      "agents {:>2}/{}\n",
      time_of_day(view.at_us), total.waiting, short_or_none(total.oldest_us),
      short_or_none(total.slack_us), total.at_risk, total.breached, total.agents_on, total.agents);
}

/// Each hour by day; each ten minutes from the outage until its tickets are done with.
bool told(sched::Instant now) {
  const bool close = now >= outage_begins() && now <= outage_ends() + sched::hour;
  const int64_t every_us = close ? 10 * sched::minute.us : sched::hour.us;
  return (now - demo_midnight()).us % every_us == 0 && now >= demo_midnight() + sched::hour * 6;
}

}  // namespace

Done DemoWatch::look(sched::Instant now) {
  if ((now - demo_midnight()).us % pace.us != 0) return {};
  BoardQuestion question;
  question.tickets = looked_at;
  const auto reading = read_board(client_, desk_, question);
  if (!reading) return sched::Unexpected{explain(reading.error())};
  seen_ = board_view(*reading, nullptr, question.window_us);
  if (told(now)) course_ += line_of(seen_);
  if (worst_ && seen_.total.at_risk <= worst_->view.total.at_risk) return {};
  return keep(seen_);
}

/// The moment may be the worst: why its tickets are where they are can only be asked now.
Done DemoWatch::keep(BoardView view) {
  Worst moment;
  std::vector<BoardTicket>& tickets = view.at_risk;
  auto asked = std::find_if(tickets.begin(), tickets.end(),
                            [](const BoardTicket& ticket) { return ticket.agent.empty(); });
  if (asked == tickets.end()) asked = tickets.begin();
  if (asked != tickets.end()) {
    desk::Query query;
    query.kind = desk::QueryKind::why_ticket;
    query.ticket = asked->id;
    query.limit = 5;
    const auto answer = client_.query(desk_, query);
    if (!answer) return sched::Unexpected{explain(answer.error())};
    moment.ticket = asked->name;
    moment.why = why_text(answer->why);
    // It is in the list, if need be at its end.
    if (asked - tickets.begin() >= listed) tickets[listed - 1] = *asked;
    if (tickets.size() > listed) tickets.resize(listed);
  }
  moment.view = std::move(view);
  worst_ = std::move(moment);
  return {};
}

bool DemoWatch::sees_trouble() const {
  return !acted_ &&
         std::any_of(seen_.queues.begin(), seen_.queues.end(), [](const BoardQueue& queue) {
           return queue.name == demo_mail_queue && queue.at_risk >= trouble;
         });
}

void DemoWatch::note(const std::string& line) {
  course_ += "         " + line + "\n";
  acted_ = true;
}

}  // namespace paceline::tools
