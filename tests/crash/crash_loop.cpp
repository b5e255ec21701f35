// The crash loop: a real server under load from several clients, killed (SIGKILL) at random
// instants, started again, and examined from outside.
//
//   crash_loop PACELINE [--kills N] [--rounds N] [--seed S] [--folder PARENT]
//   crash_loop --states DATA NOW_US
//
// Each round is a folder in which a server lives and dies again and again (round.h). Clients check
// as they go (crash_client.h). Every so often everything is let finish and examined: each ticket,
// counts, invariants, and the state's digest against the same state built anew from the files in a
// fresh process, by every way the files allow (state_check.h). A run of some length that compared
// no server which had come back from a snapshot fails: it would have shown nothing.
//
// A round has a folder and a seed of its own; the seed of one that failed is printed and its folder
// kept. The same seed makes the same commands and the same plan of kills; what the scheduler makes
// of it differs.
#include <stdlib.h>

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/crash/round.h"
#include "tests/crash/state_check.h"

namespace paceline::crash {
namespace {

/// From so many kills on a run must have met snapshots.
constexpr int long_run = 50;

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
  Met met;
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
    met.add(round.met());
    std::filesystem::remove_all(folder);
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const int kills = options.kills * options.rounds;
  std::printf(
      "crash loop: %d lives came back from a snapshot, of %d; %d states examined, %d of them of a "
      "life from a snapshot: compared with %d whole logs and %d snapshots; the beginning of the "
      "log "
      "was gone %d times\n",
      met.lives_from_snapshot, met.lives, met.examined, met.examined_from_snapshot,
      met.compared_with_whole_log, met.compared_with_snapshot, met.logs_trimmed);
  if (kills >= long_run && met.examined_from_snapshot == 0) {
    std::fprintf(stderr,
                 "crash loop: %d kills, and no life from a snapshot was compared: this has shown "
                 "nothing of snapshots. Seed %" PRIu64 "\n",
                 kills, options.seed);
    return 1;
  }
  std::printf("crash loop: %d kills, %" PRIu64 " commands, nothing lost, nothing twice (%.0f s)\n",
              kills, commands, seconds);
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
