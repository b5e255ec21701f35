// The attributes of a ticket as options: what `ticket create`, `update` and `import` share.
//
// Owner: one sub-command.  Allocates: texts.  Errors: Failure.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tools/subcommand.h"
#include "wire/command_writer.h"

namespace CLI {
class Option;
}

namespace paceline::tools {

/// Whether a text can travel.
Done check_text(std::string_view option, const std::string& text);

/// An option that is an instant; left alone where it is not given.
Done read_instant(std::string_view option, const std::string& text, int64_t& at_us);

/// The attributes as typed. What was not given is not set.
class TicketAttributes {
 public:
  void declare(CLI::App& app);
  void declare_confidence(CLI::App& app);  ///< What is imported has none.

  /// Fills what the commands have in common; `bits` gets those of what was given. The fields point
  /// into this object.
  Done fill(wire::OpenFields& fields, uint32_t& bits);
  Done fill(wire::UpdateFields& fields, uint32_t& bits);

 private:
  static constexpr size_t text_count = 12;

  template <class Fields>
  Done fill_any(Fields& fields, uint32_t& bits);
  template <class Fields>
  Done fill_words(Fields& fields, uint32_t& bits) const;
  void read_standard_input();

  std::array<std::string, text_count> texts_;
  std::array<CLI::Option*, text_count> given_{};
  std::string body_, kind_, impact_, urgency_, sentiment_, promised_at_;
  bool vip_ = false, workaround_ = false, major_ = false;
  unsigned confidence_ = 0;
  CLI::Option* body_given_ = nullptr;
  CLI::Option* kind_given_ = nullptr;
  CLI::Option* impact_given_ = nullptr;
  CLI::Option* urgency_given_ = nullptr;
  CLI::Option* sentiment_given_ = nullptr;
  CLI::Option* promised_at_given_ = nullptr;
  CLI::Option* vip_given_ = nullptr;
  CLI::Option* workaround_given_ = nullptr;
  CLI::Option* major_given_ = nullptr;
  CLI::Option* confidence_given_ = nullptr;
};

}  // namespace paceline::tools
