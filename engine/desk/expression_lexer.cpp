#include "engine/desk/expression_lexer.h"

#include <utility>

namespace paceline::desk {

bool is_word_character(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  if (static_cast<unsigned char>(c) >= 0x80) return true;
  return c == '_' || c == '-' || c == '.' || c == '/' || c == '@' || c == '#';
}

std::string shown(const Token& token) {
  if (token.kind == TokenKind::end) return "the end of the text";
  return "\"" + token.text + "\"";
}

sched::Unexpected<SyntaxError> syntax_error(size_t at, std::string message) {
  return {SyntaxError{.at = at, .message = std::move(message)}};
}

sched::Expected<Token, SyntaxError> ExpressionLexer::next() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
    ++at_;
  if (at_ == text_.size()) return Token{.kind = TokenKind::end, .at = at_, .text = {}};

  const size_t from = at_;
  const char c = text_[at_];
  if (is_word_character(c)) {
    while (at_ < text_.size() && is_word_character(text_[at_])) ++at_;
    return Token{TokenKind::word, from, std::string(text_.substr(from, at_ - from))};
  }
  if (c == '\'' || c == '"') return quoted(c);

  constexpr std::string_view signs[] = {"&&", "||", "==", "!=", ">=", "<=", "!", "(", ")",
                                        "[",  "]",  ",",  "=",  ">",  "<",  "&", "|"};
  for (const std::string_view sign : signs) {
    if (text_.substr(at_, sign.size()) != sign) continue;
    at_ += sign.size();
    return Token{TokenKind::sign, from, std::string(sign)};
  }
  const bool printable = c > ' ' && c < 0x7f;
  return syntax_error(from, printable ? "unexpected character \"" + std::string(1, c) +
                                            "\": put text with such characters in quotes"
                                      : "unexpected control character: remove it");
}

sched::Expected<Token, SyntaxError> ExpressionLexer::quoted(char quote) {
  const size_t from = at_++;
  std::string content;
  for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
    const bool escapes = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                         (text_[at_ + 1] == quote || text_[at_ + 1] == '\\');
    if (escapes) ++at_;
    content += text_[at_];
  }
  if (at_ == text_.size())
    return syntax_error(from, std::string("the quote is not closed: add ") + quote);
  ++at_;
  return Token{TokenKind::quoted, from, std::move(content)};
}

}  // namespace paceline::desk
