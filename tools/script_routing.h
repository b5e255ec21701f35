// The verbs of conversations about offers, agents' states, tiers and queues.
//
//   accept INC1 [as ada]                 decline INC1 busy [as ada]        withdraw INC1
//   next ada      available ada          away ada lunch                    extend ada
//   drain ada [requeue]                  lost ada
//   escalate INC1 reason="needs a login" [queue=network-l2] [done=symptoms,steps_tried]
//   bounce INC1 not_ours                 handover INC1 bob "he knows the router"
//   score INC1 ada 5                     reconcile ada INC1,INC2
//   reassign "agent == ada" queue=network-l1 | agent=bob [reason=ill]
//   route vpn off                        hold network-l1                   release network-l1
//
// Owner: any thread; pure.  Errors: a sentence, kept by the settings.
#pragma once

#include <string_view>

#include "tools/script_commands.h"

namespace paceline::tools {

class Settings;

inline constexpr std::string_view routing_verbs =
    "accept, decline, withdraw, next, available, away, extend, drain, lost, escalate, bounce, "
    "handover, score, reconcile, reassign, route, hold, release";

/// False: the verb is none of these.
bool put_routing_command(const Words& words, Settings& settings, const ScriptNames& names,
                         wire::CommandWriter& writer);

}  // namespace paceline::tools
