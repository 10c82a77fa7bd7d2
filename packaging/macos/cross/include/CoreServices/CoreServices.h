// SPDX-License-Identifier: MIT
// Ours, see CoreFoundation/CoreFoundation.h.
#pragma once
#include <CoreFoundation/CoreFoundation.h>
#include <dispatch/dispatch.h>

typedef uint32_t FSEventStreamCreateFlags, FSEventStreamEventFlags;
typedef uint64_t FSEventStreamEventId;
typedef struct __FSEventStream* FSEventStreamRef;
typedef const struct __FSEventStream* ConstFSEventStreamRef;
enum {
  kFSEventStreamCreateFlagNone = 0,
  kFSEventStreamCreateFlagNoDefer = 0x2,
  kFSEventStreamCreateFlagWatchRoot = 0x4,
  kFSEventStreamCreateFlagFileEvents = 0x10
};
enum {
  kFSEventStreamEventFlagMustScanSubDirs = 0x1,
  kFSEventStreamEventFlagUserDropped = 0x2,
  kFSEventStreamEventFlagKernelDropped = 0x4,
  kFSEventStreamEventFlagEventIdsWrapped = 0x8,
  kFSEventStreamEventFlagHistoryDone = 0x10,
  kFSEventStreamEventFlagRootChanged = 0x20
};
static const FSEventStreamEventId kFSEventStreamEventIdSinceNow = 0xFFFFFFFFFFFFFFFFULL;
typedef struct FSEventStreamContext {
  CFIndex version;
  void* info;
  const void* (*retain)(const void*);
  void (*release)(const void*);
  CFStringRef (*copyDescription)(const void*);
} FSEventStreamContext;
typedef void (*FSEventStreamCallback)(ConstFSEventStreamRef stream, void* info, size_t count,
                                      void* paths, const FSEventStreamEventFlags* flags,
                                      const FSEventStreamEventId* ids);

CF_EXPORT FSEventStreamRef FSEventStreamCreate(CFAllocatorRef allocator,
                                               FSEventStreamCallback callback,
                                               FSEventStreamContext* context, CFArrayRef paths,
                                               FSEventStreamEventId since, CFTimeInterval latency,
                                               FSEventStreamCreateFlags flags);
CF_EXPORT void FSEventStreamSetDispatchQueue(FSEventStreamRef stream, dispatch_queue_t queue);
CF_EXPORT Boolean FSEventStreamStart(FSEventStreamRef stream);
CF_EXPORT void FSEventStreamStop(FSEventStreamRef stream);
CF_EXPORT void FSEventStreamInvalidate(FSEventStreamRef stream);
CF_EXPORT void FSEventStreamRelease(FSEventStreamRef stream);
CF_EXPORT FSEventStreamEventId FSEventsGetCurrentEventId(void);
