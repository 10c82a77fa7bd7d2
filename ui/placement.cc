// SPDX-License-Identifier: MIT
#include "ui/placement.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lull::ui {
namespace {

constexpr double kGap = 6, kUsualPanel = 32, kBelievedPanels = 1.5;
// Of the picture a host draws for an item, at most; and how far a hand gets before a window opens.
constexpr double kItemSize = 48, kFarFromClick = 96;

enum class Edge { kTop, kBottom, kLeft, kRight };

int scaled(double logical, double scale) { return static_cast<int>(std::lround(logical * scale)); }

bool usable(const Monitor& monitor) { return monitor.work.width > 0 && monitor.work.height > 0; }

std::optional<std::size_t> monitor_at(const std::vector<Monitor>& monitors, Point point) {
  for (std::size_t at = 0; at < monitors.size(); ++at)
    if (usable(monitors[at]) && monitors[at].bounds.contains(point)) return at;
  return std::nullopt;
}

std::optional<std::size_t> main_monitor(const std::vector<Monitor>& monitors) {
  std::optional<std::size_t> first;
  for (std::size_t at = 0; at < monitors.size(); ++at) {
    if (!usable(monitors[at])) continue;
    if (monitors[at].primary) return at;
    if (!first) first = at;
  }
  return first;
}

// How far the point is from each edge of the monitor, and how much a panel takes there.
struct Distance {
  Edge edge;
  int distance, panel;
};

std::vector<Distance> distances(const Monitor& monitor, Point point) {
  const Rect &all = monitor.bounds, &work = monitor.work;
  return {{Edge::kTop, point.y - all.y, work.y - all.y},
          {Edge::kBottom, all.bottom() - 1 - point.y, all.bottom() - work.bottom()},
          {Edge::kRight, all.right() - 1 - point.x, all.right() - work.right()},
          {Edge::kLeft, point.x - all.x, work.x - all.x}};
}

double reach(const Distance& distance, double scale) {
  const double panel = distance.panel > 0 ? distance.panel : kUsualPanel * scale;
  return kBelievedPanels * panel;
}

bool is_level(Edge edge) { return edge == Edge::kTop || edge == Edge::kBottom; }

// The edge whose panel the point belongs to: within a real panel first. Where no panel is known, in
// a corner, panels rather lie than stand, and items are at their ends; else the nearest.
std::optional<Edge> panel_edge(const Monitor& monitor, Point point) {
  std::optional<Distance> best;
  const auto rank = [](const Distance& distance) {
    if (distance.panel > 0) return distance.distance < distance.panel ? 0 : 1;
    return is_level(distance.edge) ? 1 : 2;
  };
  for (const Distance& distance : distances(monitor, point)) {
    if (distance.distance > reach(distance, monitor.scale)) continue;
    if (!best ||
        std::pair(rank(distance), distance.distance) < std::pair(rank(*best), best->distance))
      best = distance;
  }
  if (!best) return std::nullopt;
  return best->edge;
}

int clamp_into(int at, int size, int from, int room) {
  return std::clamp(at, from, std::max(from, from + room - size));
}

// Where the work area does not tell of the panel, at least what was clicked stays visible.
Rect beside_panel(const Rect& work, Edge edge, Point point, int width, int height, int gap) {
  int x = point.x - width / 2, y = point.y - height / 2;
  switch (edge) {
    case Edge::kTop:
      y = std::max(work.y + gap, point.y + 1);
      break;
    case Edge::kBottom:
      y = std::min(work.bottom() - gap, point.y) - height;
      break;
    case Edge::kLeft:
      x = std::max(work.x + gap, point.x + 1);
      break;
    case Edge::kRight:
      x = std::min(work.right() - gap, point.x) - width;
      break;
  }
  return {x, y, width, height};
}

// Below the point if there is room for it, else above.
Rect near_point(const Rect& work, Point point, int width, int height, int gap) {
  const bool below = point.y + gap + height <= work.bottom() || point.y - work.y < work.height / 2;
  return {point.x - width / 2, below ? point.y + gap : point.y - gap - height, width, height};
}

double logical_distance(Point one, Point other, double scale) {
  return std::hypot(static_cast<double>(one.x) - other.x, static_cast<double>(one.y) - other.y) /
         scale;
}

// What a host says that counts from its own item's corner: 7,9 wherever the item is.
bool may_be_within_item(const Monitor& monitor, Point point) {
  const double most = kItemSize * monitor.scale;
  return point.x >= 0 && point.y >= 0 && point.x < most && point.y < most;
}

// Where the monitor tells of its panels there are no others.
bool is_at_panel(const std::vector<Monitor>& monitors, Point point) {
  const auto at = monitor_at(monitors, point);
  if (!at) return false;
  const std::vector<Distance> edges = distances(monitors[*at], point);
  const bool told =
      std::any_of(edges.begin(), edges.end(), [](const Distance& edge) { return edge.panel > 0; });
  return std::any_of(edges.begin(), edges.end(), [&](const Distance& edge) {
    return (!told || edge.panel > 0) && edge.distance <= reach(edge, monitors[*at].scale);
  });
}

// On a panel, and not in contradiction to the pointer, which has just clicked: that is elsewhere on
// a panel, or elsewhere at all while the anchor may be a place within the item. (An item that the
// keyboard opens has its pointer anywhere.)
bool is_believable(const PlacementRequest& request, const Monitor& monitor, Point anchor) {
  if (!panel_edge(monitor, anchor)) return false;
  const bool vague = may_be_within_item(monitor, anchor);
  if (!request.pointer) return !vague;
  if (logical_distance(anchor, *request.pointer, monitor.scale) <= kFarFromClick) return true;
  return !vague && !is_at_panel(request.monitors, *request.pointer);
}

struct Spot {
  std::size_t monitor = 0;
  std::optional<Point> point;  // none: the corner
  std::optional<Edge> edge;
  Placement::By by = Placement::By::kCorner;
};

std::optional<Spot> choose(const PlacementRequest& request) {
  const auto& monitors = request.monitors;
  if (request.anchor) {
    const auto at = monitor_at(monitors, *request.anchor);
    if (at && is_believable(request, monitors[*at], *request.anchor))
      return Spot{*at, request.anchor, panel_edge(monitors[*at], *request.anchor),
                  Placement::By::kAnchor};
  }
  if (request.pointer) {
    if (const auto at = monitor_at(monitors, *request.pointer))
      return Spot{*at, request.pointer, panel_edge(monitors[*at], *request.pointer),
                  Placement::By::kPointer};
  }
  if (const auto at = main_monitor(monitors)) return Spot{*at, {}, {}, Placement::By::kCorner};
  return std::nullopt;
}

// Status items are at the right end of a panel: at the top, unless the only panel is at the bottom.
Rect in_corner(const Monitor& monitor, int width, int height, int gap) {
  const bool panel_above = monitor.work.y > monitor.bounds.y;
  const bool panel_below = monitor.work.bottom() < monitor.bounds.bottom();
  const int y =
      panel_below && !panel_above ? monitor.work.bottom() - height - gap : monitor.work.y + gap;
  return {monitor.work.right() - width - gap, y, width, height};
}

}  // namespace

