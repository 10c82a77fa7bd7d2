// SPDX-License-Identifier: MIT
// What other programs left in a trash: infos and the cache of directory sizes, and names of all
// kinds.
#include "core/clean/trash.h"

#include <string>

#include "core/base/text.h"
#include "core/clean/trash/directory_sizes.h"
#include "core/clean/trash/info_file.h"
#include "core/clean/trash/names.h"
#include "core/clean/trash/trash_directory.h"
#include "tests/fuzz/fuzz.h"

namespace {

namespace clean = lull::clean;
using lull::clean::TrashKind;
using lull::clean::TrashPlace;
using lull::fuzz::must;

const TrashPlace kHome{TrashKind::kHome, "/home/u/data", "/home/u/data/Trash"};
const TrashPlace kOwn{TrashKind::kOwn, "/mnt/disk", "/mnt/disk/.Trash-1000"};

// Whatever an info says, it names a place that can have been one; and what we write of that place
// reads back.
void read_info(const std::string& text) {
  const auto said = lull::scan::parse_trash_info(text);
  if (!said) return;
  for (const TrashPlace* place : {&kHome, &kOwn}) {
    const std::string original = clean::original_of(*place, said->path);
    if (original.empty()) continue;
    must(clean::is_plain_path(original));
    const auto again = lull::scan::parse_trash_info(
        clean::trash_info_text(clean::path_in_info(*place, original), said->deleted_at));
    must(again && clean::original_of(*place, again->path) == original);
  }
}

void read_sizes(const std::string& text) {
  const clean::DirectorySizes sizes = clean::parse_directory_sizes(text);
  for (const auto& [name, size] : sizes) must(clean::is_trash_name(name));
  must(clean::parse_directory_sizes(clean::directory_sizes_text(sizes)) == sizes);
}

void read_name(const std::string& text) {
  const std::string other = clean::fallback_name(text, "0123456789abcdef");
  must(other.size() <= 245 && other != text);
  if (clean::is_trash_name(text)) must(clean::is_trash_name(other));
  const std::string encoded = lull::base::percent_encoded(text);
  if (!text.empty() && text.find('\0') == std::string::npos)
    must(lull::scan::percent_decoded(encoded) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(lull::fuzz::text_of(data, size));
  read_info(text);
  read_sizes(text);
  read_name(text);
  return 0;
}
