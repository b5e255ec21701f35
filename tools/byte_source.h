// A file's bytes, decompressed on the way if it is xz or zstd.
//
// What a file is, its first bytes say, not its name. Memory is one buffer, whatever the file's
// size.
//
// Owner: one thread.  Allocates: its buffers.  Errors: a sentence, once; then end of data.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "tools/failure.h"

namespace paceline::tools {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Bytes put into `out`, at most `size`; 0 at the end or after an error.
  virtual size_t read(char* out, size_t size) = 0;
  /// What went wrong; empty if nothing did.
  virtual std::string error() const = 0;
  /// Bytes of the file itself taken so far, and in all: for a progress bar.
  virtual uint64_t file_bytes_read() const = 0;
  virtual uint64_t file_bytes() const = 0;
};

/// The failure names the file, and says so where this user may not read it.
Got<std::unique_ptr<ByteSource>> open_bytes(const std::string& path);

}  // namespace paceline::tools
