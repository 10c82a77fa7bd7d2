// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

// The journal's file as a file: where it lies, who may read it, and where it goes when it is
// damaged. Private to the journal.
namespace lull::clean {

// Creates the directory (0700) and an empty file (0600) as needed. Fails for what is no regular
// file.
base::Status prepare_journal_file(const std::string& path);

// Waits until no other process opens a journal in the same directory; held with the descriptor.
base::Result<base::UniqueFd> lock_journal_directory(const std::string& path);

// Renames the file, its log and its index to NAME.damaged-TIME…; returns the new name.
base::Result<std::string> set_journal_aside(const std::string& path);

}  // namespace lull::clean
