// The options every sub-command has that talks to a server, and the talking.
//
// Owner: one thread.  Errors: Failure.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tools/subcommand.h"
#include "wire/client.h"

namespace paceline::tools {

/// A token file holds one line, which is the token. Empty path: no token.
Got<std::string> read_token(const std::string& path);

struct ServerOptions {
  std::string address;
  std::string token_file;
  bool reconnects = true;  ///< After a connection is lost, for a while.

  void declare(CLI::App& app);
  Got<wire::Client> connect(desk::SessionId session = {},
                            wire::Lane lane = wire::Lane::interactive) const;
};

/// A server and one of its desks.
struct DeskOptions {
  ServerOptions server;
  std::string desk;

  void declare(CLI::App& app);
};

/// A connection with the desk open.
struct OpenedDesk {
  wire::Client client;
  wire::DeskOpened desk;

  static Got<OpenedDesk> open(const DeskOptions& options);

  Got<desk::Answer> ask(const desk::Query& query);
  /// One command's reply; a refusal is a failure that speaks of `about`.
  Got<desk::Reply> tell(wire::CommandWriter& writer, std::string_view about);
};

}  // namespace paceline::tools
