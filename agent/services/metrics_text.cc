// SPDX-License-Identifier: MIT
#include "agent/services/metrics_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace lull::agent {
namespace {

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string_view suffix(MetricsText::Type type) {
  if (type == MetricsText::Type::kCounter) return "_total";
  return type == MetricsText::Type::kInfo ? "_info" : "";
}

// The escapes of labels in both formats. (OpenMetrics wants them in HELP too, where Prometheus'
// own has no \": our texts have neither.)
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\\\";
    } else if (c == '"') {
      result += "\\\"";
    } else if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

std::string_view type_word(MetricsText::Type type) {
  switch (type) {
    case MetricsText::Type::kGauge:
      return "gauge";
    case MetricsText::Type::kCounter:
      return "counter";
    case MetricsText::Type::kInfo:
      return "info";
  }
  return "unknown";
}

}  // namespace

void MetricsText::family(std::string_view name, Type type, std::string_view unit,
                         std::string_view help) {
  sample_ = std::string(name) + std::string(suffix(type));
  if (format_ == MetricsFormat::kOpenMetrics) {
    family_ = name;
    metadata("TYPE", type_word(type));
    if (!unit.empty()) metadata("UNIT", unit);
  } else {
    family_ = sample_;
    metadata("TYPE", type_word(type == Type::kInfo ? Type::kGauge : type));
  }
  metadata("HELP", escaped(help));
}

void MetricsText::metadata(std::string_view word, std::string_view content) {
  text_ += "# " + std::string(word) + " " + family_ + " " + std::string(content) + "\n";
}

void MetricsText::sample(double value, Labels labels) {
  text_ += sample_;
  if (!labels.empty()) {
    char separator = '{';
    for (const auto& [key, label] : labels) {
      text_ += separator + std::string(key) + "=\"" + escaped(label) + "\"";
      separator = ',';
    }
    text_ += '}';
  }
  text_ += " " + number(value) + "\n";
}

void MetricsText::gauge(std::string_view name, std::string_view unit, std::string_view help,
                        std::optional<double> value) {
  if (!value) return;
  family(name, Type::kGauge, unit, help);
  sample(*value);
}

void MetricsText::counter(std::string_view name, std::string_view unit, std::string_view help,
                          double value) {
  family(name, Type::kCounter, unit, help);
  sample(value);
}

std::string MetricsText::finish() && {
  return std::move(text_) + (format_ == MetricsFormat::kOpenMetrics ? "# EOF\n" : "");
}

}  // namespace lull::agent
