// Clocks against a slow model: random commands on a few tickets with every kind of clock. After
// every batch the figures of each clock and every clock.* event are what the model says, a repair
// would change nothing, and no ended clock waits for anything.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <map>

#include "tests/engine/desk/clock_property_desk.h"
#include "tests/models/clock_model.h"

namespace paceline::desk::test {
namespace {

using tests::ClockSaying;
using tests::ModelClock;
using tests::TicketModel;

std::string shown(int64_t at_us) {
  if (at_us < monday_us - sched::day.us * 60) return std::to_string(at_us);
  char text[64];
  const int64_t since_us = at_us - monday_us;
  const int64_t day = since_us >= 0 ? since_us / sched::day.us : -1 - (-since_us / sched::day.us);
  const int64_t of_day = since_us - day * sched::day.us;
  std::snprintf(
      text, sizeof text, "%+lld %02d:%02d:%02d.%06d", static_cast<long long>(day),
      static_cast<int>(of_day / sched::hour.us), static_cast<int>(of_day / sched::minute.us % 60),
      static_cast<int>(of_day / sched::second.us % 60), static_cast<int>(of_day % 1'000'000));
  return text;
}

std::string shown(const ClockSaying& saying) {
  return std::string(name(saying.kind)) + " at " + shown(saying.at_us) + " " + saying.policy +
         " cycle " + std::to_string(saying.cycle) + " value " + shown(saying.value_us) +
         " fields " + std::to_string(saying.fields) + " bp " + std::to_string(saying.threshold_bp) +
         " flags " + std::to_string(saying.flags);
}

uint32_t field_bits(const ModelFields& a, const ModelFields& b) {
  uint32_t bits = 0;
  const auto compare = [&](bool same, Field field) { bits |= same ? 0 : bit(field); };
  compare(a.kind == b.kind, Field::kind);
  compare(a.impact == b.impact, Field::impact);
  compare(a.urgency == b.urgency, Field::urgency);
  compare(a.priority == b.priority, Field::priority);
  compare(a.vip == b.vip, Field::vip);
  compare(a.category == b.category, Field::category);
  compare(a.stage == b.stage, Field::stage);
  compare(a.workaround == b.workaround, Field::workaround);
  compare(a.major == b.major, Field::major);
  return bits;
}

class ClockRun {
 public:
  ClockRun(uint64_t seed, int steps) : dice_(seed), seed_(seed), steps_(steps) {}

  void run() {
    desk_.at_us(monday_us + 9 * sched::hour.us);
    configure();
    for (int i = 0; i < steps_ && !::testing::Test::HasFailure(); ++i) {
      step();
      move_on();
    }
    if (!::testing::Test::HasFailure()) return;
    std::string script;
    for (const std::string& line : script_) script += "  " + line + "\n";
    ADD_FAILURE() << "seed " << seed_ << ", the last steps:\n" << script;
  }
  size_t compared() const { return compared_; }

 private:
  struct Known {
    std::string external_id;
    TicketModel model;
    std::vector<ClockSaying> said;
    bool rolled_out = false;
  };

  void note(const std::string& line) {
    script_.push_back(shown(desk_.now_us()) + "  " + line);
    if (script_.size() > 30) script_.pop_front();
  }

  void configure() {
    edition_ = next_edition(dice_, policies_, desk_.now_us());
    note("configure");
    FrameBuilder builder;
    builder.configure(register_configuration(edition_.configuration));
    apply(builder);
    EXPECT_EQ(replies_.back().code, 0);
  }

  OpenFields some_fields() {
    OpenFields fields;
    fields.kind = static_cast<uint8_t>(dice_.roll(2));
    fields.impact = static_cast<uint8_t>(dice_.roll(4));
    fields.urgency = static_cast<uint8_t>(dice_.roll(4));
    fields.vip = dice_.chance(30);
    fields.workaround = dice_.chance(30);
    fields.major = dice_.chance(30);
    fields.category = dice_.chance(20) ? "" : "c" + std::to_string(dice_.roll(4));
    constexpr const char* stages[] = {"", "fulfil", "hold", "verify", "reviewed"};
    fields.stage = stages[dice_.roll(5)];
    const int64_t ahead_us = static_cast<int64_t>(dice_.roll(96)) * sched::hour.us / 2;
    if (dice_.chance(40)) fields.promised_at_us = desk_.now_us() + ahead_us - sched::hour.us;
    if (dice_.chance(30)) fields.occurred_at_us = desk_.now_us() - ahead_us * 5;
    return fields;
  }
  std::string some_ticket() { return "T" + std::to_string(first_ + dice_.roll(4)); }
  std::string some_reason() {
    constexpr const char* reasons[] = {
        "awaiting_requester",   "awaiting_vendor", "awaiting_change", "awaiting_approval",
        "awaiting_problem_fix", "scheduled_for",   "awaiting_group",  "odd"};
    return reasons[dice_.roll(8)];
  }

