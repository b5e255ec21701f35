#include "tools/connection.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <fstream>
#include <utility>

namespace paceline::tools {

Got<std::string> read_token(const std::string& path) {
  if (path.empty()) return std::string();
  errno = 0;
  std::ifstream file(path);
  const int error = file ? 0 : errno;
  std::string token;
  if (!file || !std::getline(file, token) || token.empty()) {
    return sched::Unexpected{file_failed(
        error, path + ": no token there: the file's first line must be the server's token")};
  }
  return token;
}

void ServerOptions::declare(CLI::App& app) {
  app.add_option("--connect", address, "Server: unix:PATH or tcp:HOST:PORT")
      ->required()
      ->envname("PACELINE_CONNECT");
  app.add_option("--token-file", token_file, "File with the server's token")
      ->envname("PACELINE_TOKEN_FILE");
}

Got<wire::Client> ServerOptions::connect(desk::SessionId session, wire::Lane lane) const {
  auto token = read_token(token_file);
  if (!token) return sched::Unexpected{token.error()};
  wire::ClientOptions options;
  options.address = address;
  options.token = std::move(*token);
  options.session = session;
  options.lane = lane;
  if (!reconnects) options.reconnect_timeout = {};
  auto client = wire::Client::connect(std::move(options));
  if (!client) return sched::Unexpected{explain(client.error())};
  return std::move(*client);
}

void DeskOptions::declare(CLI::App& app) {
  server.declare(app);
  app.add_option("--desk", desk, "Name of the desk")->required()->envname("PACELINE_DESK");
}

Got<OpenedDesk> OpenedDesk::open(const DeskOptions& options) {
  auto client = options.server.connect();
  if (!client) return sched::Unexpected{client.error()};
  auto opened = client->open_desk(options.desk);
  if (!opened) return sched::Unexpected{explain(opened.error())};
  return OpenedDesk{std::move(*client), std::move(*opened)};
}

Got<desk::Answer> OpenedDesk::ask(const desk::Query& query) {
  auto answer = client.query(desk.desk, query);
  if (!answer) return sched::Unexpected{explain(answer.error())};
  return std::move(*answer);
}

Got<desk::Reply> OpenedDesk::tell(wire::CommandWriter& writer, std::string_view about) {
  auto replies = client.call(desk.desk, writer);
  if (!replies) return sched::Unexpected{explain(replies.error())};
  const desk::Reply reply = replies->front();
  if (reply.code != 0) {
    return sched::Unexpected{explain(static_cast<desk::Reject>(reply.code), about)};
  }
  return reply;
}

}  // namespace paceline::tools
