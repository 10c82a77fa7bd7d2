// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace lull::agent {

// The two text formats that are read: OpenMetrics 1.0, and the older one of Prometheus (0.0.4),
// which is all that node_exporter's textfile collector and `promtool check metrics` know. There a
// family is named like its samples, "info" is no type (a whole file with it is refused), and there
// is neither UNIT nor EOF.
enum class MetricsFormat { kOpenMetrics, kPrometheus };

// Builds either: families with TYPE, UNIT and HELP before their samples. Samples are named the same
// in both: in their base unit ("_bytes", "_seconds", "_ratio"), counters with "_total". A value
// that is not known has no sample.
class MetricsText {
 public:
  explicit MetricsText(MetricsFormat format = MetricsFormat::kOpenMetrics) : format_(format) {}

  using Labels = std::span<const std::pair<std::string_view, std::string_view>>;
  enum class Type { kGauge, kCounter, kInfo };

  // Begins a family; `unit` is empty or the suffix of the name. Samples follow with sample().
  void family(std::string_view name, Type type, std::string_view unit, std::string_view help);
  void sample(double value, Labels labels = {});
  void sample(std::optional<double> value, Labels labels = {}) {
    if (value) sample(*value, labels);
  }
  // A family with one sample.
  void gauge(std::string_view name, std::string_view unit, std::string_view help,
             std::optional<double> value);
  void counter(std::string_view name, std::string_view unit, std::string_view help, double value);
  std::string finish() &&;

 private:
  void metadata(std::string_view word, std::string_view content);

  const MetricsFormat format_;
  std::string text_;
  std::string family_;  // as its metadata name it
  std::string sample_;  // as its samples are named
};

}  // namespace lull::agent
