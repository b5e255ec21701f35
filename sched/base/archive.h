// One function for both directions: an object's persist(Archive&) names its fields once, and the
// archive either writes them down or fills them in.
//
//   void Ladder::persist(sched::Archive& archive) {
//     archive.part("ladder", 1, sizeof(Rung));        // refuses what is written otherwise
//     archive.fields(height_, name_, rungs_);         // plain, text, vectors of either
//     steps_.persist(archive, slots_.high_water());   // a slab: bulk memory
//   }
//
// Small things come in the order they are named. bulk() is for the large plain memory of slabs:
// while loading it may be filled later and by other threads, so nothing may look at it before
// settle() returned. What can be worked out from the rest (an index) is not written but rebuilt
// after settle(), in rebuild().
//
// A reader never trusts a size: one that cannot be makes the archive fail, once and for all; from
// then on everything reads as zero and the object is to be thrown away. Values as such are not
// judged: a bit that fell over may well give another number. Whoever loads compares checksums
// first, or a digest afterwards.
//
// What is written is little-endian and laid out as in memory, so a part says its version and the
// sizes of its records; padding may hold anything. Names of what fields() takes: plain values,
// texts, vectors, deques, maps, pairs and optionals of such, and whatever has a persist(Archive&),
// as a member or beside its type.
//
// Owner: one thread.  Allocates: what it fills.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sched/base/stable_list.h"

namespace paceline::sched {

class Archive {
 public:
  virtual ~Archive() = default;

  bool loading() const { return loading_; }
  bool saving() const { return !loading_; }

  /// Written as it lies in memory.
  template <class T>
  static constexpr bool plain =
      std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> && !std::is_same_v<T, bool>;

  template <class T>
  void value(T& value) {
    static_assert(plain<T>);
    if (failed()) return zero(&value, sizeof value);
    bytes(&value, sizeof value);
  }
  void value(bool& value) {
    uint8_t byte = value ? 1 : 0;
    this->value(byte);
    if (loading_) value = require(byte <= 1, "a yes or no is neither") && byte == 1;
  }
  template <class... T>
  void values(T&... each) {
    (value(each), ...);
  }
  /// An enumerator up to `last`.
  template <class Enum>
  void choice(Enum& enumerator, Enum last) {
    value(enumerator);
    if (!require(enumerator <= last, "a choice that there is not")) enumerator = Enum{};
  }
  void text(std::string& text) {
    text.resize(size(text.size(), 1));
    if (!text.empty()) bytes(text.data(), text.size());
  }
  /// A vector of plain elements.
  template <class T>
  void list(std::vector<T>& list) {
    static_assert(plain<T>);
    list.resize(size(list.size(), sizeof(T)));
    if (!list.empty()) bytes(list.data(), list.size() * sizeof(T));
  }
  /// Likewise a long one, whose elements nobody looks at before settle().
  template <class T>
  void bulk_list(std::vector<T>& list) {
    static_assert(plain<T>);
    list.resize(size(list.size(), sizeof(T)));
    block(list.data(), list.size() * sizeof(T));
  }
  /// A vector or deque of anything: `persist_one` is called for every element, made first when
  /// loading.
  template <class Sequence, class PersistOne>
  void each(Sequence& sequence, PersistOne persist_one) {
    const uint64_t count = size(sequence.size(), 1);
    if (loading_) sequence.clear();
    for (uint64_t at = 0; at < count && !failed(); ++at) {
      persist_one(loading_ ? sequence.emplace_back() : sequence[at]);
    }
  }

  /// One after the other, each by what it is.
  template <class... T>
  void fields(T&... each) {
    (field(each), ...);
  }

  /// `count` elements of at least `element_size` bytes are about to be written; loading: how many
  /// are to be read, 0 after a failure.
  uint64_t size(uint64_t count, size_t element_size) {
    value(count);
    if (loading_ && !failed() && count > left() / element_size) {
      fail("a count is larger than what is left");
    }
    return loading_ && failed() ? 0 : count;
  }

