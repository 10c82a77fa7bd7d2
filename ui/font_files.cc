// SPDX-License-Identifier: MIT
#include "ui/font_files.h"

#include <memory>

#include <fontconfig/fontconfig.h>
#include <unistd.h>

namespace lull::ui {
namespace {

using Pattern = std::unique_ptr<FcPattern, decltype(&FcPatternDestroy)>;

FontFile match(const char* name) {
  const Pattern wanted(FcNameParse(reinterpret_cast<const FcChar8*>(name)), FcPatternDestroy);
  if (!wanted) return {};
  FcConfigSubstitute(nullptr, wanted.get(), FcMatchPattern);
  FcDefaultSubstitute(wanted.get());
  FcResult result = FcResultNoMatch;
  const Pattern found(FcFontMatch(nullptr, wanted.get(), &result), FcPatternDestroy);
  FcChar8* path = nullptr;
  if (!found || FcPatternGetString(found.get(), FC_FILE, 0, &path) != FcResultMatch) return {};
  FontFile file{reinterpret_cast<const char*>(path), 0};
  FcPatternGetInteger(found.get(), FC_INDEX, 0, &file.index);
  file.index &= 0xffff;  // above: which instance of a variable font
  return ::access(file.path.c_str(), R_OK) == 0 ? file : FontFile{};
}

FontFiles matches() {
  if (FcInit() == FcFalse) return {};
  FontFiles files{match("sans-serif:scalable=true"), match("sans-serif:bold:scalable=true")};
  FcFini();
  return files;
}

}  // namespace

FontFiles find_font_files() {
  FontFiles files = matches();
  if (files.regular.path.empty()) files.regular = files.bold;
  if (files.regular.path.empty())
    files.complaint =
        "there are no fonts on this machine: fontconfig knows none that can be read for "
        "\"sans-serif\" (fc-match sans-serif); letters are plain ones until some are installed, "
        "fonts-dejavu-core for example";
  return files;
}

}  // namespace lull::ui
