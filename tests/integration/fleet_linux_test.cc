// SPDX-License-Identifier: MIT
// A machine of a fleet as it is meant to be: the agent writes its file, node_exporter reads it,
// Prometheus stores it and answers. The real programs, on ports of this test's own of 127.0.0.1.
#include <chrono>
#include <filesystem>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "tests/support/sandbox.h"

namespace lull::integration {
namespace {

using support::Sandbox;

constexpr const char* kExporter = "/usr/bin/prometheus-node-exporter";
constexpr const char* kPrometheus = "/usr/bin/prometheus";

sockaddr_in local(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// One that nobody has now.
std::uint16_t free_port() {
  const base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = local(0);
  socklen_t length = sizeof(address);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
  EXPECT_EQ(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length), 0);
  return ntohs(address.sin_port);
}

// The body of the answer; empty if nobody listens yet.
std::string get(std::uint16_t port, const std::string& path) {
  const base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = local(port);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return {};
  const std::string question = "GET " + path + " HTTP/1.0\r\n\r\n";
  if (::write(fd.get(), question.data(), question.size()) < 0) return {};
  std::string answer;
  char buffer[4096];
  for (ssize_t length = 0; (length = ::read(fd.get(), buffer, sizeof(buffer))) > 0;)
    answer.append(buffer, static_cast<std::size_t>(length));
  const std::size_t body = answer.find("\r\n\r\n");
  return body == std::string::npos ? std::string() : answer.substr(body + 4);
}

// Asks until `text` is in the answer. (Were it never to come, ctest's time-out would end the test.)
std::string get_until(std::uint16_t port, const std::string& path, const std::string& text) {
  std::string answer;
  while ((answer = get(port, path)).find(text) == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return answer;
}

TEST(Fleet, PrometheusAnswersWithWhatTheAgentWrote) {
  if (::access(kExporter, X_OK) != 0 || ::access(kPrometheus, X_OK) != 0)
    GTEST_SKIP() << "prometheus and prometheus-node-exporter are not installed "
                    "(packaging/scripts/install-deps fleet)";
  Sandbox user;
  const std::string collector = user.temp() / "collector";
  std::filesystem::create_directory(collector);
  user.write(".config/lull/config.toml", "[metrics]\ntextfile = \"" + collector + "/lull.prom\"\n");
  const auto agent = user.start_agent();

  const std::uint16_t exporter_port = free_port();
  const std::string exporter_address = "127.0.0.1:" + std::to_string(exporter_port);
  const auto exporter = user.start_program(
      {kExporter, "--collector.disable-defaults", "--collector.textfile",
       "--collector.textfile.directory=" + collector, "--web.listen-address=" + exporter_address});
  const std::string scraped = get_until(exporter_port, "/metrics", "lull_build_info");
  EXPECT_NE(scraped.find("node_textfile_scrape_error 0"), std::string::npos) << scraped;
  EXPECT_NE(scraped.find("# TYPE lull_agent_cpu_seconds_total counter"), std::string::npos)
      << "not untyped: " << scraped;

  const std::uint16_t port = free_port();
  const std::string rules = std::string(LULL_PACKAGING_LINUX) + "/prometheus-alerts.yml";
  const std::string config = user.temp().write(
      "prometheus.yml", "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: ['" +
                            rules +
                            "']\nscrape_configs:\n  - job_name: node\n    static_configs: "
                            "[{targets: ['" +
                            exporter_address + "']}]\n");
  const auto prometheus = user.start_program(
      {kPrometheus, "--config.file=" + config, "--storage.tsdb.path=" + (user.temp() / "tsdb"),
       "--web.listen-address=127.0.0.1:" + std::to_string(port), "--log.level=error"});
  const std::string reply =
      get_until(port, "/api/v1/query?query=lull_memory_total_bytes", "\"value\"");
  const auto result = boost::json::parse(reply).at("data").at("result").at(0);
  const auto status = user.lull({"status", "--json"}).json();
  EXPECT_EQ(std::stod(std::string(result.at("value").at(1).as_string())),
            status.at("memory").at("total_bytes").to_number<double>());
  const std::string groups = get_until(port, "/api/v1/rules", "LullSilent");
  EXPECT_EQ(groups.find("\"health\":\"err\""), std::string::npos) << groups;
}

}  // namespace
}  // namespace lull::integration
