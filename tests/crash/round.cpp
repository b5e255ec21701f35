#include "tests/crash/round.h"

#include <poll.h>
#include <signal.h>

#include <chrono>
#include <sstream>
#include <thread>

#include "tests/crash/state_check.h"
#include "wire/answer_codec.h"

namespace paceline::crash {

namespace {

constexpr uint32_t client_count = 4;
constexpr int kills_between_examinations = 25;
constexpr int patience_ms = 60'000;
/// So few that tickets leave the desk's memory for the history all the time.
constexpr uint32_t closed_max = 300;

std::string configuration() {
  std::string text = R"([calendar.always]
zone = "UTC"
week = { mon-sun = ["00:00-24:00"] }

[[policy]]
name = "response"
clock = "response"
target = "2s"
calendar = "always"
thresholds = [25, 50, 75]

[[queue]]
name = "own"
mode = "manual"
group = "own"

[[queue]]
name = "routed"
group = "routed"
)";
  for (uint32_t client = 0; client < client_count; ++client) {
    text += "[[agent]]\nname = \"" + CrashClient::own_agent(client) +
            "\"\ngroups = [\"own\"]\ncapacity = 1000\n";
    for (uint32_t agent = 0; agent < CrashClient::agents; ++agent)
      text += "[[agent]]\nname = \"" + CrashClient::agent_name(client, agent) +
              "\"\ngroups = [\"routed\"]\n";
  }
  return text;
}

}  // namespace

void Met::add(const Met& other) {
  lives += other.lives;
  lives_from_snapshot += other.lives_from_snapshot;
  examined += other.examined;
  examined_from_snapshot += other.examined_from_snapshot;
  compared_with_whole_log += other.compared_with_whole_log;
  compared_with_snapshot += other.compared_with_snapshot;
  logs_trimmed += other.logs_trimmed;
}

Round::Round(std::string paceline, std::string self, std::string folder, uint64_t seed)
    : paceline_(std::move(paceline)),
      self_(std::move(self)),
      folder_(std::move(folder)),
      random_(seed) {
  for (uint32_t i = 0; i < client_count; ++i)
    clients_.push_back(std::make_unique<CrashClient>(i, seed, socket()));
}

std::string Round::run(int kills) {
  if (std::string problem = set_up(); !problem.empty()) return problem;
  for (int done = 0; done < kills; ++done) {
    if (std::string problem = life(); !problem.empty())
      return "kill " + std::to_string(done + 1) + ": " + problem;
    const bool last = done + 1 == kills;
    if (!last && (done + 1) % kills_between_examinations != 0) continue;
    if (std::string problem = examine(); !problem.empty())
      return "after kill " + std::to_string(done + 1) + ": " + problem;
  }
  return {};
}

uint64_t Round::commands() const {
  uint64_t commands = 0;
  for (const auto& client : clients_) commands += client->last_number();
  return commands;
}

/// Until the first examination segments are so large that none is ever let go of.
std::unique_ptr<StartedProgram> Round::start() {
  static constexpr const char* durabilities[] = {"sync", "sync", "interval", "none"};
  static constexpr const char* snapshots[] = {"0s", "300ms", "50ms", "50ms", "20ms"};
  const char* segment = random_() % 4 == 0 ? "4" : "1";
  if (met_.examined == 0) segment = "1024";
  std::vector<std::string> words = {paceline_,
                                    "serve",
                                    "--data",
                                    data(),
                                    "--listen",
                                    "unix:" + socket(),
                                    "--durability",
                                    durabilities[random_() % 4],
                                    "--sync-interval",
                                    "5ms",
                                    "--shards",
                                    std::to_string(1 + random_() % 2),
                                    "--snapshot-every",
                                    snapshots[random_() % 5],
                                    "--log-segment-mib",
                                    segment};
  return std::make_unique<StartedProgram>(words, folder_ + "/server.err");
}

std::string Round::words_of_the_server() const { return read_file(folder_ + "/server.err"); }

