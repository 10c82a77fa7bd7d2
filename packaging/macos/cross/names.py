#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether what our framework headers declare exists: every class, protocol, selector, property, function
and constant is looked up in typings that were generated from a real SDK (npm @nativescript/macos-node-api).

    names.py TYPINGS INCLUDE

Not checked: types of arguments, values of enumerations, and the frameworks the typings leave out, which
are named in the summary. Begins with a planted mistake of each kind, since a check that cannot fail proves
nothing."""

import pathlib
import re
import sys

import declarations

# In libraries the typings do not cover; each was read off public documentation.
UNTYPED = {"IOKit"}


class Typings:
    def __init__(self, folder):
        self.members, self.parents, self.functions, self.constants = {}, {}, set(), set()
        files = sorted(pathlib.Path(folder).rglob("*.d.ts"))
        if not files:
            sys.exit(f"names.py: no typings in {folder}")
        for file in files:
            self.learn(file.read_text(encoding="utf-8", errors="replace"))

    def learn(self, text):
        current = None
        for line in text.splitlines():
            begins = re.match(
                r"^(?:export )?(?:declare )?(?:class|interface) (\w+)(?:<.*?>)?"
                r"(?: extends (.*?))?(?: implements (.*?))?\s*\{",
                line,
            )
            if begins:
                current = begins[1]
                self.members.setdefault(current, set())
                for others in begins.group(2, 3):
                    self.parents.setdefault(current, set()).update(re.findall(r"\w+", others or ""))
            if begins and "}" in line or line.startswith("}"):
                current = None
            elif current and not begins:
                member = re.match(r"^  (?:static )?(?:readonly )?(?:get |set )?(\w+)[?(:<]", line)
                if member:
                    self.members[current].add(member[1])
            function = re.match(r"^(?:export )?declare function (\w+)", line)
            if function:
                self.functions.add(function[1])
            constant = re.match(r"^(?:export )?declare (?:const|var|let) (\w+)", line)
            if constant:
                self.constants.add(constant[1])

    def has(self, owner, name, seen=()):
        if owner in seen or owner not in self.members:
            return False
        return name in self.members[owner] or any(
            self.has(parent, name, seen + (owner,)) for parent in self.parents.get(owner, ())
        )


def script_name(selector):
    """trashItemAtURL:resultingItemURL:error: is trashItemAtURLResultingItemURLError there."""
    parts = [part for part in selector.split(":") if part]
    return parts[0] + "".join(part[0].upper() + part[1:] for part in parts[1:])


def check(typings, text):
    """(number of declarations, those that are unknown)."""
    count, unknown = 0, []
    for kind, name, _, selectors, properties in declarations.objects(text):
        if name == "NSObject":
            continue
        count += 1 + len(selectors) + len(properties)
        if name not in typings.members:
            unknown.append(f"{kind} {name}")
            continue
        unknown += [f"{name} {one}" for one in selectors if not typings.has(name, script_name(one))]
        unknown += [f"{name}.{one}" for one in properties if not typings.has(name, one)]
    functions, constants = declarations.exported(text)
    constants = [one for one in constants if not one.startswith("__")]  # the compiler's own
    count += len(functions) + len(constants)
    unknown += [f"function {one}" for one in functions if one not in typings.functions]
    unknown += [f"constant {one}" for one in constants if one not in typings.constants]
    return count, unknown


PLANTED = """
@interface NSString : NSObject
@property (readonly) NSUInteger longness;
- (void)walkTheDog:(NSInteger)dog quickly:(BOOL)quickly;
@end
@interface NSNothing : NSObject
@end
CF_EXPORT void CFReleaseAll(CFTypeRef object);
CF_EXPORT const int kCFNoSuchThing;
"""


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    typings = Typings(arguments[0])
    missed = 5 - len(check(typings, PLANTED)[1])
    if missed:
        sys.exit(f"names.py: {missed} of 5 planted mistakes were not found")
    count, unknown, untyped = 0, [], 0
    for header in sorted(pathlib.Path(arguments[1]).rglob("*.h")):
        framework = header.relative_to(arguments[1]).parts[0]
        found, wrong = check(typings, declarations.read(header))
        if framework in UNTYPED:
            untyped += found
            continue
        count += found
        unknown += [f"{framework}: {one}" for one in wrong]
    for line in unknown:
        print(f"unknown to the SDK's typings: {line}")
    print(f"{count} declarations are in the SDK's typings, {len(unknown)} are not; "
          f"{untyped} of {', '.join(sorted(UNTYPED))} are in none")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
