// SPDX-License-Identifier: MIT
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CoreFoundation/CoreFoundation.h>
#include <IOKit/ps/IOPSKeys.h>
#include <IOKit/ps/IOPowerSources.h>

#include "core/platform/mac_power.h"
#include "core/platform/power_probe.h"

namespace lull::platform {
namespace {

// Owns what a function with Create or Copy in its name gave.
class Owned {
 public:
  explicit Owned(CFTypeRef object) : object_(object) {}
  ~Owned() {
    if (object_ != nullptr) ::CFRelease(object_);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  CFTypeRef get() const { return object_; }

 private:
  const CFTypeRef object_;
};

std::string text_of(CFTypeRef value) {
  if (value == nullptr || ::CFGetTypeID(value) != ::CFStringGetTypeID()) return {};
  std::array<char, 64> text{};
  const auto* string = static_cast<CFStringRef>(value);
  const bool fits = ::CFStringGetCString(string, text.data(), static_cast<CFIndex>(text.size()),
                                         kCFStringEncodingUTF8);
  return fits ? text.data() : "";
}

std::optional<double> number_of(CFTypeRef value) {
  if (value == nullptr || ::CFGetTypeID(value) != ::CFNumberGetTypeID()) return std::nullopt;
  double number = 0;
  const auto* boxed = static_cast<CFNumberRef>(value);
  return ::CFNumberGetValue(boxed, kCFNumberDoubleType, &number) ? std::optional(number)
                                                                 : std::nullopt;
}

bool is_no(CFTypeRef value) {
  return value != nullptr && ::CFGetTypeID(value) == ::CFBooleanGetTypeID() &&
         !::CFBooleanGetValue(static_cast<CFBooleanRef>(value));
}

MacPowerSource source_of(CFDictionaryRef description) {
  const auto value = [&](CFStringRef key) { return ::CFDictionaryGetValue(description, key); };
  MacPowerSource source;
  source.type = text_of(value(CFSTR(kIOPSTypeKey)));
  source.present = !is_no(value(CFSTR(kIOPSIsPresentKey)));
  source.capacity = number_of(value(CFSTR(kIOPSCurrentCapacityKey)));
  source.full = number_of(value(CFSTR(kIOPSMaxCapacityKey)));
  return source;
}

class MacPowerProbe final : public PowerProbe {
 public:
  model::PowerState read() override {
    const Owned info(::IOPSCopyPowerSourcesInfo());
    if (info.get() == nullptr) return {};
    const Owned list(::IOPSCopyPowerSourcesList(info.get()));
    std::vector<MacPowerSource> sources;
    if (list.get() != nullptr) {
      const auto* array = static_cast<CFArrayRef>(list.get());
      for (CFIndex i = 0; i < ::CFArrayGetCount(array); ++i) {
        const auto description =
            ::IOPSGetPowerSourceDescription(info.get(), ::CFArrayGetValueAtIndex(array, i));
        if (description != nullptr) sources.push_back(source_of(description));
      }
    }
    return judge_power(text_of(::IOPSGetProvidingPowerSourceType(info.get())), sources);
  }
};

}  // namespace

std::unique_ptr<PowerProbe> make_power_probe(const SystemRoots&) {
  return std::make_unique<MacPowerProbe>();
}

}  // namespace lull::platform
