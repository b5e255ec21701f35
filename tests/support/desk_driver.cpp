#include "tests/support/desk_driver.h"

#include "engine/desk/kpi.h"
#include "sched/base/digest.h"

namespace paceline::desk::test {

FrameBuilder& FrameBuilder::open(const OpenFields& fields) {
  Open& open = open_.emplace_back();
  open.text_at = add(CommandKind::open);
  open.occurred_at_us = fields.occurred_at_us;
  open.promised_at_us = fields.promised_at_us;
  open.follows = fields.follows;
  open.kind = fields.kind;
  open.impact = fields.impact;
  open.urgency = fields.urgency;
  open.vip = fields.vip;
  open.sentiment = fields.sentiment;
  open.workaround = fields.workaround;
  open.major = fields.major;
  size_t at = 0;
  for (const std::string* part :
       {&fields.external_id, &fields.category, &fields.subcategory, &fields.service,
        &fields.config_item, &fields.channel, &fields.requester_type, &fields.organisation,
        &fields.contract, &fields.stage, &fields.requester, &fields.body, &fields.queue}) {
    open.sizes[at++] = text(*part);
  }
  return *this;
}

FrameBuilder& FrameBuilder::update(const std::string& ticket, uint32_t bits,
                                   const OpenFields& fields, uint32_t expected_version) {
  Update& update = update_.emplace_back();
  update.text_at = add(CommandKind::update);
  update.fields = bits;
  update.expected_version = expected_version;
  update.kind = fields.kind;
  update.impact = fields.impact;
  update.urgency = fields.urgency;
  update.vip = fields.vip;
  update.sentiment = fields.sentiment;
  update.workaround = fields.workaround;
  update.major = fields.major;
  update.promised_at_us = fields.promised_at_us;
  size_t at = 0;
  for (const std::string* part :
       {&ticket, &fields.category, &fields.subcategory, &fields.service, &fields.config_item,
        &fields.channel, &fields.requester_type, &fields.organisation, &fields.contract,
        &fields.stage, &fields.requester, &fields.body, &fields.queue}) {
    update.sizes[at++] = text(*part);
  }
  return *this;
}

FrameBuilder& FrameBuilder::message(const std::string& ticket, AuthorKind author, bool is_public,
                                    bool automatic) {
  Message& message = on_ticket(message_, CommandKind::message, ticket);
  message.author_kind = static_cast<uint8_t>(author);
  message.is_public = is_public;
  message.automatic = automatic;
  return *this;
}

FrameBuilder& FrameBuilder::assign(const std::string& ticket, const std::string& agent) {
  Assign& assign = on_ticket(assign_, CommandKind::assign, ticket);
  assign.agent_size = text(agent);
  return *this;
}

FrameBuilder& FrameBuilder::start(const std::string& ticket) {
  on_ticket(start_, CommandKind::start, ticket);
  return *this;
}

FrameBuilder& FrameBuilder::requeue(const std::string& ticket, const std::string& queue,
                                    const std::string& reason) {
  Requeue& requeue = on_ticket(requeue_, CommandKind::requeue, ticket);
  requeue.queue_size = text(queue);
  requeue.reason_size = text(reason);
  return *this;
}

FrameBuilder& FrameBuilder::pend(const std::string& ticket, const std::string& reason,
                                 int64_t resume_at_us, int64_t max_pause_us, uint8_t reminders) {
  Pend& pend = on_ticket(pend_, CommandKind::pend, ticket);
  pend.reason_size = text(reason);
  pend.resume_at_us = resume_at_us;
  pend.max_pause_us = max_pause_us;
  pend.reminders = reminders;
  return *this;
}

FrameBuilder& FrameBuilder::resume(const std::string& ticket) {
  on_ticket(resume_, CommandKind::resume, ticket);
  return *this;
}

FrameBuilder& FrameBuilder::resolve(const std::string& ticket, bool restate) {
  on_ticket(resolve_, CommandKind::resolve, ticket).restate = restate;
  return *this;
}

FrameBuilder& FrameBuilder::close(const std::string& ticket) {
  on_ticket(close_, CommandKind::close, ticket);
  return *this;
}

FrameBuilder& FrameBuilder::reopen(const std::string& ticket) {
  on_ticket(reopen_, CommandKind::reopen, ticket);
  return *this;
}

FrameBuilder& FrameBuilder::cancel(const std::string& ticket) {
  on_ticket(cancel_, CommandKind::cancel, ticket);
  return *this;
}

FrameBuilder& FrameBuilder::define_queue(const std::string& name, const std::string& group,
                                         QueueMode mode, const std::string& need,
                                         Discipline discipline, uint32_t weight_milli) {
  DefineQueue& define = define_queue_.emplace_back();
  define.text_at = add(CommandKind::define_queue);
  define.name_size = text(name);
  define.group_size = text(group);
  define.need_size = text(need);
  define.mode = static_cast<uint8_t>(mode);
  define.discipline = static_cast<uint8_t>(discipline);
  define.weight_milli = weight_milli;
  return *this;
}

FrameBuilder& FrameBuilder::define_agent(const std::string& name, const std::string& groups,
                                         const std::string& skills, uint32_t capacity_milli) {
  DefineAgent& define = define_agent_.emplace_back();
  define.text_at = add(CommandKind::define_agent);
  define.name_size = text(name);
  define.groups_size = text(groups);
  define.skills_size = text(skills);
  define.capacity_milli = capacity_milli;
  return *this;
}

FrameBuilder& FrameBuilder::log_in(const std::string& agent) {
  LogIn& log_in = log_in_.emplace_back();
  log_in.text_at = add(CommandKind::log_in);
  log_in.agent_size = text(agent);
  return *this;
}

FrameBuilder& FrameBuilder::log_out(const std::string& agent) {
  LogOut& log_out = log_out_.emplace_back();
  log_out.text_at = add(CommandKind::log_out);
  log_out.agent_size = text(agent);
  return *this;
}

FrameBuilder& FrameBuilder::configure(const std::string& document) {
  add(CommandKind::config_begin);
  config_begin_.emplace_back().bytes = static_cast<uint32_t>(document.size());
  ConfigChunk& chunk = config_chunk_.emplace_back();
  chunk.text_at = add(CommandKind::config_chunk);
  chunk.size = text(document);
  add(CommandKind::config_commit);
  config_commit_.emplace_back().hash = sched::hash_text(document);
  return *this;
}

FrameBuilder& FrameBuilder::acknowledge(const std::string& ticket, uint8_t rung, uint8_t clock) {
  Acknowledge& acknowledge = on_ticket(acknowledge_, CommandKind::acknowledge, ticket);
  acknowledge.rung = rung;
  acknowledge.clock = clock;
  return *this;
}

FrameBuilder& FrameBuilder::merge(const std::string& ticket, const std::string& into) {
  Merge& merge = on_ticket(merge_, CommandKind::merge, ticket);
  merge.into_external_id_size = text(into);
  return *this;
}

FrameBuilder& FrameBuilder::import_ticket(const OpenFields& fields, int64_t recorded_at_us,
                                          const std::string& history, const std::string& agent) {
  ImportTicket& import = import_ticket_.emplace_back();
  import.text_at = add(CommandKind::import_ticket);
  import.recorded_at_us = recorded_at_us;
  import.occurred_at_us = fields.occurred_at_us;
  import.promised_at_us = fields.promised_at_us;
  import.kind = fields.kind;
  import.impact = fields.impact;
  import.urgency = fields.urgency;
  size_t at = 0;
  for (const std::string* part :
       {&fields.external_id, &fields.category, &fields.subcategory, &fields.service,
        &fields.config_item, &fields.channel, &fields.requester_type, &fields.organisation,
        &fields.contract, &fields.stage, &fields.requester, &fields.body, &fields.queue}) {
    import.sizes[at++] = text(*part);
  }
  import.history_size = text(history);
  import.agent_size = text(agent);
  return *this;
}

FrameBuilder& FrameBuilder::migrate(MigrateMode mode, const std::string& select,
                                    const std::string& policy) {
  Migrate& migrate = migrate_.emplace_back();
  migrate.text_at = add(CommandKind::migrate);
  migrate.select_size = text(select);
  migrate.policy_size = text(policy);
  migrate.mode = static_cast<uint8_t>(mode);
  return *this;
}

FrameBuilder& FrameBuilder::repair(const std::string& ticket, bool newest) {
  on_ticket(repair_, CommandKind::repair, ticket).newest = newest;
  return *this;
}

CommandFrame FrameBuilder::frame(sched::DeskNumber desk, SessionId session, uint64_t first_number,
                                 uint32_t roles) const {
  CommandFrame frame;
  frame.desk = desk;
  frame.session = session;
  frame.roles = roles;
  frame.first_number = first_number;
  frame.order = order_;
  frame.text = text_;
  frame.open = open_;
  frame.update = update_;
  frame.message = message_;
  frame.assign = assign_;
  frame.start = start_;
  frame.requeue = requeue_;
  frame.pend = pend_;
  frame.resume = resume_;
  frame.resolve = resolve_;
  frame.close = close_;
  frame.reopen = reopen_;
  frame.cancel = cancel_;
  frame.define_queue = define_queue_;
  frame.define_agent = define_agent_;
  frame.log_in = log_in_;
  frame.log_out = log_out_;
  frame.config_begin = config_begin_;
  frame.config_chunk = config_chunk_;
  frame.config_commit = config_commit_;
  frame.acknowledge = acknowledge_;
  frame.merge = merge_;
  frame.import_ticket = import_ticket_;
  frame.migrate = migrate_;
  frame.repair = repair_;
  return frame;
}

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
  EXPECT_EQ(desk_.check_invariants(), std::vector<std::string>{});
  return outcome_.replies;
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
