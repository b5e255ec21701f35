// A stream socket with its two buffers, for protocols made of lines.
//
// Owner: one thread.  Errors: fail().
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace paceline::bench::peers {

class Stream {
 public:
  explicit Stream(const std::string& address);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int file() const { return file_; }

  /// What is to be sent is appended here.
  std::string& out() { return out_; }
  bool sent() const { return sent_ == out_.size(); }
  /// As much as the socket takes.
  void send();

  /// Reads once what has come; with `wait`, until something has.
  void fill(bool wait);
  std::string_view in() const { return {in_.data() + begin_, end_ - begin_}; }
  void consume(size_t size) { begin_ += size; }

  /// For what is asked before and after: sends everything, then answers the next line without its
  /// end, which is \r\n.
  std::string ask(std::string_view request);
  /// The next `size` bytes, waited for.
  std::string take(size_t size);
  std::string take_line();

 private:
  int file_ = -1;
  std::string out_;
  size_t sent_ = 0;
  std::vector<char> in_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace paceline::bench::peers
