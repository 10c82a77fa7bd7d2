// SPDX-License-Identifier: MIT
#include "ui/window/popover_place.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace lull::ui {
namespace {

// A display's name may be a path.
std::string file_name_of(std::string screen) {
  std::replace_if(
      screen.begin(), screen.end(),
      [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '-'; }, '_');
  return "popover-" + screen;
}

// nullopt: longer than an address can be.
std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return std::nullopt;
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

base::UniqueFd make_socket() {
  return base::UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

PopoverPlace::PopoverPlace(const std::string& folder, const std::string& screen)
    : folder_(folder), path_(folder + "/" + file_name_of(screen)) {}

bool PopoverPlace::claim() {
  ::mkdir(folder_.c_str(), 0700);
  lock_.reset(::open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock_) return true;
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
    listen();
    return true;
  }
  lock_.reset();
  const auto address = address_of(path_);
  const base::UniqueFd caller = make_socket();
  // Not to be reached in the moment between its lock and its socket: the next try will.
  if (address) (void)::connect(caller.get(), generic(*address), sizeof(*address));
  return false;
}

void PopoverPlace::listen() {
  const auto address = address_of(path_);
  if (!address) return;
  ::unlink(path_.c_str());  // of one that was killed
  listener_ = make_socket();
  const mode_t before = ::umask(0177);
  const bool bound = ::bind(listener_.get(), generic(*address), sizeof(*address)) == 0;
  ::umask(before);
  if (!bound || ::listen(listener_.get(), 4) != 0) listener_.reset();
}

bool PopoverPlace::was_asked() {
  bool asked = false;
  while (listener_ && base::UniqueFd(::accept(listener_.get(), nullptr, nullptr))) asked = true;
  return asked;
}

// The lock goes last: who gets it next finds the socket's name free.
void PopoverPlace::release() {
  if (listener_) ::unlink(path_.c_str());
  listener_.reset();
  lock_.reset();
}

}  // namespace lull::ui
