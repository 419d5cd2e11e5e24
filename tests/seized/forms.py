"""Every form in which a text might lie on a disk without standing there plainly."""

import base64
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

_CHARACTER_SETS = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "utf-32-le",
    "utf-32-be",
    "cp1251",
    "koi8-r",
    "cp866",
    "iso8859-5",
)
_GROUPINGS = (" ", "-", "\N{NO-BREAK SPACE}", ".")
_LETTER_CASES: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper, str.casefold)

Form = tuple[str, bytes]


def forms(text: str) -> Iterator[Form]:
    """Return every form of a text as its description and its bytes.

    Capitals of ASCII in the bytes do not matter to the search: ``%D0`` stands for ``%d0`` too.
    """
    for spelling in dict.fromkeys(_spellings(text)):
        yield from _in_character_sets(spelling)
        yield from _escaped(spelling)
        yield from _wrapped(spelling)


def forms_of_bytes(content: bytes) -> Iterator[Form]:
    """Return every form of a secret that is bytes and no text."""
    yield "bytes", content
    yield "bytes as Python shows them", repr(content)[2:-1].encode()
    yield from _wrappings("bytes", content)


def _spellings(text: str) -> Iterator[str]:
    """Return the text as databases, keyboards and careful programs would write it again."""
    written = [text, text.replace("\n", "\r\n"), text.replace("'", "''"), *_grouped(text)]
    for each in written:
        for change in _LETTER_CASES:
            changed = change(each)
            yield changed
            yield unicodedata.normalize("NFC", changed)
            yield unicodedata.normalize("NFD", changed)


def _grouped(text: str) -> Iterator[str]:
    """Return a text that is nothing but digits and gaps in the groupings that people use."""
    digits = re.sub(r"[\s.\-]", "", text)
    if not digits.isdecimal():
        return
    groups = re.findall(r"\d{1,4}", digits)
    yield digits
    yield from (gap.join(groups) for gap in _GROUPINGS)


def _in_character_sets(text: str) -> Iterator[Form]:
    for character_set in _CHARACTER_SETS:
        try:
            yield character_set, text.encode(character_set)
        except UnicodeEncodeError:
            # An old character set that lacks one of the letters cannot carry the text either.
            continue


def _escaped(text: str) -> Iterator[Form]:
    """Return the text as JSON, programs, pages, addresses, mail and logs escape it."""
    for name, escaped in (
        *_unicode_escapes(text),
        *_html_entities(text),
        *_percent_encodings(text),
        *_byte_escapes(text),
    ):
        yield name, escaped.encode("utf-8")


def _unicode_escapes(text: str) -> Iterator[tuple[str, str]]:
    escaped = json.dumps(text)[1:-1]
    yield "JSON in UTF-8", json.dumps(text, ensure_ascii=False)[1:-1]
    yield "JSON", escaped
    yield "JSON within JSON", json.dumps(escaped)[1:-1]
    yield "JSON, backslashes doubled", escaped.replace("\\", "\\\\")
    yield "escapes in braces", re.sub(r"\\u0*([0-9a-f]+)", r"\\u{\1}", escaped)
    yield "Python escapes", text.encode("unicode_escape").decode("ascii")


def _html_entities(text: str) -> Iterator[tuple[str, str]]:
    escapes = {
        "HTML": html.escape(text),
        "HTML, quotes kept": html.escape(text, quote=False),
        "HTML, numbered quotes": html.escape(text, quote=False).replace("'", "&#39;").replace('"', "&#34;"),
    }
    for name, escaped in escapes.items():
        yield name, escaped
        for system, written in (("decimal", "&#{};"), ("hex", "&#x{:x};")):
            entities = (character if character.isascii() else written.format(ord(character)) for character in escaped)
            yield f"{name}, {system} entities", "".join(entities)
    yield "HTML, all decimal", "".join(f"&#{ord(character)};" for character in text)


def _percent_encodings(text: str) -> Iterator[tuple[str, str]]:
    yield from {
        "percent": quote(text, safe=""),
        "percent, slashes kept": quote(text),
        "percent, as browsers do": quote(text, safe="!'()*~-_."),
        "percent, form": quote_plus(text),
        "percent, everything": "".join(f"%{byte:02X}" for byte in text.encode()),
        "percent, twice": quote(quote(text, safe=""), safe=""),
        "percent %u": "".join(
            character if character.isascii() else f"%u{ord(character):04X}" for character in _percent_ascii(text)
        ),
    }.items()


def _percent_ascii(text: str) -> str:
    """Percent-encode what is ASCII in a text and leave its letters of other scripts alone."""
    return "".join(quote(character, safe="") if character.isascii() else character for character in text)


def _byte_escapes(text: str) -> Iterator[tuple[str, str]]:
    content = text.encode()
    yield "bytes as Python shows them", repr(content)[2:-1]
    yield "octal", "".join(chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}" for byte in content)
    plain = {byte for byte in range(32, 127) if chr(byte) != "="}
    yield "quoted-printable", "".join(chr(byte) if byte in plain else f"={byte:02X}" for byte in content)


def _wrapped(text: str) -> Iterator[Form]:
    """Return what base64, base32 and hex make of the text, wherever in their input it begins."""
    inner = {
        "UTF-8": text.encode(),
        "UTF-16LE": text.encode("utf-16-le"),
        "UTF-16BE": text.encode("utf-16-be"),
        "JSON": json.dumps(text)[1:-1].encode(),
    }
    for name, content in inner.items():
        yield from _wrappings(name, content)


def _wrappings(name: str, content: bytes) -> Iterator[Form]:
    for offset in range(3):
        encoded = _at_offset(content, offset, base64.b64encode, bits=6)
        yield f"base64 of {name} at {offset}", encoded
        yield f"base64url of {name} at {offset}", encoded.translate(bytes.maketrans(b"+/", b"-_"))
    for offset in range(5):
        yield f"base32 of {name} at {offset}", _at_offset(content, offset, base64.b32encode, bits=5)
    for gap in ("", " ", ":"):
        yield f"hex of {name}", (content.hex(gap) if gap else content.hex()).encode()


def _at_offset(content: bytes, offset: int, encode: Callable[[bytes], bytes], *, bits: int) -> bytes:
    """Encode content as it comes out behind ``offset`` unknown bytes and before others.

    Characters that also carry bits of what stands before or behind are left off.
    """
    encoded = encode(bytes(offset) + content)
    return encoded[-(-offset * 8 // bits) : (offset + len(content)) * 8 // bits]
