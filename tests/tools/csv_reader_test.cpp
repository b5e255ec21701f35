// CSV as it is found in the wild.
#include "tools/csv_reader.h"

#include <gtest/gtest.h>

#include "tests/support/text_source.h"

namespace paceline::tools {
namespace {

using ::paceline::testing::TextSource;
using Records = std::vector<std::vector<std::string>>;

/// Malformed records come as {"!", why}.
Records read_all(const std::string& text, size_t step = 1'000) {
  TextSource source(text, step);
  CsvReader reader(source);
  Records records;
  std::vector<std::string> fields;
  for (;;) {
    switch (reader.next(fields)) {
      case CsvReader::Result::end:
        return records;
      case CsvReader::Result::record:
        records.push_back(fields);
        break;
      case CsvReader::Result::malformed:
        records.push_back({"!", reader.why()});
        break;
    }
  }
}

TEST(CsvReader, CommasLineFeedsNoQuotes) {
  EXPECT_EQ(read_all("a,b\n1,2\n3,\n"), (Records{{"a", "b"}, {"1", "2"}, {"3", ""}}));
}

TEST(CsvReader, TheLastLineNeedsNoLineFeed) {
  EXPECT_EQ(read_all("a,b\n1,2"), (Records{{"a", "b"}, {"1", "2"}}));
}

TEST(CsvReader, AByteOrderMarkIsNotPartOfTheFirstName) {
  EXPECT_EQ(read_all("\xEF\xBB\xBFnumber,state\n1,2\n"),
            (Records{{"number", "state"}, {"1", "2"}}));
  EXPECT_EQ(read_all("\xEF\xBB\xBF\"a,b\",c\n"), (Records{{"a,b", "c"}}));
}

TEST(CsvReader, SemicolonsAreFoundByTheHeader) {
  EXPECT_EQ(read_all("a;b\n1,5;2\n"), (Records{{"a", "b"}, {"1,5", "2"}}));
}

TEST(CsvReader, QuotedFieldsKeepDelimitersNewlinesAndDoubledQuotes) {
  EXPECT_EQ(read_all("a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n"),
            (Records{{"a", "b"}, {"x, \"y\"\nz", "2"}}));
}

TEST(CsvReader, AQuoteInsideAPlainFieldIsJustACharacter) {
  EXPECT_EQ(read_all("a,b\n17\" monitor,2\n3,4\n"),
            (Records{{"a", "b"}, {"17\" monitor", "2"}, {"3", "4"}}));
}

TEST(CsvReader, EmptyLinesAreSkipped) {
  EXPECT_EQ(read_all("a,b\n\n\r\n1,2\n\n"), (Records{{"a", "b"}, {"1", "2"}}));
}

TEST(CsvReader, AnOpenQuoteAtTheEndIsOneMalformedRecord) {
  EXPECT_EQ(read_all("a,b\n1,\"2\n"),
            (Records{{"a", "b"}, {"!", "a quote is opened and not closed"}}));
}

TEST(CsvReader, AnOpenQuoteCostsAtMostOneMebibyte) {
  std::string text = "a,b\n1,\"open\n";
  while (text.size() < 3 * CsvReader::record_size_max) text += "5,6\n";
  const Records records = read_all(text, 65'536);
  ASSERT_GT(records.size(), 1'000U);
  EXPECT_EQ(records[1][0], "!");
  EXPECT_EQ(records.back(), (std::vector<std::string>{"5", "6"}));
}

TEST(CsvReader, HowTheBytesArriveDoesNotMatter) {
  const std::string text =
      "\xEF\xBB\xBF"
      "a,b\r\n\"x\"\"\n\",2\r\n3,4";
  for (const size_t step : {1U, 2U, 3U, 7U}) EXPECT_EQ(read_all(text, step), read_all(text));
}

TEST(CsvReader, TheHashCoversTheContent) {
  TextSource one("a\n1\n", 1);
  TextSource same("a\n1\n", 4);
  TextSource other("a\n2\n", 4);
  std::vector<std::string> fields;
  const auto hash = [&](TextSource& source) {
    CsvReader reader(source);
    while (reader.next(fields) != CsvReader::Result::end) {
    }
    return reader.content_hash();
  };
  const uint64_t first = hash(one);
  EXPECT_EQ(first, hash(same));
  EXPECT_NE(first, hash(other));
}

}  // namespace
}  // namespace paceline::tools