  void step() {
    FrameBuilder builder;
    const std::string ticket = some_ticket();
    const auto hours_us = static_cast<int64_t>(dice_.roll(60)) * sched::hour.us;
    switch (const uint64_t what = dice_.roll(27)) {
      case 0:
      case 1:
        asked_ = some_fields();
        asked_.external_id = "T" + std::to_string(opened_);
        note("open " + asked_.external_id + " " + asked_.category);
        builder.open(asked_);
        break;
      case 2:
      case 3:
      case 4:
      case 5: {
        asked_ = some_fields();
        asked_bits_ = 0;
        for (const uint32_t some :
             {bit(FieldBit::kind), bit(FieldBit::impact), bit(FieldBit::urgency),
              bit(FieldBit::vip), bit(FieldBit::workaround), bit(FieldBit::major),
              bit(FieldBit::promised_at), bit(TextField::category), bit(TextField::stage)}) {
          if (dice_.chance(25)) asked_bits_ |= some;
        }
        note("update " + ticket + " fields " + std::to_string(asked_bits_));
        builder.update(ticket, asked_bits_, asked_);
        break;
      }
      case 6:
      case 7: {
        const auto author = static_cast<AuthorKind>(dice_.roll(4));
        note("message " + ticket + " author " + std::to_string(static_cast<int>(author)));
        builder.message(ticket, author, dice_.chance(80), dice_.chance(20));
        break;
      }
      case 8:
      case 9:
      case 10:
      case 11: {
        const std::string reason = some_reason();
        const bool until = dice_.chance(30);
        note("pend " + ticket + " " + reason + (until ? " until" : ""));
        builder.pend(ticket, reason, until ? desk_.now_us() + hours_us + 1 : 0,
                     dice_.chance(20) ? hours_us : 0, dice_.chance(10) ? 1 : 0);
        break;
      }
      case 12:
      case 13:
      case 14:
        note("resume " + ticket);
        builder.resume(ticket);
        break;
      case 15:
        note("assign " + ticket);
        builder.assign(ticket, dice_.chance(50) ? "a0" : "a1");
        break;
      case 16:
      case 17: {
        const std::string queue = dice_.chance(20) ? "triage" : "q" + std::to_string(dice_.roll(3));
        note("requeue " + ticket + " " + queue);
        builder.requeue(ticket, queue);
        break;
      }
      case 18:
      case 19:
        note("resolve " + ticket);
        builder.resolve(ticket, dice_.chance(20));
        break;
      case 20:
      case 21:
        note("reopen " + ticket);
        builder.reopen(ticket);
        break;
      case 22:
        note((dice_.chance(50) ? "close " : "cancel ") + ticket);
        script_.back().find(" close ") != std::string::npos ? builder.close(ticket)
                                                            : builder.cancel(ticket);
        break;
      case 23: {
        const std::string into = some_ticket();
        note("merge " + ticket + " into " + into);
        builder.merge(ticket, into);
        break;
      }
      case 24:
        acknowledged_ = static_cast<uint8_t>(dice_.roll(3));
        note("acknowledge " + ticket + " rung " + std::to_string(acknowledged_));
        builder.acknowledge(ticket, acknowledged_);
        break;
      case 25:
        if (dice_.chance(70)) break;
        migrating_ = dice_.chance(50) ? MigrateMode::carry : MigrateMode::retroactive;
        note(migrating_ == MigrateMode::carry ? "migrate carry" : "migrate retroactive");
        builder.migrate(migrating_);
        break;
      default:
        if (what == 26 && dice_.chance(25)) return configure();
        note("tick");
        break;
    }
    apply(builder, ticket);
  }

