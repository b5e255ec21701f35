// The content lines of an iCalendar file: unfolded, split into name, parameters and value. Private
// to the reader of iCalendar files.
//
// Owner: one file's reading.  Allocates: for the lines.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paceline::config {

struct IcalLine {
  uint32_t number = 0;                                          ///< In the file, of its first part.
  std::string name;                                             ///< In capitals.
  std::vector<std::pair<std::string, std::string>> parameters;  ///< Names in capitals.
  std::string value;

  std::string_view parameter(std::string_view wanted) const {
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const auto& each) { return each.first == wanted; });
    return found == parameters.end() ? std::string_view{} : std::string_view(found->second);
  }
};

inline std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return capitals;
}

class IcalLines {
 public:
  explicit IcalLines(std::string_view text) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  /// False at the end. A line that is not `NAME:value` has an empty name.
  bool next(IcalLine& line) {
    std::string content;
    do {
      if (text_.empty()) return false;
      line.number = ++number_;
      content = take_line();
      while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t')) {
        text_.remove_prefix(1);
        ++number_;
        content += take_line();
      }
    } while (content.empty());
    split(content, line);
    return true;
  }

 private:
  std::string_view take_line() {
    const size_t end = std::min(text_.find('\n'), text_.size());
    std::string_view line = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }

  static void split(std::string_view content, IcalLine& line) {
    line.name.clear();
    line.parameters.clear();
    line.value.clear();
    size_t at = content.find_first_of(";:");
    if (at == std::string_view::npos) return;
    const std::string_view name = content.substr(0, at);
    while (content[at] == ';') {
      const size_t begin = at + 1;
      bool quoted = false;
      for (++at; at < content.size() && (quoted || (content[at] != ';' && content[at] != ':'));
           ++at)
        if (content[at] == '"') quoted = !quoted;
      if (at == content.size()) return;
      const std::string_view parameter = content.substr(begin, at - begin);
      const size_t equals = std::min(parameter.find('='), parameter.size());
      std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
      line.parameters.emplace_back(in_capitals(parameter.substr(0, equals)), value);
    }
    line.name = in_capitals(name);
    line.value = content.substr(at + 1);
  }

  std::string_view text_;
  uint32_t number_ = 0;
};

}  // namespace paceline::config
