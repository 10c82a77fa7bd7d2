// SPDX-License-Identifier: MIT
// A journal in which bytes have changed. SQLite finds damage of its own structure, not of what the
// rows say: that is read by whoever shows a history, gives back or purges.
#include "core/clean/journal/journal.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "agent/control/json_codec.h"
#include "agent/control/protocol.h"
#include "core/base/dates.h"
#include "core/clean/plan_codec.h"
#include "tests/fuzz/fuzz.h"

namespace {

namespace fs = std::filesystem;
using namespace lull;
using clean::Journal;
using fuzz::must;

constexpr base::WallTime kNow{std::chrono::seconds(1'795'000'000)};

template <class Value>
Value taken(base::Result<Value> result) {
  must(result.has_value());
  return *std::move(result);
}

// In memory where that can be: nothing here waits for a disk.
std::string make_place() {
  std::string name = fs::exists("/dev/shm") ? "/dev/shm/lull-fuzz-XXXXXX" : "/tmp/lull-fuzz-XXXXXX";
  must(::mkdtemp(name.data()) != nullptr);
  return name;
}

// Gone with the process.
class Place {
 public:
  Place() : name_(make_place()) {}
  ~Place() { fs::remove_all(name_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::string journal() const { return name_ + "/state/journal.db"; }
  void clear() const { fs::remove_all(name_ + "/state"); }

 private:
  const std::string name_;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

clean::CleanItem item_named(const std::string& name) {
  clean::CleanItem item;
  item.path = "/home/u/.cache/app/" + name;
  item.root = "/home/u/.cache/app";
  item.rule = "app-cache";
  item.device = 2049;
  item.inode = 4711;
  item.mtime_ns = 1'795'000'000'000'000'000;
  item.bytes = 8192;
  item.trash = "/home/u/.local/share/Trash";
  item.wanted = name;
  item.token = "0123456789abcdef";
  item.deleted_at = kNow;
  return item;
}

clean::TimeReading reading(std::chrono::hours later) {
  return {kNow + later, std::chrono::hours(10) + later, "0f3d7c7e"};
}

void add_clean(Journal& journal) {
  const std::int64_t run = taken(journal.begin_run("clean", "user", reading({})));
  std::vector<clean::CleanItem> items{item_named("a"), item_named("b"), item_named("c")};
  must(journal.add_intents(run, items).has_value());
  must(journal
           .settle({{items[0].item, clean::ItemState::kMoved, "", "", 0, 0},
                    {items[1].item, clean::ItemState::kSkipped, "", "in use", 0, 0}})
           .has_value());
  must(
      journal.add_notes(run, {{"app-cache", "", "left", "younger than 7 d", 3, 4096}}).has_value());
  must(journal.save_usage(run, {std::chrono::milliseconds(20), 4096, 8192, true}).has_value());
}

void add_rest(Journal& journal) {
  model::HistoryEntry relief{0, "relief", "automatic", kNow,   std::chrono::seconds(2),
                             1, 1 << 20,  false,       "done", "given back"};
  relief.predicted_bytes = 1 << 20;
  (void)taken(journal.add_run(relief));
  (void)taken(journal.add_rehearsal(relief, {{"app-cache", "0123456789abcdef", kNow, 0}}, {}));
  must(journal.save_job({"scan", kNow, kNow, "done", "nothing", "at /home", 0}).has_value());
  must(journal.save_opening({9, 1.5, kNow}).has_value());
  must(journal.replace_path_uses({{"/home/u", 2.5, kNow}}).has_value());
  must(journal.save_run_cost({"scan", 10, 4096, std::chrono::seconds(1), kNow}).has_value());
  must(journal.save_seen(kNow).has_value() && journal.save_told(kNow).has_value());
  clean::Plan plan;
  plan.id = "p-0123456789abcdef";
  plan.made_at = kNow;
  plan.items.push_back({"app-cache", "/home/u/.cache/app", "/home/u/.cache/app/a"});
  must(journal.save_plan({plan.id, 1000, kNow, clean::encode_plan(plan)}, kNow).has_value());
}

// One with a row in every table, as bytes.
std::string whole_journal(const Place& place) {
  {
    const auto journal = taken(Journal::open(place.journal(), nullptr));
    add_clean(*journal);
    add_rest(*journal);
  }
  return read_file(place.journal());
}

void read_items(Journal& journal) {
  const auto lived = journal.live_until(reading(std::chrono::hours(200)));
  if (lived) {
    must(lived->count() >= 0);
    (void)journal.moved_by_runs_before(*lived - std::chrono::hours(168));
  }
  (void)journal.open_intents();
  (void)journal.being_purged();
  (void)journal.last_undoable_run();
  const auto trashes = journal.trashes_in_use();
  if (!trashes) return;
  for (const std::string& trash : *trashes) {
    const auto items = journal.moved_to(trash);
    if (!items) continue;
    for (const auto& item : *items) must(base::has_date(item.deleted_at));
  }
}

// As it goes to whoever asks: one document, which can be read.
void show(const control::Object& object) {
  must(control::parse_message(control::to_text(object)).has_value());
}

void read_runs(Journal& journal) {
  (void)journal.unfinished_runs();
  const auto runs = journal.history(0);
  if (!runs) return;
  for (const auto& run : *runs) {
    show(control::encode(run));
    if (const auto detail = journal.run_detail(run.run)) show(control::encode(*detail, 100));
  }
}

void read_rest(Journal& journal) {
  (void)journal.load_jobs();
  (void)journal.load_auto_state();
  (void)journal.load_openings();
  (void)journal.load_path_uses();
  (void)journal.load_run_costs();
  if (const auto plan = journal.find_plan("p-0123456789abcdef", kNow))
    (void)clean::decode_plan(plan->bytes);
}

// What cannot be used is kept, byte for byte, and a new one goes on.
void check_set_aside(Journal& journal, const std::string& notice, const std::string& given,
                     const std::string& path) {
  if (notice.empty()) return;
  bool is_kept = false;
  for (const auto& entry : fs::directory_iterator(fs::path(path).parent_path()))
    if (entry.path().string().starts_with(path + ".damaged-"))
      is_kept = is_kept || read_file(entry.path()) == given;
  must(is_kept);
  must(taken(journal.history(0)).empty());
}

}  // namespace

// Four bytes for each change: where (three, over all bytes that are not zero) and by what.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Place place;
  static const std::string whole = whole_journal(place);
  static const std::vector<std::size_t> said = [] {
    std::vector<std::size_t> found;
    for (std::size_t at = 0; at < whole.size(); ++at)
      if (whole[at] != 0) found.push_back(at);
    return found;
  }();
  std::string bytes = whole;
  for (; size >= 4; data += 4, size -= 4) {
    const std::size_t where = data[0] | data[1] << 8 | data[2] << 16;
    char& byte = bytes[said[where % said.size()]];
    byte = static_cast<char>(byte ^ data[3]);
  }
  place.clear();
  fs::create_directories(fs::path(place.journal()).parent_path());
  std::ofstream(place.journal(), std::ios::binary) << bytes;
  std::string notice;
  const auto journal = Journal::open(place.journal(), &notice);
  if (!journal) {
    must(!journal.error().message.empty());
    return 0;
  }
  check_set_aside(**journal, notice, bytes, place.journal());
  read_items(**journal);
  read_runs(**journal);
  read_rest(**journal);
  (void)(*journal)->begin_run("clean", "user", reading(std::chrono::hours(201)));
  return 0;
}
