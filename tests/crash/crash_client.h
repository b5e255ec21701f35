// One client of the crash loop: sends mixed commands under numbers of its own, keeps what was
// answered, and finds out after every crash whether the server still knows it.
//
// What it checks on the way: a session's numbers never fall behind what was answered; a frame sent
// again, answered before or not, gets the first answer; afterwards every ticket has exactly what
// its accepted commands made of it. It shares no code with the server's memory of retries.
//
// Owner: its own thread while run() goes; then the loop's.  Errors: failure(), a sentence.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/raw_peer.h"
#include "wire/command_writer.h"

namespace paceline::crash {

class CrashClient {
 public:
  /// `agents` of it are in the configuration: agent_name(index, 0 …).
  CrashClient(uint32_t index, uint64_t seed, std::string socket);

  static std::string agent_name(uint32_t client, uint32_t agent);
  static std::string own_agent(uint32_t client);  ///< Works in the queue nobody routes to.
  static constexpr uint32_t agents = 3;

  /// Connects as often as it is cut off, until stop() or a failure. After finish() it begins
  /// nothing new and returns when everything is answered.
  void run();
  void stop() { stopping_ = true; }
  void finish() { finishing_ = true; }
  void go_on() { stopping_ = finishing_ = false; }

  uint64_t answers() const { return answers_; }  ///< From any thread.
  const std::string& failure() const { return failure_; }

  /// With everything answered and no other client at work: every ticket against what is known.
  void check(testing::RawPeer& peer, sched::DeskNumber desk);
  uint64_t accepted_opens() const { return accepted_opens_; }
  uint64_t last_number() const { return next_number_ - 1; }

 private:
  enum class Verb : uint8_t {
    open_own,
    update,
    assign,
    pend,
    resume,
    resolve,
    reopen,
    close,
    cancel,
    requeue,
    open_routed,
    resolve_routed,
    next,
  };
  struct Sent {
    Verb verb = Verb::update;
    size_t ticket = 0;       // position in tickets_; of next: none
    std::string token = {};  // of update: what the category becomes
    uint32_t agent = 0;      // of next and resolve_routed
  };
  struct SentFrame {
    uint64_t first_number = 0;
    std::vector<Sent> commands;
    std::vector<std::byte> bytes;
  };
  struct Ticket {
    std::string external_id;
    bool routed = false;
    uint64_t id = 0;  // 0: not opened yet
    uint32_t version = 0;
    std::string category = {};
    std::string state = "queued";  // of one in the queue nobody routes to
    bool has_agent = false;
  };

  bool connected_life();  ///< Until cut off; false: nothing more to do.
  bool open_desk(testing::RawPeer& peer);
  void send_again(testing::RawPeer& peer);
  void send_new(testing::RawPeer& peer);
  void append(wire::CommandWriter& writer, SentFrame& frame);
  size_t any_open_own();
  void take(const wire::Frame& frame);
  void take_reply(uint64_t number, const Sent& sent, const desk::Reply& reply);
  static void follow(Ticket& ticket, Verb verb);  ///< What an accepted command makes of it.
  void fail(const std::string& text);
  bool over() const { return !failure_.empty() || stopping_; }

  // Fixed at construction.
  uint32_t index_;
  std::string socket_;

  std::mt19937_64 random_;
  std::deque<SentFrame> unanswered_;
  std::deque<SentFrame> answered_;                 // the newest few
  std::deque<SentFrame*> awaited_;                 // on this connection, in order
  std::map<uint64_t, desk::Reply> first_answers_;  // of the newest numbers
  uint64_t next_number_ = 1;
  uint64_t answered_to_ = 0;
  uint64_t accepted_opens_ = 0;
  sched::DeskNumber desk_;
  std::vector<Ticket> tickets_;
  std::vector<size_t> open_own_;
  std::map<uint32_t, uint64_t> in_hand_;  // by agent: what the desk gave it, as far as told
  std::map<uint64_t, size_t> by_id_;
  std::string failure_;

  std::atomic<bool> stopping_{false};
  std::atomic<bool> finishing_{false};
  std::atomic<uint64_t> answers_{0};
};

}  // namespace paceline::crash
