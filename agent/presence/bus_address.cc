// SPDX-License-Identifier: MIT
#include "agent/presence/bus_address.h"

#include <cstddef>

#include <sys/un.h>

namespace lull::agent::presence {
namespace {

constexpr std::string_view kSystemBus = "unix:path=/run/dbus/system_bus_socket";
constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;

// Cuts the text up to `separator` off the front of `rest`.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

std::optional<unsigned> hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10;
  return std::nullopt;
}

std::optional<std::string> unescape(std::string_view value) {
  std::string text;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (value[at] != '%') {
      text += value[at];
      continue;
    }
    if (at + 2 >= value.size()) return std::nullopt;
    const auto high = hex_digit(value[at + 1]);
    const auto low = hex_digit(value[at + 2]);
    if (!high || !low) return std::nullopt;
    text += static_cast<char>(*high * 16 + *low);
    at += 2;
  }
  return text;
}

// The key-value pairs after "unix:".
std::optional<BusAddress> unix_address(std::string_view pairs) {
  while (!pairs.empty()) {
    std::string_view value = cut(pairs, ',');
    const std::string_view key = cut(value, '=');
    if (key != "path" && key != "abstract") continue;
    auto name = unescape(value);
    if (!name || name->empty() || name->find('\0') != std::string::npos) return std::nullopt;
    if (key == "abstract") name->insert(0, 1, '\0');
    if (name->size() > kLongest) return std::nullopt;
    return BusAddress{*std::move(name)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<BusAddress> parse_bus_address(std::string_view address) {
  while (!address.empty()) {
    std::string_view one = cut(address, ';');
    if (cut(one, ':') != "unix") continue;
    if (auto found = unix_address(one)) return found;
  }
  return std::nullopt;
}

std::optional<BusAddress> system_bus_address(const base::EnvironmentLookup& lookup) {
  const auto address = lookup("DBUS_SYSTEM_BUS_ADDRESS");
  return parse_bus_address(address && !address->empty() ? std::string_view(*address) : kSystemBus);
}

}  // namespace lull::agent::presence
