// SPDX-License-Identifier: MIT
#include <array>
#include <string>
#include <string_view>

#include "core/scan/path_guard.h"
#include "core/scan/rule_pattern.h"

namespace lull::scan {
namespace {

struct Never {
  std::string_view pattern;  // "$VAR/glob", or "**/glob" for anywhere
  std::string_view reason;
};

constexpr std::string_view kCredentials = "credentials";
constexpr std::string_view kDocuments = "your documents";
constexpr std::string_view kOwnData = "Lull's own data";
constexpr std::string_view kBrowserState = "state of a browser, not a cache";
constexpr std::string_view kAppState = "state of a program, not a cache";

constexpr auto kNever = std::to_array<Never>({
    // Passwords and keys.
    {"$HOME/.ssh", kCredentials},
    {"$HOME/.gnupg", kCredentials},
    {"$HOME/.aws", kCredentials},
    {"$HOME/.azure", kCredentials},
    {"$HOME/.kube", kCredentials},
    {"$HOME/.docker", kCredentials},
    {"$HOME/.password-store", kCredentials},
    {"$HOME/.pki", kCredentials},
    {"$HOME/.netrc", kCredentials},
    {"$HOME/.npmrc", kCredentials},
    {"$HOME/.pypirc", kCredentials},
    {"$HOME/.git-credentials", kCredentials},
    {"$HOME/.cargo/bin", "installed programs"},
    {"$HOME/.cargo/credentials*", kCredentials},
    {"$HOME/.rustup/toolchains", "installed programs"},
    {"$CONFIG/gcloud", kCredentials},
    {"$CONFIG/gh", kCredentials},
    {"$CONFIG/op", kCredentials},
    {"$CONFIG/keepassxc", kCredentials},
    {"$DATA/keyrings", kCredentials},
    {"$DATA/kwalletd", kCredentials},
    {"$CACHE/keepassxc", kCredentials},  // BleachBit #1678: its state lives in the cache directory
    {"**/*.kdbx", kCredentials},
    {"**/*.kdb", kCredentials},
    {"**/id_rsa*", kCredentials},
    {"**/id_ed25519*", kCredentials},
    {"**/id_ecdsa*", kCredentials},
    {"**/*.p12", kCredentials},
    {"**/*.pfx", kCredentials},
    {"**/key3.db", kCredentials},
    {"**/key4.db", kCredentials},
    {"**/logins.json", kCredentials},
    {"**/Login Data*", kCredentials},

    // Removing a ScriptCache breaks extensions even while the browser is closed (Mole #724, #785).
    {"**/Service Worker/ScriptCache", kBrowserState},
    {"**/Service Worker/Database", kBrowserState},
    {"**/Cookies", kBrowserState},
    {"**/Cookies-journal", kBrowserState},
    {"**/cookies.sqlite*", kBrowserState},
    {"**/places.sqlite*", kBrowserState},
    {"**/Network Persistent State", kBrowserState},
    {"**/Local Storage", kBrowserState},
    {"**/Session Storage", kBrowserState},
    {"**/IndexedDB", kBrowserState},
    {"**/Local Extension Settings", kBrowserState},

    // Directories below ~/.cache that hold what nothing makes again (BleachBit #913, #249, #1853,
    // #2266: 1,300 downloaded songs).
    {"$CACHE/spotify/Storage", "downloaded music"},
    {"$CACHE/doc", "a mount of the document portal"},
    {"$CACHE/evolution", kAppState},
    {"$CACHE/ibus", kAppState},
    {"$CACHE/obexd", kAppState},
    {"$CACHE/kwin", kAppState},
    {"$CACHE/plasmashell*", kAppState},
    {"$CACHE/*.kcache", kAppState},
    {"$CACHE/gnome-control-center", kAppState},
    {"$CACHE/wallpaper", kAppState},
    {"$CACHE/dconf", kAppState},
    {"$CONFIG/dconf", kAppState},
    {"$CONFIG/libreoffice", kAppState},
    {"$CONFIG/*/User/History", "your documents"},
    {"$CONFIG/*/User/workspaceStorage", "your documents"},
    {"$CONFIG/*/Backups", "your documents"},

    // Documents (BleachBit #1702, #1789).
    {"$HOME/Desktop", kDocuments},
    {"$HOME/Documents", kDocuments},
    {"$HOME/Downloads", kDocuments},
    {"$HOME/Music", kDocuments},
    {"$HOME/Pictures", kDocuments},
    {"$HOME/Public", kDocuments},
    {"$HOME/Templates", kDocuments},
    {"$HOME/Videos", kDocuments},
    {"$HOME/.m2/repository", "may hold what exists nowhere else"},
    {"**/.git", "a repository"},

    // A cleaner once removed its own configuration (Mole #1346).
    {"$CONFIG/lull", kOwnData},
    {"$CACHE/lull", kOwnData},
    {"$DATA/lull", kOwnData},
    {"$STATE/lull", kOwnData},
    {"$TEMP/lull-[0-9]*", kOwnData},
});

}  // namespace

PathGuard never_guard(const Variables& variables, const base::UserDirectories& directories) {
  PathGuard guard;
  for (const Never& never : kNever) {
    if (never.pattern.starts_with("**/")) {
      guard.add(never.pattern, never.reason);
      continue;
    }
    const auto patterns = parse_anchored(never.pattern, Width::kAny);
    if (!patterns) continue;  // every line of the table is parsed by a test
    for (const std::string& path : variables.patterns(patterns->front()))
      guard.add(path, never.reason);
  }
  if (!directories.runtime_dir.empty()) guard.add(directories.runtime_dir + "/lull", kOwnData);
  return guard;
}

}  // namespace lull::scan
