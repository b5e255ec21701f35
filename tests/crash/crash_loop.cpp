// The crash loop: a real server under load from several clients, killed (SIGKILL) at random
// instants, started again, and examined from outside.
//
//   crash_loop PACELINE [--kills N] [--rounds N] [--seed S] [--folder PARENT]
//   crash_loop --states DATA NOW_US
//
// Every life has a durability and a number of shards of its own, for the end of a process must lose
// nothing under any. Clients check as they go (crash_client.h). Every so often everything is let
// finish and examined: each ticket, counts, invariants, and the state's digest against the same
// state built anew from the files in a fresh process, by every way the files allow (state_check.h).
//
// A round has a folder and a seed of its own; the seed of one that failed is printed and its folder
// kept. The same seed makes the same commands and the same plan of kills; what the scheduler makes
// of it differs.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/crash/crash_client.h"
#include "tests/crash/state_check.h"
#include "wire/answer_codec.h"

namespace paceline::crash {
namespace {

constexpr uint32_t client_count = 4;
constexpr int kills_between_examinations = 25;
constexpr int patience_ms = 60'000;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A program of ours, ended when this goes.
class Program {
 public:
  Program(std::vector<std::string> words, const std::string& output) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int to = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    pid_ = fork();
    if (pid_ != 0) {
      close(to);
      return;
    }
    dup2(to, STDOUT_FILENO);
    dup2(to, STDERR_FILENO);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  ~Program() {
    if (pid_ > 0) end(SIGKILL);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool alive() {
    if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
    return pid_ > 0;
  }
  /// Sends the signal and waits. The exit code, or minus the signal that ended it.
  int end(int signal) {
    kill(pid_, signal);
    return wait();
  }
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
};

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

/// One folder, one seed, many lives. Answers empty, or what is wrong.
class Round {
 public:
  Round(std::string paceline, std::string self, std::string folder, uint64_t seed)
      : paceline_(std::move(paceline)),
        self_(std::move(self)),
        folder_(std::move(folder)),
        random_(seed) {
    for (uint32_t i = 0; i < client_count; ++i)
      clients_.push_back(std::make_unique<CrashClient>(i, seed, socket()));
  }

  std::string run(int kills) {
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

  uint64_t commands() const {
    uint64_t commands = 0;
    for (const auto& client : clients_) commands += client->last_number();
    return commands;
  }

 private:
  std::string socket() const { return folder_ + "/s"; }
  std::string data() const { return folder_ + "/data"; }

  std::unique_ptr<Program> start() {
    static constexpr const char* durabilities[] = {"sync", "sync", "interval", "none"};
    std::vector<std::string> words = {paceline_,         "serve",
                                      "--data",          data(),
                                      "--listen",        "unix:" + socket(),
                                      "--durability",    durabilities[random_() % 4],
                                      "--sync-interval", "5ms",
                                      "--shards",        std::to_string(1 + random_() % 2)};
    return std::make_unique<Program>(words, folder_ + "/server.err");
  }

  std::string words_of_the_server() const { return read_file(folder_ + "/server.err"); }

  /// A desk with its rules, by a life that is not disturbed.
  std::string set_up() {
    std::ofstream(folder_ + "/desk.toml") << configuration();
    const auto server = start();
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"desk", "create", "main"},
             {"config", "put", folder_ + "/desk.toml", "--desk", "main"}}) {
      int exit = -1;
      for (int attempt = 0; attempt < 3'000 && exit != 0 && server->alive(); ++attempt) {
        if (attempt > 0) poll(nullptr, 0, 10);
        std::vector<std::string> all = {paceline_};
        all.insert(all.end(), words.begin(), words.end());
        all.insert(all.end(), {"--connect", "unix:" + socket()});
        exit = Program(all, folder_ + "/set_up.err").wait();
      }
      if (exit != 0) return "set-up: " + read_file(folder_ + "/set_up.err") + words_of_the_server();
    }
    const auto peer = connect();
    if (peer == nullptr) return "the server does not take connections";
    wire::CommandWriter writer;
    for (uint32_t client = 0; client < client_count; ++client) {
      writer.log_in(CrashClient::own_agent(client));
      for (uint32_t agent = 0; agent < CrashClient::agents; ++agent)
        writer.log_in(CrashClient::agent_name(client, agent));
    }
    set_up_commands_ = writer.size();
    peer->send_commands(writer, desk_, 1);
    for (const desk::Reply& reply : peer->replies())
      if (reply.code != 0) return "set-up: an agent cannot log in";
    return {};
  }

  /// Of the checker's own session.
  std::unique_ptr<testing::RawPeer> connect() {
    for (int waited = 0; waited < patience_ms; ++waited) {
      auto peer = std::make_unique<testing::RawPeer>(socket());
      if (peer->connected()) {
        peer->hello(1);
        desk_ = peer->open_desk("main", false).desk;
        return peer;
      }
      poll(nullptr, 0, 1);
    }
    return nullptr;
  }

  uint64_t answers() const {
    uint64_t answers = 0;
    for (const auto& client : clients_) answers += client->answers();
    return answers;
  }
  std::string failure_of_a_client() const {
    for (const auto& client : clients_)
      if (!client->failure().empty()) return client->failure();
    return {};
  }

