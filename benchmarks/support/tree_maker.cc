// SPDX-License-Identifier: MIT
#include "benchmarks/support/tree_maker.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lull::benchmarks {
namespace {

[[noreturn]] void give_up(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[96];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

constexpr std::array<std::string_view, 16> kWords = {
    "lib",   "dist",    "src", "test",   "esm",  "cjs",     "types", "internal",
    "utils", "helpers", "fp",  "locale", "node", "browser", "bin",   "docs"};
constexpr std::array<const char*, 8> kExtensions = {".js",   ".d.ts", ".js.map", ".mjs",
                                                    ".json", ".md",   ".ts",     ".css"};
// A link to its neighbour comes besides these: dangling, loops, far away.
constexpr std::array<const char*, 5> kTargets = {"../does/not/exist", "..", ".", "/proc/self/cwd",
                                                 "/usr/share"};

std::vector<std::string> odd_names() {
  return {"-rf",
          "--help",
          " leading",
          "trailing ",
          "new\nline",
          "tab\there",
          "quote'\"`$(x)",
          "back\\slash",
          "*glob?[a]",
          "\xC3\xA9t\xC3\xA9",    // composed
          "e\xCC\x81te\xCC\x81",  // decomposed
          "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
          "\xF0\x9F\x97\x91\xEF\xB8\x8F",
          "bad\xFF\xFEutf8",
          "\x80",
          "CON",
          "con",
          "a:b",
          "...",
          ".hidden",
          std::string(255, 'L'),
          "rtl\xE2\x80\xAEgpj.exe",
          "\x01\x1b[31mred"};
}

}  // namespace

TreeMaker::TreeMaker(const std::string& root, std::uint64_t entries)
    : entries_(entries), random_(0x10011ull * entries + 7) {
  if (::mkdir(root.c_str(), 0755) != 0) give_up(root);
  root_.fd.reset(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root_.fd) give_up(root);
}

void TreeMaker::make() {
  make_corner();
  make_flat(entries_ * 13 / 100);
  make_caches(entries_ * 20 / 100);
  make_projects();
  if (::syncfs(root_.fd.get()) != 0) give_up("syncfs");
}

void TreeMaker::make_corner() {
  const Place corner = enter(root_, "odd names \xE2\x98\x83");
  for (const std::string& name : odd_names()) file(corner, name, false);
  if (::mkfifoat(corner.fd.get(), "a fifo", 0644) != 0) give_up("a fifo");
  ++made_;
  for (int i = 0; i < 20; ++i) enter(corner, formatted("empty-%d", i));
  for (int i = 0; i < 5; ++i) {
    const Place locked = enter(corner, formatted("locked-%d", i));
    for (int k = 0; k < 4; ++k) file(locked, formatted("f%d", k), false);
    if (::fchmod(locked.fd.get(), 0) != 0) give_up("locking");
  }
  make_chain(corner);
  make_linked_file(corner);
}

void TreeMaker::make_chain(const Place& at) {
  Place step = enter(at, "deep-directory-name");
  for (int i = 1; i < 60; ++i) {
    file(step, "leaf", false);
    step = enter(step, "deep-directory-name");
  }
}

void TreeMaker::make_linked_file(const Place& at) {
  if (full()) return;
  file(at, "linked", false);
  for (int i = 0; i < 4; ++i) {
    const Place beside = enter(at, formatted("links-%d", i));
    for (int k = 0; k < 10; ++k, ++made_)
      if (::linkat(at.fd.get(), "linked", beside.fd.get(), formatted("l%d", k).c_str(), 0) != 0)
        give_up("linked");
  }
}

void TreeMaker::make_flat(std::uint64_t entries) {
  const Place flat = enter(root_, "flat");
  const std::uint64_t end = made_ + entries;
  for (int number = 0; made_ < end; ++number) {
    const Place big = enter(flat, formatted("big-%03d", number));
    const std::uint64_t here = std::min<std::uint64_t>(end, made_ + 10'000);
    for (int i = 0; made_ < here; ++i)
      file(big, formatted("IMG_%06d_%08" PRIx64 ".jpg", i, random_.next() & 0xffffffff));
  }
}

void TreeMaker::make_caches(std::uint64_t entries) {
  const Place cache = enter(root_, "cache");
  const std::uint64_t end = made_ + entries;
  for (int number = 0; made_ < end; ++number) {
    const Place store = enter(cache, formatted("store-%03d", number));
    for (unsigned shard = 0; shard < 256 && made_ < end; ++shard) {
      const Place at = enter(store, formatted("%02x", shard));
      for (std::uint64_t i = 1 + random_.below(12); i > 0; --i)
        file(at, formatted("%016" PRIx64 "%016" PRIx64, random_.next(), random_.next()));
    }
  }
}

void TreeMaker::make_projects() {
  const Place projects = enter(root_, "projects");
  for (int number = 0; !full(); ++number) {
    const Place project = enter(projects, formatted("project-%04d", number));
    const Place modules = enter(project, "node_modules");
    const auto packages = static_cast<int>(40 + random_.below(300));
    for (int i = 0; i < packages && !full(); ++i) {
      std::int64_t left = 4 + static_cast<std::int64_t>(random_.below(120));
      const std::string name = formatted("%s-%s-%d", word().data(), word().data(), i);
      if (random_.one_in(5)) {
        const Place scope =
            enter(modules, formatted("@scope%d", static_cast<int>(random_.below(20))));
        make_package(enter(scope, name), 0, left);
      } else {
        make_package(enter(modules, name), 0, left);
      }
    }
  }
}

void TreeMaker::make_package(const Place& at, int depth, std::int64_t& left) {
  if (left <= 0 || full()) return;
  const std::uint64_t before = made_;
  const std::uint64_t files = 3 + random_.below(random_.one_in(4) ? 38 : 10);
  file(at, "package.json");
  file(at, "README.md");
  for (std::uint64_t i = 2; i < files; ++i)
    file(at, formatted("%s%d%s", word().data(), static_cast<int>(random_.below(100'000)),
                       kExtensions[random_.below(kExtensions.size())]));
  left -= static_cast<std::int64_t>(made_ - before);
  const std::uint64_t below = depth < 4 ? random_.below(4) : depth < 8 ? random_.below(2) : 0;
  for (std::uint64_t i = 0; i < below && left > 0 && !full(); ++i)
    make_package(enter(at, std::string(kWords[(i * 5 + random_.below(5)) % kWords.size()])),
                 depth + 1, left);
  if (depth <= 3 && left > 0 && !full() && random_.one_in(5)) make_nested_packages(at, depth, left);
}

void TreeMaker::make_nested_packages(const Place& at, int depth, std::int64_t& left) {
  const Place modules = enter(at, "node_modules");
  for (std::uint64_t i = 1 + random_.below(5); i > 0 && left > 0 && !full(); --i)
    make_package(enter(modules, formatted("nested-%s-%d", word().data(),
                                          static_cast<int>(random_.below(10'000)))),
                 depth + 2, left);
}

TreeMaker::Place TreeMaker::enter(const Place& at, const std::string& name) {
  if (::mkdirat(at.fd.get(), name.c_str(), 0755) != 0 && errno != EEXIST) give_up(name);
  Place place;
  place.fd.reset(::openat(at.fd.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!place.fd) give_up(name);
  place.path = at.path.empty() ? name : at.path + "/" + name;
  return place;
}

void TreeMaker::file(const Place& at, const std::string& name, bool may_be_linked) {
  if (full()) return;
  const base::UniqueFd fd(
      ::openat(at.fd.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd && errno == EEXIST) return;  // names of packages repeat
  if (!fd) give_up(name);
  ++made_;
  reserve(fd.get());
  if (!may_be_linked) return;
  if (random_.one_in(97)) linkable_.push_back(at.path + "/" + name);
  if (random_.one_in(100)) link_beside(at, name);
  if (random_.one_in(67)) symlink_beside(at, name);
}

// Half of the files have at most one block, one in five hundred is a sparse giant.
void TreeMaker::reserve(int fd) {
  if (random_.one_in(500)) {
    const auto length = static_cast<off_t>((64ull << 20) + random_.below(1ull << 30));
    if (::ftruncate(fd, length) != 0) give_up("a sparse file");
    if (random_.one_in(2) && ::fallocate(fd, FALLOC_FL_KEEP_SIZE, length / 2 & ~off_t{4095}, 4096))
      give_up("a block in a sparse file");
    return;
  }
  const std::uint64_t kind = random_.below(1000);
  std::uint64_t size = 262'144 + random_.below(786'432);
  if (kind < 998) size = 65'536 + random_.below(196'608);
  if (kind < 990) size = 16'384 + random_.below(49'152);
  if (kind < 880) size = 4'097 + random_.below(12'288);
  if (kind < 580) size = 1 + random_.below(4'096);
  if (kind < 80) return;
  if (::fallocate(fd, 0, 0, static_cast<off_t>(size)) != 0) give_up("blocks of a file");
}

// To something made before, anywhere in the tree.
void TreeMaker::link_beside(const Place& at, const std::string& name) {
  if (full() || linkable_.empty()) return;
  const std::string& target = linkable_[random_.below(linkable_.size())];
  if (::linkat(root_.fd.get(), target.c_str(), at.fd.get(), (name + ".hl").c_str(), 0) == 0)
    ++made_;
  else if (errno != EEXIST)
    give_up(target);
}

void TreeMaker::symlink_beside(const Place& at, const std::string& name) {
  if (full()) return;
  const std::uint64_t kind = random_.below(kTargets.size() + 1);
  const char* target = kind == kTargets.size() ? name.c_str() : kTargets[kind];
  if (::symlinkat(target, at.fd.get(), (name + ".ln").c_str()) == 0)
    ++made_;
  else if (errno != EEXIST)
    give_up(name);
}

std::string_view TreeMaker::word() { return kWords[random_.below(kWords.size())]; }

}  // namespace lull::benchmarks