  /// A mark both directions must agree on: begins a part and says how it is written. `version` goes
  /// up whenever its fields change; the sizes of its plain records are `sizes`.
  template <class... Sizes>
  void part(std::string_view name, uint32_t version, Sizes... sizes) {
    mark(name,
         std::array<uint32_t, 1 + sizeof...(Sizes)>{version, static_cast<uint32_t>(sizes)...});
  }

  virtual void bytes(void* data, size_t size) = 0;
  virtual void bulk(void* data, size_t size) = 0;
  /// What bulk() was to fill is there.
  virtual void settle() = 0;
  /// bulk() where that pays; not to be looked at before settle() either way.
  void block(void* data, size_t size) {
    if (size == 0 || failed()) return;
    size < bulk_from ? bytes(data, size) : bulk(data, size);
  }
  static constexpr size_t bulk_from = 16'384;

  void fail(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
  }
  /// Fails unless `condition` holds; whether nothing has failed so far.
  bool require(bool condition, const char* why) {
    if (!condition) fail(why);
    return !failed();
  }
  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }

 protected:
  explicit Archive(bool loading) : loading_(loading) {}
  virtual uint64_t left() const = 0;  ///< Bytes still to be read, an upper bound.

 private:
  template <class T>
  static constexpr bool persists_itself = requires(T& object, Archive& archive) {
    object.persist(archive);
  };

  template <class T>
  void field(T& object) {
    if constexpr (persists_itself<T>) {
      object.persist(*this);
    } else if constexpr (plain<T> || std::is_same_v<T, bool>) {
      value(object);
    } else {
      persist(*this, object);
    }
  }
  void field(std::string& object) { text(object); }
  template <class T>
  void field(std::vector<T>& object) {
    if constexpr (plain<T> && !persists_itself<T>) {
      list(object);
    } else {
      each(object, [this](T& element) { field(element); });
    }
  }
  template <class T>
  void field(std::deque<T>& object) {
    each(object, [this](T& element) { field(element); });
  }
  template <class T>
  void field(StableList<T>& object) {
    each(object, [this](T& element) { field(element); });
  }
  template <class A, class B>
  void field(std::pair<A, B>& object) {
    field(object.first);
    field(object.second);
  }
  template <class T>
  void field(std::optional<T>& object) {
    bool there = object.has_value();
    value(there);
    if (loading_) object.reset();
    if (!there) return;
    if (loading_) object.emplace();
    field(*object);
  }
  template <class Key, class T>
  void field(std::map<Key, T>& object) {
    const uint64_t count = size(object.size(), 1);
    if (!loading_) {
      for (auto& [known, element] : object) {
        Key key = known;
        fields(key, element);
      }
      return;
    }
    object.clear();
    for (uint64_t at = 0; at < count && !failed(); ++at) {
      Key key{};
      field(key);
      field(object.emplace_hint(object.end(), std::move(key), T{})->second);
    }
  }

  template <size_t N>
  void mark(std::string_view name, std::array<uint32_t, N> layout) {
    uint64_t hash = 0xcbf2'9ce4'8422'2325;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
    uint64_t found = hash;
    std::array<uint32_t, N> found_layout = layout;
    value(found);
    if (found != hash) return fail("part \"" + std::string(name) + "\" does not begin there");
    value(found_layout);
    if (found_layout == layout) return;
    fail("part \"" + std::string(name) + "\" is laid out as another version of the program does (" +
         words(found_layout) + ", here " + words(layout) + "): load it with that version");
  }
  template <size_t N>
  static std::string words(const std::array<uint32_t, N>& layout) {
    std::string text = "version " + std::to_string(layout[0]);
    for (size_t at = 1; at < N; ++at) {
      text += (at == 1 ? ", records of " : " + ") + std::to_string(layout[at]);
    }
    return text + (N > 1 ? " bytes" : "");
  }
  void zero(void* data, size_t size) {
    if (loading_) std::memset(data, 0, size);
  }

  bool loading_;
  std::string failure_;
};

}  // namespace paceline::sched
