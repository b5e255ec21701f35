#include "tools/rejects_file.h"

#include <cerrno>

namespace paceline::tools {

namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + "\"";
}

}  // namespace

void RejectsFile::add(const RejectedRow& row) {
  if (++count_ == 1) {
    file_.open(path_, std::ios::binary | std::ios::trunc);
    if (!file_) error_ = errno;
    file_ << "line,reason,row\n";
  }
  file_ << row.line << ',' << quoted(row.reason) << ',' << quoted(row.text) << '\n';
}

Done RejectsFile::close() {
  if (count_ == 0) return {};
  if (file_.flush()) return {};
  return sched::Unexpected{file_failed(
      error_,
      path_ + ": the rejected rows cannot be written there: name another file with --rejects")};
}

}  // namespace paceline::tools
