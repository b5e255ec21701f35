// One folder, one seed, many lives of a server in it; and the examinations in between.
//
// Every life has a durability, a number of shards, a size of segments and a time between snapshots
// of its own, for the end of a process must lose nothing under any. Until the first examination the
// log is kept whole, so that a state is compared with the one the log gives from its beginning;
// later lives let go of it behind their snapshots.
//
// Owner: one thread; its clients have their own.  Errors: a sentence.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/desk/query.h"
#include "tests/crash/crash_client.h"
#include "tests/crash/started_program.h"

namespace paceline::crash {

/// What a run has met: a check that compared nothing must not pass.
struct Met {
  int lives = 0;
  int lives_from_snapshot = 0;
  int examined = 0;
  int examined_from_snapshot = 0;  ///< The life whose state was compared came from a snapshot.
  int compared_with_whole_log = 0;
  int compared_with_snapshot = 0;
  int logs_trimmed = 0;  ///< Examinations that found no beginning of the log any more.

  void add(const Met& other);
};

class Round {
 public:
  Round(std::string paceline, std::string self, std::string folder, uint64_t seed);

  /// Answers empty, or what is wrong.
  std::string run(int kills);

  uint64_t commands() const;
  const Met& met() const { return met_; }

 private:
  std::string socket() const { return folder_ + "/s"; }
  std::string data() const { return folder_ + "/data"; }
  std::unique_ptr<StartedProgram> start();
  std::string words_of_the_server() const;
  std::unique_ptr<testing::RawPeer> connect();
  uint64_t answers() const;
  std::string failure_of_a_client() const;

  std::string set_up();
  std::string life();
  std::string note_life();
  std::string examine();
  desk::Status ask_status(testing::RawPeer& peer) const;
  std::string take_snapshot(testing::RawPeer& peer) const;
  std::string check_status(const desk::Status& status, uint64_t tickets) const;
  std::string compare_states(const desk::Status& status);
  std::string check_folder() const;

  // Fixed at construction.
  std::string paceline_;
  std::string self_;
  std::string folder_;

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<CrashClient>> clients_;
  sched::DeskNumber desk_{1};
  bool from_snapshot_ = false;  // the life that ended last
  Met met_;
};

}  // namespace paceline::crash