  /// A server, its clients, and its end.
  std::string life() {
    const auto server = start();
    // One in four dies while it starts, or soon after; the others under load.
    const bool early = random_() % 4 == 0;
    const uint64_t wanted = answers() + (early ? 0 : 1 + random_() % 400);
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
    return {};
  }

  /// Everything is answered, then looked at.
  std::string examine() {
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
    if (server->end(SIGKILL) != -SIGKILL)
      return "the server ended by itself: " + words_of_the_server();
    return compare_states(status);
  }

  desk::Status ask_status(testing::RawPeer& peer) const {
    desk::Query query;
    query.kind = desk::QueryKind::status;
    query.with_digest = true;
    peer.tell(wire::QueryMessage{9, desk_, query});
    return wire::decode_answer(peer.expect(wire::MessageKind::answer).payload.bytes())
        .value()
        .answer.status;
  }

  std::string check_status(const desk::Status& status, uint64_t tickets) const {
    for (const auto& [invariant, violations] : status.invariant_violations)
      if (violations != 0) return "invariant " + invariant + " is violated";
    if (status.tickets + status.archived != tickets)
      return std::to_string(tickets) + " tickets were opened, the desk has " +
             std::to_string(status.tickets + status.archived);
    return {};
  }

  /// In a process that has seen nothing of this.
  std::string compare_states(const desk::Status& status) const {
    const std::string output = folder_ + "/states";
    const int exit =
        Program({self_, "--states", data(), std::to_string(status.now_us)}, output).wait();
    const std::string text = read_file(output);
    if (exit != 0) return "the files do not give a state: " + text;
    std::istringstream lines(text);
    uint64_t digest = 0;
    uint64_t event_hash = 0;
    std::string way;
    int ways = 0;
    while (lines >> digest >> event_hash && std::getline(lines, way)) {
      ++ways;
      if (digest != status.digest || event_hash != status.event_hash)
        return "the state by" + way + " has digest " + std::to_string(digest) + " and event hash " +
               std::to_string(event_hash) + ", the server had " + std::to_string(status.digest) +
               " and " + std::to_string(status.event_hash);
    }
    return ways > 0 ? std::string() : "no state was compared: " + text;
  }

  // Fixed at construction.
  std::string paceline_;
  std::string self_;
  std::string folder_;

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<CrashClient>> clients_;
  sched::DeskNumber desk_{1};
  size_t set_up_commands_ = 0;
};

int print_states(const std::string& data, int64_t now_us) {
  const auto states = states_of(data, now_us);
  if (!states) {
    std::fprintf(stderr, "%s\n", states.error().c_str());
    return 1;
  }
  for (const DeskState& state : *states)
    std::printf("%" PRIu64 " %" PRIu64 " %s\n", state.digest, state.event_hash, state.way.c_str());
  return 0;
}

struct Options {
  std::string paceline;
  int kills = 100;
  int rounds = 1;
  uint64_t seed = std::random_device()();
  std::string parent = std::filesystem::temp_directory_path();
};

std::optional<Options> read_options(const std::vector<std::string>& words) {
  Options options;
  for (size_t i = 0; i < words.size(); ++i) {
    const bool value_follows = i + 1 < words.size();
    if (words[i] == "--kills" && value_follows)
      options.kills = std::atoi(words[++i].c_str());
    else if (words[i] == "--rounds" && value_follows)
      options.rounds = std::atoi(words[++i].c_str());
    else if (words[i] == "--seed" && value_follows)
      options.seed = std::strtoull(words[++i].c_str(), nullptr, 10);
    else if (words[i] == "--folder" && value_follows)
      options.parent = words[++i];
    else if (options.paceline.empty() && words[i][0] != '-')
      options.paceline = words[i];
    else
      return {};
  }
  if (options.paceline.empty() || options.kills < 1 || options.rounds < 1) return {};
  return options;
}

int run(const Options& options, const std::string& self) {
  const auto begun = std::chrono::steady_clock::now();
  uint64_t commands = 0;
  for (int i = 0; i < options.rounds; ++i) {
    const uint64_t seed = options.seed + static_cast<uint64_t>(i);
    std::string folder = options.parent + "/paceline-crash-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) {
      std::fprintf(stderr, "crash loop: no folder can be made in %s\n", options.parent.c_str());
      return 1;
    }
    Round round(options.paceline, self, folder, seed);
    if (const std::string problem = round.run(options.kills); !problem.empty()) {
      std::fprintf(stderr,
                   "crash loop: %s\n  again with: %s %s --kills %d --seed %" PRIu64
                   "\n  the folder is kept: %s\n",
                   problem.c_str(), self.c_str(), options.paceline.c_str(), options.kills, seed,
                   folder.c_str());
      return 1;
    }
    commands += round.commands();
    std::filesystem::remove_all(folder);
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::printf("crash loop: %d kills, %" PRIu64 " commands, nothing lost, nothing twice (%.0f s)\n",
              options.kills * options.rounds, commands, seconds);
  return 0;
}

}  // namespace
}  // namespace paceline::crash

int main(int argc, char** argv) {
  using namespace paceline::crash;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "--states")
    return print_states(words[1], std::strtoll(words[2].c_str(), nullptr, 10));
  const auto options = read_options(words);
  if (options) return run(*options, self);
  std::fprintf(
      stderr, "usage: crash_loop PACELINE [--kills N] [--rounds N] [--seed S] [--folder PARENT]\n");
  return 2;
}
