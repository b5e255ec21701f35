// The dispatcher and its model do the same, whatever happens.
#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <string>

#include "sched/dispatch.h"
#include "tests/models/dispatch_model.h"

namespace paceline::sched {
namespace {

constexpr uint32_t none = Dispatcher::none;

struct Size {
  const char* name;
  uint32_t agents;
  uint32_t lines;
  uint32_t groups;
  uint32_t skills;
  uint32_t kinds;  // of work
  uint32_t queues;
  bool weights = false;
  bool choice = true;  // surplus, preferences and orders differ
  int seeds = 4;
  int steps = 2'000;
  int compared_every = 4;
};
void PrintTo(const Size& size, std::ostream* out) { *out << size.name; }

class Twins {
 public:
  Twins(const Size& size, uint64_t seed) : size_(size), random_(seed), real_(slots) {
    define_work();
    for (int i = 0; size.weights && i < 20; ++i) set_weights();
    while (lines_ < size.lines / 2) define_line();
    while (agents_ < size.agents / 2) define_agent();
    for (uint32_t agent = 0; agent < agents_; ++agent) set_routable();
    real_.set_aged_share(250);
    model_.set_aged_share(250);
  }

  void step() {
    now_us_ += below(3);
    switch (below(36)) {
      case 0:
        return define_line();
      case 1:
        return define_agent();
      case 2:
        return below(4) == 0 ? define_work() : hold_line();
      case 3:
        return set_weights();
      case 4:
      case 5:
        return set_routable();
      case 6:
        return set_barred();
      case 7:
        return set_band();
      case 8:
      case 9:
        return exclude();
      case 10:
        return include();
      case 11:
        return age();
      case 12:
      case 13:
        return add_load();
      case 14:
      case 15:
      case 16:
      case 17:
        return change_load();
      case 18:
      case 19:
        return remove();
      case 20:
      case 21:
      case 22:
      case 23:
        return take_next();
      case 24:
      case 25:
      case 26:
        return give();
      default:
        return enqueue();
    }
  }

  void compare() {
    for (uint32_t slot = 0; slot < slots; ++slot) {
      ASSERT_EQ(real_.waiting(slot), model_.waiting(slot));
      if (model_.waiting(slot)) compare_ticket(slot);
      if (testing::Test::HasFatalFailure()) return;
    }
    for (uint32_t agent = 0; agent < agents_; ++agent) {
      compare_agent(agent);
      if (testing::Test::HasFatalFailure()) return;
    }
    ASSERT_EQ(real_.idle_beside_waiting(), model_.idle_beside_waiting());
    if (lines_ == 0) return;
    const uint32_t line = some(lines_);
    ASSERT_EQ(real_.line(line).peek(slots), model_.in_line(line));
    bool may = false;
    bool routable = false;
    for (uint32_t agent = 0; agent < agents_; ++agent) {
      const bool serves = model_.may_serve(agent, line);
      ASSERT_EQ(real_.may_serve({agent}, line), serves);
      may = may || serves;
      routable = routable || (serves && model_.agent(agent).routable);
      if (!serves) continue;
      const CrewRank expected = model_.rank(agent, line);
      const CrewRank found = real_.rank({agent}, line);
      ASSERT_EQ(found.total, expected.total);
      ASSERT_EQ(found.surplus, expected.surplus);
      ASSERT_EQ(found.preferred, expected.preferred);
      ASSERT_EQ(found.preferred_of, expected.preferred_of);
    }
    ASSERT_EQ(real_.anyone_may_serve(line), may);
    ASSERT_EQ(real_.anyone_routable(line), routable);
  }

 private:
  static constexpr uint32_t slots = 140;

