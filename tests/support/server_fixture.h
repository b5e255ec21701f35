// A server in the test's own process, on a unix socket in a folder of its own, and the questions
// most tests ask it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "tests/support/faulty_disk.h"
#include "tests/support/raw_peer.h"
#include "tests/support/temporary_folder.h"
#include "wire/answer_codec.h"
#include "wire/server.h"

namespace paceline::wire {

using paceline::testing::FaultyDisk;
using paceline::testing::RawPeer;
using paceline::testing::TemporaryFolder;

inline constexpr sched::DeskNumber first_desk{1};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    options.data = folder.path() + "/data";
    options.listen = {"unix:" + socket_path()};
    options.clock_mode = ClockMode::commands;
    options.durability = Durability::none;
    options.desk_limits = RawPeer::small_limits();
  }
  ~ServerTest() override { stop(); }

  void start() {
    auto started = Server::start(options);
    ASSERT_TRUE(started) << started.error().text;
    server = std::move(started.value());
    thread = std::thread([this] { end = server->run(); });
  }
  /// After a clock, or whatever else of a test's own the server looks at: it ends before that goes.
  struct EndsFirst {
    ServerTest& test;
    ~EndsFirst() { test.stop(); }
  };

  ServerEnd stop() {
    if (server == nullptr) return end;
    server->request_drain();
    return join();
  }
  ServerEnd join() {
    thread.join();
    server.reset();
    return end;
  }
  void restart() {
    ASSERT_EQ(stop().text, "");
    start();
  }
  std::string socket_path() const { return folder.path() + "/s"; }

  /// With a manual queue and an agent of its group.
  std::unique_ptr<RawPeer> peer_at_desk(uint64_t session = 1) {
    auto peer = std::make_unique<RawPeer>(socket_path());
    peer->hello(session);
    const DeskOpened desk = peer->open_desk("emea", true);
    if (!desk.created) return peer;
    CommandWriter writer;
    writer.define_queue({.name = "network", .group = "network", .mode = desk::QueueMode::manual});
    writer.define_agent({.name = "ada", .groups = "network"});
    writer.log_in("ada");
    peer->send_commands(writer, first_desk, 1);
    for (const desk::Reply& reply : peer->replies()) CHECK(reply.code == 0);
    return peer;
  }
  static CommandWriter& open_ticket(CommandWriter& writer, const std::string& external_id) {
    writer.open({.external_id = external_id, .queue = "network"});
    return writer;
  }
  static desk::Answer ask(RawPeer& peer, const desk::Query& query) {
    peer.tell(QueryMessage{9, first_desk, query});
    return decode_answer(peer.expect(MessageKind::answer).payload.bytes()).value().answer;
  }
  static desk::Query query(desk::QueryKind kind, const std::string& text = {}) {
    desk::Query query;
    query.kind = kind;
    query.text = text;
    return query;
  }
  static desk::Status status(RawPeer& peer) {
    desk::Query with_digest = query(desk::QueryKind::status);
    with_digest.with_digest = true;
    return ask(peer, with_digest).status;
  }
  static std::map<std::string, uint64_t> figures(RawPeer& peer) {
    peer.tell(Control{.tag = 5});
    const auto status =
        decode_server_status(peer.expect(MessageKind::server_status).payload.bytes()).value();
    return {status.figures.begin(), status.figures.end()};
  }
  static int64_t advance(RawPeer& peer, int64_t at_us, sched::DeskNumber desk = first_desk) {
    peer.tell(Advance{.tag = 6, .desk = desk, .at_us = at_us});
    return decode_advanced(peer.expect(MessageKind::advanced).payload.bytes()).value().now_us;
  }

  TemporaryFolder folder;
  FaultyDisk disk;
  ServerOptions options;
  std::unique_ptr<Server> server;
  std::thread thread;
  ServerEnd end;
};

}  // namespace paceline::wire