/// What the life that has just ended told of its start and of its snapshots.
std::string Round::note_life() {
  const std::string words = words_of_the_server();
  const auto said = [&words](const char* text) { return words.find(text) != std::string::npos; };
  ++met_.lives;
  from_snapshot_ = said(" desks from ");
  if (from_snapshot_) ++met_.lives_from_snapshot;
  // The end of a process damages nothing, and a replay gives what was answered.
  if (said("going back to the snapshot before it") || said("snapshot: "))
    return "a snapshot was not good: " + words;
  return {};
}

/// A desk with its rules, by a life that is not disturbed.
std::string Round::set_up() {
  std::ofstream(folder_ + "/desk.toml") << configuration();
  const auto server = start();
  const auto peer = connect();
  if (peer == nullptr) return "the server does not take connections: " + words_of_the_server();
  desk_ = peer->open_desk("main", true, desk::Limits{.closed_max = closed_max}).desk;
  const std::string output = folder_ + "/set_up.err";
  if (StartedProgram({paceline_, "config", "put", folder_ + "/desk.toml", "--desk", "main",
                      "--connect", "unix:" + socket()},
                     output)
          .wait() != 0)
    return "set-up: " + read_file(output) + words_of_the_server();
  wire::CommandWriter writer;
  for (uint32_t client = 0; client < client_count; ++client) {
    writer.log_in(CrashClient::own_agent(client));
    for (uint32_t agent = 0; agent < CrashClient::agents; ++agent)
      writer.log_in(CrashClient::agent_name(client, agent));
  }
  peer->send_commands(writer, desk_, 1);
  for (const desk::Reply& reply : peer->replies())
    if (reply.code != 0) return "set-up: an agent cannot log in";
  return {};
}

/// Of the checker's own session.
std::unique_ptr<testing::RawPeer> Round::connect() {
  for (int waited = 0; waited < patience_ms; ++waited) {
    auto peer = std::make_unique<testing::RawPeer>(socket());
    if (peer->connected()) {
      peer->hello(1);
      return peer;
    }
    poll(nullptr, 0, 1);
  }
  return nullptr;
}

uint64_t Round::answers() const {
  uint64_t answers = 0;
  for (const auto& client : clients_) answers += client->answers();
  return answers;
}
std::string Round::failure_of_a_client() const {
  for (const auto& client : clients_)
    if (!client->failure().empty()) return client->failure();
  return {};
}

/// A server, its clients, and its end.
std::string Round::life() {
  const auto server = start();
  // One in four dies while it starts, or soon after; the others under load, half of them when they
  // have had time for several snapshots.
  const bool early = random_() % 4 == 0;
  const uint64_t most = random_() % 2 == 0 ? 400 : 2'000;
  const uint64_t wanted = answers() + (early ? 0 : 1 + random_() % most);
  const auto delay_us = static_cast<int64_t>(random_() % (early ? 40'000 : 3'000));
  std::vector<std::thread> threads;
  for (const auto& client : clients_) {
    client->go_on();
    threads.emplace_back([&client] { client->run(); });
  }
  bool alive = true;
  bool progress = true;
  for (int waited = 0; answers() < wanted && alive && progress; ++waited) {
    poll(nullptr, 0, 1);
    alive = server->alive();
    progress = waited < patience_ms && failure_of_a_client().empty();
  }
  std::this_thread::sleep_for(std::chrono::microseconds(delay_us));
  const int end = alive ? server->end(SIGKILL) : 0;
  for (const auto& client : clients_) client->stop();
  for (std::thread& thread : threads) thread.join();
  if (std::string failure = failure_of_a_client(); !failure.empty()) return failure;
  if (!alive || end != -SIGKILL) return "the server ended by itself: " + words_of_the_server();
  if (!progress) return "the server answers nothing: " + words_of_the_server();
  return note_life();
}