  int64_t below(int64_t bound) {
    return bound == 0 ? 0 : static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  uint32_t some(uint32_t count) { return static_cast<uint32_t>(below(count)); }
  bool rarely() { return below(6) == 0; }
  uint32_t some_skill() { return some(size_.skills) * 1'000'003; }

  void compare_ticket(uint32_t slot) {
    const auto& ticket = model_.ticket(slot);
    ASSERT_EQ(real_.line_of(slot), ticket.line);
    ASSERT_EQ(real_.waits_for(slot), ticket.only);
    ASSERT_EQ(real_.aged(slot), ticket.aged);
    ASSERT_EQ(real_.standing(slot).press_us, ticket.standing.press_us);
    ASSERT_EQ(real_.standing(slot).order, ticket.standing.order);

    std::vector<uint32_t> passed_over;
    std::vector<ExternalScore> scores;
    if (agents_ != 0 && below(3) == 0) {
      for (int64_t i = below(4); i > 0; --i) passed_over.push_back(some(agents_));
      for (int64_t i = below(9); i > 0; --i) {
        scores.push_back({some(agents_), static_cast<int8_t>(below(31) - 15)});
      }
    }
    const auto expected = model_.agent_for(slot, passed_over, scores);
    const auto found = real_.agent_for(slot, passed_over, scores);
    ASSERT_EQ(found.has_value(), expected.has_value()) << "slot " << slot;
    if (found) {
      ASSERT_EQ(found->value, *expected) << "slot " << slot;
    }
    if (agents_ == 0) return;
    const uint32_t agent = some(agents_);
    ASSERT_EQ(real_.hindrance({agent}, slot), model_.hindrance(agent, slot));
    ASSERT_EQ(real_.excluded({agent}, slot), model_.excluded(agent, slot));
  }

  void compare_agent(uint32_t agent) {
    ASSERT_EQ(real_.ticket_for({agent}), model_.ticket_for(agent)) << "agent " << agent;
    ASSERT_EQ(real_.ticket_for({agent}, true), model_.ticket_for(agent, true));
    ASSERT_EQ(real_.routable({agent}), model_.agent(agent).routable);
    ASSERT_EQ(real_.fit({agent}), model_.fit(agent));
    ASSERT_EQ(real_.used_milli({agent}), model_.used_milli(agent));
    ASSERT_EQ(real_.primary_milli({agent}), model_.primary_milli(agent));
    ASSERT_EQ(real_.capacity_milli({agent}), model_.agent(agent).capacity_milli);
    ASSERT_EQ(real_.over_capacity({agent}), model_.over_capacity(agent));
    const uint32_t channel = some(3) * 77;
    ASSERT_EQ(real_.in_hand({agent}, channel), model_.in_hand(agent, channel));
    ASSERT_EQ(real_.idle_since({agent}).us, model_.agent(agent).idle_since_us);
    ASSERT_EQ(real_.exclusions({agent}), model_.exclusions(agent));
    ASSERT_EQ(real_.waiting_for({agent}), model_.waiting_for(agent));
    ASSERT_EQ(real_.credit({agent}), model_.credit(agent));
  }

  // --- Definitions ---

  void define_work() {
    const bool create = kinds_ < size_.kinds && (kinds_ == 0 || below(2) == 0);
    const uint32_t work = create ? kinds_++ : some(kinds_);
    const WorkKind kind{.weight_milli = static_cast<uint32_t>(below(8) * 97),
                        .channel = some(3) * 77,
                        .channel_max = some(4),
                        .blocking = rarely(),
                        .interruptible = below(3) == 0};
    real_.define_work(work, kind);
    model_.define_work(work, kind);
  }
  std::vector<SkillLevel> some_skills(int64_t most) {
    std::vector<SkillLevel> skills(static_cast<size_t>(below(most + 1)));
    for (SkillLevel& skill : skills) skill = {some_skill(), static_cast<uint8_t>(below(10))};
    return skills;
  }
  void add_need(std::vector<NeedStep>& steps, int depth) {
    const int64_t what = depth == 0 ? 0 : below(5);
    if (what < 2) {
      return steps.push_back({NeedStep::Code::compare, static_cast<Comparison>(below(6)),
                              static_cast<uint8_t>(below(6)), some_skill()});
    }
    add_need(steps, depth - 1);
    if (what == 2) return steps.push_back({.code = NeedStep::Code::negate});
    add_need(steps, depth - 1);
    steps.push_back({.code = what == 3 ? NeedStep::Code::both : NeedStep::Code::either});
  }
  Need some_need() {
    if (below(3) == 0) return {};
    if (below(2) == 0) return Need::all_of(some_skills(2));
    std::vector<NeedStep> steps;
    add_need(steps, 3);
    return Need(steps);
  }
  void define_line() {
    const bool create = lines_ < size_.lines && (lines_ == 0 || below(2) == 0);
    const uint32_t line = create ? lines_++ : some(lines_);
    LineTerms terms;
    if (!create && below(2) == 0) {
      terms = real_.terms(line);  // with another mode, at least
      if (size_.choice && rarely()) terms.count_surplus = !terms.count_surplus;
    } else {
      terms.group = some(size_.groups);
      terms.need = some_need();
      if (rarely()) terms.required = some_skills(2);
      terms.work = some(kinds_);
      terms.queue = some(size_.queues) * 11;
      terms.count_surplus = size_.choice && below(2) == 0;
      for (int64_t i = size_.choice ? below(4) : 0; i > 0; --i) {
        terms.preferred.push_back({some_need(), static_cast<uint8_t>(1 + below(15))});
      }
      if (size_.choice) terms.order = static_cast<AgentOrder>(below(3));
    }
    terms.mode = below(3) == 0 ? static_cast<LineMode>(below(3)) : LineMode::push;
    terms.keep_free = rarely() ? some(4) : 0;
    real_.define_line(line, terms);
    model_.define_line(line, terms);
    ASSERT_EQ(real_.terms(line), terms);
    ASSERT_EQ(real_.line_count(), lines_);
  }
  void define_agent() {
    const bool create = agents_ < size_.agents && (agents_ == 0 || below(2) == 0);
    const uint32_t agent = create ? agents_++ : some(agents_);
    Abilities abilities{{}, some_skills(4)};
    if (agents_ > 1 && below(3) == 0) abilities = abilities_of_[some(agents_ - 1)];
    for (int64_t i = below(3); i >= 0; --i) abilities.groups.push_back(some(size_.groups));
    const auto capacity_milli = static_cast<uint32_t>(below(16) * 100);
    real_.define_agent({agent}, abilities, capacity_milli);
    model_.define_agent(agent, abilities, capacity_milli);
    abilities_of_.resize(agents_);
    abilities_of_[agent] = abilities;
  }
  void hold_line() {
    if (lines_ == 0) return;
    const uint32_t line = some(lines_);
    const bool held = below(3) == 0;
    real_.hold_line(line, held);
    model_.hold_line(line, held);
  }
  void set_weights() {
    if (!size_.weights || below(5) != 0) return;
    const uint32_t queue = some(size_.queues) * 11;
    const uint32_t weight = rarely() ? 0 : some(9);
    real_.set_queue_weight(queue, weight);
    model_.set_queue_weight(queue, weight);
  }

  // --- Agents ---

  void set_routable() {
    if (agents_ == 0) return;
    const uint32_t agent = some(agents_);
    const bool routable = below(4) != 0;
    real_.set_routable({agent}, routable);
    model_.agent(agent).routable = routable;
    touch(agent);
  }
  void set_barred() {
    if (agents_ == 0) return;
    const uint32_t agent = some(agents_);
    const uint64_t barred = below(2) == 0 ? 0 : random_() & random_();
    real_.set_barred({agent}, barred);
    model_.agent(agent).barred = barred;
  }
  void set_band() {
    if (agents_ == 0) return;
    const uint32_t agent = some(agents_);
    const auto band = static_cast<uint8_t>(below(3));
    real_.set_band({agent}, band);
    model_.agent(agent).band = band;
  }
  void touch(uint32_t agent) {
    real_.set_idle_since({agent}, {now_us_});
    model_.agent(agent).idle_since_us = now_us_;
  }
  void add_load(uint32_t agent, const Load& load) {
    real_.change_load({agent}, {}, load);
    if (load.weight_milli != 0) model_.agent(agent).loads.push_back(load);
  }
  void add_load() {
    if (agents_ == 0 || below(3) != 0) return;
    add_load(some(agents_), {some(kinds_), static_cast<uint32_t>(below(6) * 80), below(3) != 0});
  }
  void change_load() {
    if (agents_ == 0) return;
    const uint32_t agent = some(agents_);
    auto& loads = model_.agent(agent).loads;
    if (loads.empty()) return;
    Load& load = loads[static_cast<size_t>(below(static_cast<int64_t>(loads.size())))];
    Load after = load;
    after.weight_milli = below(2) == 0 ? 0 : static_cast<uint32_t>(below(5) * 80);
    after.in_hand = below(2) == 0;
    if (rarely()) after.work = some(kinds_);
    real_.change_load({agent}, load, after);
    load = after;
    std::erase_if(loads, [](const Load& gone) { return gone.weight_milli == 0; });
    if (below(2) == 0) touch(agent);
  }

  // --- Pairs ---

  void exclude() {
    if (agents_ == 0) return;
    const uint32_t agent = some(agents_);
    // Sometimes more than an agent may hold.
    for (int64_t i = below(24) == 0 ? 40 : 1; i > 0; --i) {
      const uint32_t slot = some(slots);
      real_.exclude({agent}, slot);
      model_.exclude(agent, slot);
    }
  }
  void include() {
    if (agents_ == 0) return;
    const uint32_t slot = some(slots);
    if (below(3) == 0) {
      real_.include_all(slot);
      model_.include_all(slot);
      return;
    }
    const uint32_t agent = some(agents_);
    const uint32_t all = model_.exclusions(agent) > 32 ? slots : 1;
    for (uint32_t i = 0; i < all; ++i) {
      real_.include({agent}, (slot + i) % slots);
      model_.include(agent, (slot + i) % slots);
    }
  }

  // --- Tickets ---

  void enqueue() {
    const uint32_t slot = some(slots);
    if (lines_ == 0 || model_.waiting(slot)) return;
    const uint32_t line = some(lines_);
    Standing standing{below(30), order_++};
    if (rarely()) standing.press_us += 2 * Dispatcher::strict_below_us;
    if (agents_ != 0 && rarely()) {
      const uint32_t agent = some(agents_);
      real_.enqueue_for({agent}, line, slot, standing);
      model_.enqueue(line, slot, standing, agent);
    } else {
      real_.enqueue(line, slot, standing);
      model_.enqueue(line, slot, standing);
    }
  }
  void remove(uint32_t slot) {
    real_.remove(slot);
    model_.remove(slot);
  }
  void remove() {
    const uint32_t slot = some(slots);
    if (model_.waiting(slot)) remove(slot);
  }
  void age() {
    const uint32_t slot = some(slots);
    if (!model_.waiting(slot)) return;
    real_.age(slot);
    model_.age(slot);
  }

  // --- Matching ---

  void award(uint32_t agent, uint32_t slot) {
    const uint32_t work = real_.terms(model_.ticket(slot).line).work;
    real_.note_award({agent}, slot);
    model_.note_award(agent, slot);
    remove(slot);
    add_load(agent, {work, static_cast<uint32_t>(below(8) * 97), true});
    touch(agent);
  }
  void take_next() {
    if (agents_ == 0) return;
    const uint32_t agent = some(agents_);
    const uint32_t slot = model_.ticket_for(agent, below(3) == 0);
    if (slot != none) award(agent, slot);
  }
  void give() {
    const uint32_t slot = some(slots);
    if (!model_.waiting(slot)) return;
    const auto agent = model_.agent_for(slot);
    if (agent) award(*agent, slot);
  }

  Size size_;
  std::mt19937_64 random_;
  int64_t now_us_ = 1'000'000;
  uint32_t order_ = 0xffff'ff00;  // wraps on the way
  uint32_t kinds_ = 0;
  uint32_t lines_ = 0;
  uint32_t agents_ = 0;
  std::vector<Abilities> abilities_of_;
  Dispatcher real_;
  models::DispatchModel model_;
};

class DispatchProperty : public testing::TestWithParam<Size> {};

TEST_P(DispatchProperty, AnswersAsTheModelDoes) {
  for (int seed = 1; seed <= GetParam().seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Twins twins(GetParam(), static_cast<uint64_t>(seed));
    for (int step = 0; step < GetParam().steps; ++step) {
      twins.step();
      if (step % GetParam().compared_every == 0) twins.compare();
      if (testing::Test::HasFatalFailure()) {
        ADD_FAILURE() << "step " << step;
        return;
      }
    }
  }
}

constexpr Size sizes[] = {
    {.name = "tiny", .agents = 3, .lines = 2, .groups = 1, .skills = 1, .kinds = 2, .queues = 1},
    {.name = "small", .agents = 8, .lines = 6, .groups = 2, .skills = 2, .kinds = 4, .queues = 2},
    {.name = "queues_by_weight",
     .agents = 6,
     .lines = 8,
     .groups = 1,
     .skills = 1,
     .kinds = 2,
     .queues = 3,
     .weights = true},
    {.name = "one_order",
     .agents = 20,
     .lines = 12,
     .groups = 2,
     .skills = 3,
     .kinds = 5,
     .queues = 3,
     .choice = false,
     .seeds = 3,
     .compared_every = 10},
    {.name = "many_kinds_of_work",
     .agents = 20,
     .lines = 70,
     .groups = 1,
     .skills = 3,
     .kinds = 64,
     .queues = 5,
     .weights = true,
     .seeds = 3,
     .compared_every = 10},
    {.name = "many_agents",
     .agents = 150,
     .lines = 20,
     .groups = 3,
     .skills = 6,
     .kinds = 4,
     .queues = 3,
     .seeds = 3,
     .compared_every = 50},
};
INSTANTIATE_TEST_SUITE_P(Sizes, DispatchProperty, testing::ValuesIn(sizes),
                         [](const auto& size) { return std::string(size.param.name); });

}  // namespace
}  // namespace paceline::sched
