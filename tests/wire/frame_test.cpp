#include "wire/frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

namespace paceline::wire {
namespace {

Bytes bytes_of(const std::string& text) {
  Bytes bytes(text.size());
  if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

Bytes header_of(uint32_t payload_size, uint16_t kind, uint16_t version = protocol_version) {
  const FrameHeader header{payload_size, kind, version};
  Bytes bytes(sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

WireErrorKind refusal(const Bytes& bytes, Sender sender = Sender::client,
                      uint32_t frame_size_max = frame_size_max_default) {
  FrameReader reader(sender, frame_size_max);
  std::span<const std::byte> left(bytes);
  const auto next = reader.next(left);
  EXPECT_FALSE(next);
  return next ? WireErrorKind::empty : next.error().kind;
}

TEST(Frame, HeaderIsEightLittleEndianBytes) {
  Bytes bytes;
  append_frame(bytes, MessageKind::commands, bytes_of("abc"));
  ASSERT_EQ(bytes.size(), 11U);
  const unsigned char expected[] = {3, 0, 0, 0, 2, 0, 3, 0, 'a', 'b', 'c'};
  EXPECT_EQ(std::memcmp(bytes.data(), expected, sizeof expected), 0);
}

TEST(Frame, ArrivesWholeHoweverItIsCutUp) {
  const unsigned seed = 7;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    Bytes stream;
    std::vector<Bytes> sent;
    for (unsigned i = 0; i < 1 + random() % 8; ++i) {
      sent.push_back(bytes_of(std::string(random() % 100, static_cast<char>('a' + i))));
      append_frame(stream, MessageKind::query, sent.back());
    }
    FrameReader reader(Sender::client, 1'024);
    std::vector<Bytes> received;
    for (size_t at = 0; at < stream.size();) {
      const size_t size = std::min<size_t>(1 + random() % 40, stream.size() - at);
      std::span<const std::byte> piece(stream.data() + at, size);
      at += size;
      for (;;) {
        auto next = reader.next(piece);
        ASSERT_TRUE(next);
        if (!next->has_value()) break;
        const auto payload = (*next)->payload.bytes();
        EXPECT_EQ(reinterpret_cast<uintptr_t>(payload.data()) % 8, 0U);
        received.emplace_back(payload.begin(), payload.end());
      }
      EXPECT_TRUE(piece.empty());
    }
    EXPECT_EQ(received, sent);
    EXPECT_FALSE(reader.partial());
  }
}

TEST(Frame, PayloadOutlivesTheBytesItCameIn) {
  Bytes stream;
  append_frame(stream, MessageKind::hello, bytes_of("12345678"));
  FrameReader reader(Sender::client, 1'024);
  std::span<const std::byte> left(stream);
  auto next = reader.next(left);
  ASSERT_TRUE(next && next->has_value());
  std::fill(stream.begin(), stream.end(), std::byte{0});
  EXPECT_EQ(static_cast<char>((*next)->payload.bytes()[7]), '8');
}

TEST(Frame, OversizedIsRefusedByItsHeaderAlone) {
  EXPECT_EQ(refusal(header_of(1'017, 2), Sender::client, 1'024), WireErrorKind::frame_too_large);
  EXPECT_EQ(refusal(header_of(0xffff'ffff, 2)), WireErrorKind::frame_too_large);
  FrameReader reader(Sender::client, 1'024);
  const auto fits = header_of(1'016, 2);
  std::span<const std::byte> left(fits);
  EXPECT_TRUE(reader.next(left));
  EXPECT_TRUE(reader.partial());
}

TEST(Frame, UnknownKindsAndTheOtherSidesAreRefused) {
  EXPECT_EQ(refusal(header_of(8, 0)), WireErrorKind::kind_unknown);
  EXPECT_EQ(refusal(header_of(8, 10)), WireErrorKind::kind_unknown);
  EXPECT_EQ(refusal(header_of(8, 65)), WireErrorKind::kind_unknown);  // welcome, from a client
  EXPECT_EQ(refusal(header_of(8, 2), Sender::server), WireErrorKind::kind_unknown);
  EXPECT_EQ(refusal(header_of(8, 90), Sender::server), WireErrorKind::kind_unknown);
}

TEST(Frame, AnotherVersionIsRefusedBeforeAnythingElse) {
  EXPECT_EQ(refusal(header_of(0xffff'ffff, 999, protocol_version + 1)),
            WireErrorKind::version_unsupported);
  // What an HTTP client says first.
  EXPECT_EQ(refusal(bytes_of("GET / HTTP/1.1\r\n")), WireErrorKind::version_unsupported);
}

TEST(Frame, AnErrorIsFinal) {
  FrameReader reader(Sender::client, 1'024);
  Bytes stream = header_of(8, 0);
  append_frame(stream, MessageKind::hello, bytes_of("fine"));
  std::span<const std::byte> left(stream);
  EXPECT_FALSE(reader.next(left));
  EXPECT_FALSE(reader.next(left));
}

TEST(Frame, EveryKindHasAName) {
  for (uint16_t kind = 1; kind <= 9; ++kind)
    EXPECT_NE(name(static_cast<MessageKind>(kind)), "unknown");
  for (uint16_t kind = 65; kind <= 75; ++kind)
    EXPECT_NE(name(static_cast<MessageKind>(kind)), "unknown");
}

}  // namespace
}  // namespace paceline::wire
