// SPDX-License-Identifier: MIT
#include <atomic>
#include <mutex>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/notify/mac_notices.h"
#include "agent/notify/notice_gate.h"
#include "agent/shell.h"
#include "agent/tray/login_item.h"
#include "agent/tray/mac_item.h"
#include "agent/tray/wish_queue.h"

namespace lull::agent {
namespace {

// From the system's threads to the engine's, for as long as there is somebody to hear it.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  explicit Mailbox(scheduler::Engine& engine) : engine_(&engine) {}

  // Any thread.
  void post(std::function<void()> function) {
    const std::lock_guard lock(mutex_);
    scheduler::Engine* const engine = engine_;
    if (engine == nullptr) return;
    engine->post([self = shared_from_this(), function = std::move(function)] {
      if (self->engine_ != nullptr) function();  // only the engine's own thread closes
    });
  }
  // Engine thread.
  void close() {
    const std::lock_guard lock(mutex_);
    engine_ = nullptr;
  }

 private:
  std::mutex mutex_;
  std::atomic<scheduler::Engine*> engine_;
};

class MacShell final : public Shell {
 public:
  MacShell(scheduler::Engine& engine, const tray::TrayChoice& choice, Hooks hooks)
      : clock_(engine.time()),
        mailbox_(std::make_shared<Mailbox>(engine)),
        wishes_(engine, std::move(hooks.act)),
        updater_(engine, choice, std::move(hooks.sources),
                 [this](const tray::TrayView& view) { show(view); }),
        notices_([chosen = std::move(hooks.chosen), box = mailbox_] {
          box->post([chosen] { chosen("default"); });
        }),
        item_(observer()) {
    wishes_.start();
    updater_.start();
    updater_.set_on_panel(true);
  }
  ~MacShell() override {
    mailbox_->close();
    updater_.stop();
    wishes_.stop();
  }

  void apply(const tray::TrayChoice& choice) override { updater_.apply(choice); }
  void news() override { updater_.news(); }
  // A window of macOS asks the system itself.
  std::optional<bool> prefers_dark() const override { return std::nullopt; }
  bool has_display() const override { return true; }
  void ask(const tray::TrayRequest& request) override { wishes_.ask(request); }
  bool post(notify::Notice notice, notify::Answered answered) override {
    const base::SteadyTime now = clock_.now();
    if (!gate_.admit(notice, now)) return false;
    notices_.post(notice, [this, box = mailbox_, notice, now, answered](bool shown) {
      box->post([this, notice, now, answered, shown] {
        if (!shown) gate_.withdraw(notice, now);
        if (answered) answered(shown);
      });
    });
    return true;
  }

 private:
  // All of it is called on the main thread.
  tray::MacItem::Observer observer() {
    const auto box = mailbox_;
    return {
        .clicked =
            [this, box](const tray::ScreenPoint& below) {
              box->post([this, below] { wishes_.ask({tray::TrayWish::kOpen, below}); });
            },
        .chosen =
            [this, box](std::int32_t id) {
              if (id == tray::kStartAtLogin) {
                toggle_login(*box);
              } else {
                box->post([this, id] { chosen(id); });
              }
            },
        .checked =
            [](std::int32_t id) { return id == tray::kStartAtLogin && tray::starts_at_login(); },
        .screens =
            [this, box](bool asleep) {
              box->post([this, asleep] { updater_.set_locked(asleep); });
            }};
  }

  static void toggle_login(Mailbox& box) {
    const base::Status done = tray::set_start_at_login(!tray::starts_at_login());
    if (!done)
      box.post([why = done.error().to_string()] { spdlog::warn("starting at login: {}", why); });
  }

  void chosen(std::int32_t id) {
    if (const auto wish = tray::wish_of(id, menu_)) wishes_.ask({*wish, std::nullopt});
  }

  void show(const tray::TrayView& view) {
    menu_ = tray::menu_state_of(view);
    item_.show(tray::mac_view_of(view));
  }

  const base::Clock& clock_;
  const std::shared_ptr<Mailbox> mailbox_;
  tray::WishQueue wishes_;
  tray::MenuState menu_;
  notify::NoticeGate gate_;
  tray::TrayUpdater updater_;
  notify::MacNotices notices_;
  tray::MacItem item_;
};

}  // namespace

std::unique_ptr<Shell> make_shell(scheduler::Engine& engine, scheduler::Executor&,
                                  const base::EnvironmentLookup&, const tray::TrayChoice& choice,
                                  Shell::Hooks hooks) {
  return std::make_unique<MacShell>(engine, choice, std::move(hooks));
}

}  // namespace lull::agent
