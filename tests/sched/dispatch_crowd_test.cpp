// A large floor, where a model that looks at everyone would take too long: what must hold at every
// moment, whatever happens.
#include <gtest/gtest.h>

#include <random>

#include "sched/dispatch.h"

namespace paceline::sched {
namespace {

constexpr uint32_t none = Dispatcher::none;

class Crowd {
 public:
  static constexpr uint32_t agents = 1'200;
  static constexpr uint32_t lines = 500;
  static constexpr uint32_t skills = 200;
  static constexpr uint32_t slots = 4'000;
  static constexpr uint32_t capacity_milli = 1'000;

  explicit Crowd(uint64_t seed) : random_(seed), desk_(slots), work_(agents) {
    desk_.define_work(0, {.weight_milli = 1'000, .channel = 0, .blocking = true});
    desk_.define_work(1, {.weight_milli = 330, .channel = 1, .channel_max = 3});
    desk_.define_work(2, {.weight_milli = 100, .channel = 2, .interruptible = true});
    desk_.define_work(3, {.weight_milli = 500, .channel = 2});
    for (uint32_t queue = 0; queue < 4; ++queue) desk_.set_queue_weight(queue, queue);
    desk_.set_aged_share(100);
    for (uint32_t line = 0; line < lines; ++line) define_line(line);
    for (uint32_t agent = 0; agent < agents; ++agent) {
      define_agent(agent);
      desk_.set_routable({agent}, true);
    }
  }

  void step() {
    ++now_us_;
    const uint32_t agent = below(agents);
    const uint32_t slot = below(slots);
    const uint32_t what = below(100);
    if (what < 45) {
      arrive(slot);
    } else if (what < 85) {
      finish(agent);
    } else if (what < 87) {
      if (desk_.waiting(slot)) desk_.remove(slot);
    } else if (what < 90) {
      desk_.set_routable({agent}, !desk_.routable({agent}));
    } else if (what < 92) {
      desk_.set_barred({agent}, below(2) == 0 ? 0 : below(16));
    } else if (what < 95) {
      decline(agent);
    } else if (what < 97) {
      desk_.include_all(slot);
    } else if (what < 98) {
      if (desk_.waiting(slot)) desk_.age(slot);
    } else if (what < 99) {
      define_agent(agent);
    } else if (below(4) == 0) {
      define_line(below(lines));
    }
    settle(agent);
  }

  const Dispatcher& desk() const { return desk_; }
  uint32_t taken() const { return taken_; }

  /// By routing alone nobody has more than the capacity, of either part.
  void check_capacity() const {
    for (uint32_t agent = 0; agent < agents; ++agent) {
      ASSERT_LE(desk_.primary_milli({agent}), capacity_milli);
      ASSERT_LE(desk_.used_milli({agent}) - desk_.primary_milli({agent}), capacity_milli);
      ASSERT_FALSE(desk_.over_capacity({agent}));
      ASSERT_LE(desk_.in_hand({agent}, 1), 3U);
    }
  }

 private:
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }

  SkillLevel some_skill() { return {below(skills), static_cast<uint8_t>(1 + below(5))}; }
  void define_line(uint32_t line) {
    LineTerms terms;
    terms.group = below(10);
    std::vector<SkillLevel> wanted(below(3));
    for (SkillLevel& skill : wanted) skill = some_skill();
    terms.need = Need::all_of(wanted);
    terms.work = below(4);
    terms.queue = line % 4;
    terms.mode = below(10) == 0 ? LineMode::pull : LineMode::push;
    terms.count_surplus = below(2) == 0;
    terms.order = static_cast<AgentOrder>(below(3));
    desk_.define_line(line, terms);
  }
  void define_agent(uint32_t agent) {
    Abilities abilities{{below(10), below(10)}, {}};
    for (uint32_t i = 0; i < 40; ++i) abilities.skills.push_back(some_skill());
    desk_.define_agent({agent}, abilities, capacity_milli);
  }

  void arrive(uint32_t slot) {
    if (desk_.waiting(slot)) return;
    desk_.include_all(slot);
    const int64_t strict = below(20) == 0 ? 2 * Dispatcher::strict_below_us : 0;
    const Standing standing{strict + below(1'000), order_++};
    if (below(20) == 0) {
      desk_.enqueue_for({below(agents)}, below(lines), slot, standing);
    } else {
      desk_.enqueue(below(lines), slot, standing);
    }
  }
  void finish(uint32_t agent) {
    if (work_[agent].empty()) return;
    desk_.change_load({agent}, work_[agent].back(), {});
    work_[agent].pop_back();
    desk_.set_idle_since({agent}, {now_us_});
  }
  /// Whatever the agent would be given next.
  void decline(uint32_t agent) {
    for (uint32_t slot = 0; slot < 200; ++slot) {
      if (desk_.waiting(slot) && desk_.may_serve({agent}, desk_.line_of(slot))) {
        return desk_.exclude({agent}, slot);
      }
    }
  }

  void settle(uint32_t touched) {
    take_all(touched);
    if (desk_.idle_beside_waiting() == 0) return;
    for (uint32_t slot = 0; slot < slots; ++slot) {
      if (!desk_.waiting(slot)) continue;
      const auto agent = desk_.agent_for(slot);
      if (agent) award(agent->value, slot);
    }
  }
  void take_all(uint32_t agent) {
    for (uint32_t slot; (slot = desk_.ticket_for({agent})) != none;) award(agent, slot);
  }
  void award(uint32_t agent, uint32_t slot) {
    ASSERT_EQ(desk_.hindrance({agent}, slot), Hindrance::none);
    const uint32_t work = desk_.terms(desk_.line_of(slot)).work;
    constexpr uint32_t weights[] = {1'000, 330, 100, 500};
    desk_.note_award({agent}, slot);
    desk_.remove(slot);
    work_[agent].push_back({work, weights[work], true});
    desk_.change_load({agent}, {}, work_[agent].back());
    desk_.set_idle_since({agent}, {now_us_});
    ++taken_;
  }

  std::mt19937_64 random_;
  Dispatcher desk_;
  std::vector<std::vector<Load>> work_;
  int64_t now_us_ = 0;
  uint32_t order_ = 0;
  uint32_t taken_ = 0;
};

TEST(DispatchCrowd, NobodyIsIdleBesideWaitingWorkNorOverCapacity) {
  Crowd crowd(1);
  for (int step = 0; step < 20'000; ++step) {
    crowd.step();
    ASSERT_EQ(crowd.desk().idle_beside_waiting(), 0U) << "step " << step;
    if (step % 100 == 0) crowd.check_capacity();
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(crowd.taken(), 5'000U);
}

}  // namespace
}  // namespace paceline::sched
