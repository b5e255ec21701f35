#include "tests/support/desk_driver.h"

#include "engine/desk/kpi.h"

namespace paceline::desk::test {

namespace {

constexpr SessionId session{7};

std::deque<Configuration>& configurations() {
  static std::deque<Configuration> registered;
  return registered;
}

}  // namespace

std::string register_configuration(const Configuration& configuration) {
  configurations().push_back(configuration);
  return "configuration " + std::to_string(configurations().size() - 1);
}

sched::Expected<Configuration, std::string> registered_configuration(
    std::span<const std::byte> document) {
  const std::string text(reinterpret_cast<const char*>(document.data()), document.size());
  size_t number = 0;
  if (std::sscanf(text.c_str(), "configuration %zu", &number) != 1 ||
      number >= configurations().size()) {
    return sched::Unexpected{std::string("not a registered configuration")};
  }
  return configurations()[number];
}

sched::CalendarSpec weekdays_nine_to_five() {
  sched::CalendarSpec spec;
  spec.name = "weekdays";
  for (uint8_t weekday = 0; weekday < 5; ++weekday) {
    spec.week.push_back({weekday, 9 * 3'600, 17 * 3'600});
  }
  return spec;
}

DeskDriver::DeskDriver(const Limits& limits)
    : desk_(sched::DeskNumber{1}, "test", limits, &registered_configuration) {
  Desk::set_invariants_fatal(true);
}

int64_t DeskDriver::instant_us(const std::string& time) {
  int days = 0;
  std::string clock = time;
  if (clock.front() == '+') {
    const size_t space = clock.find(' ');
    days = std::stoi(clock.substr(1, space - 1));
    clock = clock.substr(space + 1);
  }
  int hours = 0, minutes = 0, seconds = 0, microseconds = 0;
  const int parts =
      std::sscanf(clock.c_str(), "%d:%d:%d.%6d", &hours, &minutes, &seconds, &microseconds);
  EXPECT_GE(parts, 2) << time;
  return monday_us + days * sched::day.us + hours * sched::hour.us + minutes * sched::minute.us +
         seconds * sched::second.us + microseconds;
}

DeskDriver& DeskDriver::at(const std::string& time) { return at_us(instant_us(time)); }

std::vector<Reply> DeskDriver::apply(FrameBuilder& builder) {
  const CommandFrame frame = builder.frame(desk_.number(), session, next_number_);
  next_number_ += builder.size();
  Batch batch{sched::Instant{now_us_}, {&frame, 1}};
  if (builder.size() == 0) batch.frames = {};
  outcome_.clear();
  desk_.apply(batch, outcome_);
  note_archived();
  EXPECT_EQ(desk_.check_invariants(), std::vector<std::string>{});
  return outcome_.replies;
}

void DeskDriver::note_archived() {
  archived_.clear();
  using Item = ArchivedBatch::Reader::Item;
  ArchivedBatch::Reader left(outcome_.archived);
  for (Item item = left.next(); item != Item::none; item = left.next()) {
    if (item == Item::name) {
      EXPECT_TRUE(archived_names_.add(left.name()));
    } else {
      archived_.push_back(
          {archived_names_.view(left.ticket()), left.ticket().facts(), left.ticket().intervals});
      archived_cases_.push_back(archived_names_.case_view(left.ticket()));
      archived_names_.add_surveys(left.ticket(), 0, archived_surveys_);
    }
  }
}

std::vector<TicketView> DeskDriver::cases() const {
  Query query;
  query.kind = QueryKind::cases;
  query.limit = 1'000;
  std::vector<TicketView> all;
  for (bool more = true; more;) {
    Answer answer = desk_.answer(query);
    all.insert(all.end(), answer.tickets.begin(), answer.tickets.end());
    more = answer.more;
    query.after = answer.next_after;
  }
  all.insert(all.end(), archived_cases_.begin(), archived_cases_.end());
  return all;
}

std::vector<SurveyView> DeskDriver::surveys() const {
  Query query;
  query.kind = QueryKind::cases;
  query.mode = 2;
  query.limit = 2;
  std::vector<SurveyView> all = archived_surveys_;
  for (bool more = true; more;) {
    Answer answer = desk_.answer(query);
    all.insert(all.end(), answer.surveys.begin(), answer.surveys.end());
    more = answer.more;
    query.after = answer.next_after;
  }
  return all;
}

std::vector<Event> DeskDriver::tick() {
  FrameBuilder nothing;
  apply(nothing);
  return outcome_.events;
}

void DeskDriver::configure(const Configuration& configuration) {
  FrameBuilder builder;
  builder.configure(register_configuration(configuration));
  for (const Reply& reply : apply(builder)) {
    EXPECT_EQ(name(static_cast<Reject>(reply.code)), "none");
  }
}

TicketView DeskDriver::ticket(const std::string& external_id) const {
  Query query;
  query.kind = QueryKind::ticket;
  query.text = external_id;
  const Answer answer = desk_.answer(query);
  EXPECT_EQ(answer.code, 0) << external_id;
  return answer.code == 0 ? answer.tickets.front() : TicketView{};
}

std::vector<ClockView> DeskDriver::why_clock(const std::string& external_id) const {
  Query query;
  query.kind = QueryKind::why_clock;
  query.text = external_id;
  return desk_.answer(query).clocks;
}

std::vector<OfferView> DeskDriver::offers(const std::string& queue_name,
                                          const std::string& agent_name) const {
  Query query;
  query.kind = QueryKind::offers;
  query.text = queue_name;
  query.agent = agent_name;
  query.limit = 1'000;
  return desk_.answer(query).offers;
}

uint64_t DeskDriver::offer(const std::string& external_id, const std::string& agent_name) const {
  for (const OfferView& offer : offers({}, agent_name))
    if (offer.external_id == external_id) return offer.offer;
  return 0;
}

AgentView DeskDriver::agent(const std::string& agent_name) const {
  Query query;
  query.kind = QueryKind::agents;
  for (AgentView& agent : desk_.answer(query).agents)
    if (agent.name == agent_name) return std::move(agent);
  ADD_FAILURE() << "no agent " << agent_name;
  return {};
}

QueueView DeskDriver::queue_view(const std::string& queue_name) const {
  Query query;
  query.kind = QueryKind::queues;
  for (QueueView& queue : desk_.answer(query).queues)
    if (queue.name == queue_name) return std::move(queue);
  ADD_FAILURE() << "no queue " << queue_name;
  return {};
}

Why DeskDriver::why(QueryKind kind, const std::string& subject) const {
  Query query;
  query.kind = kind;
  (kind == QueryKind::why_agent ? query.agent : query.text) = subject;
  query.limit = 1'000;
  const Answer answer = desk_.answer(query);
  EXPECT_EQ(answer.code, 0) << subject;
  return answer.why;
}

std::vector<std::string> DeskDriver::queue(const std::string& queue_name) const {
  Query query;
  query.kind = QueryKind::queue_peek;
  query.text = queue_name;
  query.limit = 1'000;
  std::vector<std::string> ids;
  for (const TicketView& view : desk_.answer(query).tickets) ids.push_back(view.external_id);
  return ids;
}

Kpi DeskDriver::kpi() const {
  const Names names = desk_.names();
  KpiBuilder builder(sched::Instant{now_us_}, names);
  desk_.collect_facts([&](const TicketFacts& facts, std::span<const StateInterval> intervals) {
    builder.add(facts, intervals);
  });
  return std::move(builder).finish(desk_.policy_verdicts());
}

size_t DeskDriver::count(EventKind kind) const {
  size_t found = 0;
  for (const Event& event : outcome_.events) found += event.kind == kind ? 1 : 0;
  return found;
}

}  // namespace paceline::desk::test
