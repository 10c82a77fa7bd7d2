// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scan/glob.h"
#include "core/scan/path_guard.h"
#include "core/scan/rule_pattern.h"
#include "core/scan/user_dirs.h"

namespace lull::scan {
namespace {

struct Never {
  std::string_view pattern;  // "$VAR/glob", or "**/glob" for anywhere
  std::string_view reason;
  std::string_view unless{};  // files of such a name are another matter
};

constexpr std::string_view kCredentials = "credentials";
constexpr std::string_view kDocuments = "your documents";
constexpr std::string_view kOwnData = "Lull's own data";
constexpr std::string_view kBrowserState = "state of a browser, not a cache";
constexpr std::string_view kPartialDownloads = "*.{part,crdownload,partial,opdownload}";
constexpr std::string_view kPrograms = "installed programs";
constexpr std::string_view kSettings = "settings";
constexpr std::string_view kMail = "mail";
constexpr std::string_view kHistory = "the history of a shell";
constexpr std::string_view kCloud = "files in a cloud";
constexpr std::string_view kMacosState = "state of macOS, not a cache";
constexpr std::string_view kWallet = "a wallet: the only copy of somebody's money";
constexpr std::string_view kMachines = "virtual machines and what is in them";
constexpr std::string_view kEnvironments = "environments that people work in";
constexpr std::string_view kGames = "games and their saved states";
constexpr std::string_view kAppState = "state of a program, not a cache";

constexpr auto kNever = std::to_array<Never>({
    // Passwords and keys.
    {"$HOME/.ssh", kCredentials},
    {"$HOME/.gnupg", kCredentials},
    {"$HOME/.aws", kCredentials},
    {"$HOME/.azure", kCredentials},
    {"$HOME/.kube", kCredentials},
    {"$HOME/.docker", kCredentials},
    {"$HOME/.config/containers", kCredentials},
    {"$HOME/.password-store", kCredentials},
    {"$HOME/.pki", kCredentials},
    {"$HOME/.netrc", kCredentials},
    {"$HOME/.npmrc", kCredentials},
    {"$HOME/.pypirc", kCredentials},
    {"$HOME/.git-credentials", kCredentials},
    {"$HOME/.cargo/bin", kPrograms},
    {"$HOME/.cargo/{config,config.toml,env}", kSettings},
    {"$HOME/.cargo/credentials*", kCredentials},
    {"$HOME/.rustup/toolchains", kPrograms},
    {"$HOME/.rustup/settings.toml", kSettings},
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
    {"**/{logins.json,logins-backup.json}", kCredentials},
    {"**/{cert8.db,cert9.db}", kCredentials},
    {"**/Login Data*", kCredentials},
    {"$LIBRARY/Keychains", kCredentials},
    {"$LIBRARY/Cookies", kCredentials},

    // Vaults of password managers, the files and keys of messengers.
    // https://bitwarden.com/help/data-storage/, https://github.com/telegramdesktop/tdesktop
    {"$CONFIG/{Bitwarden,Bitwarden CLI,1Password,Enpass,KeePass,Authy Desktop,Proton Pass}",
     kCredentials},
    {"$DATA/{TelegramDesktop,keepassxc,pass,gopass}", kCredentials},
    {"$CONFIG/{Signal,Element}/{sql,config.json,attachments.noindex,EventStore}", kCredentials},

    // Wallets: https://github.com/bitcoin/bitcoin/blob/master/doc/files.md,
    // https://electrum.readthedocs.io/en/latest/faq.html#where-is-the-electrum-datadir-located
    {"$HOME/.{bitcoin,litecoin,dogecoin,dash,dashcore,zcash,ethereum,bitmonero}", kWallet},
    {"$HOME/.{electrum,electrum-ltc,electron-cash,armory,multibit}", kWallet},
    {"$HOME/{Monero,Bitcoin}", kWallet},
    {"$CONFIG/{Exodus,Ledger Live,monero-project,Electrum,atomic}", kWallet},
    {"$LIBRARY/Application Support/{Bitcoin,Electrum,Exodus,Ledger Live,Ethereum}", kWallet},
    {"**/wallet.dat", kWallet},

    // https://www.virtualbox.org/manual/ch10.html#vboxconfigdata,
    // https://libvirt.org/drvqemu.html#location-of-configuration-files
    {"$HOME/{VirtualBox VMs,vmware,.lima,.colima}", kMachines},
    {"$CONFIG/{VirtualBox,libvirt,gnome-boxes}", kMachines},
    {"$DATA/{libvirt,gnome-boxes,multipass}", kMachines},
    {"**/*.{vdi,vmdk,qcow2,vhdx}", kMachines},

    // https://python-poetry.org/docs/configuration/#virtualenvspath,
    // https://pipenv.pypa.io/en/latest/virtualenv.html
    {"$CACHE/pypoetry/virtualenvs", kEnvironments},
    {"$DATA/virtualenvs", kEnvironments},
    {"$HOME/.virtualenvs", kEnvironments},
    {"$HOME/{miniconda3,anaconda3,miniforge3}/envs", kEnvironments},
    {"$HOME/.{pyenv,rbenv,nvm}/versions", kPrograms},
    {"$HOME/{.asdf/installs,.sdkman/candidates}", kPrograms},

    // Proton keeps each game's saved states in compatdata, Steam its own in userdata:
    // https://github.com/ValveSoftware/Proton/wiki/Proton-FAQ
    {"{$DATA,$HOME/.var/app/com.valvesoftware.Steam/{data,.local/share}}/"
     "Steam/{config,userdata}",
     kGames},
    {"{$DATA,$HOME/.var/app/com.valvesoftware.Steam/{data,.local/share}}/"
     "Steam/steamapps/{common,compatdata,workshop,sourcemods}",
     kGames},

    // What only its program can take apart. A built-in advice has the command, and the words of
    // its documentation.
    {"$DATA/pnpm/store", "only `pnpm store prune` knows what is in use"},
    {"$LIBRARY/pnpm/store", "only `pnpm store prune` knows what is in use"},
    {"$HOME/{miniconda3,anaconda3,miniforge3}/pkgs",
     "only `conda clean --all` knows what is in use"},
    {"$CACHE/uv", "only `uv cache prune` knows what is in use"},
    {"$HOME/go/pkg/mod", "only `go clean -modcache` removes it"},
    {"$HOME/.ollama/models", "only Ollama knows what is in use: `ollama list` and `ollama rm`"},
    {"$DATA/flatpak", "only `flatpak uninstall --unused` knows what is in use"},

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
    {"**/{prefs.js,bookmarkbackups,sessionstore*}", kBrowserState},
    {"**/{formhistory.sqlite*,permissions.sqlite*}", kBrowserState},
    {"**/{firefox,.thunderbird,Profiles}/*/extensions", kBrowserState},
    {"**/{Default,Profile *,Guest Profile}/{Extensions,Bookmarks*,History,Preferences,Web Data}",
     kBrowserState},

    // Mail.
    {"**/{.thunderbird,Profiles}/*/{Mail,ImapMail,News,Calendar,abook*.sqlite}", kMail},
    {"$HOME/{Mail,Maildir,.mail,.maildir}", kMail},
    {"$DATA/{evolution,geary,local-mail,akonadi,kmail2}", kMail},
    {"$CONFIG/evolution", kMail},

    // What a shell reads when it starts, and what people typed.
    {"$HOME/.{bashrc,bash_profile,bash_login,bash_logout,bash_aliases,profile,inputrc}", kSettings},
    {"$HOME/.{zshrc,zshenv,zprofile,zlogin,zlogout,kshrc,cshrc,tcshrc}", kSettings},
    {"$HOME/.{vimrc,emacs,gitconfig,tmux.conf,screenrc}", kSettings},
    {"$HOME/.{xinitrc,xprofile,xsession,xsessionrc,Xresources}", kSettings},
    {"$HOME/.{*_history,histfile,lesshst,viminfo}", kHistory},
    {"$HOME/.zsh_sessions", kHistory},
    {"{$CONFIG,$DATA}/{fish,nushell}", kHistory},

    // Copies of what a server has: gone here is gone there (abraunegg/onedrive #2755).
    {"$HOME/{Dropbox*,OneDrive*,Nextcloud*,ownCloud*,Google Drive*,GoogleDrive*}", kCloud},
    {"$HOME/{MEGA,MEGAsync,pCloudDrive,Seafile,Sync,Syncthing,Box,Yandex.Disk,Insync}", kCloud},
    {"$HOME/{iCloud*,Tresorit*,Proton Drive,Koofr,Jottacloud}", kCloud},

    {"$DATA/{containers,docker}", "containers and their volumes"},
    // JetBrains keeps past versions of edited files beside its caches.
    {"**/LocalHistory", kDocuments},

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
    {"$CONFIG/{libreoffice,LibreOffice}", kAppState},
    {"$LIBRARY/Application Support/LibreOffice", kAppState},
    {"$CONFIG/*/User/{History,workspaceStorage,globalStorage}", kDocuments},
    {"$CONFIG/*/Backups", kDocuments},
    {"$LIBRARY/Application Support/*/User/{History,workspaceStorage,globalStorage}", kDocuments},
    {"$LIBRARY/Application Support/*/Backups", kDocuments},
    {"$HOME/.xsession-errors", "the log of this session"},
    {"$DATA/recently-used.xbel", kAppState},
    {"**/dosdevices", "links of Wine to the whole system"},

    // iCloud's File Provider was corrupted by a sweep over ~/Library/Caches (PureMac #142);
    // touching
    // what a cloud keeps may download it; containers ask the user for permission (Mole #880).
    {"$LIBRARY/Caches/com.apple.*", kMacosState},
    {"$LIBRARY/Caches/{CloudKit,FileProvider,GeoServices,FamilyCircle}", kMacosState},
    {"**/{com.apple.bird,com.apple.FileProvider*,com.apple.HomeKit*,com.apple.cloudd}",
     kMacosState},
    {"$DARWIN_CACHE/{com.apple.iconservices*,com.apple.QuickLook*,CloudKit,FileProvider}",
     kMacosState},
    {"$LIBRARY/{Mobile Documents,CloudStorage}", kCloud},
    {"$LIBRARY/Application Support/{CloudDocs,FileProvider,AddressBook}", kCloud},
    {"$LIBRARY/Application Support/MobileSync", "backups of your devices"},
    {"$LIBRARY/{Containers,Group Containers}", "data of other programs, kept behind a question"},
    {"$LIBRARY/{Mail,Messages,Calendars,Photos,Safari,Accounts,Preferences}", kDocuments},
    {"$LIBRARY/{LaunchAgents,LaunchDaemons}", kSettings},
    {"$LIBRARY/Autosave Information", kDocuments},
    {"$LIBRARY/Application Support/Dock", kMacosState},
    {"$LIBRARY/Developer/CoreSimulator/Devices", "simulators and the data of the apps in them"},
    {"$LIBRARY/Developer/Xcode/UserData", kSettings},
    {"$LIBRARY/Developer/Xcode/Archives", "symbols of what you have released"},
    {"$HOME/{Movies,Applications}", kDocuments},

    // Documents (BleachBit #1702, #1789).
    {"$HOME/Desktop", kDocuments},
    {"$HOME/Documents", kDocuments},
    {"$HOME/Downloads/*", kDocuments, kPartialDownloads},
    {"$HOME/Music", kDocuments},
    {"$HOME/Pictures", kDocuments},
    {"$HOME/Public", kDocuments},
    {"$HOME/Templates", kDocuments},
    {"$HOME/Videos", kDocuments},
    {"$DATA/{backgrounds,wallpapers}", kDocuments},  // Mole #993
    {"$HOME/.m2/repository", "may hold what exists nowhere else"},
    {"**/.git", "a repository"},

    // A cleaner once removed its own configuration (Mole #1346).
    {"$CONFIG/lull", kOwnData},
    {"$CACHE/lull", kOwnData},
    {"$DATA/lull", kOwnData},
    {"$STATE/lull", kOwnData},
    {"$TEMP/lull-[0-9]*", kOwnData},
});

std::vector<std::string> spelled(std::string_view pattern) {
  std::vector<std::string> all;
  expand_braces(pattern, all);  // a test parses every line: none is too long
  return all;
}

// The same documents under the names of the user's language.
void add_user_dirs(PathGuard& guard, const Variables& variables,
                   const base::UserDirectories& directories) {
  for (const UserDir& dir : read_user_dirs(directories.config_home, variables.home())) {
    const std::string path = escape_glob(dir.path);
    if (dir.downloads)
      guard.add(path + "/*", kDocuments, spelled(kPartialDownloads));
    else
      guard.add(path, kDocuments);
  }
}

// One name of a pattern. Nearly all have no wildcard, and are asked for tens of thousands of times.
struct Name {
  std::string text;
  bool literal = true;
  Name(std::string_view name, LetterCase letter_case)
      : text(in_case(name, letter_case)), literal(!has_wildcard(text)) {}
};

// "$CACHE/x" and "$HOME/.cache/x" are the same place unless somebody moved one of them, which the
// guard sees when it comes to it.
struct Names {
  bool below_home = true;
  Variable variable = Variable::kHome;
  std::vector<Name> names;
};
Names names_of(const AnchoredPattern& pattern, LetterCase letter_case) {
  const auto below_home = names_below_home(pattern);
  const bool is_below = !below_home.empty() || pattern.variable == Variable::kHome;
  Names result{is_below, is_below ? Variable::kHome : pattern.variable, {}};
  for (const std::string& name : is_below ? below_home : pattern.components)
    result.names.emplace_back(name, letter_case);
  return result;
}

bool covers(const Name& never, const Name& rule) {
  if (never.literal && rule.literal) return never.text == rule.text;
  if (never.text == rule.text || never.text == "*") return rule.text != "**";
  if (rule.literal) return name_matches(never.text, rule.text);
  // "com.apple.*" covers "com.apple.S*".
  const auto begin = std::string_view(never.text).substr(0, never.text.size() - 1);
  const bool prefix = never.text.ends_with('*') && !has_wildcard(begin);
  const std::string_view literal =
      std::string_view(rule.text).substr(0, rule.text.find_first_of("*?[\\"));
  return prefix && literal.starts_with(begin);
}

bool covers_at(const std::vector<Name>& never, const std::vector<Name>& names, std::size_t at) {
  if (never.size() > names.size() - at) return false;
  return std::equal(never.begin(), never.end(), names.begin() + static_cast<std::ptrdiff_t>(at),
                    [](const Name& a, const Name& b) { return covers(a, b); });
}

// A line of the table, one for each thing its braces stand for, ready to be compared.
struct ReadyNever {
  Names where;
  bool anywhere = false;
  std::string_view reason;
  std::vector<std::string> unless;
};

std::vector<ReadyNever> make_ready(LetterCase letter_case) {
  std::vector<ReadyNever> all;
  for (const Never& never : kNever) {
    const auto unless = never.unless.empty() ? std::vector<std::string>{} : spelled(never.unless);
    for (const std::string& one : spelled(never.pattern)) {
      if (one.starts_with("**/")) {
        Names names;
        for (const std::string_view name : split_path(std::string_view(one).substr(3)))
          names.names.emplace_back(name, letter_case);
        all.push_back({std::move(names), true, never.reason, unless});
      } else if (const auto anchored = parse_anchored(one, Width::kAny)) {
        all.push_back({names_of(anchored->front(), letter_case), false, never.reason, unless});
      }
    }
  }
  for (ReadyNever& never : all)
    for (std::string& glob : never.unless) glob = in_case(glob, letter_case);
  return all;
}

// Asked for every root of every rule.
const std::vector<ReadyNever>& ready_table(LetterCase letter_case) {
  if (letter_case == LetterCase::kIgnored) {
    static const std::vector<ReadyNever> folded = make_ready(LetterCase::kIgnored);
    return folded;
  }
  static const std::vector<ReadyNever> exact = make_ready(LetterCase::kCounts);
  return exact;
}

bool covers(const ReadyNever& never, const Names& rule) {
  const auto excepted = [&](const std::string& unless) {
    return !rule.names.empty() && name_matches(unless, rule.names.back().text);
  };
  if (std::any_of(never.unless.begin(), never.unless.end(), excepted)) return false;
  if (!never.anywhere)
    return never.where.below_home == rule.below_home && never.where.variable == rule.variable &&
           covers_at(never.where.names, rule.names, 0);
  for (std::size_t at = 0; at < rule.names.size(); ++at)
    if (covers_at(never.where.names, rule.names, at)) return true;
  return false;
}

}  // namespace

PathGuard never_guard(const Variables& variables, const base::UserDirectories& directories,
                      LetterCase letter_case) {
  PathGuard guard(letter_case);
  for (const Never& never : kNever) {
    const auto unless = never.unless.empty() ? std::vector<std::string>{} : spelled(never.unless);
    for (const std::string& one : spelled(never.pattern)) {
      if (one.starts_with("**/")) {
        guard.add(one, never.reason, unless);
        continue;
      }
      const auto patterns = parse_anchored(one, Width::kAny);
      if (!patterns) continue;  // every line of the table is parsed by a test
      for (const std::string& path : variables.patterns(patterns->front()))
        guard.add(path, never.reason, unless);
    }
  }
  add_user_dirs(guard, variables, directories);
  if (!directories.runtime_dir.empty()) guard.add(directories.runtime_dir + "/lull", kOwnData);
  return guard;
}

std::string never_reason(const AnchoredPattern& pattern, std::string_view below,
                         LetterCase letter_case) {
  const auto& table = ready_table(letter_case);
  Names rule = names_of(pattern, letter_case);
  for (const std::string_view name : split_path(below)) rule.names.emplace_back(name, letter_case);
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const ReadyNever& never) { return covers(never, rule); });
  return found == table.end() ? std::string() : std::string(found->reason);
}

}  // namespace lull::scan
