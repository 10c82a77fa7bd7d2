// SPDX-License-Identifier: MIT
#import <ServiceManagement/ServiceManagement.h>

#include "agent/tray/login_item.h"

namespace lull::agent::tray {

bool starts_at_login() {
  @autoreleasepool {
    return SMAppService.mainAppService.status == SMAppServiceStatusEnabled;
  }
}

base::Status set_start_at_login(bool wanted) {
  @autoreleasepool {
    SMAppService* service = SMAppService.mainAppService;
    NSError* error = nil;
    const bool done = wanted ? [service registerAndReturnError:&error]
                             : [service unregisterAndReturnError:&error];
    if (!done) {
      const char* const why = error.localizedDescription.UTF8String;
      return base::fail(base::ErrorCode::kIo, why != nullptr ? why : "the system does not say why");
    }
    if (wanted && service.status == SMAppServiceStatusRequiresApproval)
      return base::fail(base::ErrorCode::kPermissionDenied,
                        "allow Lull in System Settings, General, Login Items");
    return {};
  }
}

}  // namespace lull::agent::tray
