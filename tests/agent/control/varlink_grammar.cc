// SPDX-License-Identifier: MIT
#include "tests/agent/control/varlink_grammar.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <stdexcept>

namespace lull::varlink {
namespace {

using Kind = Type::Kind;

// The three productions for names, as the specification spells them.
const std::regex kInterfaceName(R"([A-Za-z](-*[A-Za-z0-9])*(\.[A-Za-z0-9](-*[A-Za-z0-9])*)+)");
const std::regex kMemberName(R"([A-Z][A-Za-z0-9]*)");
const std::regex kFieldName(R"([A-Za-z](_?[A-Za-z0-9])*)");

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Interface parse() {
    Interface interface;
    skip();
    expect_word("interface");
    interface.name = name(kInterfaceName, "an interface");
    for (skip(); at_ < text_.size(); skip()) {
      require_new_line();
      member(interface);
    }
    if (interface.methods.empty() && interface.types.empty() && interface.errors.empty())
      fail("an interface has members");
    check_names(interface);
    return interface;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    const auto line = std::count(text_.begin(), text_.begin() + static_cast<long>(at_), '\n') + 1;
    throw std::invalid_argument("line " + std::to_string(line) + ": " + message);
  }

  // White space and comments; remembers whether a line ended.
  void skip() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        if (at_ == text_.size()) break;
      }
      if (text_[at_] == '\n') new_line_ = true;
      if (std::string_view(" \t\r\n").find(text_[at_]) == std::string_view::npos) break;
    }
  }

  void require_new_line() {
    if (!new_line_) fail("members stand on lines of their own");
  }

  std::string_view word() {
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '_' || text_[at_] == '-' || text_[at_] == '.'))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string name(const std::regex& pattern, const char* what) {
    std::string found(word());
    if (!std::regex_match(found, pattern)) fail("'" + found + "' is no name of " + what);
    return found;
  }

  void expect_word(std::string_view expected) {
    if (word() != expected) fail("expected '" + std::string(expected) + "'");
  }

  bool accept(std::string_view sign) {
    skip();
    if (text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }

  void expect(std::string_view sign) {
    if (!accept(sign)) fail("expected '" + std::string(sign) + "'");
  }

  void member(Interface& interface) {
    const std::string_view keyword = word();
    new_line_ = false;
    Member found;
    found.name = name(kMemberName, "a member");
    found.type = brackets();
    if (keyword == "method") {
      require_struct(found.type);
      expect("->");
      found.result = brackets();
      require_struct(found.result);
      interface.methods.push_back(std::move(found));
    } else if (keyword == "error") {
      require_struct(found.type);
      interface.errors.push_back(std::move(found));
    } else if (keyword == "type") {
      interface.types.push_back(std::move(found));
    } else {
      fail("'" + std::string(keyword) + "' is neither type, method nor error");
    }
    new_line_ = false;
  }

  void require_struct(const Type& type) const {
    if (type.kind != Kind::kStruct) fail("expected a struct");
  }

  // A struct or an enum.
  Type brackets() {
    Type type;
    type.kind = Kind::kStruct;
    expect("(");
    if (accept(")")) return type;
    bool first = true;
    do {
      const std::string field = name(kFieldName, "a field");
      const bool typed = accept(":");
      if (first && !typed) type.kind = Kind::kEnum;
      if (typed == (type.kind == Kind::kEnum)) fail("fields and words are mixed");
      first = false;
      if (typed) {
        type.fields.push_back({field, element()});
      } else {
        type.words.push_back(field);
      }
    } while (accept(","));
    expect(")");
    return type;
  }

  Type element() {
    if (accept("?")) {
      Type type = element();
      if (type.nullable) fail("a second '?' says nothing");
      type.nullable = true;
      return type;
    }
    Type type;
    if (accept("[string]")) {
      type.kind = Kind::kMap;
    } else if (accept("[]")) {
      type.kind = Kind::kArray;
    } else {
      return plain();
    }
    type.element = std::make_shared<Type>(element());
    return type;
  }

  Type plain() {
    skip();
    if (text_.substr(at_, 1) == "(") return brackets();
    Type type;
    const std::string found(word());
    if (found == "bool") {
      type.kind = Kind::kBool;
    } else if (found == "int") {
      type.kind = Kind::kInt;
    } else if (found == "float") {
      type.kind = Kind::kFloat;
    } else if (found == "string") {
      type.kind = Kind::kString;
    } else if (found == "object") {
      type.kind = Kind::kObject;
    } else {
      type.kind = Kind::kNamed;
      type.name = found;
      if (!std::regex_match(found, kMemberName)) fail("'" + found + "' is no type");
    }
    return type;
  }

  void check_names(const Interface& interface) const {
    std::set<std::string> names;
    for (const auto* members : {&interface.types, &interface.methods, &interface.errors})
      for (const Member& member : *members) {
        if (!names.insert(member.name).second) fail("'" + member.name + "' is there twice");
        check_type(interface, member.type);
        check_type(interface, member.result);
      }
  }

  void check_type(const Interface& interface, const Type& type) const {
    if (type.kind == Kind::kNamed && interface.type(type.name) == nullptr)
      fail("there is no type '" + type.name + "'");
    if (type.element) check_type(interface, *type.element);
    std::set<std::string> names(type.words.begin(), type.words.end());
    if (names.size() != type.words.size()) fail("a word is there twice");
    for (const Field& field : type.fields) {
      if (!names.insert(field.name).second) fail("field '" + field.name + "' is there twice");
      check_type(interface, field.type);
    }
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  bool new_line_ = false;
};

const Member* find(const std::vector<Member>& members, std::string_view name) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.name == name; });
  return found == members.end() ? nullptr : &*found;
}