  /// Often exactly to what is due next, or next to it; the server may be down meanwhile.
  void move_on() {
    const int64_t now_us = desk_.now_us();
    const int64_t due_us = desk_.desk().next_due().us;
    int64_t then_us = now_us;
    if (dice_.chance(45) && due_us > now_us && due_us < now_us + 30 * sched::day.us) {
      then_us = due_us + static_cast<int64_t>(dice_.roll(3)) - 1;
    } else if (!dice_.chance(20)) {
      const int64_t spread_us = dice_.chance(6) ? 6 * sched::day.us : 2 * sched::hour.us;
      then_us += static_cast<int64_t>(dice_.roll(static_cast<uint64_t>(spread_us)));
      if (dice_.chance(50)) then_us -= then_us % sched::minute.us;
    }
    then_us = std::max(then_us, now_us);
    if (then_us - now_us > sched::hour.us && dice_.chance(30)) {
      desk_.desk().recovered({now_us}, {then_us});
      const int64_t stale_us = then_us - edition_.configuration.settings.stale_after_us;
      if (stale_us > now_us) stale_before_us_ = std::max(stale_before_us_, stale_us);
      desk_.at_us(then_us);
      note("back after being down");
    }
    desk_.at_us(then_us);
  }

  void apply(FrameBuilder& builder, const std::string& ticket = "") {
    const bool acknowledges =
        builder.size() == 1 && script_.back().find("  acknowledge") != std::string::npos;
    const bool migrates =
        builder.size() == 1 && script_.back().find("  migrate") != std::string::npos;
    for (auto& [id, known] : tickets_) known.model.recovered(stale_before_us_);
    replies_ = desk_.apply(builder);
    std::vector<Event> events = desk_.events();
    while (desk_.outcome().more_timers_due) {
      const std::vector<Event> more = desk_.tick();
      events.insert(events.end(), more.begin(), more.end());
    }
    const int64_t now_us = desk_.now_us();
    const bool done = replies_.empty() || replies_.back().code == 0;
    bool acknowledged = false;
    bool follows = false;
    names_ = desk_.desk().names();
    for (const Event& event : events) {
      if (event.kind == EventKind::policy_loaded) {
        for (auto& [id, known] : tickets_) known.model.advance(now_us, false, now_us);
        rules_.apply(edition_.in_force, edition_.configuration);
        follows = true;
      }
      if (event.kind == EventKind::clock_acknowledged && !acknowledged) {
        acknowledged = true;
        Known& known = tickets_.at(event.ticket);
        known.model.advance(now_us, false, now_us);
        EXPECT_TRUE(known.model.acknowledge(acknowledged_, now_us));
      }
      const bool everywhere =
          event.kind == EventKind::policy_migrated || (event.cause == Cause::timer && follows);
      for (auto& [id, known] : tickets_) {
        const bool reached = id == event.ticket && event.cause == Cause::configuration;
        if (everywhere || reached) roll_out(known, follows, migrates && done);
      }
      follow(event);
    }
    if (acknowledges) {
      EXPECT_EQ(done, acknowledged) << ticket;
    }
    for (auto& [id, known] : tickets_) {
      roll_out(known, follows, migrates && done);
      known.rolled_out = false;
      known.model.advance(now_us, true, now_us);
    }
    for (auto& [id, known] : tickets_) compare(known, now_us);
  }

  /// Changed rules reach the ticket, once in a batch.
  void roll_out(Known& known, bool follows, bool migrates) {
    const int64_t now_us = desk_.now_us();
    if (known.rolled_out || (!follows && !migrates)) return;
    known.rolled_out = true;
    known.model.advance(now_us, false, now_us);
    if (follows) known.model.follow_calendars(now_us);
    if (migrates) known.model.migrate(migrating_ == MigrateMode::retroactive, now_us);
  }

  // The ticket's own events tell the model what happened to it.

