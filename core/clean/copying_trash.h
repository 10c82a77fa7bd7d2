// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/clean/beneath.h"
#include "core/clean/careful_copy.h"
#include "core/clean/journal/clean_journal.h"
#include "core/clean/trash.h"

// Files in memory (tmpfs) go to a trash on a disk: the one move that is a copy, since that is what
// gets them out of memory. At any moment the file is where it was, or whole in the trash, or both.
namespace lull::clean {

// The rule of such items: what was moved by a copy is settled and given back by one.
inline constexpr std::string_view kMovedByCopy = "temp-allocations";
inline bool is_moved_by_copy(const CleanItem& item) { return item.rule == kMovedByCopy; }

// Steps of a move by copy that leave a trace.
enum class CopyStep : std::uint8_t {
  kCopied,    // the copy has its name in the trash; the original is where it was
  kSetAside,  // the original has a name that nobody else knows
  kRemoved,   // and is gone
};
struct CopyingOptions {
  std::function<bool()> stop;             // asked for every megabyte
  std::function<void(CopyStep)> on_step;  // empty in the product; tests kill themselves in it
  base::BufferPool* buffers = nullptr;    // of kCopyPiece; null: of its own
};

// `disk`, with take() by copy: of a regular file with one name that nobody has open, with a lease
// on it all the while, so that whoever opens it ends the move. Names in the trash always have the
// token. Fails with room for less than twice the file, and then, as always, nothing has changed.
std::unique_ptr<Trash> make_copying_trash(std::unique_ptr<Trash> disk, CopyingOptions options);

// Gives back by copy, then removes what is in the trash. Replaces nothing (os_error EEXIST), except
// that a file with the same bytes and time is taken for what a killed call has given back.
base::Status give_back_by_copy(Trash& trash, const TrashedItem& item, int directory,
                               const char* name);

// Whether an undo that was killed has given the item back already: a file of its time is there
// again. It has another inode than any that the journal knows.
bool is_back_by_copy(const CleanItem& item, Descent descent);

// ---- after a kill, of an item that was meant to be moved so

struct CopyFound {
  std::string name;
  std::uint64_t device = 0, inode = 0;
};
// The whole copy in the trash, if it was made.
std::optional<CopyFound> find_copy(const Trash& trash, const CleanItem& item);
// The original is where it was, as it was: what was copied of it is removed again.
void drop_copy(Trash& trash, const CleanItem& item, int parent);
// The original may have been set aside in its directory `parent`. With its copy in the trash it is
// removed; without, it gets its name back: true.
bool settle_set_aside(const CleanItem& item, int parent, bool has_copy);

}  // namespace lull::clean
