// Any bytes as a stream of frames, cut anywhere: the reader gives whole frames within its bound or
// refuses the stream, and how the bytes are cut changes nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "wire/frame.h"

namespace {

using namespace paceline::wire;

struct Seen {
  std::vector<std::pair<MessageKind, Bytes>> frames;
  bool refused = false;
  bool operator==(const Seen&) const = default;
};

constexpr uint32_t frame_size_max = 4'096;

Seen read_all(std::span<const std::byte> stream, Sender sender, size_t piece_size) {
  Seen seen;
  FrameReader reader(sender, frame_size_max);
  while (!stream.empty()) {
    auto piece = stream.first(std::min(piece_size, stream.size()));
    stream = stream.subspan(piece.size());
    for (;;) {
      auto next = reader.next(piece);
      if (!next) {
        seen.refused = true;
        return seen;
      }
      if (!next->has_value()) break;
      const auto payload = (*next)->payload.bytes();
      if (payload.size() + frame_header_size > frame_size_max) std::abort();
      if (reinterpret_cast<uintptr_t>(payload.data()) % 8 != 0) std::abort();
      seen.frames.emplace_back((*next)->kind, Bytes(payload.begin(), payload.end()));
    }
    if (!piece.empty()) std::abort();
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const Sender sender = (data[0] & 1) != 0 ? Sender::client : Sender::server;
  const size_t piece_size = size_t{data[1]} + 1;
  const auto stream = std::as_bytes(std::span(data + 2, size - 2));
  if (read_all(stream, sender, piece_size) != read_all(stream, sender, stream.size() + 1))
    std::abort();
  return 0;
}
