#include "tools/bench_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace paceline::tools {

namespace {

constexpr uint32_t commands_per_load_frame = 500;
/// Two frames in flight: one is worked on while the other travels.
constexpr uint32_t crew_count = 2;

struct Levels {
  sched::Impact impact;
  sched::Urgency urgency;
};
using sched::Impact;
using sched::Urgency;
/// P1 … P5 by the default matrix.
constexpr std::array<Levels, 5> levels = {{{Impact::high, Urgency::high},
                                           {Impact::high, Urgency::medium},
                                           {Impact::medium, Urgency::medium},
                                           {Impact::medium, Urgency::low},
                                           {Impact::low, Urgency::low}}};

Failure refused(const desk::Reply& reply) {
  return explain(static_cast<desk::Reject>(reply.code),
                 fmt::format("benchmark, ticket {}", reply.ticket));
}

}  // namespace

std::string category_of(uint32_t connection) { return fmt::format("category-{}", connection); }
std::string agent_of(uint32_t connection, uint32_t agent) {
  return fmt::format("agent-{}-{}", connection, agent);
}

BenchDriver::BenchDriver(const BenchPlan& plan, uint32_t connection)
    : plan_(plan),
      connection_(connection),
      category_(category_of(connection)),
      body_(bench_body_size, 'b') {}

Done BenchDriver::connect() {
  auto connected = connect_to_desk(plan_.address, plan_.desk);
  if (!connected) return sched::Unexpected{connected.error()};
  on_ = std::move(*connected);
  return {};
}

void BenchDriver::append_open() {
  const Levels& level = levels[opened_ % levels.size()];
  wire::OpenFields fields;
  fields.category = category_;
  fields.body = body_;
  fields.impact = level.impact;
  fields.urgency = level.urgency;
  writer_.open(fields);
  ++opened_;
}

Done BenchDriver::load() {
  if (Done connected = connect(); !connected) return connected;
  const uint64_t share =
      plan_.backlog / plan_.connections + (connection_ < plan_.backlog % plan_.connections ? 1 : 0);
  wire::Received received;
  while (opened_ < share || on_.client->unreceived() > 0) {
    if (opened_ < share && on_.client->room() >= commands_per_load_frame) {
      while (opened_ < share && writer_.size() < commands_per_load_frame) append_open();
      if (const auto sent = on_.client->submit(on_.desk, writer_); !sent) {
        return sched::Unexpected{explain(sent.error())};
      }
      continue;
    }
    if (Done done = receive(received); !done) return done;
  }
  return {};
}

Done BenchDriver::log_in() {
  crews_.resize(std::min(crew_count, plan_.in_flight));
  // One ticket more for each agent than the backlog that is to stay.
  for (uint32_t a = 0; a < plan_.in_flight; ++a) append_open();
  for (uint32_t a = 0; a < plan_.in_flight; ++a) writer_.log_in(agent_of(connection_, a));
  const auto replies = on_.client->call(on_.desk, writer_);
  if (!replies) return sched::Unexpected{explain(replies.error())};
  for (uint32_t a = 0; a < plan_.in_flight; ++a) {
    const desk::Reply& reply = (*replies)[plan_.in_flight + a];
    if (reply.code != 0) return sched::Unexpected{refused(reply)};
    if (reply.next_ticket == 0) {
      return sched::Unexpected{went_wrong("an agent was given nothing although tickets wait")};
    }
    crews_[a % crews_.size()].tickets.push_back(reply.next_ticket);
  }
  return {};
}

Done BenchDriver::cycle() {
  latencies_us_.reserve(1 << 20);
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(plan_.seconds));
  for (Crew& crew : crews_) {
    if (Done sent = submit(crew); !sent) return sent;
  }
  size_t in_flight = crews_.size();
  for (size_t next = 0; in_flight > 0; next = (next + 1) % crews_.size()) {
    Crew& crew = crews_[next];
    if (Done taken = take(crew); !taken) return taken;
    if (Clock::now() >= end) {
      --in_flight;
      continue;
    }
    if (Done sent = submit(crew); !sent) return sent;
  }
  return {};
}

/// Per agent: open one, resolve the one in hand, close it.
Done BenchDriver::submit(Crew& crew) {
  for (const uint64_t ticket : crew.tickets) {
    append_open();
    writer_.resolve({.ticket = ticket}, "fixed");
    writer_.close({.ticket = ticket});
  }
  crew.sent = Clock::now();
  if (const auto sent = on_.client->submit(on_.desk, writer_); !sent) {
    return sched::Unexpected{explain(sent.error())};
  }
  return {};
}

Done BenchDriver::take(Crew& crew) {
  wire::Received received;
  if (Done done = receive(received); !done) return done;
  latencies_us_.push_back(
      std::chrono::duration<double, std::micro>(Clock::now() - crew.sent).count());
  constexpr size_t commands_per_cycle = 3;
  for (size_t i = 0; i < crew.tickets.size(); ++i) {
    const desk::Reply& resolved = received.replies[i * commands_per_cycle + 1];
    if (resolved.next_ticket == 0) {
      return sched::Unexpected{went_wrong("an agent was given nothing although tickets wait")};
    }
    crew.tickets[i] = resolved.next_ticket;
  }
  cycles_ += crew.tickets.size();
  return {};
}

Done BenchDriver::receive(wire::Received& received) {
  auto result = on_.client->receive();
  if (!result) return sched::Unexpected{explain(result.error())};
  if (!*result) return sched::Unexpected{not_available("the server does not answer")};
  received = std::move(**result);
  for (const desk::Reply& reply : received.replies) {
    if (reply.code != 0) return sched::Unexpected{refused(reply)};
  }
  return {};
}

}  // namespace paceline::tools
