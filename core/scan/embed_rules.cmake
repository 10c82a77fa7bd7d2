# Writes a C++ file that holds the text of rule files:
#   cmake -DOUTPUT=FILE.cc -DFUNCTION=NAME [-DPLATFORM=kLinux] -DFILES=a.toml|b.toml -P embed_rules.cmake
string(REPLACE "|" ";" files "${FILES}")
set(entries "")
set(MORE "")
if(PLATFORM)
  set(MORE "Platform this_platform() { return Platform::${PLATFORM}; }")
endif()
list(LENGTH files count)
foreach(file IN LISTS files)
  file(READ "${file}" text)
  get_filename_component(name "${file}" NAME)
  string(APPEND entries "    BuiltinRuleFile{\"built-in/${name}\", R\"lull_rules(${text})lull_rules\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Generated from core/scan/rules by embed_rules.cmake.
#include \"core/scan/builtin_rule_files.h\"

#include <array>

namespace lull::scan {
namespace {

constexpr std::array<BuiltinRuleFile, ${count}> kFiles{{
${entries}}};

}  // namespace

std::span<const BuiltinRuleFile> ${FUNCTION}() { return kFiles; }
${MORE}

}  // namespace lull::scan
")
