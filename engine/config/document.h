// A TOML text as a plain tree with line numbers, in the order of the file.
//
// The readers of the configuration work on this tree, so that toml++ (heavy to compile, recursive,
// sorted by key) stays in one file.
//
// Owner: anyone.  Allocates: for the tree.  Errors: one syntax error with its line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sched/base/expected.h"
#include "sched/calendar.h"

namespace paceline::config {

/// Larger texts are refused; the limit of a desk's configuration document.
inline constexpr size_t text_size_max = 4'194'304;

struct Node {
  enum class Kind : uint8_t { table, array, text, integer, real, boolean, date, time };

  Kind kind = Kind::table;
  uint32_t line = 0;
  std::string text;       ///< Kind::text
  int64_t integer = 0;    ///< Kind::integer
  double real = 0;        ///< Kind::real
  bool boolean = false;   ///< Kind::boolean
  sched::LocalDate date;  ///< Kind::date
  struct Member;
  std::vector<Member> members;  ///< Kind::table
  std::vector<Node> elements;   ///< Kind::array

  Node();
  ~Node();
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;
};
struct Node::Member {
  std::string key;
  uint32_t line = 0;  ///< Of the key.
  Node value;
};

/// "a table", "a text", for messages.
std::string_view name(Node::Kind kind);

struct DocumentError {
  uint32_t line = 0;
  std::string message;
};

sched::Expected<Node, DocumentError> parse_document(std::string_view text);

}  // namespace paceline::config
