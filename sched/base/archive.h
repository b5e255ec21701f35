// One function for both directions: an object's persist(Archive&) names its fields once, and the
// archive either writes them down or fills them in.
//
//   void Ladder::persist(sched::Archive& archive) {
//     archive.value(height_);                                     // plain
//     archive.list(rungs_);                                       // a vector of plain elements
//     archive.each(names_, [&](std::string& name) { archive.text(name); });
//   }
//
// Small things come in the order they are named. bulk() is for the large plain memory of slabs:
// while loading it may be filled later and by other threads, so nothing may look at it before
// settle() returned. What can be worked out from the rest (an index) is not written but rebuilt
// after settle().
//
// A reader never trusts a size: one that cannot be makes the archive fail, once and for all; from
// then on everything reads as zero and the object is to be thrown away.
//
// Owner: one thread.  Allocates: what it fills.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace paceline::sched {

class Archive {
 public:
  virtual ~Archive() = default;

  bool loading() const { return loading_; }
  bool saving() const { return !loading_; }

  template <class T>
  void value(T& value) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
    bytes(&value, sizeof value);
  }
  template <class... T>
  void values(T&... each) {
    (value(each), ...);
  }
  void text(std::string& text) {
    text.resize(size(text.size(), 1));
    bytes(text.data(), text.size());
  }
  /// A vector of plain elements.
  template <class T>
  void list(std::vector<T>& list) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_same_v<T, bool>);
    list.resize(size(list.size(), sizeof(T)));
    bytes(list.data(), list.size() * sizeof(T));
  }
  /// A vector of anything: `persist_one` is called for every element, made first when loading.
  template <class T, class PersistOne>
  void each(std::vector<T>& list, PersistOne persist_one) {
    list.resize(size(list.size(), 1));
    for (T& element : list) {
      if (failed()) return;
      persist_one(element);
    }
  }

  /// `count` elements of at least `element_size` bytes are about to be written; loading: how many
  /// are to be read, 0 after a failure.
  uint64_t size(uint64_t count, size_t element_size) {
    value(count);
    if (loading_ && element_size * count > left()) {
      fail("a count is larger than what is left");
      return 0;
    }
    return failed() ? 0 : count;
  }

  /// A mark both directions must agree on: names the part in the error when they do not.
  void part(std::string_view name) {
    uint64_t hash = 0xcbf2'9ce4'8422'2325;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
    uint64_t found = hash;
    value(found);
    if (found != hash) fail("part \"" + std::string(name) + "\" does not begin where it should");
  }

  virtual void bytes(void* data, size_t size) = 0;
  virtual void bulk(void* data, size_t size) = 0;
  /// What bulk() was to fill is there.
  virtual void settle() = 0;

  void fail(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
  }
  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }

 protected:
  explicit Archive(bool loading) : loading_(loading) {}
  virtual uint64_t left() const = 0;  ///< Bytes still to be read, an upper bound.

 private:
  bool loading_;
  std::string failure_;
};

}  // namespace paceline::sched
