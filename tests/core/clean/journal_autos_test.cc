// SPDX-License-Identifier: MIT
#include <sqlite3.h>

#include "tests/core/clean/journal_fixture.h"

// What the journal keeps of cleaning by itself.
namespace lull::clean {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

base::WallTime at(std::int64_t seconds) { return base::WallTime(std::chrono::seconds(seconds)); }

class JournalAutos : public JournalTest {
 protected:
  static model::HistoryEntry rehearsal() {
    model::HistoryEntry entry = run_named("would go");
    entry.kind = "clean";
    entry.origin = "rehearsal";
    return entry;
  }
  static CleanItem item(const std::string& path, const std::string& rule = "thumbnails") {
    CleanItem one;
    one.path = path;
    one.rule = rule;
    one.bytes = 4096;
    return one;
  }
  // A run that has moved these; returns its id.
  static std::int64_t moved(Journal& journal, const std::string& origin,
                            std::vector<CleanItem> items) {
    const std::int64_t run = *journal.begin_run("clean", origin, {at(1000)});
    EXPECT_TRUE(journal.add_intents(run, items));
    std::vector<CleanOutcome> outcomes;
    for (const auto& one : items)
      outcomes.push_back({one.item, ItemState::kMoved, "name", "", 0, 0});
    EXPECT_TRUE(journal.settle(outcomes));
    model::HistoryEntry entry;
    entry.run = run;
    entry.outcome = "done";
    EXPECT_TRUE(journal.finish_run(entry));
    return run;
  }
  static void give_back(Journal& journal, std::int64_t run) {
    const std::int64_t undo = *journal.begin_run("undo", "user", {at(2000)});
    std::vector<std::int64_t> ids;
    const auto items = journal.items_of(run);
    for (const auto& one : *items) ids.push_back(one.item);
    EXPECT_TRUE(journal.mark(ids, ItemState::kRestored));
    model::HistoryEntry entry;
    entry.run = undo;
    entry.outcome = "done";
    EXPECT_TRUE(journal.finish_run(entry));
  }
};

TEST_F(JournalAutos, keeps_rehearsals_with_what_they_said) {
  std::int64_t run = 0;
  {
    const auto journal = open();
    const auto empty = journal->load_auto_state();
    EXPECT_THAT(empty->rules, IsEmpty());
    EXPECT_FALSE(empty->seen_at || empty->told_at || empty->told_run != 0);
    run = *journal->add_rehearsal(rehearsal(), {{"thumbnails", "0123456789abcdef", at(5), 0}},
                                  {{"thumbnails", "", "would-go", "", 3, 30},
                                   {"thumbnails", "/c/a.png", "would-go", "old", 1, 10}});
    EXPECT_TRUE(journal->save_usage(run, {std::chrono::seconds(2), 5, std::nullopt, true}));
    EXPECT_TRUE(journal->save_seen(at(9)));
    EXPECT_TRUE(journal->save_told(at(10), 7));
  }
  const auto journal = open();
  const auto state = journal->load_auto_state();
  ASSERT_THAT(state->rules, SizeIs(1));
  EXPECT_EQ(state->rules[0].print, "0123456789abcdef");
  EXPECT_EQ(state->rules[0].rehearsed_at, at(5));
  EXPECT_EQ(*state->seen_at, at(9));
  EXPECT_EQ(*state->told_at, at(10));
  EXPECT_EQ(state->told_run, 7);
  const auto detail = journal->run_detail(run);
  ASSERT_TRUE(detail) << detail.error().to_string();
  EXPECT_EQ(detail->entry.origin, "rehearsal");
  EXPECT_FALSE(detail->entry.undoable);
  ASSERT_THAT(detail->notes, SizeIs(2));
  EXPECT_EQ(detail->notes[1].path, "/c/a.png");
  EXPECT_EQ(detail->notes[1].reason, "old");
  ASSERT_TRUE(detail->entry.usage);
  EXPECT_EQ(detail->entry.usage->cpu, std::chrono::seconds(2));
  EXPECT_EQ(*detail->entry.usage->read_bytes, 5U);
  EXPECT_FALSE(detail->entry.usage->written_bytes);
  EXPECT_TRUE(detail->entry.usage->on_battery);
  EXPECT_TRUE(journal->history(1)->at(0).usage) << "in the list too";
  EXPECT_EQ(journal->run_detail(run + 1).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(journal->add_notes(run + 1, {}).error().code, base::ErrorCode::kNotFound);
}

TEST_F(JournalAutos, rehearses_a_rule_again_without_forgetting_that_it_was_forgiven) {
  const auto journal = open();
  moved(*journal, "automatic", {item("/c/a")});
  ASSERT_TRUE(journal->forgive("thumbnails"));
  ASSERT_TRUE(
      journal->add_rehearsal(rehearsal(), {{"thumbnails", "0123456789abcdef", at(5), 0}}, {}));
  const auto state = journal->load_auto_state();
  ASSERT_THAT(state->rules, SizeIs(1));
  EXPECT_EQ(state->rules[0].forgiven_run, 1);
  EXPECT_EQ(state->rules[0].print, "0123456789abcdef");
}

TEST_F(JournalAutos, remembers_what_was_given_back_and_of_whose_run) {
  const auto journal = open();
  const auto automatic = moved(*journal, "automatic", {item("/c/b"), item("/c/a")});
  const auto asked = moved(*journal, "user", {item("/c/u", "pip")});
  EXPECT_THAT(journal->load_auto_state()->undone, IsEmpty());
  give_back(*journal, automatic);
  give_back(*journal, asked);
  const auto undone = journal->load_auto_state()->undone;
  ASSERT_THAT(undone, SizeIs(3));
  EXPECT_EQ(undone[0].path, "/c/a");
  EXPECT_EQ(undone[0].run, automatic);
  EXPECT_TRUE(undone[0].automatic);
  EXPECT_EQ(undone[0].at, at(2000));
  EXPECT_EQ(undone[2].rule, "pip");
  EXPECT_FALSE(undone[2].automatic);
}

TEST_F(JournalAutos, remembers_that_longer_than_the_run) {
  const auto journal = open();
  give_back(*journal, moved(*journal, "automatic", {item("/c/a")}));
  ASSERT_TRUE(journal->trim_history(0));
  EXPECT_THAT(*journal->history(0), IsEmpty());
  EXPECT_THAT(journal->load_auto_state()->undone, SizeIs(1));
}

TEST_F(JournalAutos, shows_what_became_of_each_item) {
  const auto journal = open();
  const auto run = moved(*journal, "automatic", {item("/c/a"), item("/c/b")});
  ASSERT_TRUE(journal->add_notes(run, {{"pip", "/c/p", "left", "it pauses", 1, 5}}));
  auto detail = journal->run_detail(run);
  EXPECT_THAT(detail->items, ElementsAre(Field(&model::RunItem::state, "moved"),
                                         Field(&model::RunItem::state, "moved")));
  EXPECT_TRUE(detail->entry.undoable);
  EXPECT_THAT(detail->notes, SizeIs(1));
  give_back(*journal, run);
  detail = journal->run_detail(run);
  EXPECT_EQ(detail->items[0].state, "restored");
  EXPECT_FALSE(detail->entry.usage);
}

TEST_F(JournalAutos, a_run_that_is_added_finished_brings_its_cost) {
  const auto journal = open();
  model::HistoryEntry entry;
  entry.kind = "relief";
  ASSERT_TRUE(journal->add_run(entry));
  entry.usage = model::RunUsage{std::chrono::milliseconds(30), std::nullopt, 7, false};
  ASSERT_TRUE(journal->add_run(entry));
  const auto runs = journal->history(0);
  ASSERT_THAT(*runs, SizeIs(2));
  ASSERT_TRUE(runs->at(0).usage);
  EXPECT_EQ(runs->at(0).usage->cpu, std::chrono::milliseconds(30));
  EXPECT_FALSE(runs->at(0).usage->read_bytes);
  EXPECT_EQ(*runs->at(0).usage->written_bytes, 7U);
  EXPECT_FALSE(runs->at(1).usage);
}

TEST_F(JournalAutos, leaves_out_rows_that_make_no_sense) {
  { const auto journal = open(); }
  sql("INSERT INTO auto_rule VALUES ('', '0123456789abcdef', 5, 0), ('short', 'x', 5, 0),"
      " ('early', '0123456789abcdef', -5, 0), ('minus', '0123456789abcdef', 5, -1),"
      " ('good', '0123456789abcdef', 5, 0);"
      "INSERT INTO undone_item VALUES ('relative', 'r', 1, 1, 0), ('/c/a', 'r', 1, 1, 0);");
  const auto state = open()->load_auto_state();
  ASSERT_TRUE(state);
  EXPECT_THAT(state->rules, ElementsAre(Field(&model::RuleStanding::rule, "good")));
  EXPECT_THAT(state->undone, ElementsAre(Field(&model::UndoneItem::path, "/c/a")));
}

TEST_F(JournalAutos, forgets_what_nothing_needs_and_keeps_what_undo_and_purge_do) {
  const auto journal = open();
  const auto undoable = moved(*journal, "automatic", {item("/c/a")});
  const auto given_back = moved(*journal, "automatic", {item("/c/b")});
  give_back(*journal, given_back);
  const auto purging = moved(*journal, "user", {item("/c/p")});
  ASSERT_TRUE(journal->mark({journal->items_of(purging)->front().item}, ItemState::kPurging));
  const auto running = *journal->begin_run("clean", "user", {at(3000)});
  ASSERT_TRUE(journal->add_rehearsal(rehearsal(), {{"r", "0123456789abcdef", at(5), 0}},
                                     {{"r", "/c/x", "would-go", "", 1, 1}}));
  ASSERT_TRUE(journal->save_opening({1, 1, {}}));
  ASSERT_TRUE(journal->replace_path_uses({{"/home/u/secret", 1, {}}}));
  ASSERT_TRUE(journal->save_run_cost({"scan", 1, 1, {}, {}}));

  const auto gone = journal->forget();
  ASSERT_TRUE(gone) << gone.error().to_string();
  EXPECT_EQ(*gone, 3U) << "the one that was given back, its undo, and the rehearsal";
  EXPECT_THAT(*journal->history(0), ElementsAre(Field(&model::HistoryEntry::run, running),
                                                Field(&model::HistoryEntry::run, purging),
                                                Field(&model::HistoryEntry::run, undoable)));
  EXPECT_THAT(*journal->load_openings(), IsEmpty());
  EXPECT_THAT(*journal->load_path_uses(), IsEmpty());
  EXPECT_THAT(*journal->load_run_costs(), IsEmpty());
  const auto state = journal->load_auto_state();
  EXPECT_THAT(state->rules, SizeIs(1)) << "it need not be rehearsed again";
  EXPECT_THAT(state->undone, SizeIs(1)) << "and is not taken again";
  EXPECT_EQ(journal->last_undoable_run()->value(), undoable);
  EXPECT_THAT(*journal->being_purged(), SizeIs(1));
  for (const auto& file : std::filesystem::directory_iterator(root_ / "state/lull"))
    EXPECT_EQ(read(file.path()).find("/home/u/secret"), std::string::npos) << file.path();
}

}  // namespace
}  // namespace lull::clean
