// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "ui/panels/canvas.h"
#include "ui/view/view_model.h"

// One function per panel: draws what the view says from canvas.y downwards, and adds the intents of
// what was pressed. Decides nothing.
namespace lull::ui {

// What the window remembers of itself from frame to frame; nothing of it concerns the agent.
struct PanelMemory {
  bool all_categories = false;
  bool day = false;
  std::string editing;          // key of the setting whose text field is open
  bool editing_begins = false;  // it was opened in the frame before
  std::string edited;           // its text
};

void header_panel(Canvas& canvas, const ViewModel& view);
void welcome_panel(Canvas& canvas, const ViewModel& view);
void memory_panel(Canvas& canvas, const MemoryView& view);
void optimize_panel(Canvas& canvas, const OptimizeView& view);
void reclaim_panel(Canvas& canvas, const ReclaimView& view, PanelMemory& memory);
void activity_panel(Canvas& canvas, const ViewModel& view, PanelMemory& memory);
void apps_panel(Canvas& canvas, const std::vector<AppRow>& rows);
void disks_panel(Canvas& canvas, const std::vector<Meter>& rows);
void work_panel(Canvas& canvas, const WorkView& view);
void footer_panel(Canvas& canvas, const ViewModel& view);
void history_page(Canvas& canvas, const HistoryView& view);
void settings_page(Canvas& canvas, const SettingsView& view, bool enabled, PanelMemory& memory);

}  // namespace lull::ui
