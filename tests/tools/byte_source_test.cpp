// Plain, xz and zstd files read the same; damage is a sentence.
#include "tools/byte_source.h"

#include <gtest/gtest.h>
#include <lzma.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace paceline::tools {
namespace {

std::string sample() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "row " + std::to_string(i * 7919 % 10'007) + "\n";
  return text;
}

std::string xz(const std::string& text) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(
                1, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const uint8_t*>(text.data()),
                text.size(), reinterpret_cast<uint8_t*>(packed.data()), &size, packed.size()),
            LZMA_OK);
  packed.resize(size);
  return packed;
}

std::string zst(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  return packed;
}

class PackedFiles : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& bytes) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  /// The content, or "error: …".
  static std::string read(const std::string& path) {
    auto source = open_bytes(path);
    if (!source) return "error: " + source.error().text;
    std::string text;
    char buffer[1'000];
    while (const size_t got = (*source)->read(buffer, sizeof buffer)) text.append(buffer, got);
    return (*source)->error().empty() ? text : "error: " + (*source)->error();
  }

  testing::TemporaryFolder folder_;
};

TEST_F(PackedFiles, WhatItIsTheFirstBytesSay) {
  EXPECT_EQ(read(write("a.csv", sample())), sample());
  EXPECT_EQ(read(write("misnamed.csv", xz(sample()))), sample());
  EXPECT_EQ(read(write("a.zst", zst(sample()))), sample());
  EXPECT_EQ(read(write("empty", "")), "");
}

TEST_F(PackedFiles, PartsOneBehindTheOtherAreOneText) {
  EXPECT_EQ(read(write("two.xz", xz("one\n") + xz("two\n"))), "one\ntwo\n");
  EXPECT_EQ(read(write("two.zst", zst("one\n") + zst("two\n"))), "one\ntwo\n");
}

TEST_F(PackedFiles, ACutOrDamagedFileIsNamed) {
  const std::string packed = xz(sample());
  EXPECT_NE(read(write("cut.xz", packed.substr(0, packed.size() / 2))).find("cut short"),
            std::string::npos);
  const std::string other = zst(sample());
  EXPECT_NE(read(write("cut.zst", other.substr(0, other.size() / 2))).find("cut.zst"),
            std::string::npos);
  std::string flipped = packed;
  flipped[packed.size() / 2] = static_cast<char>(flipped[packed.size() / 2] ^ 0x55);
  EXPECT_NE(read(write("flipped.xz", flipped)).find("error: "), std::string::npos);
}

TEST_F(PackedFiles, WhatIsNotThereIsNamed) {
  EXPECT_NE(read(folder_.path() + "/nothing.csv").find("nothing.csv"), std::string::npos);
  EXPECT_NE(read(folder_.path()).find("folder"), std::string::npos);
}

}  // namespace
}  // namespace paceline::tools
