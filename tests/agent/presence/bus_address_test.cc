// SPDX-License-Identifier: MIT
#include "agent/presence/bus_address.h"

#include <gtest/gtest.h>

namespace lull::agent::presence {
namespace {

using namespace std::string_literals;

std::string socket_of(std::string_view address) {
  const auto found = parse_bus_address(address);
  return found ? found->socket : "none";
}

TEST(BusAddress, IsThePathOfAUnixSocket) {
  EXPECT_EQ(socket_of("unix:path=/run/dbus/system_bus_socket"), "/run/dbus/system_bus_socket");
  EXPECT_EQ(socket_of("unix:path=/run/bus,guid=0123456789abcdef"), "/run/bus");
  EXPECT_EQ(socket_of("unix:guid=0123,path=/run/bus"), "/run/bus");
}

TEST(BusAddress, OfAnAbstractSocketBeginsWithNul) {
  EXPECT_EQ(socket_of("unix:abstract=/tmp/dbus-x"), "\0/tmp/dbus-x"s);
}

TEST(BusAddress, SkipsWhatIsNotAUnixSocket) {
  EXPECT_EQ(socket_of("tcp:host=localhost,port=1;unix:path=/run/bus"), "/run/bus");
  EXPECT_EQ(socket_of("unix:runtime=yes;unix:path=/run/second"), "/run/second");
  EXPECT_EQ(socket_of("unixexec:path=/bin/sh"), "none");
}

TEST(BusAddress, IsUnescaped) { EXPECT_EQ(socket_of("unix:path=/run/a%20b%2Cc"), "/run/a b,c"); }

TEST(BusAddress, ThatMakesNoSenseIsNone) {
  for (const char* address :
       {"", ";", ":", "unix", "unix:", "unix:path", "unix:path=", "unix:path=/a%", "unix:path=/a%2",
        "unix:path=/a%zz", "unix:path=/a%00b", "path=/run/bus", ",,,===;;;"})
    EXPECT_EQ(socket_of(address), "none") << address;
}

TEST(BusAddress, LongerThanASocketNameMayBeIsNone) {
  EXPECT_EQ(socket_of("unix:path=/" + std::string(106, 'a')).size(), 107U);
  EXPECT_EQ(socket_of("unix:path=/" + std::string(107, 'a')), "none");
  EXPECT_EQ(socket_of("unix:abstract=" + std::string(5000, 'a')), "none");
}

TEST(SystemBusAddress, ComesFromTheEnvironment) {
  const auto found = system_bus_address([](std::string_view name) -> std::optional<std::string> {
    return name == "DBUS_SYSTEM_BUS_ADDRESS" ? std::optional("unix:path=/x"s) : std::nullopt;
  });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->socket, "/x");
}

TEST(SystemBusAddress, IsWhereTheSpecificationPutsItOtherwise) {
  for (const std::optional<std::string>& set : {std::optional<std::string>(), std::optional(""s)}) {
    const auto found = system_bus_address([&](std::string_view) { return set; });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->socket, "/run/dbus/system_bus_socket");
  }
}

}  // namespace
}  // namespace lull::agent::presence
