// SPDX-License-Identifier: MIT
// Ours, see CoreFoundation/CoreFoundation.h.
#pragma once
#include <CoreFoundation/CoreFoundation.h>

CF_EXPORT CFTypeRef IOPSCopyPowerSourcesInfo(void);
CF_EXPORT CFArrayRef IOPSCopyPowerSourcesList(CFTypeRef blob);
CF_EXPORT CFDictionaryRef IOPSGetPowerSourceDescription(CFTypeRef blob, CFTypeRef source);
CF_EXPORT CFStringRef IOPSGetProvidingPowerSourceType(CFTypeRef snapshot);
