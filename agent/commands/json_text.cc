// SPDX-License-Identifier: MIT
#include "agent/commands/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace lull::commands {
namespace {

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void write(const Value& value) {
    if (const Object* object = value.if_object()) return write_object(*object);
    if (const Array* array = value.if_array()) return write_array(*array);
    if (const double* number = value.if_double()) return write_number(*number);
    out += boost::json::serialize(value);
  }

  std::string out;

 private:
  // The library writes 2.5 as 2.5E0.
  void write_number(double number) {
    if (!std::isfinite(number)) {
      out += "null";
      return;
    }
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    out.append(buffer.data(), end);
  }

  void write_object(const Object& object) {
    open('{');
    bool first = true;
    for (const auto& member : object) {
      next(first);
      out += boost::json::serialize(boost::json::string(member.key()));
      out += pretty_ ? ": " : ":";
      write(member.value());
    }
    close('}', first);
  }

  void write_array(const Array& array) {
    open('[');
    bool first = true;
    for (const Value& value : array) {
      next(first);
      write(value);
    }
    close(']', first);
  }

  void open(char bracket) {
    out += bracket;
    ++depth_;
  }
  void next(bool& first) {
    if (!first) out += ',';
    first = false;
    new_line();
  }
  void close(char bracket, bool empty) {
    --depth_;
    if (!empty) new_line();
    out += bracket;
  }
  void new_line() {
    if (pretty_) out += "\n" + std::string(2 * depth_, ' ');
  }

  const bool pretty_;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<double> number(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::optional<std::uint64_t> count(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_uint64()) return value->get_uint64();
  if (value->is_int64() && value->get_int64() >= 0)
    return static_cast<std::uint64_t>(value->get_int64());
  return std::nullopt;
}

bool flag(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::string text(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const Object* child(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

const Array& items(const Object& object, std::string_view key) {
  static const Array kNone;
  const Value* value = object.if_contains(key);
  const Array* array = value == nullptr ? nullptr : value->if_array();
  return array == nullptr ? kNone : *array;
}

std::string to_json(const Value& value) {
  Writer writer(false);
  writer.write(value);
  return std::move(writer.out);
}

std::string to_pretty_json(const Value& value) {
  Writer writer(true);
  writer.write(value);
  return std::move(writer.out);
}

}  // namespace lull::commands
