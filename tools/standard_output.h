// Standard output seen from inside: commands that go on for ever end when nobody reads them, and
// what could not be written is no success.
//
// Owner: any thread; asks the system.  Allocates: never.
#pragma once

namespace paceline::tools {

/// It is a pipe, and whoever read it has left: `paceline events tail | head`.
bool reader_left();
/// Something printed was lost, to a full disk for one.
bool output_lost();

}  // namespace paceline::tools
