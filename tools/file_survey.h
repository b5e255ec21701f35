// What a file looks like before anything is made of it: the first of two readings.
//
// It finds the columns, tells whether 3/4/2016 has its day first from the dates that leave no
// choice, and counts the words of the columns whose words must mean something here. What can only
// be guessed is not: the file is refused, with what to say.
//
// Owner: one thread.  Allocates: each distinct word of those columns.  Errors: a sentence.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "sched/base/expected.h"
#include "tools/byte_source.h"
#include "tools/import_map.h"
#include "tools/mapped_columns.h"
#include "tools/written_time.h"

namespace paceline::tools {

struct FileSurvey {
  struct WordUse {
    uint64_t rows = 0;
    uint64_t first_line = 0;
  };
  using Words = std::map<std::string, WordUse>;

  MappedColumns columns;
  char delimiter = ',';
  uint64_t row_count = 0;     ///< Records after the header, whatever becomes of them.
  uint64_t content_hash = 0;  ///< The second reading must meet the same file.
  TimeStyle times;            ///< Of the map, with the order that was found.
  std::array<std::string, import_field_count> examples;  ///< The first value of each.
  std::array<Words, import_field_count> words;  ///< Of states, priorities, impacts and so on.

  const Words& words_of(ImportField field) const { return words[static_cast<size_t>(field)]; }
};

/// `order` other than automatic is what the user says, before what the map says. `progress` is told
/// now and then.
sched::Expected<FileSurvey, std::string> survey_file(ByteSource& source, const ImportMap& map,
                                                     DateOrder order,
                                                     const std::function<void()>& progress = {});

/// Whether the words of this field must have a meaning; if so, what `word` means, for people.
bool has_words(ImportField field);
std::optional<std::string> meaning_of(const ImportMap& map, ImportField field,
                                      std::string_view word);

}  // namespace paceline::tools
