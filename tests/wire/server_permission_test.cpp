// Who may do what: the socket, the token file.
#include <gmock/gmock.h>
#include <netinet/in.h>

#include <fstream>

#include "engine/desk/reject.h"
#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

using ::testing::HasSubstr;

int connect_tcp(int port) {
  const int peer = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<uint16_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(connect(peer, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
  return peer;
}

TEST_F(ServerTest, OverTcpOneMayWorkAndNothingElse) {
  options.listen.push_back("tcp:127.0.0.1:0");
  start();
  peer_at_desk();
  const std::string address = server->addresses().back();
  const int port = std::stoi(address.substr(address.rfind(':') + 1));
  RawPeer peer(connect_tcp(port));
  const Welcome welcome = peer.hello(2);
  EXPECT_EQ(welcome.roles, static_cast<uint32_t>(desk::Role::work));
  EXPECT_EQ(welcome.principal, 0xffff'ffffU);

  peer.tell(OpenDesk{.tag = 3, .name = "apac", .create = true, .limits = {}});
  EXPECT_EQ(peer.error().code, ErrorCode::permission_denied);
  peer.tell(Advance{.tag = 4, .desk = first_desk, .at_us = 1});
  EXPECT_EQ(peer.error().code, ErrorCode::permission_denied);
  peer.tell(Control{.tag = 5, .verb = ControlVerb::drain});
  EXPECT_EQ(peer.error().code, ErrorCode::permission_denied);

  CommandWriter writer;
  open_ticket(writer, "INC1");
  writer.define_queue({.name = "mine", .group = "mine"});
  writer.log_in("ada");
  peer.send_commands(writer, first_desk, 1);
  const auto replies = peer.replies();
  EXPECT_EQ(replies[0].code, 0);
  EXPECT_EQ(replies[1].code, static_cast<uint16_t>(desk::Reject::permission_denied));
  EXPECT_EQ(replies[2].code, static_cast<uint16_t>(desk::Reject::agent_already_logged_in));
}

TEST_F(ServerTest, TheTokenMakesAnAdministratorAndAnyOtherIsRefused) {
  options.token_file = folder.path() + "/token";
  std::ofstream(options.token_file) << "a secret of some length\n";
  options.listen.push_back("tcp:127.0.0.1:0");
  start();
  const std::string address = server->addresses().back();
  const int port = std::stoi(address.substr(address.rfind(':') + 1));
  RawPeer right(connect_tcp(port));
  const Welcome welcome = right.hello(1, Lane::interactive, "a secret of some length");
  EXPECT_NE(welcome.roles & static_cast<uint32_t>(desk::Role::administrator), 0U);
  for (const std::string wrong : {"a secret of some lengtH", "a secret", "a"}) {
    RawPeer peer(connect_tcp(port));
    peer.tell(Hello{.token = wrong, .session = {2}});
    EXPECT_EQ(peer.error().code, ErrorCode::token_invalid) << wrong;
    EXPECT_FALSE(peer.next());
  }
}

TEST_F(ServerTest, ATokenFileTooShortToBeASecretIsRefused) {
  options.token_file = folder.path() + "/token";
  std::ofstream(options.token_file) << "short\n";
  auto started = Server::start(options);
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text, HasSubstr("token file"));
}

}  // namespace
}  // namespace paceline::wire