/// Everything is answered, then looked at.
std::string Round::examine() {
  const auto server = start();
  std::vector<std::thread> threads;
  for (const auto& client : clients_) {
    client->go_on();
    client->finish();
    threads.emplace_back([&client] { client->run(); });
  }
  for (std::thread& thread : threads) thread.join();
  if (std::string failure = failure_of_a_client(); !failure.empty()) return failure;
  const auto peer = connect();
  if (peer == nullptr) return "the server does not take connections: " + words_of_the_server();
  uint64_t tickets = 0;
  for (const auto& client : clients_) {
    client->check(*peer, desk_);
    tickets += client->accepted_opens();
  }
  if (std::string failure = failure_of_a_client(); !failure.empty()) return failure;
  const desk::Status status = ask_status(*peer);
  if (std::string problem = check_status(status, tickets); !problem.empty()) return problem;
  // However little time the lives to come have, the next examination meets a snapshot.
  if (std::string problem = take_snapshot(*peer); !problem.empty()) return problem;
  if (server->end(SIGKILL) != -SIGKILL)
    return "the server ended by itself: " + words_of_the_server();
  if (std::string problem = note_life(); !problem.empty()) return problem;
  ++met_.examined;
  if (std::string problem = check_folder(); !problem.empty()) return problem;
  return compare_states(status);
}

desk::Status Round::ask_status(testing::RawPeer& peer) const {
  desk::Query query;
  query.kind = desk::QueryKind::status;
  query.with_digest = true;
  peer.tell(wire::QueryMessage{9, desk_, query});
  return wire::decode_answer(peer.expect(wire::MessageKind::answer).payload.bytes())
      .value()
      .answer.status;
}

std::string Round::take_snapshot(testing::RawPeer& peer) const {
  peer.tell(wire::Control{.tag = 8, .verb = wire::ControlVerb::snapshot});
  const auto frame = peer.next(patience_ms);
  if (frame && frame->kind == wire::MessageKind::snapshot_taken) return {};
  const auto error = frame && frame->kind == wire::MessageKind::error
                         ? wire::decode_error(frame->payload.bytes())
                         : sched::Expected<wire::ErrorMessage, wire::WireError>(
                               sched::Unexpected{wire::WireError{}});
  return "a snapshot was asked for and not taken: " + (error ? error->text : words_of_the_server());
}

std::string Round::check_status(const desk::Status& status, uint64_t tickets) const {
  for (const auto& [invariant, violations] : status.invariant_violations)
    if (violations != 0) return "invariant " + invariant + " is violated";
  if (status.tickets + status.archived != tickets)
    return std::to_string(tickets) + " tickets were opened, the desk has " +
           std::to_string(status.tickets + status.archived);
  return {};
}

std::string Round::check_folder() const {
  const std::string output = folder_ + "/doctor";
  if (StartedProgram({paceline_, "doctor", "--data", data()}, output).wait() == 0) return {};
  return "doctor finds a problem: " + read_file(output);
}

/// In a process that has seen nothing of this.
std::string Round::compare_states(const desk::Status& status) {
  const std::string output = folder_ + "/states";
  const int exit =
      StartedProgram({self_, "--states", data(), std::to_string(status.now_us)}, output).wait();
  const std::string text = read_file(output);
  if (exit != 0) return "the files do not give a state: " + text;
  std::istringstream lines(text);
  uint64_t digest = 0;
  uint64_t event_hash = 0;
  std::string way;
  int from_beginning = 0;
  int from_snapshot = 0;
  while (lines >> digest >> event_hash && std::getline(lines, way)) {
    ++(way == " " + whole_log ? from_beginning : from_snapshot);
    if (digest != status.digest || event_hash != status.event_hash)
      return "the state by" + way + " has digest " + std::to_string(digest) + " and event hash " +
             std::to_string(event_hash) + ", the server had " + std::to_string(status.digest) +
             " and " + std::to_string(status.event_hash);
  }
  if (from_beginning + from_snapshot == 0) return "no state was compared: " + text;
  met_.compared_with_whole_log += from_beginning;
  met_.compared_with_snapshot += from_snapshot;
  if (from_beginning == 0) ++met_.logs_trimmed;
  if (from_snapshot_) ++met_.examined_from_snapshot;
  return {};
}

}  // namespace paceline::crash
