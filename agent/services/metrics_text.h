// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace lull::agent {

// Builds OpenMetrics 1.0 text: families with TYPE, UNIT and HELP before their samples, "# EOF"
// last. Names end in their base unit ("_bytes", "_seconds", "_ratio"), counters in "_total". A
// value that is not known has no sample.
class MetricsText {
 public:
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
  std::string text_;
  std::string name_;
  Type type_ = Type::kGauge;
};

}  // namespace lull::agent
