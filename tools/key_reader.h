// Keys out of the bytes a terminal sends.
//
// A key that is not a character comes as several bytes that begin with escape, and so does nothing
// but time tell an escape from the beginning of one: ends_later() says that more may come.
//
// Owner: one thread; no clock.  Allocates: what is not yet a key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/board_state.h"

namespace paceline::tools {

class KeyReader {
 public:
  void add(std::string_view bytes) { bytes_ += bytes; }
  /// The next whole key.
  std::optional<KeyPress> next();
  /// There is the beginning of a key.
  bool ends_later() const { return !bytes_.empty(); }
  /// Nothing has come for long: what there is, is all.
  std::optional<KeyPress> last();

 private:
  KeyPress take(size_t size, Key key);

  std::string bytes_;
};

}  // namespace paceline::tools
