// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/result.h"

namespace lull::agent::tray {

// Whether macOS starts the app with the session: SMAppService of the main app, from macOS 13 on.
// Only for a program inside of an app bundle. Main thread; asks another process.
bool starts_at_login();
// A person sees it in System Settings, and may forbid it there: kPermissionDenied.
base::Status set_start_at_login(bool wanted);

}  // namespace lull::agent::tray
