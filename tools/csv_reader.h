// CSV as it is found: byte-order mark, `;` or `,` or tab, LF or CRLF, quotes, newlines in quotes.
//
// The delimiter is the one the header line has most of. A record may be at most record_size_max
// long: a quote that is never closed costs one bad record and not the rest of the file.
//
// Owner: one thread.  Allocates: the fields of one record.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/byte_source.h"

namespace paceline::tools {

class CsvReader {
 public:
  static constexpr size_t record_size_max = size_t{1} << 20;

  enum class Result : uint8_t { record, malformed, end };

  /// `source` outlives the reader.
  explicit CsvReader(ByteSource& source);

  /// The next record that is not an empty line. `malformed`: see why(); reading goes on after it.
  /// `end`: also after an error of the source, see ByteSource::error().
  Result next(std::vector<std::string>& fields);

  uint64_t line() const { return record_line_; }  ///< Where the record began, from 1.
  const std::string& why() const { return why_; }
  const std::string& text() const { return record_; }  ///< The record as it stood in the file.
  char delimiter() const { return delimiter_; }
  /// XXH3-64 of everything read so far, after decompression.
  uint64_t content_hash() const;

 private:
  struct Hash;
  struct FreeHash {
    void operator()(Hash* hash) const;
  };

  enum class Place : uint8_t { field_start, plain, quoted, quote_seen };

  bool fill();
  Place after(Place place, char c) const;
  bool take_record();  // into record_; false at the end
  bool split(std::vector<std::string>& fields);

  ByteSource& source_;
  std::unique_ptr<Hash, FreeHash> hash_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t size_ = 0;
  uint64_t line_ = 1;
  uint64_t record_line_ = 0;
  char delimiter_ = '\0';             // until the header is seen
  Place place_ = Place::field_start;  // where the record ended
  std::string record_;
  std::string why_;
};

}  // namespace paceline::tools
