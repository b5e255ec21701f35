// Commands carried out: texts and names resolved, rules asked, the floor changed.
//
// One function per verb: find what it is about, decide(), change(). What has to be checked before
// a ticket exists (Open) or for a definition is checked here, in the order of Reject.
//
// Owner: shard thread.  Time: the floor's.  Allocates: in definitions only.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/desk/command.h"
#include "engine/desk/configuration.h"
#include "engine/desk/floor.h"
#include "engine/desk/reject.h"

namespace paceline::desk {

/// Reads the texts of one command, one behind the other.
class TextCursor {
 public:
  TextCursor(std::string_view text, uint32_t at) : text_(text), at_(at) {}
  std::string_view next(uint32_t size) {
    const std::string_view part = text_.substr(at_, size);
    at_ += size;
    return part;
  }

 private:
  std::string_view text_;
  uint32_t at_;
};

class Verbs {
 public:
  Verbs(Floor& floor, const Limits& limits, ConfigurationDecoder decode_configuration)
      : floor_(floor), limits_(limits), decode_configuration_(decode_configuration) {}

  /// Carries out the `index`-th command of its kind. The reply has no next_ticket yet.
  Reply execute(const CommandFrame& frame, CommandKind kind, size_t index);

  void add_to(sched::Digest& digest) const { digest.add_text(staged_); }
  void persist(sched::Archive& archive) { archive.fields(staged_, staged_size_); }

 private:
  Reply open(const CommandFrame& frame, const Open& open);
  Reply update(const CommandFrame& frame, const Update& update);
  Reply merge(const CommandFrame& frame, const Merge& merge);
  Reply acknowledge(const CommandFrame& frame, const Acknowledge& acknowledge);
  Reply import_ticket(const CommandFrame& frame, const ImportTicket& import);
  Reply migrate(const CommandFrame& frame, const Migrate& migrate);
  Reply repair(const CommandFrame& frame, const Repair& repair);
  Reply define_queue(const CommandFrame& frame, const DefineQueue& define);
  Reply define_agent(const CommandFrame& frame, const DefineAgent& define);
  Reply log_in_or_out(std::string_view agent, bool in);
  // verbs_routing.cpp
  Reply answer_offer(const CommandFrame& frame, uint64_t number, uint32_t text_at,
                     uint16_t agent_size, const uint16_t* reason_size);
  Reply withdraw(const CommandFrame& frame, const Withdraw& withdraw);
  Reply set_agent_state(const CommandFrame& frame, const SetAgentState& set);
  Reply next(const CommandFrame& frame, const Next& next);
  Reply escalate(const CommandFrame& frame, const Escalate& escalate);
  Reply bounce(const CommandFrame& frame, const Bounce& bounce);
  Reply hand_over(const CommandFrame& frame, const HandOver& hand_over);
  Reply reassign(const CommandFrame& frame, const Reassign& reassign);
  Reply switch_route(const CommandFrame& frame, const SwitchRoute& set);
  Reply hold_queue(const CommandFrame& frame, const HoldQueue& hold);
  Reply score(const CommandFrame& frame, const Score& score);
  Reply reconcile(const CommandFrame& frame, const Reconcile& reconcile);
  // verbs_surveys.cpp
  Reply rate(const CommandFrame& frame, const Rate& rate);
  Result<uint64_t> find_survey(const Rate& rate, std::string_view external_id);
  void follow_up(uint64_t survey);

  Reply config_begin(const ConfigBegin& begin);
  Reply config_chunk(const CommandFrame& frame, const ConfigChunk& chunk);
  Reply config_commit(const ConfigCommit& commit);

  /// The ticket a command is about, with its own timers fired; the first text is its external id.
  Result<uint32_t> find(uint64_t id, std::string_view external_id, uint32_t expected_version);
  /// find(), then decide(slot, texts) → event, then change(). Common to all state verbs.
  template <class Command, class Decide>
  Reply on_ticket(const CommandFrame& frame, const Command& command, Decide&& decide);
  /// Fills in what a new ticket is created with; the attributes as stated, not derived.
  template <class Record>
  Result<uint32_t> create(const Record& record,
                          const std::array<std::string_view, text_field_count>& texts);
  /// The agent by name, with what fell due of it fired.
  Result<uint32_t> find_agent(std::string_view name);
  Result<uint32_t> reason(std::string_view text);
  Result<std::array<uint32_t, interned_count>> intern(
      const std::array<std::string_view, text_field_count>& texts, uint32_t fields);
  Reply done(uint32_t slot) const;

  Floor& floor_;
  Limits limits_;
  ConfigurationDecoder decode_configuration_;
  std::string staged_;        // configuration document under way
  uint32_t staged_size_ = 0;  // as announced; 0: none under way
};

}  // namespace paceline::desk
