// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "core/base/result.h"

// Interface definitions as https://varlink.org/Interface-Definition has them, and whether JSON
// values are of their types.
namespace lull::varlink {

struct Field;

struct Type {
  enum class Kind { kBool, kInt, kFloat, kString, kObject, kNamed, kStruct, kEnum, kArray, kMap };
  Kind kind = Kind::kBool;
  bool nullable = false;           // ?
  std::string name;                // of kNamed
  std::vector<Field> fields;       // of kStruct
  std::vector<std::string> words;  // of kEnum
  std::shared_ptr<Type> element;   // of kArray and kMap
};

struct Field {
  std::string name;
  Type type;
};

struct Member {
  std::string name;
  Type type;    // of a typedef; parameters of a method or an error
  Type result;  // of a method
};

struct Interface {
  std::string name;
  std::vector<Member> types, methods, errors;
  const Member* type(std::string_view wanted) const;
  const Member* method(std::string_view wanted) const;
  const Member* error(std::string_view wanted) const;
};

// kMalformed, with the line, for anything that is not in the grammar, is there twice, or names a
// type that is not there.
base::Result<Interface> parse_interface(std::string_view text);

// What in `value` is not of `type`, as "/top/3/pid: …"; members the type does not have count. Empty
// if it fits.
std::vector<std::string> complaints(const Interface& interface, const Type& type,
                                    const boost::json::value& value, const std::string& at = {});

}  // namespace lull::varlink
