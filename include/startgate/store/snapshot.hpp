// A memory store's live buckets in a file, so that a restart does not forgive everybody. The file carries the seed that the keys
// were made under, so it is written for its owner only, and a checksum under that seed, so that a damaged one is refused whole.
//
//   magic, seed, the longest window of each origin, count; then (origin, tag, arrival) `count` times, the overflow buckets left out;
//   checksum. 64-bit little endian words.
#pragma once

#include <startgate/detail/siphash.hpp>
#include <startgate/result.hpp>
#include <startgate/store/memory.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace startgate {

enum class snapshot_error : std::uint8_t { no_file, cannot_open, cannot_write, not_private, not_a_snapshot, cut_short, damaged };

constexpr std::string_view sentence_of(snapshot_error e) noexcept {
  switch (e) {
    case snapshot_error::no_file: return "there is no such file";
    case snapshot_error::not_private: return "the snapshot is not a file that its owner alone may read and write: chmod 600";
    case snapshot_error::cannot_open: return "the snapshot cannot be opened";
    case snapshot_error::cannot_write: return "the snapshot cannot be written";
    case snapshot_error::not_a_snapshot: return "the file is not a snapshot of this version";
    case snapshot_error::cut_short: return "the snapshot ends before what it announces, or goes on after it";
    case snapshot_error::damaged: return "the snapshot's checksum does not match";
  }
  return {};
}

namespace detail {

inline constexpr std::uint64_t snapshot_magic = 0x32'73'74'65'6b'63'75'62;  // "buckets2"
inline constexpr std::size_t snapshot_windows = 3, snapshot_count = snapshot_windows + key_origins;
inline constexpr std::size_t snapshot_head = snapshot_count + 1, snapshot_entry = 3;  // in words

struct close_file {
  void operator()(std::FILE* f) const noexcept { (void)std::fclose(f); }
};
using file = std::unique_ptr<std::FILE, close_file>;

inline std::uint64_t checksum(const std::vector<std::uint64_t>& words, const bucket_seed& seed) noexcept {
  siphash state(seed);
  for (const std::uint64_t word : words) state.absorb(word);
  return state.finish(words.size())[0];
}

inline std::array<unsigned char, 8> little_endian(std::uint64_t word) noexcept {
  std::array<unsigned char, 8> bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(word >> (8 * i));
  return bytes;
}

inline std::vector<std::uint64_t> snapshot_words(const memory_store& store, instant now) {
  std::vector<std::uint64_t> words{snapshot_magic, store.seed()[0], store.seed()[1]};
  for (std::size_t origin = 0; origin < key_origins; ++origin) words.push_back(store.table(key_origin(origin)).longest());
  words.push_back(0);
  std::size_t live = 0;
  for (std::size_t origin = 0; origin < key_origins; ++origin) live += store.table(key_origin(origin)).live(now);
  words.reserve(words.size() + (live + live / 16) * snapshot_entry + 1);  // so that hardly anybody waits for memory under a lock
  for (std::size_t origin = 0; origin < key_origins; ++origin)
    store.table(key_origin(origin)).for_each_live(now, [&](std::uint64_t tag, instant arrival) {
      words.insert(words.end(), {origin, tag, arrival});
    });
  words[snapshot_count] = (words.size() - snapshot_head) / snapshot_entry;
  words.push_back(checksum(words, store.seed()));
  return words;
}

// A new file for the owner only, which nobody else can have put there, as a file or as a link. One that a crash left behind goes.
inline file create_private(const std::string& path) {
  const auto create = [&] {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  };
  int descriptor = create();
  if (descriptor < 0 && errno == EEXIST && ::unlink(path.c_str()) == 0) descriptor = create();
  if (descriptor < 0) return nullptr;
  file made(::fdopen(descriptor, "wb"));
  if (!made) ::close(descriptor);
  return made;
}

inline bool sync_folder_of(const std::string& path) noexcept {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  return ::close(descriptor) == 0 && synced;
}

// Written beside the old one and renamed, so that a crash leaves one of the two whole.
inline std::optional<snapshot_error> write_words(const std::vector<std::uint64_t>& words, const std::string& path) {
  const std::string beside = path + ".new";
  file out = create_private(beside);
  if (!out) return snapshot_error::cannot_open;
  bool written = true;
  for (const std::uint64_t word : words) {
    const auto bytes = little_endian(word);
    written = written && std::fwrite(bytes.data(), 1, bytes.size(), out.get()) == bytes.size();
  }
  written = written && std::fflush(out.get()) == 0 && ::fsync(::fileno(out.get())) == 0;
  out.reset();
  if (written && std::rename(beside.c_str(), path.c_str()) == 0 && sync_folder_of(path)) return std::nullopt;
  (void)std::remove(beside.c_str());
  return snapshot_error::cannot_write;
}

// Who can write the file can empty every bucket, and who can read it knows the seed.
inline bool is_private(std::FILE* f) noexcept {
  struct stat about {};
  return ::fstat(::fileno(f), &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == ::geteuid() &&
         (about.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

inline result<std::vector<std::uint64_t>, snapshot_error> read_words(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return unexpected{errno == ENOENT ? snapshot_error::no_file : snapshot_error::cannot_open};
  const file in(::fdopen(descriptor, "rb"));
  if (!in) return ::close(descriptor), unexpected{snapshot_error::cannot_open};
  if (!is_private(in.get())) return unexpected{snapshot_error::not_private};
  std::vector<std::uint64_t> words;
  std::array<char, 8> bytes;
  std::size_t got = 0;
  while ((got = std::fread(bytes.data(), 1, bytes.size(), in.get())) == bytes.size()) {
    words.push_back(siphash::load({bytes.data(), bytes.size()}));
    if (words[0] != snapshot_magic) break;
  }
  if (words.empty() || words[0] != snapshot_magic) return unexpected{snapshot_error::not_a_snapshot};
  if (got != 0 || words.size() <= snapshot_head || (words.size() - snapshot_head - 1) % snapshot_entry != 0 ||
      (words.size() - snapshot_head - 1) / snapshot_entry != words[snapshot_count])
    return unexpected{snapshot_error::cut_short};
  return words;
}

}  // namespace detail

inline std::optional<snapshot_error> save_snapshot(const memory_store& store, const std::string& path, instant now) {
  return detail::write_words(detail::snapshot_words(store, now), path);
}

// A store with the snapshot's seed and buckets; its sizes may differ from those of the store that was saved.
inline result<std::unique_ptr<memory_store>, snapshot_error> restore_snapshot(const std::string& path,
                                                                              const memory_limits& limits, instant now) {
  auto words = detail::read_words(path);
  if (!words) return unexpected{words.error()};
  const bucket_seed seed{(*words)[1], (*words)[2]};
  const std::uint64_t sum = words->back();
  words->pop_back();
  if (sum != detail::checksum(*words, seed)) return unexpected{snapshot_error::damaged};
  auto store = std::make_unique<memory_store>(limits, seed);
  for (std::size_t at = detail::snapshot_head; at < words->size(); at += detail::snapshot_entry) {
    const std::uint64_t origin = (*words)[at];
    if (origin >= key_origins) return unexpected{snapshot_error::damaged};
    store->restore(key_origin(origin), (*words)[detail::snapshot_windows + origin], (*words)[at + 1], (*words)[at + 2], now);
  }
  return store;
}

}  // namespace startgate
