// SPDX-License-Identifier: MIT
#include "ui/window/popover_app.h"

#include <algorithm>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/environment.h"
#include "ui/client/agent_link.h"
#include "ui/client/session.h"
#include "ui/desktop_theme.h"
#include "ui/draw/backdrop.h"
#include "ui/frame_due.h"
#include "ui/frame_geometry.h"
#include "ui/popover.h"
#include "ui/run.h"
#include "ui/window/window.h"

namespace lull::ui {
namespace {

// How long the first picture waits for the first numbers, and for how it is to look.
constexpr auto kFirstNumbers = std::chrono::milliseconds(60);

// How long another popover may take to close before this one gives up its place.
constexpr auto kOthersFarewell = std::chrono::seconds(2);

base::SteadyTime now() { return base::system_clock().now(); }
base::WallTime wall_now() { return base::system_clock().wall_now(); }

std::string marker_of(const base::UserDirectories& directories) {
  return directories.state_home + "/lull/welcomed";
}

void leave_marker(const base::UserDirectories& directories) {
  ::mkdir(directories.state_home.c_str(), 0700);
  ::mkdir((directories.state_home + "/lull").c_str(), 0700);
  const int file = ::open(marker_of(directories).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

class App {
 public:
  App(const Options& options, base::UserDirectories directories, std::string socket);
  // False if another popover had the screen and was asked to close.
  base::Result<bool> open(Screen& screen);
  base::Status run(Screen& screen);

 private:
  base::Status open_window_on(Screen& screen);
  base::Status prepare_to_draw();
  base::Status follow_size();
  void wait(std::optional<base::SteadyTime> until);
  void wait_for_numbers();
  void begin_what_was_asked();
  void take_input();
  base::Status follow_monitors(Screen& screen);
  void carry_out(const std::vector<Intent>& intents);
  void follow_theme();
  base::Status follow_text_size();
  double text_scale() const;
  base::Status use_fonts();
  void use_theme(const Theme& theme);
  void look_again();
  void draw();

  const Options& options_;
  const base::UserDirectories directories_;
  Session session_;
  AgentLink link_;
  const Theme* theme_;
  std::string theme_setting_;
  std::optional<FontFiles> fonts_;
  std::unique_ptr<Gui> gui_;
  std::unique_ptr<Popover> popover_;
  std::unique_ptr<Window> window_;
  std::unique_ptr<Renderer> renderer_;  // goes before the window and the gui
  bool shadow_ = false;
  Placement placed_;  // in the screen's units
  double monitor_scale_ = 1;
  Window::Pixels pixels_;   // that the gui and the renderer are for
  FrameGeometry geometry_;  // of these
  FrameDue frames_;
  std::string to_start_;  // until it can begin
  bool closing_ = false;
  bool news_ = true;  // the agent's end has moved since the view was made
  base::SteadyTime last_frame_{};
};

App::App(const Options& options, base::UserDirectories directories, std::string socket)
    : options_(options),
      directories_(std::move(directories)),
      session_([this](const OutgoingCall& call) { link_.send(call); }),
      link_(std::move(socket),
            {[this] { session_.on_connected(wall_now()); }, [this] { session_.on_lost(); },
             [this](Channel channel, control::Reply reply) {
               session_.on_reply(channel, std::move(reply), wall_now());
             }}),
      theme_(&theme_for(options.theme, directories_)),
      theme_setting_(options.theme),
      to_start_(options.start) {
  session_.act({.kind = Intent::Kind::kShowPage, .page = options.page.value_or(Page::kOverview)});
  session_.set_welcome(::access(marker_of(directories_).c_str(), F_OK) != 0);
}

base::Status App::open_window_on(Screen& screen) {
  const std::vector<Monitor> monitors = screen.monitors();
  PlacementRequest wanted{options_.at,     screen.pointer(),    monitors,
                          Popover::kWidth, Popover::kMaxHeight, options_.scale};
  if (wanted.scale) *wanted.scale /= screen.pixels_per_unit();
  const auto placed = place(wanted);
  if (!placed) return base::fail(base::ErrorCode::kUnavailable, "no monitor has room for a window");
  placed_ = *placed;
  monitor_scale_ = monitors[placed->monitor].scale;
  shadow_ = screen.has_compositor();
  const FrameGeometry around = frame_geometry(Popover::kMaxHeight, placed->scale, shadow_);
  const Rect& inner = placed->window;
  WindowRequest request;
  request.frame = {inner.x - around.margin, inner.y - around.margin,
                   inner.width + 2 * around.margin, inner.height + 2 * around.margin};
  request.transparent = shadow_;
  request.shape = around.shape();
  request.renderer = options_.opengl ? RendererKind::kGl : RendererKind::kRaster;
  auto window = open_window(screen, request);
  if (!window) return tl::unexpected(std::move(window).error());
  window_ = *std::move(window);
  return {};
}

// The place on the screen is taken before anything that needs time: a second start closes this one
// from then on, shown or not.
base::Result<bool> App::open(Screen& screen) {
  LULL_TRY(open_window_on(screen));
  // A bare second start is the wish to close. One that names something wants that to be seen.
  const bool toggles = options_.start.empty() && !options_.page;
  const base::SteadyTime give_up = now() + kOthersFarewell;
  while (!window_->claim()) {
    if (toggles || now() > give_up) return false;
    wait(now() + std::chrono::milliseconds(10));
  }
  link_.tick(now());  // the agent answers while we get ready
  LULL_TRY(prepare_to_draw());
  return true;
}

// Everything that depends on how many pixels the window has.
base::Status App::prepare_to_draw() {
  pixels_ = window_->pixels();
  const double scale = placed_.scale * pixels_.per_unit;
  geometry_ = frame_geometry(Popover::kMaxHeight, scale, shadow_);
  geometry_.width = pixels_.width;
  geometry_.height = pixels_.height;
  if (!fonts_) {
    fonts_ = find_font_files();
    if (!fonts_->complaint.empty()) complain(fonts_->complaint);
  }
  gui_ = std::make_unique<Gui>(*fonts_, scale, text_scale());
  if (gui_->has_built_in_letters() && fonts_->complaint.empty()) {
    fonts_->complaint =
        fonts_->regular.path + " is no font that can be used; letters are plain ones";
    complain(fonts_->complaint);
  }
  popover_ = std::make_unique<Popover>(*gui_, *theme_);
  popover_->resize(geometry_.width, geometry_.height, geometry_.margin);
  return use_fonts();
}

base::Status App::use_fonts() {
  auto renderer = window_->make_renderer(gui_->texture());
  if (!renderer) return tl::unexpected(std::move(renderer).error());
  renderer_ = *std::move(renderer);
  use_theme(*theme_);
  return {};
}

// A compositor says only once the window is shown what size and scale it really has.
base::Status App::follow_size() {
  if (window_->pixels() == pixels_) return {};
  renderer_.reset();
  popover_.reset();
  gui_.reset();
  frames_.input();
  return prepare_to_draw();
}

double App::text_scale() const {
  return options_.text_scale.value_or(text_scale_in(session_.state()).value_or(1));
}

void App::use_theme(const Theme& theme) {
  theme_ = &theme;
  popover_->use_theme(theme);
  Image backdrop(geometry_.width, geometry_.height);
  draw_backdrop(backdrop.surface(), geometry_.shape(), theme);
  renderer_->use_backdrop(std::move(backdrop));
}

void App::wait(std::optional<base::SteadyTime> until) {
  std::vector<pollfd> entries = link_.interest();
  const std::size_t agents = entries.size();
  if (window_)
    for (const int descriptor : window_->descriptors()) entries.push_back({descriptor, POLLIN, 0});
  if (const auto tick = link_.next_tick()) until = until ? std::min(*until, *tick) : *tick;
  int patience = -1;
  if (until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - now()).count();
    patience = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }
  ::poll(entries.data(), entries.size(), patience);
  entries.resize(agents);
  const auto tick = link_.next_tick();
  news_ =
      news_ || (tick && *tick <= now()) ||
      std::any_of(entries.begin(), entries.end(), [](const pollfd& e) { return e.revents != 0; });
  link_.serve(entries);
  link_.tick(now());
}

void App::wait_for_numbers() {
  const base::SteadyTime deadline = now() + kFirstNumbers;
  const State& state = session_.state();
  const auto is_complete = [&] {
    return state.snapshot && (state.settings || !state.settings_failure.empty());
  };
  while (!is_complete() && now() < deadline && state.link == Link::kConnected) wait(deadline);
}

void App::carry_out(const std::vector<Intent>& intents) {
  for (const Intent& intent : intents) {
    if (intent.kind == Intent::Kind::kClose) closing_ = true;
    if (intent.kind == Intent::Kind::kDismissWelcome) leave_marker(directories_);
    session_.act(intent);
  }
  if (!intents.empty()) frames_.input();
}

// A press and its release may arrive together; each has a frame of its own, so none is lost.
void App::take_input() {
  const Window::Happened happened = window_->take_events([&](const InputEvent& event) {
    popover_->handle(event);
    frames_.input();
    if (event.kind == InputEvent::Kind::kButton || event.kind == InputEvent::Kind::kKey)
      popover_->frame(frames_.shown(), 0.01);
    carry_out(popover_->intents());
  });
  if (happened.closed) closing_ = true;
  if (happened.exposed) frames_.exposed();
}

// Where its monitor is gone, it opens on another one, as large as is right there, and goes on with
// what it was doing. (A compositor that places windows moves it itself.)
base::Status App::follow_monitors(Screen& screen) {
  if (!screen.monitors_changed() || !screen.places_windows() ||
      may_stay(placed_.window, monitor_scale_, screen.monitors()))
    return {};
  std::fputs("lull-popover: its monitor is gone; it opens on another one\n", stderr);
  renderer_.reset();
  popover_.reset();
  gui_.reset();
  window_.reset();
  const auto opened = open(screen);
  if (!opened) return tl::unexpected(opened.error());
  closing_ = closing_ || !*opened;
  frames_.input();
  return {};
}

void App::follow_theme() {
  if (options_.theme != "system" || !session_.state().settings) return;
  for (const Setting& setting : *session_.state().settings) {
    if (setting.key != "ui.theme" || setting.value == theme_setting_) continue;
    theme_setting_ = setting.value;
    std::string word = setting.value;
    std::erase(word, '"');
    use_theme(theme_for(word, directories_));
    frames_.exposed();
  }
}

// As soon as it is set: whoever presses "large" sees that.
base::Status App::follow_text_size() {
  const double wanted = text_scale();
  if (gui_->text_scale() == wanted) return {};
  renderer_.reset();  // has the picture of the old letters
  gui_->use_text_scale(*fonts_, wanted);
  frames_.input();
  return use_fonts();
}

void App::draw() {
  const base::SteadyTime began = now();
  const double elapsed = base::to_seconds(began - last_frame_);
  last_frame_ = began;
  const ImDrawData& data = popover_->frame(frames_.shown(), std::min(elapsed, 1.0));
  renderer_->draw(data);
  window_->show();
  renderer_->present();
  carry_out(popover_->intents());
}

// Undo needs an agent; a clean also what a scan has found, of which it shows what would go.
void App::begin_what_was_asked() {
  const State& state = session_.state();
  if (to_start_.empty() || state.link != Link::kConnected) return;
  Intent intent{Intent::Kind::kOptimize};
  if (to_start_ == "undo") intent.kind = Intent::Kind::kUndo;
  if (to_start_ == "clean") {
    if (!state.scan || state.scanning) return;
    intent.kind = Intent::Kind::kClean;
    intent.categories = make_view(state, wall_now()).reclaim.chosen;
  }
  to_start_.clear();
  if (intent.kind != Intent::Kind::kClean || !intent.categories.empty()) session_.act(intent);
}

// Not whenever the window system has something to say: curves move with the time, so each look may
// be a frame, and showing that makes a compositor say something.
void App::look_again() {
  if (std::exchange(news_, false) || frames_.any())
    frames_.show(make_view(session_.state(), wall_now()));
}

base::Status App::run(Screen& screen) {
  wait_for_numbers();
  while (!closing_) {
    take_input();
    LULL_TRY(follow_monitors(screen));
    LULL_TRY(follow_size());
    if (closing_) break;
    follow_theme();
    LULL_TRY(follow_text_size());
    begin_what_was_asked();
    look_again();
    if (frames_.take()) draw();
    if (closing_ || window_->has_events()) continue;
    if (frames_.any() || window_->repeats_a_key())
      wait(now() + std::chrono::milliseconds(15));
    else
      wait(std::nullopt);
  }
  return {};
}

}  // namespace

base::Status show_popover(const Options& options) {
  auto directories = base::find_user_directories();
  if (!directories) return tl::unexpected(std::move(directories).error());
  auto screen = open_screen();
  if (!screen) return tl::unexpected(std::move(screen).error());
  std::string socket = options.socket;
  if (socket.empty()) socket = base::process_environment("LULL_SOCKET").value_or("");
  if (socket.empty()) socket = directories->runtime_dir + "/lull/control";
  App app(options, *std::move(directories), std::move(socket));
  const auto opened = app.open(**screen);
  if (!opened) return tl::unexpected(opened.error());
  return *opened ? app.run(**screen) : base::Status{};
}

}  // namespace lull::ui
