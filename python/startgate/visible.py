"""Text from input, made harmless for the place where it is shown. HTML, Markdown and SARIF have their own escapes beside this."""

import re
import unicodedata

# Controls, formats (bidirectional overrides, zero width), surrogates, private use, unassigned, line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: object) -> str:
    """The text with every character that a reader cannot see, or that steers a terminal, written as \\u{…}."""
    return "".join(f"\\u{{{ord(c):x}}}" if unicodedata.category(c) in _INVISIBLE else c for c in str(text))


# The same for JSON in UTF-8: DEL, C1 controls, soft hyphen, Arabic letter mark, zero width and bidirectional controls,
# separators, byte order mark, tags. C0 controls cannot stand in JSON as they are.
_STEERING = re.compile(
    rb"\x7f|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]"
    rb"|\xef\xbb\xbf|\xf3\xa0[\x80\x81][\x80-\xbf]"
)


def visible_json(text: bytes) -> bytes:
    """JSON that means the same and steers no terminal: such characters can only stand in strings, and get their escapes there."""
    return _STEERING.sub(_escape, text)


def _escape(found: re.Match[bytes]) -> bytes:
    utf16 = found[0].decode().encode("utf-16-be").hex()
    return "".join(f"\\u{utf16[at : at + 4]}" for at in range(0, len(utf16), 4)).encode()
