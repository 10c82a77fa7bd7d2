// SPDX-License-Identifier: MIT
#include "agent/tray/mac_item.h"

#include <cstring>
#include <utility>

#import <AppKit/AppKit.h>

using lull::agent::tray::MacItem;
using lull::agent::tray::MacItemView;
using lull::agent::tray::MacMenuRow;
using lull::agent::tray::MenuItem;

namespace {

NSString* text(const std::string& utf8) {
  NSString* made = [NSString stringWithUTF8String:utf8.c_str()];
  return made != nil ? made : @"";
}

NSImage* image_of(const MacItemView& view) {
  NSBitmapImageRep* bitmap =
      [[NSBitmapImageRep alloc] initWithBitmapDataPlanes:nullptr
                                              pixelsWide:view.side
                                              pixelsHigh:view.side
                                           bitsPerSample:8
                                         samplesPerPixel:4
                                                hasAlpha:YES
                                                isPlanar:NO
                                          colorSpaceName:NSDeviceRGBColorSpace
                                             bytesPerRow:view.side * 4
                                            bitsPerPixel:32];
  if (bitmap == nil || bitmap.bitmapData == nullptr) return nil;
  std::memcpy(bitmap.bitmapData, view.rgba.data(), view.rgba.size());
  const NSSize size =
      NSMakeSize(lull::agent::tray::kMacIconPoints, lull::agent::tray::kMacIconPoints);
  NSImage* image = [[NSImage alloc] initWithSize:size];
  [image addRepresentation:bitmap];
  image.accessibilityDescription = text(view.spoken);
  return image;
}

}  // namespace

// Main thread only.
@interface LullItem : NSObject <NSMenuDelegate>
- (instancetype)initWithObserver:(MacItem::Observer)observer;
- (void)show:(MacItemView)view;
- (void)leave;
@end

@implementation LullItem {
  MacItem::Observer _observer;
  MacItemView _view;
  NSStatusItem* _item;
  NSMenu* _menu;
}

- (instancetype)initWithObserver:(MacItem::Observer)observer {
  if ((self = [super init])) _observer = std::move(observer);
  return self;
}

- (void)enter {
  _menu = [[NSMenu alloc] initWithTitle:@"Lull"];
  _menu.delegate = self;
  _menu.autoenablesItems = NO;
  _item = [NSStatusBar.systemStatusBar statusItemWithLength:NSVariableStatusItemLength];
  _item.button.target = self;
  _item.button.action = @selector(clicked:);
  [_item.button sendActionOn:NSEventMaskLeftMouseUp | NSEventMaskRightMouseUp];
  NSNotificationCenter* center = NSWorkspace.sharedWorkspace.notificationCenter;
  [center addObserver:self
             selector:@selector(asleep:)
                 name:NSWorkspaceScreensDidSleepNotification
               object:nil];
  [center addObserver:self
             selector:@selector(awake:)
                 name:NSWorkspaceScreensDidWakeNotification
               object:nil];
}

- (void)leave {
  [NSWorkspace.sharedWorkspace.notificationCenter removeObserver:self];
  if (_item != nil) [NSStatusBar.systemStatusBar removeStatusItem:_item];
  _item = nil;
}

- (void)show:(MacItemView)view {
  if (_item == nil) [self enter];
  _view = std::move(view);
  NSStatusBarButton* button = _item.button;
  button.image = image_of(_view);
  button.title = text(_view.title);
  button.imagePosition = _view.title.empty() ? NSImageOnly : NSImageLeft;
  button.toolTip = text(_view.tooltip);
}

- (void)clicked:(id)sender {
  NSEvent* event = NSApp.currentEvent;
  const bool other = event.type == NSEventTypeRightMouseUp ||
                     (event.modifierFlags & NSEventModifierFlagControl) != 0;
  if (other) {
    // With a menu the button shows it where it belongs; without one it calls us again.
    _item.menu = _menu;
    [_item.button performClick:sender];
    _item.menu = nil;
    return;
  }
  const NSRect frame = _item.button.window.frame;
  const NSRect screen = NSScreen.screens.firstObject.frame;
  _observer.clicked(lull::agent::tray::point_below(
      {frame.origin.x, frame.origin.y, frame.size.width, frame.size.height}, screen.size.height));
}

- (void)menuNeedsUpdate:(NSMenu*)menu {
  [menu removeAllItems];
  for (const MacMenuRow& row : _view.menu) {
    if (row.kind == MenuItem::Kind::kSeparator) {
      [menu addItem:[NSMenuItem separatorItem]];
      continue;
    }
    NSMenuItem* entry = [[NSMenuItem alloc] initWithTitle:text(row.title)
                                                   action:@selector(chosen:)
                                            keyEquivalent:@""];
    entry.target = self;
    entry.tag = row.id;
    entry.enabled = row.kind == MenuItem::Kind::kEntry;
    entry.state = _observer.checked(row.id) ? NSControlStateValueOn : NSControlStateValueOff;
    [menu addItem:entry];
  }
}

- (void)chosen:(NSMenuItem*)sender {
  _observer.chosen(static_cast<std::int32_t>(sender.tag));
}

- (void)asleep:(NSNotification*)note {
  (void)note;
  _observer.screens(true);
}

- (void)awake:(NSNotification*)note {
  (void)note;
  _observer.screens(false);
}

@end

namespace lull::agent::tray {

struct MacItem::Impl {
  LullItem* item;
};

MacItem::MacItem(Observer observer)
    : impl_(std::make_unique<Impl>(Impl{[[LullItem alloc] initWithObserver:std::move(observer)]})) {
}

MacItem::~MacItem() {
  LullItem* item = impl_->item;
  dispatch_async(dispatch_get_main_queue(), ^{
    [item leave];
  });
}

void MacItem::show(MacItemView view) {
  LullItem* item = impl_->item;
  const auto moved = std::make_shared<MacItemView>(std::move(view));
  dispatch_async(dispatch_get_main_queue(), ^{
    [item show:std::move(*moved)];
  });
}

}  // namespace lull::agent::tray
