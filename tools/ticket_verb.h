// What verbs that say one thing to one ticket have in common; each adds its words and its command.
//
// Owner: one thread.  Errors: Failure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/connection.h"

namespace paceline::tools {

class TicketVerb : public Subcommand {
 public:
  /// `done`: what has been done to the ticket, "assigned".
  explicit TicketVerb(std::string_view done) : done_(done) {}

  void declare(CLI::App& app) override;
  Done run(const Terminal& terminal) override;

 protected:
  virtual void declare_more(CLI::App& app) { static_cast<void>(app); }
  virtual Done append(wire::CommandWriter& writer, const wire::Addressed& to) = 0;

 private:
  DeskOptions options_;
  std::string ticket_;
  std::string_view done_;
  uint32_t expected_version_ = 0;
  bool json_ = false;
};

}  // namespace paceline::tools