std::optional<Placement> place(const PlacementRequest& request) {
  const auto spot = choose(request);
  if (!spot) return std::nullopt;
  const Monitor& monitor = request.monitors[spot->monitor];
  Placement placement;
  placement.monitor = spot->monitor;
  placement.by = spot->by;
  placement.scale = std::clamp(request.scale.value_or(monitor.scale), 0.5, 8.0);
  const int gap = scaled(kGap, placement.scale);
  const Rect& work = monitor.work;
  const int width = std::min(scaled(request.width, placement.scale), work.width);
  const int height =
      std::min(scaled(request.height, placement.scale), std::max(1, work.height - 2 * gap));
  Rect window = spot->edge    ? beside_panel(work, *spot->edge, *spot->point, width, height, gap)
                : spot->point ? near_point(work, *spot->point, width, height, gap)
                              : in_corner(monitor, width, height, gap);
  window.x = clamp_into(window.x, width, work.x, work.width);
  window.y = clamp_into(window.y, height, work.y, work.height);
  placement.window = window;
  return placement;
}

bool may_stay(const Rect& window, double monitor_scale, const std::vector<Monitor>& monitors) {
  const Point last{window.right() - 1, window.bottom() - 1};
  return std::any_of(monitors.begin(), monitors.end(), [&](const Monitor& monitor) {
    return monitor.scale == monitor_scale && monitor.bounds.contains({window.x, window.y}) &&
           monitor.bounds.contains(last);
  });
}

}  // namespace lull::ui
