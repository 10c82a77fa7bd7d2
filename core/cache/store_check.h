// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

// LMDB believes what it finds in its file: a page that a crash, a bad disk or somebody else left
// damaged makes it read outside of the map, or abort. So the file is looked through before it is
// used: everything but the contents of large values, which have checksums of their own. The layout
// is that of LMDB 0.9 on 64-bit machines (data version 1; mdb.c, "Page headers" and MDB_meta).
namespace lull::cache {

// Fills `into` from the file's byte `offset`; false if there is not that much.
using ReadAt = std::function<bool(std::uint64_t offset, std::span<std::byte> into)>;

// Are the two meta pages those of a database that may be opened?
bool has_sound_metas(const ReadAt& read, std::uint64_t file_bytes);

// Is everything that transaction `id` can reach as it must be? kNotThere: no meta page is of that
// transaction, since writers went on; begin another one.
enum class Soundness : std::uint8_t { kSound, kDamaged, kNotThere };
Soundness check_pages(const ReadAt& read, std::uint64_t file_bytes, std::uint64_t id);

}  // namespace lull::cache
