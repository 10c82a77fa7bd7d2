// SPDX-License-Identifier: MIT
// Ours, see CoreFoundation/CoreFoundation.h.
#pragma once
#include <CoreFoundation/CoreFoundation.h>

typedef int32_t CGEventSourceStateID;
enum { kCGEventSourceStateCombinedSessionState = 0, kCGEventSourceStateHIDSystemState = 1 };
typedef uint32_t CGEventType;
#define kCGAnyInputEventType ((CGEventType)(~0))

CF_EXPORT CFTimeInterval CGEventSourceSecondsSinceLastEventType(CGEventSourceStateID stateID,
                                                                CGEventType eventType);
