// SPDX-License-Identifier: MIT
#include "agent/notify/mac_notices.h"

#include <utility>

#import <Foundation/Foundation.h>
#import <UserNotifications/UserNotifications.h>

@interface LullNoticeDelegate : NSObject <UNUserNotificationCenterDelegate>
- (instancetype)initWithClicked:(std::function<void()>)clicked;
@end

@implementation LullNoticeDelegate {
  std::function<void()> _clicked;
}

- (instancetype)initWithClicked:(std::function<void()>)clicked {
  if ((self = [super init])) _clicked = std::move(clicked);
  return self;
}

- (void)userNotificationCenter:(UNUserNotificationCenter*)center
    didReceiveNotificationResponse:(UNNotificationResponse*)response
             withCompletionHandler:(void (^)(void))done {
  (void)center;
  if ([response.actionIdentifier isEqualToString:UNNotificationDefaultActionIdentifier]) _clicked();
  done();
}

// Without this nothing shows while the app counts as being in front.
- (void)userNotificationCenter:(UNUserNotificationCenter*)center
       willPresentNotification:(UNNotification*)notification
         withCompletionHandler:(void (^)(UNNotificationPresentationOptions options))done {
  (void)center;
  (void)notification;
  done(UNNotificationPresentationOptionBanner | UNNotificationPresentationOptionList);
}

@end

namespace lull::agent::notify {
namespace {

NSString* text(const std::string& utf8) {
  NSString* made = [NSString stringWithUTF8String:utf8.c_str()];
  return made != nil ? made : @"";
}

}  // namespace

struct MacNotices::Impl {
  UNUserNotificationCenter* center;
  LullNoticeDelegate* delegate;
};

MacNotices::MacNotices(std::function<void()> clicked) : impl_(std::make_unique<Impl>()) {
  // The center throws for a program that is in no bundle.
  if (NSBundle.mainBundle.bundleIdentifier == nil) return;
  impl_->center = UNUserNotificationCenter.currentNotificationCenter;
  impl_->delegate = [[LullNoticeDelegate alloc] initWithClicked:std::move(clicked)];
  impl_->center.delegate = impl_->delegate;
}

MacNotices::~MacNotices() { impl_->center.delegate = nil; }

void MacNotices::post(const Notice& notice, Answered answered) {
  UNUserNotificationCenter* center = impl_->center;
  if (center == nil) return answered(false);
  @autoreleasepool {
    UNMutableNotificationContent* content = [[UNMutableNotificationContent alloc] init];
    content.title = text(notice.title);
    content.body = text(notice.body);
    UNNotificationRequest* request = [UNNotificationRequest requestWithIdentifier:text(notice.topic)
                                                                          content:content
                                                                          trigger:nil];
    // Asks the person the first time, and answers at once afterwards.
    [center requestAuthorizationWithOptions:UNAuthorizationOptionAlert
                          completionHandler:^(BOOL granted, NSError* error) {
                            (void)error;
                            if (!granted) return answered(false);
                            [center addNotificationRequest:request
                                     withCompletionHandler:^(NSError* refused) {
                                       answered(refused == nil);
                                     }];
                          }];
  }
}

}  // namespace lull::agent::notify
