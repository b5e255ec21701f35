// nats-server with JetStream: a stream in files, retained as a work queue, and one pull consumer.
//
// There are no priorities: first come, first served. A publication is acknowledged before it is
// synced; what was delivered and not acknowledged is delivered again later. One take asks for a
// whole batch.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "bench/peers/peer.h"
#include "bench/peers/stream.h"

namespace paceline::bench::peers {
namespace {

struct Message {
  uint32_t subscription = 0;
  std::string_view reply_to;
  std::string_view payload;
  size_t size = 0;  // of all of it, on the wire
};

/// One message or ping at the front of `in`; nothing if it has not come as a whole.
bool next_message(std::string_view in, Message& message) {
  const size_t end = in.find("\r\n");
  if (end == std::string_view::npos) return false;
  message = {};
  message.size = end + 2;
  if (!in.starts_with("MSG ")) {
    if (in.starts_with("-ERR")) fail(fmt::format("nats-server answers {}", in.substr(0, end)));
    return true;
  }
  std::array<std::string_view, 5> words{};
  size_t count = 0;
  for (size_t at = 0; at < end && count < words.size();) {
    const size_t space = std::min(in.find(' ', at), end);
    words[count++] = in.substr(at, space - at);
    at = space + 1;
  }
  size_t bytes = 0;
  const std::string_view last = words[count - 1];
  std::from_chars(last.data(), last.data() + last.size(), bytes);
  if (in.size() < end + 4 + bytes) return false;
  std::from_chars(words[2].data(), words[2].data() + words[2].size(), message.subscription);
  if (count == 5) message.reply_to = words[3];
  message.payload = in.substr(end + 2, bytes);
  message.size = end + 4 + bytes;
  return true;
}

void greet(Stream& stream) {
  const std::string info = stream.take_line();
  if (!info.starts_with("INFO ")) fail("this is no nats-server: " + info);
  stream.out() += "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"bench\"}\r\n";
}

class NatsLane final : public Lane {
 public:
  NatsLane(const Plan& plan, uint32_t number)
      : stream_(plan.address), inbox_(fmt::format("_INBOX.bench.{}", number)) {
    greet(stream_);
    stream_.out() += fmt::format("SUB {0}.stored 1\r\nSUB {0}.taken 2\r\n", inbox_);
  }

  void open(uint32_t count) override {
    append_open(count);
    expect({no_crew, count, 0});
  }
  void turn(uint32_t crew, uint32_t count) override {
    if (crew >= in_hand_.size()) in_hand_.resize(crew + 1);
    for (const std::string& ticket : in_hand_[crew]) {
      fmt::format_to(std::back_inserter(stream_.out()), "PUB {} 4\r\n+ACK\r\n", ticket);
    }
    in_hand_[crew].clear();
    append_open(count);
    const std::string request = fmt::format("{{\"batch\":{}}}", count);
    fmt::format_to(std::back_inserter(stream_.out()),
                   "PUB $JS.API.CONSUMER.MSG.NEXT.TICKETS.workers {}.taken {}\r\n{}\r\n", inbox_,
                   request.size(), request);
    expect({crew, count, count});
  }
  bool sent() const override { return stream_.sent(); }
  void send() override { stream_.send(); }
  int file() const override { return stream_.file(); }

  uint32_t receive(bool wait) override {
    stream_.fill(wait);
    Message message;
    while (next_message(stream_.in(), message)) {
      take(message);
      stream_.consume(message.size);
    }
    uint32_t answered = 0;
    while (!batches_.empty() && batches_.front().to_store == 0 && batches_.front().to_take == 0) {
      batches_.pop_front();
      ++answered;
    }
    return answered;
  }

 private:
  static constexpr uint32_t no_crew = 0xffff'ffff;
  struct Batch {
    uint32_t crew;
    uint32_t to_store;
    uint32_t to_take;
  };

  void append_open(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      fmt::format_to(std::back_inserter(stream_.out()), "PUB tickets.{} {}.stored {}\r\n{}\r\n",
                     opened_++ % priority_count, inbox_, body_size, body_);
    }
  }
  void expect(Batch batch) {
    batches_.push_back(batch);
    stream_.send();
  }
  void take(const Message& message) {
    if (message.subscription == 0) {
      stream_.out() += "PONG\r\n";
      stream_.send();
      return;
    }
    // Both kinds come in order, but one kind may run ahead of the other.
    const bool stored = message.subscription == 1;
    if (stored && message.payload.find("\"error\"") != std::string_view::npos) {
      fail(fmt::format("JetStream answers {}", message.payload));
    }
    for (Batch& batch : batches_) {
      uint32_t& left = stored ? batch.to_store : batch.to_take;
      if (left == 0) continue;
      --left;
      if (!stored) in_hand_[batch.crew].emplace_back(message.reply_to);
      return;
    }
    fail("nats-server sends what nobody asked for");
  }

  Stream stream_;
  std::string inbox_;
  const std::string body_ = std::string(body_size, 'b');
  std::vector<std::vector<std::string>> in_hand_;  // by crew: where to acknowledge
  std::deque<Batch> batches_;
  uint64_t opened_ = 0;
};

class Nats final : public Peer {
 public:
  void prepare(const Plan& plan) override {
    ask(plan, "STREAM.CREATE.TICKETS",
        R"({"name":"TICKETS","subjects":["tickets.*"],"retention":"workqueue","storage":"file",)"
        R"("num_replicas":1,"max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"discard":"old"})");
    ask(plan, "CONSUMER.DURABLE.CREATE.TICKETS.workers",
        R"({"stream_name":"TICKETS","config":{"durable_name":"workers","ack_policy":"explicit",)"
        R"("deliver_policy":"all","ack_wait":3600000000000,"max_ack_pending":1000000,)"
        R"("max_waiting":512}})");
  }
  std::unique_ptr<Lane> connect(const Plan& plan) override {
    return std::make_unique<NatsLane>(plan, lanes_++);
  }
  uint64_t waiting(const Plan& plan) override {
    const std::string info = ask(plan, "STREAM.INFO.TICKETS", "");
    constexpr std::string_view name = "\"messages\":";
    const size_t at = info.find(name);
    if (at == std::string::npos) fail("JetStream answers " + info);
    return std::strtoull(info.c_str() + at + name.size(), nullptr, 10);
  }

 private:
  static std::string ask(const Plan& plan, std::string_view subject, std::string_view request) {
    Stream stream(plan.address);
    greet(stream);
    stream.out() += fmt::format("SUB _INBOX.ask 1\r\nPUB $JS.API.{} _INBOX.ask {}\r\n{}\r\n",
                                subject, request.size(), request);
    while (!stream.sent()) stream.send();
    for (Message message;;) {
      if (!next_message(stream.in(), message)) {
        stream.fill(true);
        continue;
      }
      std::string answer(message.payload);
      stream.consume(message.size);
      if (answer.find("\"error\"") != std::string::npos) fail("JetStream answers " + answer);
      if (message.subscription != 0) return answer;
    }
  }
  uint32_t lanes_ = 0;
};

}  // namespace
}  // namespace paceline::bench::peers

int main(int argc, char** argv) {
  paceline::bench::peers::Nats peer;
  return paceline::bench::peers::peer_main(argc, argv, peer);
}
