#include "tools/csv_reader.h"

#include <algorithm>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace paceline::tools {

namespace {

constexpr size_t buffer_size = size_t{1} << 16;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

char most_frequent_delimiter(const std::string& header) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char candidate : {',', ';', '\t'}) {
    bool quoted = false;
    std::ptrdiff_t count = 0;
    for (const char c : header) {
      if (c == '"') quoted = !quoted;
      if (c == candidate && !quoted) ++count;
    }
    if (count > most) best = candidate, most = count;
  }
  return best;
}

}  // namespace

struct CsvReader::Hash {
  XXH3_state_t state;
};
void CsvReader::FreeHash::operator()(Hash* hash) const { delete hash; }

CsvReader::CsvReader(ByteSource& source) : source_(source), hash_(new Hash), buffer_(buffer_size) {
  XXH3_64bits_reset(&hash_->state);
}

uint64_t CsvReader::content_hash() const { return XXH3_64bits_digest(&hash_->state); }

bool CsvReader::fill() {
  at_ = 0;
  size_ = source_.read(buffer_.data(), buffer_.size());
  XXH3_64bits_update(&hash_->state, buffer_.data(), size_);
  return size_ > 0;
}

bool CsvReader::take_record() {
  record_.clear();
  record_line_ = line_;
  place_ = Place::field_start;
  bool any = false;
  for (;;) {
    if (at_ == size_ && !fill()) break;
    any = true;
    const char c = buffer_[at_++];
    if (c == '\n') ++line_;
    if (c == '\n' && (place_ != Place::quoted || record_.size() >= record_size_max)) break;
    place_ = after(place_, c);
    if (record_.size() < record_size_max) record_.push_back(c);
    if (record_line_ == 1 && record_ == byte_order_mark) {
      record_.clear();
      place_ = Place::field_start;
    }
  }
  if (!record_.empty() && record_.back() == '\r') record_.pop_back();
  return any;
}

/// A quote means something at the start of a field only: 17" monitor is plain text.
CsvReader::Place CsvReader::after(Place place, char c) const {
  const bool ends_field = delimiter_ == '\0' ? c == ',' || c == ';' || c == '\t' : c == delimiter_;
  if (place == Place::quoted) return c == '"' ? Place::quote_seen : Place::quoted;
  if (place == Place::quote_seen && c == '"') return Place::quoted;
  if (ends_field) return Place::field_start;
  if (place == Place::field_start && c == '"') return Place::quoted;
  return Place::plain;
}

bool CsvReader::split(std::vector<std::string>& fields) {
  if (record_.size() >= record_size_max) {
    why_ = "longer than 1 MiB: is a quote left open?";
    return false;
  }
  if (place_ == Place::quoted) {
    why_ = "a quote is opened and not closed";
    return false;
  }
  size_t count = 0;
  const auto field = [&]() -> std::string& {
    if (count == fields.size()) fields.emplace_back();
    return fields[count];
  };
  field().clear();
  Place place = Place::field_start;
  for (const char c : record_) {
    const Place next = after(place, c);
    if (next == Place::field_start) {
      ++count;
      field().clear();
    } else if (next == Place::plain || (next == Place::quoted && place != Place::field_start)) {
      field().push_back(c);
    }
    place = next;
  }
  fields.resize(count + 1);
  return true;
}

CsvReader::Result CsvReader::next(std::vector<std::string>& fields) {
  do {
    if (!take_record()) return Result::end;
  } while (record_.empty());
  if (delimiter_ == '\0') delimiter_ = most_frequent_delimiter(record_);
  return split(fields) ? Result::record : Result::malformed;
}

}  // namespace paceline::tools
