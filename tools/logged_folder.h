// A data folder, or a backup, whose log is about to be replayed.
//
// Owner: one thread.  Allocates: the error.
#pragma once

#include <string>

#include "tools/failure.h"

namespace paceline::tools {

/// Whether this user may read it and a log is in it; says which is not so and how to mend it.
Done has_log(const std::string& folder);

}  // namespace paceline::tools
