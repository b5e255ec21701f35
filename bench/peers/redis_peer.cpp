// Redis: a sorted set says who waits, a hash has the bodies.
//
// Open is ZADD and HSET, take is ZPOPMIN, complete is HDEL; with --batched each names all tickets
// of a batch. Nothing notes who took a ticket: what a worker had in hand when it died is lost from
// the queue. Pairs of commands are not wrapped in transactions, which would cost Redis more.
#include <fmt/format.h>

#include <charconv>
#include <deque>
#include <iterator>
#include <vector>

#include "bench/peers/peer.h"
#include "bench/peers/stream.h"

namespace paceline::bench::peers {
namespace {

/// Numbers of tickets a connection may use; the server hands out ranges.
constexpr uint64_t range_size = 50'000'000;
constexpr uint64_t priority_step = 100'000'000'000;

class RedisLane final : public Lane {
 public:
  explicit RedisLane(const Plan& plan) : stream_(plan.address), batched_(plan.batched) {
    const std::string end = stream_.ask(fmt::format("INCRBY ranges {}\r\n", range_size));
    if (!end.starts_with(":")) fail("Redis answers " + end);
    next_ = std::strtoull(end.c_str() + 1, nullptr, 10) - range_size;
  }

  void open(uint32_t count) override { expect({no_crew, append_open(count)}); }
  void turn(uint32_t crew, uint32_t count) override {
    if (crew >= in_hand_.size()) in_hand_.resize(crew + 1);
    uint32_t replies = append_complete(in_hand_[crew]) + append_open(count);
    in_hand_[crew].clear();
    replies += append_take(count);
    expect({crew, replies});
  }
  bool sent() const override { return stream_.sent(); }
  void send() override { stream_.send(); }
  int file() const override { return stream_.file(); }

  uint32_t receive(bool wait) override {
    stream_.fill(wait);
    uint32_t answered = 0;
    while (!batches_.empty() && take_reply(batches_.front().crew)) {
      if (--batches_.front().replies > 0) continue;
      batches_.pop_front();
      ++answered;
    }
    return answered;
  }

 private:
  static constexpr uint32_t no_crew = 0xffff'ffff;
  struct Batch {
    uint32_t crew;
    uint32_t replies;
  };

  void begin(uint32_t words, std::string_view command) {
    fmt::format_to(std::back_inserter(stream_.out()), "*{}\r\n", words);
    word(command);
  }
  void word(std::string_view text) {
    fmt::format_to(std::back_inserter(stream_.out()), "${}\r\n{}\r\n", text.size(), text);
  }
  void word(uint64_t number) {
    const fmt::format_int text(number);
    word(std::string_view(text.data(), text.size()));
  }

  uint32_t append_open(uint32_t count) {
    const uint32_t at_once = batched_ ? count : 1;
    for (uint32_t done = 0; done < count; done += at_once) {
      begin(2 + at_once * 2, "ZADD");
      word("waiting");
      for (uint32_t i = 0; i < at_once; ++i) {
        word((next_ + i) % priority_count * priority_step + next_ + i);
        word(next_ + i);
      }
      begin(2 + at_once * 2, "HSET");
      word("bodies");
      for (uint32_t i = 0; i < at_once; ++i) {
        word(next_ + i);
        word(body_);
      }
      next_ += at_once;
    }
    return count / at_once * 2;
  }
  uint32_t append_take(uint32_t count) {
    if (batched_) {
      begin(3, "ZPOPMIN");
      word("waiting");
      word(count);
      return 1;
    }
    for (uint32_t i = 0; i < count; ++i) {
      begin(2, "ZPOPMIN");
      word("waiting");
    }
    return count;
  }
  uint32_t append_complete(const std::vector<uint64_t>& tickets) {
    if (tickets.empty()) return 0;
    const auto at_once = static_cast<uint32_t>(batched_ ? tickets.size() : 1);
    for (size_t i = 0; i < tickets.size(); ++i) {
      if (i % at_once == 0) {
        begin(2 + at_once, "HDEL");
        word("bodies");
      }
      word(tickets[i]);
    }
    return static_cast<uint32_t>(tickets.size()) / at_once;
  }
  void expect(Batch batch) {
    batches_.push_back(batch);
    stream_.send();
  }

  /// A number behind a type byte; 0 if the line has not come.
  static size_t line(std::string_view in, size_t at, int64_t& number) {
    const size_t end = in.find("\r\n", at);
    if (end == std::string_view::npos) return 0;
    std::from_chars(in.data() + at + 1, in.data() + end, number);
    return end + 2;
  }
  /// False: it has not come as a whole.
  bool take_reply(uint32_t crew) {
    const std::string_view in = stream_.in();
    int64_t number = 0;
    if (in.empty()) return false;
    if (in[0] != ':' && in[0] != '*') fail(fmt::format("Redis answers {}", in.substr(0, 80)));
    size_t at = line(in, 0, number);
    if (at == 0) return false;
    if (in[0] == '*' && !take_popped(in, at, number, crew)) return false;
    stream_.consume(in[0] == '*' ? popped_size_ : at);
    return true;
  }
  /// Ticket and score, in turn.
  bool take_popped(std::string_view in, size_t at, int64_t words, uint32_t crew) {
    taken_.clear();
    for (int64_t i = 0; i < words; ++i) {
      int64_t size = 0;
      at = line(in, at, size);
      if (at == 0 || in.size() < at + static_cast<size_t>(size) + 2) return false;
      uint64_t ticket = 0;
      if (i % 2 == 0) std::from_chars(in.data() + at, in.data() + at + size, ticket);
      if (i % 2 == 0) taken_.push_back(ticket);
      at += static_cast<size_t>(size) + 2;
    }
    popped_size_ = at;
    in_hand_[crew].insert(in_hand_[crew].end(), taken_.begin(), taken_.end());
    return true;
  }

  Stream stream_;
  bool batched_;
  const std::string body_ = std::string(body_size, 'b');
  uint64_t next_ = 0;
  std::vector<std::vector<uint64_t>> in_hand_;  // by crew
  std::vector<uint64_t> taken_;
  size_t popped_size_ = 0;
  std::deque<Batch> batches_;
};

class Redis final : public Peer {
 public:
  std::unique_ptr<Lane> connect(const Plan& plan) override {
    return std::make_unique<RedisLane>(plan);
  }
  uint64_t waiting(const Plan& plan) override {
    Stream stream(plan.address);
    const std::string reply = stream.ask("ZCARD waiting\r\n");
    if (!reply.starts_with(":")) fail("Redis answers " + reply);
    return std::strtoull(reply.c_str() + 1, nullptr, 10);
  }
};

}  // namespace
}  // namespace paceline::bench::peers

int main(int argc, char** argv) {
  paceline::bench::peers::Redis peer;
  return paceline::bench::peers::peer_main(argc, argv, peer);
}
