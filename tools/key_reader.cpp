#include "tools/key_reader.h"

#include <algorithm>
#include <array>

namespace paceline::tools {

namespace {

constexpr char escape = '\033';

struct Sequence {
  std::string_view bytes;  ///< Behind escape.
  Key key;
};

/// Of VT100, xterm, the Linux console, screen and tmux.
constexpr std::array sequences = {
    Sequence{"[A", Key::up},       Sequence{"[B", Key::down},     Sequence{"[C", Key::right},
    Sequence{"[D", Key::left},     Sequence{"OA", Key::up},       Sequence{"OB", Key::down},
    Sequence{"OC", Key::right},    Sequence{"OD", Key::left},     Sequence{"[H", Key::home},
    Sequence{"[F", Key::end},      Sequence{"OH", Key::home},     Sequence{"OF", Key::end},
    Sequence{"[1~", Key::home},    Sequence{"[4~", Key::end},     Sequence{"[7~", Key::home},
    Sequence{"[8~", Key::end},     Sequence{"[5~", Key::page_up}, Sequence{"[6~", Key::page_down},
    Sequence{"[Z", Key::back_tab}, Sequence{"OM", Key::enter},
};

/// Bytes of the sequence behind an escape, or 0: it is not whole yet. ECMA-48: parameters, then one
/// byte of 0x40 to 0x7e.
size_t sequence_size(std::string_view text) {
  if (text[0] == 'O') return text.size() < 2 ? 0 : 2;
  if (text[0] != '[') return 1;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] >= 0x40 && text[i] <= 0x7e) return i + 1;
  }
  return 0;
}

size_t utf8_size(char lead) {
  const auto byte = static_cast<uint8_t>(lead);
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

}  // namespace

KeyPress KeyReader::take(size_t size, Key key) {
  KeyPress pressed{key, {}};
  if (key == Key::character) pressed.text = bytes_.substr(0, size);
  bytes_.erase(0, size);
  return pressed;
}

std::optional<KeyPress> KeyReader::next() {
  if (bytes_.empty()) return std::nullopt;
  const char first = bytes_[0];
  if (first == escape) {
    if (bytes_.size() < 2) return std::nullopt;
    if (bytes_[1] == escape) return take(1, Key::escape);
    const std::string_view rest = std::string_view(bytes_).substr(1);
    const size_t size = sequence_size(rest);
    if (size == 0) return std::nullopt;
    const auto known = std::find_if(sequences.begin(), sequences.end(), [&](const Sequence& each) {
      return each.bytes == rest.substr(0, size);
    });
    return take(size + 1, known == sequences.end() ? Key::other : known->key);
  }
  if (first == '\r' || first == '\n') return take(1, Key::enter);
  if (first == '\t') return take(1, Key::tab);
  if (first == 0x7f || first == '\b') return take(1, Key::backspace);
  if (static_cast<uint8_t>(first) < 0x20) return take(1, Key::other);
  const size_t size = utf8_size(first);
  if (bytes_.size() < size) return std::nullopt;
  return take(size, Key::character);
}

std::optional<KeyPress> KeyReader::last() {
  if (bytes_.empty()) return std::nullopt;
  const Key key = bytes_[0] == escape ? Key::escape : Key::other;
  const KeyPress pressed = take(1, key);
  if (key == Key::other) bytes_.clear();
  return pressed;
}

}  // namespace paceline::tools
