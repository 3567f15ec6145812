"""Text from input, made harmless for the place where it is shown. HTML, Markdown and SARIF have their own escapes beside this."""

import unicodedata

# Controls, formats (bidirectional overrides, zero width), surrogates, private use, unassigned, line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: object) -> str:
    """The text with every character that a reader cannot see, or that steers a terminal, written as \\u{…}."""
    return "".join(f"\\u{{{ord(c):x}}}" if unicodedata.category(c) in _INVISIBLE else c for c in str(text))
