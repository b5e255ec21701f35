// The words and signs of conditions and needs. Private to predicate.cpp and need.cpp.
//
// Owner: the parser.  Allocates: for quoted text and for errors.
#pragma once

#include <string>
#include <string_view>

#include "engine/desk/predicate.h"
#include "sched/base/expected.h"

namespace paceline::desk {

/// Longer text is refused, which bounds every expression's program.
inline constexpr size_t expression_size_max = 4'096;

enum class TokenKind : uint8_t { word, quoted, sign, end };

struct Token {
  TokenKind kind = TokenKind::end;
  size_t at = 0;
  std::string text;  ///< A quoted text without its quotes.

  bool is(std::string_view sign) const { return kind == TokenKind::sign && text == sign; }
  bool is_word(std::string_view word) const { return kind == TokenKind::word && text == word; }
};

class ExpressionLexer {
 public:
  explicit ExpressionLexer(std::string_view text) : text_(text) {}

  /// The next token; `end` for ever after the last one.
  sched::Expected<Token, SyntaxError> next();

 private:
  sched::Expected<Token, SyntaxError> quoted(char quote);

  std::string_view text_;
  size_t at_ = 0;
};

/// Letters, digits, `_ - . / @ #` and whatever is not ASCII.
bool is_word_character(char c);

/// "end of the text" or the token in quotes.
std::string shown(const Token& token);

sched::Unexpected<SyntaxError> syntax_error(size_t at, std::string message);

}  // namespace paceline::desk