  void follow(const Event& event) {
    if (event.ticket == 0) return;
    const bool of_clock =
        event.kind >= EventKind::clock_started && event.kind <= EventKind::clock_repaired;
    if (of_clock || event.kind == EventKind::gaming_signal) {
      const Known& known = tickets_.at(event.ticket);
      static_cast<void>(known);
      tickets_.at(event.ticket)
          .said.push_back({event.kind, event.at_us, names_.policies[event.policy], event.cycle,
                           event.value_us, event.fields, event.threshold_bp, event.flags});
      return;
    }
    if (event.kind == EventKind::ticket_recorded) return record(event);
    Known& known = tickets_.at(event.ticket);
    TicketModel& model = known.model;
    const int64_t now_us = desk_.now_us();
    if (event.kind == EventKind::ticket_archived) {
      compare_said(known);
      tickets_.erase(event.ticket);
      return;
    }
    const bool of_timer = event.cause == Cause::timer;
    if (event.kind == EventKind::ticket_updated && of_timer) return;  // raised: for others only
    model.advance(event.at_us, event.kind == EventKind::ticket_closed && of_timer, now_us);
    if (event.kind == EventKind::ticket_requeued && of_timer) {
      model.advance_to(known.said.size(), now_us);
    }
    if (event.kind == EventKind::ticket_linked) {
      return model.take_origin(origins_.at(static_cast<uint64_t>(event.value_us)), now_us);
    }
    if (event.kind == EventKind::ticket_updated) return update(model, now_us);
    change(model, event);
  }

  void record(const Event& event) {
    const auto made = tickets_.emplace(
        event.ticket, Known{asked_.external_id, TicketModel(rules_, event.at_us), {}, false});
    TicketModel& model = made.first->second.model;
    model.recovered(stale_before_us_);
    model.occurred_at_us = asked_.occurred_at_us;
    model.promised_at_us = asked_.promised_at_us;
    asked_bits_ = ~0U;
    set_fields(model.fields);
    origins_[event.ticket] =
        asked_.occurred_at_us != 0 ? std::min(asked_.occurred_at_us, event.at_us) : event.at_us;
    ++opened_;
    if (opened_ > first_ + 4) first_ = opened_ - 4;
  }

  void set_fields(ModelFields& fields) const {
    const auto asked = [&](auto field) { return (asked_bits_ & bit(field)) != 0; };
    if (asked(FieldBit::kind)) fields.kind = asked_.kind;
    if (asked(FieldBit::impact)) fields.impact = asked_.impact;
    if (asked(FieldBit::urgency)) fields.urgency = asked_.urgency;
    if (asked(FieldBit::vip)) fields.vip = asked_.vip != 0;
    if (asked(FieldBit::workaround)) fields.workaround = asked_.workaround != 0;
    if (asked(FieldBit::major)) fields.major = asked_.major != 0;
    if (asked(TextField::category)) fields.category = asked_.category;
    if (asked(TextField::stage)) fields.stage = asked_.stage;
    const int row = fields.impact == 0 ? 2 : fields.impact;
    const int column = fields.urgency == 0 ? 2 : fields.urgency;
    fields.priority = row + column - 1;  // the usual matrix
  }

  void update(TicketModel& model, int64_t now_us) {
    const ModelFields before = model.fields;
    const int64_t promised_us = model.promised_at_us;
    set_fields(model.fields);
    if ((asked_bits_ & bit(FieldBit::promised_at)) != 0) {
      model.promised_at_us = asked_.promised_at_us;
    }
    uint32_t changed = field_bits(before, model.fields);
    if (promised_us != model.promised_at_us) {
      model.promise_changed(now_us);
      changed = 0xffff'ffff;
    }
    if (changed != 0) model.updated(changed, before.priority, now_us);
  }

  void change(TicketModel& model, const Event& event) {
    ModelFields& fields = model.fields;
    const std::string group_before = fields.group;
    const std::string queue_before = fields.queue;
    const bool open_event = event.kind == EventKind::ticket_queued;
    const State state_before = fields.state;
    const std::string reason_before = fields.reason;
    if (event.kind == EventKind::ticket_pended && fields.state != State::pending) {
      fields.before_pending = fields.state;
    }
    if (event.kind == EventKind::ticket_assigned && event.state == State::pending) {
      fields.before_pending = State::assigned;
    }
    fields.state = event.state;
    fields.queue = names_.queues[event.queue];
    fields.group = fields.queue == "triage" ? "triage" : fields.queue == "q2" ? "g1" : "g0";
    fields.has_agent = event.agent != Event::none;
    fields.reason = event.state == State::pending ? names_.reasons[event.reason] : "";
    if (event.kind == EventKind::ticket_reopened) fields.reopened = true;
    if (event.kind == EventKind::ticket_messaged) message(fields, event.flags);
    fields.moved = !open_event && fields.group != group_before;
    if (fields.state != state_before || fields.reason != reason_before) {
      if (!model.life.empty() && model.life.back().from_us == event.at_us) model.life.pop_back();
      model.life.push_back({event.at_us, fields.state, fields.reason});
    }
    uint32_t changed = bit(Field::state) | bit(Field::reason) | bit(Field::assigned);
    if (!fields.message.empty()) {
      changed |= bit(Field::message) | bit(Field::responded) | bit(Field::ball);
    }
    if (fields.queue != queue_before) {
      changed |= bit(Field::queue) | bit(Field::group) | bit(Field::in_triage) | bit(Field::moved);
    }
    const bool reopened = event.kind == EventKind::ticket_reopened;
    if (open_event || reopened) changed = 0xffff'ffff;
    if (event.kind == EventKind::ticket_merged) model.merged(event.at_us);
    model.react(changed, reopened, event.at_us);
    fields.message.clear();
    fields.moved = false;
  }