bool is_plain(Kind kind, const Type& type, const boost::json::value& value) {
  switch (kind) {
    case Kind::kBool:
      return value.is_bool();
    case Kind::kInt:
      return value.is_int64() || value.is_uint64();
    case Kind::kFloat:
      return value.is_number();
    case Kind::kString:
      return value.is_string();
    case Kind::kEnum:
      return value.is_string() &&
             std::find(type.words.begin(), type.words.end(),
                       std::string_view(value.get_string())) != type.words.end();
    case Kind::kObject:
    case Kind::kStruct:
    case Kind::kMap:
      return value.is_object();
    case Kind::kArray:
      return value.is_array();
    case Kind::kNamed:
      return true;
  }
  return false;
}

void append(std::vector<std::string>& to, std::vector<std::string> from) {
  to.insert(to.end(), from.begin(), from.end());
}

std::vector<std::string> struct_complaints(const Interface& interface, const Type& type,
                                           const boost::json::object& value,
                                           const std::string& at) {
  std::vector<std::string> found;
  for (const Field& field : type.fields) {
    const boost::json::value* member = value.if_contains(field.name);
    if (member == nullptr) {
      if (!field.type.nullable) found.push_back(at + "/" + field.name + ": missing");
    } else {
      append(found, complaints(interface, field.type, *member, at + "/" + field.name));
    }
  }
  for (const auto& member : value) {
    const std::string name(member.key());
    if (std::none_of(type.fields.begin(), type.fields.end(),
                     [&](const Field& field) { return field.name == name; }))
      found.push_back(at + "/" + name + ": not in the type");
  }
  return found;
}

}  // namespace

const Member* Interface::type(std::string_view wanted) const { return find(types, wanted); }
const Member* Interface::method(std::string_view wanted) const { return find(methods, wanted); }
const Member* Interface::error(std::string_view wanted) const { return find(errors, wanted); }

base::Result<Interface> parse_interface(std::string_view text) {
  try {
    return Parser(text).parse();
  } catch (const std::invalid_argument& failure) {
    return base::fail(base::ErrorCode::kMalformed, failure.what());
  }
}

std::vector<std::string> complaints(const Interface& interface, const Type& type,
                                    const boost::json::value& value, const std::string& at) {
  if (value.is_null() && type.nullable) return {};
  if (!is_plain(type.kind, type, value)) return {at + ": wrong type"};
  if (type.kind == Kind::kNamed)
    return complaints(interface, interface.type(type.name)->type, value, at);
  std::vector<std::string> found;
  if (type.kind == Kind::kStruct) return struct_complaints(interface, type, value.get_object(), at);
  if (type.kind == Kind::kArray)
    for (std::size_t i = 0; i < value.get_array().size(); ++i)
      append(found,
             complaints(interface, *type.element, value.at(i), at + "/" + std::to_string(i)));
  if (type.kind == Kind::kMap)
    for (const auto& member : value.get_object())
      append(found, complaints(interface, *type.element, member.value(),
                               at + "/" + std::string(member.key())));
  return found;
}

}  // namespace lull::varlink
