#include "wire/text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace paceline::wire {
namespace {

TEST(Text, PlainAsciiIsValid) {
  EXPECT_TRUE(is_valid_text(""));
  EXPECT_TRUE(is_valid_text("The printer on floor 3 is on fire.\n"));
  EXPECT_TRUE(is_plain_ascii(std::string(1'000, 'a')));
}

TEST(Text, NulIsRefusedWhereverItStands) {
  for (size_t size = 1; size < 80; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\0';
      EXPECT_FALSE(is_valid_text(text)) << size << " " << at;
      EXPECT_FALSE(is_plain_ascii(text)) << size << " " << at;
    }
  }
}

TEST(Text, SequencesOfTwoThreeAndFourBytesAreValid) {
  EXPECT_TRUE(is_valid_text("Zürich"));
  EXPECT_TRUE(is_valid_text("東京のプリンター"));
  EXPECT_TRUE(is_valid_text("on fire \xf0\x9f\x94\xa5"));
  EXPECT_TRUE(is_valid_text("\xf4\x8f\xbf\xbf"));  // U+10FFFF
  EXPECT_FALSE(is_plain_ascii("Zürich"));
}

TEST(Text, LongerFormsThanNeededAreRefused) {
  EXPECT_FALSE(is_valid_text("\xc0\xaf"));          // '/' in two bytes
  EXPECT_FALSE(is_valid_text("\xe0\x80\xaf"));      // in three
  EXPECT_FALSE(is_valid_text("\xf0\x80\x80\xaf"));  // in four
  EXPECT_FALSE(is_valid_text("\xc0\x80"));          // NUL in disguise
}

TEST(Text, SurrogatesAndWhatLiesBeyondUnicodeAreRefused) {
  EXPECT_FALSE(is_valid_text("\xed\xa0\x80"));
  EXPECT_FALSE(is_valid_text("\xed\xbf\xbf"));
  EXPECT_FALSE(is_valid_text("\xf4\x90\x80\x80"));
  EXPECT_FALSE(is_valid_text("\xff"));
}

TEST(Text, SequencesCutShortAreRefused) {
  for (const std::string whole : {"é", "東", "\xf0\x9f\x94\xa5"})
    for (size_t size = 1; size < whole.size(); ++size)
      for (const char* before : {"", "a", "0123456789012345678901234567890123456789"})
        EXPECT_FALSE(is_valid_text(before + whole.substr(0, size)));
  EXPECT_FALSE(is_valid_text("\x80"));
  EXPECT_FALSE(is_valid_text("\xe6\x9dx"));
}

/// Decodes to code points one by one, as the standard's table says.
bool slow_is_valid(const std::string& text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto first = static_cast<unsigned char>(text[at]);
    int more = 0;
    uint32_t code = 0;
    uint32_t code_min = 1;
    if (first < 0x80) {
      code = first;
    } else if ((first & 0xe0) == 0xc0) {
      more = 1, code = first & 0x1f, code_min = 0x80;
    } else if ((first & 0xf0) == 0xe0) {
      more = 2, code = first & 0x0f, code_min = 0x800;
    } else if ((first & 0xf8) == 0xf0) {
      more = 3, code = first & 0x07, code_min = 0x10000;
    } else {
      return false;
    }
    for (int i = 0; i < more; ++i) {
      if (++at >= text.size()) return false;
      const auto byte = static_cast<unsigned char>(text[at]);
      if ((byte & 0xc0) != 0x80) return false;
      code = code << 6 | (byte & 0x3f);
    }
    if (code < code_min || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    ++at;
  }
  return true;
}

TEST(Text, AgreesWithDecodingOneByOne) {
  const unsigned seed = 20'261'124;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string pieces[] = {
      "a",    "é",    "東",   "\xf0\x9f\x94\xa5", "\xed\xa0",          "\x80", "\xf4",
      "\x8f", "\xe0", "\xa0", "0123456789abcdef", std::string(1, '\0')};
  int valid = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    const auto count = random() % 6;
    for (unsigned i = 0; i < count; ++i) text += pieces[random() % std::size(pieces)];
    ASSERT_EQ(is_valid_text(text), slow_is_valid(text)) << ::testing::PrintToString(text);
    valid += slow_is_valid(text) ? 1 : 0;
  }
  EXPECT_GT(valid, 1'000);
}

}  // namespace
}  // namespace paceline::wire