  static void message(ModelFields& fields, uint8_t flags) {
    const bool is_public = (flags & message_public) != 0;
    const bool automatic = (flags & message_automatic) != 0;
    const bool agent = (flags & message_by_agent) != 0;
    const bool requester = (flags & message_by_requester) != 0;
    const bool bot = (flags & message_by_bot) != 0;
    fields.message = !is_public  ? "internal"
                     : automatic ? "automatic"
                     : agent     ? "agent"
                     : requester ? "requester"
                     : bot       ? "bot"
                                 : "automatic";
    if (!is_public) return;
    if (agent && !automatic) fields.responded = true;
    if ((agent || bot) && !automatic) fields.ball_at_requester = true;
    if (requester) fields.ball_at_requester = false;
  }

  // Comparing.

  void compare_said(Known& known) {
    TicketModel& model = known.model;
    for (size_t i = 0; i < std::max(known.said.size(), model.expected.size()); ++i) {
      if (i < known.said.size() && i < model.expected.size() &&
          known.said[i] == model.expected[i]) {
        ++compared_;
        continue;
      }
      std::string all = "the desk said\n";
      for (const ClockSaying& saying : known.said) all += "    " + shown(saying) + "\n";
      all += "  the model\n";
      for (const ClockSaying& saying : model.expected) all += "    " + shown(saying) + "\n";
      ADD_FAILURE() << known.external_id << ": " << all;
      return;
    }
    known.said.clear();
    model.expected.clear();
  }

  void compare(Known& known, int64_t now_us) {
    if (::testing::Test::HasFailure()) return;
    compare_said(known);
    if (::testing::Test::HasFailure()) return;
    const std::vector<ClockView> views = desk_.why_clock(known.external_id);
    const std::vector<ModelClock>& clocks = known.model.clocks;
    ASSERT_EQ(views.size(), clocks.size()) << known.external_id;
    for (size_t i = 0; i < views.size(); ++i) {
      compare(views[i], clocks[i], now_us);
      if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << known.external_id << " " << views[i].policy << "; spans of the model:\n"
                      << spans(clocks[i]);
        return;
      }
    }
    Query repair;
    repair.kind = QueryKind::repair;
    repair.text = known.external_id;
    for (const ClockChange& change : desk_.desk().answer(repair).changes) {
      for (const ModelClock& clock : clocks) {
        if (clock.policy().definition().name != change.policy) continue;
        ADD_FAILURE() << known.external_id << ": a repair would change " << change.policy
                      << ": target " << change.target_before_us << " to " << change.target_after_us
                      << ", consumed " << change.consumed_before_us << " to "
                      << change.consumed_after_us << ", breached at "
                      << shown(change.breached_before_us) << " to "
                      << shown(change.breached_after_us) << "\n"
                      << spans(clock);
      }
    }
  }

  static std::string spans(const ModelClock& clock) {
    std::string all = "  cycle " + std::to_string(clock.cycle) + " carried " +
                      std::to_string(clock.carried_us) + "\n";
    for (const tests::ModelSpan& span : clock.spans) {
      all += "  " + shown(span.from_us) +
             (span.state == tests::ClockState::paused ? " paused " : " running ") + span.reason +
             " " + span.policy->definition().name + " v" +
             std::to_string(span.policy->calendar_version) + " target " +
             std::to_string(span.target_us) + "\n";
    }
    return all;
  }

