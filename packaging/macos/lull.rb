# SPDX-License-Identifier: MIT
# Homebrew cask. sign-and-notarize fills in version and checksum of a release (--cask). There is no release yet: the
# checksum is nobody's, and the address is where one would be.
cask "lull" do
  version "0.1.0"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"

  url "https://github.com/lull-agent/lull/releases/download/v#{version}/lull-#{version}-macos.zip"
  name "Lull"
  desc "Menu-bar agent that keeps memory and disk in order while nobody waits"
  homepage "https://github.com/lull-agent/lull"

  depends_on macos: ">= :ventura"

  app "lull.app", target: "Lull.app"
  binary "#{appdir}/Lull.app/Contents/MacOS/lull"

  uninstall quit: "org.lull.Lull"

  zap trash: [
    "~/.cache/lull",
    "~/.config/lull",
    "~/.local/state/lull",
    "~/Library/Preferences/org.lull.Lull.plist",
  ]
end
