# SPDX-License-Identifier: MIT
"""What our own framework headers (include/) declare."""

import re

ROUND = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"  # parentheses, two deep


def read(path):
    """The text without comments, attributes and preprocessor lines."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    text = re.sub(r"^\s*#.*(?:\\\n.*)*$", "", text, flags=re.M)
    return re.sub(r"\b(?:API_AVAILABLE|NS_FORMAT_FUNCTION|__attribute__)" + ROUND, "", text)


def plain(text):
    """A declaration without the words that are no part of its name."""
    return re.sub(r"\b(?:NS_|API_)\w+\b", "", text)


def objects(text):
    """Yields (kind, name, is a category, selectors, properties) of every @interface and @protocol."""
    for found in re.finditer(r"@(interface|protocol)\s+(\w+)([^\n;]*)\n(.*?)@end", text, re.S):
        kind, name, rest, body = found.groups()
        selectors, properties = [], []
        for line in re.findall(r"^\s*[-+]\s*" + ROUND + r"\s*([^;]+);", body, re.M):
            line = plain(re.sub(ROUND, "", line))
            parts = re.findall(r"(\w+)\s*:", line)
            selectors.append("".join(part + ":" for part in parts) or re.findall(r"\w+", line)[0])
        for line in re.findall(r"@property\s*(?:\([^)]*\))?\s*([^;]+);", body):
            properties.append(re.findall(r"(\w+)\s*$", plain(line).strip())[0])
        yield kind, name, "(" in rest.split(":")[0].split("<")[0], selectors, properties


def exported(text):
    """(functions, constants) with external linkage."""
    functions, constants = [], []
    for line in re.findall(r"\b(?:CF_EXPORT|FOUNDATION_EXPORT|APPKIT_EXTERN)\s+([^;]+);", text):
        line = plain(line)
        function = re.match(r"[\w\s*]*?\b(\w+)\s*\(", line)
        if function:
            functions.append(function[1])
        else:
            constants.append(re.findall(r"(\w+)\s*(?:\[\s*\])?\s*$", line.strip())[0])
    return functions, constants
