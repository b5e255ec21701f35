// beanstalkd: put, reserve, delete; one command per ticket, as the protocol has no other.
//
// A reservation is the server's: who dies gives it back. Replies carry the body.
#include <fmt/format.h>

#include <charconv>
#include <deque>
#include <iterator>
#include <vector>

#include "bench/peers/peer.h"
#include "bench/peers/stream.h"

namespace paceline::bench::peers {
namespace {

class BeanstalkdLane final : public Lane {
 public:
  explicit BeanstalkdLane(const Plan& plan)
      : stream_(plan.address),
        delay_min_s_(plan.delay_min_s),
        delays_(plan.delay_max_s < plan.delay_min_s ? 1 : plan.delay_max_s - plan.delay_min_s + 1) {
  }

  void open(uint32_t count) override {
    for (uint32_t i = 0; i < count; ++i) append_put();
    expect({no_crew, count});
  }
  void turn(uint32_t crew, uint32_t count) override {
    if (crew >= in_hand_.size()) in_hand_.resize(crew + 1);
    uint32_t replies = count * 2 + static_cast<uint32_t>(in_hand_[crew].size());
    for (const uint64_t job : in_hand_[crew]) {
      fmt::format_to(std::back_inserter(stream_.out()), "delete {}\r\n", job);
    }
    in_hand_[crew].clear();
    for (uint32_t i = 0; i < count; ++i) append_put();
    for (uint32_t i = 0; i < count; ++i) stream_.out() += "reserve\r\n";
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

  void append_put() {
    const uint64_t delay_s = delay_min_s_ + opened_ % delays_;
    fmt::format_to(std::back_inserter(stream_.out()), "put {} {} 3600 {}\r\n{}\r\n",
                   opened_ % priority_count, delay_s, body_size, body_);
    ++opened_;
  }
  void expect(Batch batch) {
    batches_.push_back(batch);
    stream_.send();
  }

  /// False: it has not come as a whole.
  bool take_reply(uint32_t crew) {
    const std::string_view in = stream_.in();
    const size_t end = in.find("\r\n");
    if (end == std::string_view::npos) return false;
    const std::string_view line = in.substr(0, end);
    size_t size = end + 2;
    if (line.starts_with("RESERVED ")) {
      uint64_t job = 0;
      const auto parsed = std::from_chars(line.data() + 9, line.data() + line.size(), job);
      uint64_t bytes = 0;
      std::from_chars(parsed.ptr + 1, line.data() + line.size(), bytes);
      size += bytes + 2;
      if (in.size() < size) return false;
      in_hand_[crew].push_back(job);
    } else if (!line.starts_with("INSERTED") && line != "DELETED") {
      fail(fmt::format("beanstalkd answers {}", line));
    }
    stream_.consume(size);
    return true;
  }

  Stream stream_;
  uint32_t delay_min_s_;
  uint32_t delays_;
  const std::string body_ = std::string(body_size, 'b');
  std::vector<std::vector<uint64_t>> in_hand_;  // by crew
  std::deque<Batch> batches_;
  uint64_t opened_ = 0;
};

class Beanstalkd final : public Peer {
 public:
  std::unique_ptr<Lane> connect(const Plan& plan) override {
    return std::make_unique<BeanstalkdLane>(plan);
  }
  uint64_t waiting(const Plan& plan) override { return figure(plan, "current-jobs-ready: "); }
  uint64_t delayed(const Plan& plan) override { return figure(plan, "current-jobs-delayed: "); }

 private:
  static uint64_t figure(const Plan& plan, std::string_view name) {
    Stream stream(plan.address);
    const std::string line = stream.ask("stats-tube default\r\n");
    if (!line.starts_with("OK ")) fail("beanstalkd answers " + line);
    const std::string text = stream.take(std::strtoull(line.c_str() + 3, nullptr, 10));
    const size_t at = text.find(name);
    if (at == std::string::npos) fail("beanstalkd does not tell " + std::string(name));
    return std::strtoull(text.c_str() + at + name.size(), nullptr, 10);
  }
};

}  // namespace
}  // namespace paceline::bench::peers

int main(int argc, char** argv) {
  paceline::bench::peers::Beanstalkd peer;
  return paceline::bench::peers::peer_main(argc, argv, peer);
}