  void compare(const ClockView& view, const ModelClock& clock, int64_t now_us) {
    const ModelClock::Figures f = clock.figures(now_us);
    constexpr const char* states[] = {"none", "running", "paused", "completed", "cancelled"};
    EXPECT_EQ(view.policy, clock.policy().definition().name);
    EXPECT_EQ(view.state, states[static_cast<size_t>(clock.state)]);
    EXPECT_EQ(view.cycle, clock.cycle);
    EXPECT_EQ(view.target_us, clock.last().target_us);
    EXPECT_EQ(view.initial_target_us, clock.initial_us);
    EXPECT_EQ(view.started_at_us, clock.spans.front().from_us);
    EXPECT_EQ(view.consumed_us, f.consumed_us);
    EXPECT_EQ(shown(view.due_at_us), shown(clock.due_us(now_us)));
    EXPECT_EQ(shown(view.breached_at_us), shown(clock.breached_at_us));
    // A breach announced is where the spans say, unless they were written anew since.
    if (clock.witnessed) {
      EXPECT_EQ(shown(clock.breached_at_us), shown(f.breach_us));
    }
    const auto effect = clock.next_effect(now_us);
    const int64_t effect_us = effect && effect->at_us != sched::never.us ? effect->at_us : 0;
    EXPECT_EQ(shown(view.next_effect_at_us), shown(effect_us));
    if (clock.state == tests::ClockState::completed) {
      const int verdict = clock.verdict(f.consumed_us);
      const auto word = [&](int flag) { return (verdict & flag) != 0 ? "breached" : "met"; };
      EXPECT_EQ(view.verdict, word(clock_missed));
      EXPECT_EQ(view.verdict_final, word(clock_missed_final));
      EXPECT_EQ(view.verdict_worst, word(clock_missed_worst));
      EXPECT_EQ(view.verdict_initial, word(clock_missed_initial));
    }
    int64_t consumed_us = clock.carried_us;
    for (const SegmentView& segment : view.segments) {
      if (segment.repaired) consumed_us = clock.carried_us;
      if (segment.cycle == clock.cycle && segment.state != "completed" &&
          segment.state != "cancelled") {
        consumed_us += segment.consumed_us;
      }
    }
    EXPECT_EQ(consumed_us, view.consumed_us);
    for (size_t i = 0; i < view.rungs.size(); ++i) {
      EXPECT_EQ(view.rungs[i].passed, (clock.fired >> i & 1U) != 0) << "rung " << i;
      if (!clock.live()) {
        EXPECT_EQ(view.rungs[i].next_action_at_us, 0);
      }
    }
  }

  Dice dice_;
  uint64_t seed_;
  int steps_;
  DeskDriver desk_;
  tests::ClockRules rules_;
  std::vector<StatedPolicy> policies_;
  Edition edition_;
  std::map<uint64_t, Known> tickets_;
  std::map<uint64_t, int64_t> origins_;
  Names names_;
  std::vector<Reply> replies_;
  OpenFields asked_;
  uint32_t asked_bits_ = 0;
  uint8_t acknowledged_ = 0;
  MigrateMode migrating_ = MigrateMode::carry;
  uint64_t opened_ = 0, first_ = 0;
  int64_t stale_before_us_ = 0;
  size_t compared_ = 0;
  std::deque<std::string> script_;
};

class ClockProperties : public ::testing::TestWithParam<uint64_t> {};

TEST_P(ClockProperties, FiguresAndEventsAreTheModels) {
  // `tools/check --long` sets it: many more seeds after each of these.
  const int runs = std::getenv("PACELINE_SOAK") == nullptr ? 1 : 500;
  for (int i = 0; i < runs && !HasFailure(); ++i) {
    ClockRun run(GetParam() + static_cast<uint64_t>(i) * 8, 400);
    run.run();
    if (!HasFailure()) {
      EXPECT_GT(run.compared(), 100U);
    }
  }
}

/// `PACELINE_SEED=49 test_desk --gtest_filter=ClockProperty.TheSeedAskedFor`
TEST(ClockProperty, TheSeedAskedFor) {
  const char* seed = std::getenv("PACELINE_SEED");
  if (seed == nullptr) GTEST_SKIP() << "no PACELINE_SEED";
  ClockRun run(std::strtoull(seed, nullptr, 10), 400);
  run.run();
}

INSTANTIATE_TEST_SUITE_P(Seeds, ClockProperties, ::testing::Range<uint64_t>(1, 9));

}  // namespace
}  // namespace paceline::desk::test
