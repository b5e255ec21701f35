// Private to wire/*_codec.cpp and its like: the generated code, and the few helpers all of them
// need. No header but this one includes generated code, and no .cpp outside wire includes this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sched/base/expected.h"
#include "wire/frame.h"
#include "wire/paceline_generated.h"
#include "wire/text.h"

namespace paceline::wire {

using FlatTexts = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

/// The builder of this thread, empty. One is enough: nothing here builds two buffers at once.
inline flatbuffers::FlatBufferBuilder& fresh_builder() {
  thread_local flatbuffers::FlatBufferBuilder builder(4'096);
  builder.Clear();
  return builder;
}

/// A frame around the table that `build(builder)` made.
template <class Build>
void append_table(Bytes& out, MessageKind kind, Build build) {
  auto& builder = fresh_builder();
  builder.Finish(build(builder));
  append_frame(out, kind, std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));
}

/// FlatBuffers' own verifier visits up to a million tables in a frame of 400 bytes.
inline constexpr flatbuffers::uoffset_t tables_max = 1'000;
inline constexpr flatbuffers::uoffset_t depth_max = 16;

/// The root of an aligned payload whose offsets have been verified; nothing else has.
template <class Table>
sched::Expected<const Table*, WireError> verified_root(std::span<const std::byte> payload,
                                                       std::string_view what,
                                                       flatbuffers::uoffset_t tables = tables_max) {
  if (reinterpret_cast<uintptr_t>(payload.data()) % 8 != 0)
    return sched::Unexpected{WireError{
        WireErrorKind::payload_misaligned,
        std::string(what) + ": the payload must lie on an 8-byte boundary: copy it to one"}};
  const auto* data = reinterpret_cast<const uint8_t*>(payload.data());
  flatbuffers::Verifier verifier(data, payload.size(), depth_max, tables);
  if (payload.size() < 8 || payload.size() >= FLATBUFFERS_MAX_BUFFER_SIZE ||
      !verifier.VerifyBuffer<Table>(nullptr))
    return sched::Unexpected{
        WireError{WireErrorKind::payload_malformed,
                  std::string(what) + ": the payload of " + std::to_string(payload.size()) +
                      " bytes is not a valid " + std::string(what) +
                      " table: build it with the schema wire/paceline.fbs and send it whole"}};
  return flatbuffers::GetRoot<Table>(data);
}

/// Reads fields of a verified table and remembers the first that is unfit.
///
/// Offsets may share their target, so a small payload can describe much; a builder never does that.
/// The reader takes out no more bytes than the payload has, which bounds what it allocates.
class FieldReader {
 public:
  FieldReader(std::string_view what, size_t payload_size) : what_(what), left_(payload_size) {}

  /// Before `size` bytes are taken out; false once more was taken than there is.
  bool take(size_t size, std::string_view field) {
    if (size > left_) {
      fail(WireErrorKind::payload_malformed, field,
           "shares its bytes with other fields: give each its own");
      left_ = 0;
      return false;
    }
    left_ -= size;
    return true;
  }

  /// Before a vector of structs or of numbers is read in place: the verifier looks at the alignment
  /// of its length only. False as well where there is no vector.
  template <class Vector>
  bool in_place(const Vector* vector, size_t element_size, std::string_view field) {
    if (vector == nullptr || !take(vector->size() * element_size, field)) return false;
    // Structs are aligned as their largest field, which is no larger than eight bytes.
    const size_t alignment = element_size % 8 == 0 ? 8 : element_size % 4 == 0 ? 4 : 1;
    if (vector->size() == 0 || reinterpret_cast<uintptr_t>(vector->Data()) % alignment == 0)
      return true;
    fail(WireErrorKind::payload_misaligned, field,
         "does not lie on a boundary of " + std::to_string(alignment) + " bytes");
    return false;
  }

  std::string text(const flatbuffers::String* text, std::string_view field) {
    if (text == nullptr) return {};
    const std::string_view view(text->c_str(), text->size());
    if (!take(view.size(), field)) return {};
    if (!is_valid_text(view))
      fail(WireErrorKind::text_invalid, field, "is not UTF-8 or contains a NUL");
    return std::string(view);
  }

