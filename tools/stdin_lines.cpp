#include "tools/stdin_lines.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace paceline::tools {

StdinLines::Status StdinLines::next(std::string_view& line) {
  size_t end = buffer_.find('\n', at_);
  while (end == std::string::npos && !ended_) {
    buffer_.erase(0, at_);
    at_ = 0;
    if (buffer_.size() > line_size_max) break;
    const size_t kept = buffer_.size();
    buffer_.resize(kept + 65'536);
    const ssize_t size = ::read(STDIN_FILENO, buffer_.data() + kept, 65'536);
    buffer_.resize(kept + static_cast<size_t>(size > 0 ? size : 0));
    if (size < 0 && errno != EINTR) return Status::unreadable;
    ended_ = size == 0;
    end = buffer_.find('\n', kept);
  }
  if (end == std::string::npos) end = buffer_.size();
  if (ended_ && at_ == buffer_.size()) return Status::end;
  ++number_;
  line = std::string_view(buffer_).substr(at_, end - at_);
  at_ = std::min(end + 1, buffer_.size());
  if (line.size() > line_size_max) return Status::too_long;
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return Status::line;
}

}  // namespace paceline::tools
