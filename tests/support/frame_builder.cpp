#include "tests/support/frame_builder.h"

#include "sched/base/digest.h"

namespace paceline::desk::test {

template <class Command>
void FrameBuilder::attributes(Command& command, const OpenFields& fields,
                              const std::string& external_id) {
  command.promised_at_us = fields.promised_at_us;
  command.kind = fields.kind;
  command.impact = fields.impact;
  command.urgency = fields.urgency;
  command.vip = fields.vip;
  command.sentiment = fields.sentiment;
  command.workaround = fields.workaround;
  command.major = fields.major;
  size_t at = 0;
  for (const std::string* part :
       {&external_id, &fields.category, &fields.subcategory, &fields.service, &fields.config_item,
        &fields.channel, &fields.requester_type, &fields.organisation, &fields.contract,
        &fields.stage, &fields.language, &fields.confidentiality, &fields.requester, &fields.body,
        &fields.queue}) {
    command.sizes[at++] = text(*part);
  }
}

FrameBuilder& FrameBuilder::open(const OpenFields& fields) {
  Open& open = open_.emplace_back();
  open.text_at = add(CommandKind::open);
  open.occurred_at_us = fields.occurred_at_us;
  open.follows = fields.follows;
  open.confidence = fields.confidence;
  attributes(open, fields, fields.external_id);
  return *this;
}

FrameBuilder& FrameBuilder::update(const std::string& ticket, uint32_t bits,
                                   const OpenFields& fields, uint32_t expected_version) {
  Update& update = update_.emplace_back();
  update.text_at = add(CommandKind::update);
  update.fields = bits;
  update.expected_version = expected_version;
  update.confidence = fields.confidence;
  attributes(update, fields, ticket);
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

FrameBuilder& FrameBuilder::resolve(const std::string& ticket, bool restate,
                                    const std::string& article) {
  on_ticket(resolve_, CommandKind::resolve, ticket).restate = restate;
  resolve_article_.push_back(text(article));
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
  attributes(import, fields, fields.external_id);
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

FrameBuilder& FrameBuilder::accept(uint64_t offer, const std::string& agent) {
  Accept& accept = accept_.emplace_back();
  accept.offer = offer;
  accept.text_at = add(CommandKind::accept);
  accept.agent_size = text(agent);
  return *this;
}

FrameBuilder& FrameBuilder::decline(uint64_t offer, const std::string& reason,
                                    const std::string& agent) {
  Decline& decline = decline_.emplace_back();
  decline.offer = offer;
  decline.text_at = add(CommandKind::decline);
  decline.agent_size = text(agent);
  decline.reason_size = text(reason);
  return *this;
}

FrameBuilder& FrameBuilder::withdraw(const std::string& ticket) {
  on_ticket(withdraw_, CommandKind::withdraw, ticket);
  return *this;
}

FrameBuilder& FrameBuilder::set_agent_state(const std::string& agent, AgentStep step,
                                            const std::string& code, bool requeue) {
  SetAgentState& state = set_agent_state_.emplace_back();
  state.text_at = add(CommandKind::set_agent_state);
  state.agent_size = text(agent);
  state.code_size = text(code);
  state.step = static_cast<uint8_t>(step);
  state.requeue = requeue;
  return *this;
}

FrameBuilder& FrameBuilder::next(const std::string& agent) {
  Next& next = next_.emplace_back();
  next.text_at = add(CommandKind::next);
  next.agent_size = text(agent);
  return *this;
}

FrameBuilder& FrameBuilder::escalate(const std::string& ticket, const std::string& reason,
                                     const std::string& queue, const std::string& checklist) {
  Escalate& escalate = on_ticket(escalate_, CommandKind::escalate, ticket);
  escalate.queue_size = text(queue);
  escalate.reason_size = text(reason);
  escalate.checklist_size = text(checklist);
  return *this;
}

FrameBuilder& FrameBuilder::bounce(const std::string& ticket, const std::string& reason) {
  on_ticket(bounce_, CommandKind::bounce, ticket).reason_size = text(reason);
  return *this;
}

FrameBuilder& FrameBuilder::hand_over(const std::string& ticket, const std::string& agent,
                                      const std::string& note) {
  HandOver& hand_over = on_ticket(hand_over_, CommandKind::hand_over, ticket);
  hand_over.agent_size = text(agent);
  hand_over.note_size = text(note);
  return *this;
}

FrameBuilder& FrameBuilder::reassign(const std::string& where, const std::string& queue,
                                     const std::string& agent, const std::string& reason) {
  Reassign& reassign = reassign_.emplace_back();
  reassign.text_at = add(CommandKind::reassign);
  reassign.where_size = text(where);
  reassign.queue_size = text(queue);
  reassign.agent_size = text(agent);
  reassign.reason_size = text(reason);
  return *this;
}

FrameBuilder& FrameBuilder::switch_route(const std::string& rule, bool on) {
  SwitchRoute& switch_route = switch_route_.emplace_back();
  switch_route.text_at = add(CommandKind::switch_route);
  switch_route.rule_size = text(rule);
  switch_route.on = on;
  return *this;
}

FrameBuilder& FrameBuilder::hold_queue(const std::string& queue, bool held) {
  HoldQueue& hold_queue = hold_queue_.emplace_back();
  hold_queue.text_at = add(CommandKind::hold_queue);
  hold_queue.queue_size = text(queue);
  hold_queue.held = held;
  return *this;
}

FrameBuilder& FrameBuilder::score(const std::string& ticket, const std::string& agent,
                                  int8_t points) {
  Score& score = on_ticket(score_, CommandKind::score, ticket);
  score.agent_size = text(agent);
  score.points = points;
  return *this;
}

FrameBuilder& FrameBuilder::reconcile(const std::string& agent, const std::string& tickets) {
  Reconcile& reconcile = reconcile_.emplace_back();
  reconcile.text_at = add(CommandKind::reconcile);
  reconcile.agent_size = text(agent);
  reconcile.tickets_size = text(tickets);
  return *this;
}

FrameBuilder& FrameBuilder::rate(const std::string& ticket, int8_t score, int8_t recommend,
                                 const std::string& comment, uint64_t survey) {
  Rate& rate = on_ticket(rate_, CommandKind::rate, ticket);
  rate.survey = survey;
  rate.comment_size = text(comment);
  rate.score = score;
  rate.recommend = recommend;
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
  frame.resolve_article = resolve_article_;
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
  frame.accept = accept_;
  frame.decline = decline_;
  frame.withdraw = withdraw_;
  frame.set_agent_state = set_agent_state_;
  frame.next = next_;
  frame.escalate = escalate_;
  frame.bounce = bounce_;
  frame.hand_over = hand_over_;
  frame.reassign = reassign_;
  frame.switch_route = switch_route_;
  frame.hold_queue = hold_queue_;
  frame.score = score_;
  frame.reconcile = reconcile_;
  frame.rate = rate_;
  return frame;
}

}  // namespace paceline::desk::test