  std::vector<std::string> texts(const FlatTexts* list, std::string_view field) {
    std::vector<std::string> result;
    if (list == nullptr || !take(list->size() * sizeof(flatbuffers::uoffset_t), field))
      return result;
    result.reserve(list->size());
    for (const auto* each : *list) result.push_back(text(each, field));
    return result;
  }

  /// Calls `each` with the tables of a list, as far as nothing was wrong with them.
  template <class List, class Each>
  void tables(const List* list, std::string_view field, Each each) {
    if (list == nullptr || !take(list->size() * sizeof(flatbuffers::uoffset_t), field)) return;
    for (const auto* table : *list) {
      if (failed_) return;
      each(*table);
    }
  }

  /// The enumerator of ours with the value of theirs, which may be any byte.
  template <class Ours, class Theirs>
  Ours enumerator(Theirs value, Ours last, std::string_view field) {
    const auto number = static_cast<unsigned>(value);
    const auto number_max = static_cast<unsigned>(last);
    if (number > number_max) {
      out_of_range(field, number, 0, number_max);
      return Ours{};
    }
    return static_cast<Ours>(number);
  }

  template <class Number>
  Number number(Number value, std::type_identity_t<Number> min, std::type_identity_t<Number> max,
                std::string_view field) {
    if (value < min || value > max) out_of_range(field, value, min, max);
    return value;
  }

  template <class Min, class Max, class Number>
  void out_of_range(std::string_view field, Number value, Min min, Max max) {
    fail(WireErrorKind::value_out_of_range, field,
         std::to_string(value) + " is out of range: " + std::to_string(min) + " to " +
             std::to_string(max));
  }

  void fail(WireErrorKind kind, std::string_view field, std::string_view problem) {
    if (failed_) return;
    failed_ = true;
    std::string text(what_);
    text.append(": ").append(field).append(" ").append(problem);
    error_.kind = kind;
    error_.text = std::move(text);
  }

  /// Precedes the field in messages: `policies[3]`.
  void enter(std::string what) { what_ = std::move(what); }

  /// None: nothing was wrong.
  const WireError* error() const { return failed_ ? &error_ : nullptr; }

  template <class T>
  sched::Expected<T, WireError> finish(T value) {
    if (failed_) return sched::Unexpected{error_};
    return value;
  }

 private:
  std::string what_;
  size_t left_;
  bool failed_ = false;
  WireError error_;
};

inline flatbuffers::Offset<flatbuffers::String> put_text(flatbuffers::FlatBufferBuilder& builder,
                                                         std::string_view text) {
  if (text.empty()) return 0;
  return builder.CreateString(text.data(), text.size());
}

inline flatbuffers::Offset<FlatTexts> put_texts(flatbuffers::FlatBufferBuilder& builder,
                                                const std::vector<std::string>& texts) {
  if (texts.empty()) return 0;
  std::vector<flatbuffers::Offset<flatbuffers::String>> offsets;
  offsets.reserve(texts.size());
  // Never a null offset inside a vector: an empty element is an empty string.
  for (const auto& text : texts) offsets.push_back(builder.CreateString(text.data(), text.size()));
  return builder.CreateVector(offsets);
}

/// A vector of the tables that `put(builder, element)` makes.
template <class Table, class List, class Put>
flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<Table>>> put_tables(
    flatbuffers::FlatBufferBuilder& builder, const List& list, Put put) {
  if (list.empty()) return 0;
  std::vector<flatbuffers::Offset<Table>> offsets;
  offsets.reserve(list.size());
  for (const auto& element : list) offsets.push_back(put(builder, element));
  return builder.CreateVector(offsets);
}

/// Records of ours with the layout of `Struct` (record_layout.h), without their length if empty.
template <class Struct, class Record>
flatbuffers::Offset<flatbuffers::Vector<const Struct*>> put_records(
    flatbuffers::FlatBufferBuilder& builder, std::span<const Record> records) {
  static_assert(sizeof(Struct) == sizeof(Record));
  static_assert(alignof(Struct) == alignof(Record));
  if (records.empty()) return 0;
  return builder.CreateVectorOfStructs(reinterpret_cast<const Struct*>(records.data()),
                                       records.size());
}

}  // namespace paceline::wire
