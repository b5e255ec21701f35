// Why a sub-command could not do what it was asked, for people and for scripts.
//
// One place turns what the desk, the server and the client library refuse into a text (what, why,
// how to mend it), a code to search for, and an exit code to branch on.
//
// Owner: any thread; plain values.  Allocates: texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/desk/reject.h"
#include "sched/base/expected.h"
#include "wire/client.h"

namespace paceline::tools {

/// Contract: scripts branch on them.
enum class Exit : uint8_t {
  ok = 0,
  failure = 1,
  usage = 2,
  not_found = 3,
  conflict = 4,
  permission = 5,
  unavailable = 6,
  validation = 7,
  partial = 8,
};

struct Failure {
  Exit exit = Exit::failure;
  std::string code;  ///< "E5020": 1… the tool, 2… configuration, 5… the desk, 3… the server, 4… the
                     ///< connection.
  std::string text;
};

using Done = sched::Expected<void, Failure>;
template <class T>
using Got = sched::Expected<T, Failure>;

/// `about`: what was asked, e.g. "ticket INC7".
Failure explain(desk::Reject reject, std::string_view about);
Failure explain(const wire::ClientError& error);

/// Failures of the tools themselves.
Failure bad_usage(std::string text);      ///< E1002
Failure not_readable(std::string text);   ///< E1003: a file of the user's.
Failure not_valid(std::string text);      ///< E1004: its content.
Failure incomplete(std::string text);     ///< E1005: part of the work is done.
Failure went_wrong(std::string text);     ///< E1001
Failure not_found(std::string text);      ///< E1006
Failure not_available(std::string text);  ///< E1007
Failure conflict(std::string text);       ///< E1008: with what is there already.
/// Of a file or folder, `error` being the errno: E1009 and exit code 5 where this user lacks the
/// rights or the disk is read-only, else E1003.
Failure file_failed(int error, std::string text);
/// Whether this user may read all of a data folder or backup; one that is not there is no matter.
Done may_read(const std::string& folder);

}  // namespace paceline::tools
