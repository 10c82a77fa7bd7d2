// SPDX-License-Identifier: MIT
#include <csignal>

#import <AppKit/AppKit.h>
#include <pthread.h>
#include <unistd.h>

#include "agent/main_loop.h"

// The system's wish to end is the agent's to fulfil: it saves what it has, then the app ends.
@interface LullApplication : NSObject <NSApplicationDelegate>
@property(nonatomic) BOOL ending;
@end

@implementation LullApplication

- (NSApplicationTerminateReply)applicationShouldTerminate:(NSApplication*)application {
  (void)application;
  self.ending = YES;
  ::kill(::getpid(), SIGTERM);
  return NSTerminateLater;
}

@end

namespace lull::agent {
namespace {

// What a main thread has; others get 512 KiB.
constexpr std::size_t kStackBytes = std::size_t{8} << 20;

struct Run {
  const std::function<int()>& agent;
  LullApplication* application;
  int exit_code = 1;
};

// stop: takes effect after the next event, so there must be one.
void leave_loop(LullApplication* application) {
  if (application.ending) {
    [NSApp replyToApplicationShouldTerminate:YES];
    return;
  }
  [NSApp stop:nil];
  [NSApp postEvent:[NSEvent otherEventWithType:NSEventTypeApplicationDefined
                                      location:NSPoint{0, 0}
                                 modifierFlags:0
                                     timestamp:0
                                  windowNumber:0
                                       context:nil
                                       subtype:0
                                         data1:0
                                         data2:0]
           atStart:YES];
}

void* run_agent_thread(void* argument) {
  auto* const run = static_cast<Run*>(argument);
  ::pthread_setname_np("engine");
  run->exit_code = run->agent();
  LullApplication* application = run->application;
  dispatch_async(dispatch_get_main_queue(), ^{
    leave_loop(application);
  });
  return nullptr;
}

bool start_thread(pthread_t& thread, Run& run) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kStackBytes);
  const int error = ::pthread_create(&thread, &attributes, run_agent_thread, &run);
  ::pthread_attr_destroy(&attributes);
  return error == 0;
}

}  // namespace

int run_beside_window_system(bool with_item, const std::function<int()>& agent) {
  if (!with_item) return agent();
  @autoreleasepool {
    NSApplication* application = NSApplication.sharedApplication;
    LullApplication* delegate = [[LullApplication alloc] init];
    application.delegate = delegate;
    [application setActivationPolicy:NSApplicationActivationPolicyAccessory];
    Run run{agent, delegate};
    pthread_t thread{};
    if (!start_thread(thread, run)) return agent();
    [application run];
    ::pthread_join(thread, nullptr);
    return run.exit_code;
  }
}

}  // namespace lull::agent
