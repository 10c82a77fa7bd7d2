// SPDX-License-Identifier: MIT
// Ours, see CoreFoundation/CoreFoundation.h.
#pragma once
#import <Foundation/Foundation.h>

#define APPKIT_EXTERN CF_EXPORT
NS_ASSUME_NONNULL_BEGIN
@class NSMenu, NSMenuItem, NSImage, NSImageRep, NSStatusItem, NSStatusBarButton, NSApplication,
    NSWindow, NSEvent, NSGraphicsContext;

static const CGFloat NSVariableStatusItemLength = -1.0;
typedef NSString* NSColorSpaceName;
APPKIT_EXTERN NSColorSpaceName const NSDeviceRGBColorSpace;

typedef NSInteger NSApplicationActivationPolicy;
enum : NSApplicationActivationPolicy {
  NSApplicationActivationPolicyRegular,
  NSApplicationActivationPolicyAccessory,
  NSApplicationActivationPolicyProhibited
};
typedef NSUInteger NSApplicationTerminateReply;
enum : NSApplicationTerminateReply {
  NSTerminateCancel = 0,
  NSTerminateNow = 1,
  NSTerminateLater = 2
};
typedef NSUInteger NSEventType;
enum : NSEventType {
  NSEventTypeLeftMouseUp = 2,
  NSEventTypeRightMouseUp = 4,
  NSEventTypeApplicationDefined = 15
};
typedef unsigned long long NSEventMask;
enum : NSEventMask { NSEventMaskLeftMouseUp = 1ULL << 2, NSEventMaskRightMouseUp = 1ULL << 4 };
typedef NSUInteger NSEventModifierFlags;
enum : NSEventModifierFlags { NSEventModifierFlagControl = 1 << 18 };
typedef NSUInteger NSCellImagePosition;
enum : NSCellImagePosition { NSNoImage = 0, NSImageOnly = 1, NSImageLeft = 2 };
typedef NSInteger NSControlStateValue;
static const NSControlStateValue NSControlStateValueOff = 0;
static const NSControlStateValue NSControlStateValueOn = 1;

@protocol NSApplicationDelegate <NSObject>
@optional
- (NSApplicationTerminateReply)applicationShouldTerminate:(NSApplication*)sender;
@end
@protocol NSMenuDelegate <NSObject>
@optional
- (void)menuNeedsUpdate:(NSMenu*)menu;
@end

@interface NSResponder : NSObject
@end
@interface NSApplication : NSResponder
@property(class, readonly, strong) __kindof NSApplication* sharedApplication;
@property(nullable, weak) id<NSApplicationDelegate> delegate;
@property(nullable, readonly, strong) NSEvent* currentEvent;
- (BOOL)setActivationPolicy:(NSApplicationActivationPolicy)activationPolicy;
- (void)run;
- (void)stop:(nullable id)sender;
- (void)postEvent:(NSEvent*)event atStart:(BOOL)flag;
- (void)replyToApplicationShouldTerminate:(BOOL)shouldTerminate;
@end
APPKIT_EXTERN __kindof NSApplication* _Null_unspecified NSApp;

@interface NSEvent : NSObject <NSCopying>
@property(readonly) NSEventType type;
@property(readonly) NSEventModifierFlags modifierFlags;
+ (nullable NSEvent*)otherEventWithType:(NSEventType)type
                               location:(NSPoint)location
                          modifierFlags:(NSEventModifierFlags)flags
                              timestamp:(NSTimeInterval)time
                           windowNumber:(NSInteger)wNum
                                context:(nullable NSGraphicsContext*)unusedPassNil
                                subtype:(short)subtype
                                  data1:(NSInteger)d1
                                  data2:(NSInteger)d2;
@end

@interface NSImageRep : NSObject <NSCopying>
@end
@interface NSBitmapImageRep : NSImageRep
- (nullable instancetype)initWithBitmapDataPlanes:(unsigned char* _Nullable* _Nullable)planes
                                       pixelsWide:(NSInteger)width
                                       pixelsHigh:(NSInteger)height
                                    bitsPerSample:(NSInteger)bps
                                  samplesPerPixel:(NSInteger)spp
                                         hasAlpha:(BOOL)alpha
                                         isPlanar:(BOOL)isPlanar
                                   colorSpaceName:(NSColorSpaceName)colorSpaceName
                                      bytesPerRow:(NSInteger)rBytes
                                     bitsPerPixel:(NSInteger)pBits;
@property(nullable, readonly) unsigned char* bitmapData NS_RETURNS_INNER_POINTER;
@end
@interface NSImage : NSObject <NSCopying>
- (instancetype)initWithSize:(NSSize)size;
- (void)addRepresentation:(NSImageRep*)imageRep;
@property(nullable, copy) NSString* accessibilityDescription;
@end

@interface NSScreen : NSObject
@property(class, readonly, copy) NSArray<NSScreen*>* screens;
@property(readonly) NSRect frame;
@end
@interface NSWindow : NSResponder
@property(readonly) NSRect frame;
@end
@interface NSView : NSResponder
@property(nullable, readonly, strong) NSWindow* window;
@property(nullable, copy) NSString* toolTip;
@end
@interface NSControl : NSView
@property(nullable, weak) id target;
@property(nullable) SEL action;
- (NSInteger)sendActionOn:(NSEventMask)mask;
- (void)performClick:(nullable id)sender;
@end
@interface NSButton : NSControl
@property(copy) NSString* title;
@property(nullable, strong) NSImage* image;
@property NSCellImagePosition imagePosition;
@end
@interface NSStatusBarButton : NSButton
@end
@interface NSStatusItem : NSObject
@property(nullable, readonly, strong) NSStatusBarButton* button API_AVAILABLE(macos(10.10));
@property(nullable, strong) NSMenu* menu;
@end
@interface NSStatusBar : NSObject
@property(class, readonly, strong) NSStatusBar* systemStatusBar;
- (NSStatusItem*)statusItemWithLength:(CGFloat)length;
- (void)removeStatusItem:(NSStatusItem*)item;
@end

@interface NSMenu : NSObject <NSCopying>
- (instancetype)initWithTitle:(NSString*)title;
@property(nullable, weak) id<NSMenuDelegate> delegate;
@property BOOL autoenablesItems;
- (void)addItem:(NSMenuItem*)newItem;
- (void)removeAllItems;
@end
@interface NSMenuItem : NSObject <NSCopying>
- (instancetype)initWithTitle:(NSString*)string
                       action:(nullable SEL)selector
                keyEquivalent:(NSString*)charCode;
+ (NSMenuItem*)separatorItem;
@property(nullable, weak) id target;
@property NSInteger tag;
@property(getter=isEnabled) BOOL enabled;
@property NSControlStateValue state;
@end

@interface NSWorkspace : NSObject
@property(class, readonly, strong) NSWorkspace* sharedWorkspace;
@property(readonly, strong) NSNotificationCenter* notificationCenter;
@end
APPKIT_EXTERN NSNotificationName NSWorkspaceScreensDidSleepNotification;
APPKIT_EXTERN NSNotificationName NSWorkspaceScreensDidWakeNotification;
NS_ASSUME_NONNULL_END
