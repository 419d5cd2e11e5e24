"""The search for planted texts finds each form it must find, and nothing where nothing is.

The forms are made here by other means than the search makes them, so that a form that it gets
wrong is not planted wrong as well.
"""

import base64
import binascii
import bz2
import codecs
import gzip
import html
import json
import lzma
import os
import quopri
import re
import unicodedata
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode

import pytest

from tests.seized.forms import forms
from tests.seized.search import Finding, Needle, Secret, find, tree

_WORDS = Needle("words", "Її слова: «не їдь», Ґалаґан-7Q")
_LATIN = Needle("latin", "Quiet/Harbour+19 o'Neil")
_CODE = Needle("code", "914073528801664209357714")
_LOG_IN = Needle("log-in", "zorianab")
_NEEDLES = (_WORDS, _LATIN, _CODE, _LOG_IN)


def _in_a_small_window(text: str) -> bytes:
    pressed = zlib.compressobj(9, zlib.DEFLATED, 10)
    return pressed.compress(text.encode()) + pressed.flush()


_PLANTED: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-16 LE": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, one before": lambda text: base64.b64encode(b"-" + text.encode() + b"behind"),
    "base64, two before": lambda text: base64.b64encode(b"--" + text.encode() + b"behind"),
    "base64, url-safe": lambda text: base64.urlsafe_b64encode(b"-" + text.encode() + b"?"),
    "base64 of UTF-16": lambda text: base64.b64encode(b"--" + text.encode("utf-16-le")),
    "base64 of JSON": lambda text: base64.b64encode(json.dumps({"story": text}).encode()),
    "base64 in lines": lambda text: base64.encodebytes(b"x" * 50 + text.encode() + b"y" * 50),
    "base64 in lines of Windows": lambda text: base64.encodebytes(b"x" * 50 + text.encode()).replace(b"\n", b"\r\n"),
    "base32": lambda text: base64.b32encode(text.encode()),
    "base32, four before": lambda text: base64.b32encode(b"----" + text.encode()),
    "base32, lower": lambda text: base64.b32encode(b"-" + text.encode()).lower(),
    "hex": lambda text: binascii.hexlify(text.encode()),
    "hex, upper": lambda text: text.encode().hex().upper().encode(),
    "hex in a dump": lambda text: text.encode().hex(" ").encode(),
    "hex of UTF-16": lambda text: text.encode("utf-16-be").hex().encode(),
    "percent": lambda text: quote(text, safe="").encode(),
    "percent, lower": lambda text: quote(text, safe="").lower().encode(),
    "percent, upper": lambda text: quote(text, safe="").upper().encode(),
    "percent, small digits": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")).encode(),
    "percent, a path": lambda text: quote(f"/a/{text}/b").encode(),
    "percent, a form": lambda text: urlencode({"message": text}).encode(),
    "percent, plus": lambda text: quote_plus(text).encode(),
    "percent, twice": lambda text: quote(quote(text, safe=""), safe="").encode(),
    "JSON": lambda text: json.dumps({"a": text}).encode(),
    "JSON, capital digits": lambda text: re.sub(
        r"u[0-9a-f]{4}", lambda found: "u" + found[0][1:].upper(), json.dumps(text)[1:-1]
    ).encode(),
    "base64, small letters": lambda text: base64.b64encode(b"-" + text.encode()).lower(),
    "JSON within JSON": lambda text: json.dumps(json.dumps({"a": text})).encode(),
    "JSON in UTF-8": lambda text: json.dumps([text], ensure_ascii=False).encode(),
    "Python": lambda text: ascii(text)[1:-1].encode(),
    "Python's bytes": lambda text: repr(text.encode())[2:-1].encode(),
    "raw unicode escapes": lambda text: codecs.encode(text, "unicode_escape"),
    "HTML": lambda text: html.escape(text).encode(),
    "HTML, decimal": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
    "HTML, hex": lambda text: "".join(c if c.isascii() else f"&#x{ord(c):x};" for c in html.escape(text)).encode(),
    "HTML, all": lambda text: "".join(f"&#{ord(character)};" for character in text).encode(),
    "quoted-printable": lambda text: quopri.encodestring(b"Subject " * 9 + text.encode()),
    "lower": lambda text: text.lower().encode(),
    "upper": lambda text: text.upper().encode(),
    "case-folded": lambda text: text.casefold().encode(),
    "NFD": lambda text: unicodedata.normalize("NFD", text).encode(),
    "NFC": lambda text: unicodedata.normalize("NFC", text).encode(),
    "NFD in hex, upper case": lambda text: unicodedata.normalize("NFD", text).upper().encode().hex().encode(),
    "SQL": lambda text: text.replace("'", "''").encode(),
    "gzip": lambda text: gzip.compress(b"before " + text.encode()),
    "zlib": lambda text: zlib.compress(b"before " + text.encode(), 9),
    "zlib, a small window": _in_a_small_window,
    "bz2": lambda text: bz2.compress(text.encode()),
    "xz": lambda text: lzma.compress(text.encode()),
    "lzma": lambda text: lzma.compress(text.encode(), lzma.FORMAT_ALONE),
    "gzip of base64 of gzip": lambda text: gzip.compress(gzip.compress(base64.b64encode(text.encode()))),
}


def _noise(size: int) -> bytes:
    return os.urandom(size)


def _labels(findings: list[Finding]) -> set[str]:
    return {finding.label for finding in findings}


@pytest.mark.parametrize("needle", _NEEDLES, ids=lambda needle: needle.label)
@pytest.mark.parametrize("planted", _PLANTED)
def test_each_form_is_found_in_noise(planted: str, needle: Needle) -> None:
    content = _PLANTED[planted](needle.text)
    blobs = [(f"{before}", _noise(1000 + before) + content + _noise(777)) for before in range(8)]
    found = find(_NEEDLES, blobs)
    assert {finding.name for finding in found} == {name for name, _ in blobs}
    assert _labels(found) == {needle.label}


@pytest.mark.parametrize(
    "wrap",
    [
        bytes,
        lambda secret: secret.hex().upper().encode(),
        lambda secret: secret.hex(":").encode(),
        lambda secret: base64.b64encode(b"-" + secret + b"behind"),
        lambda secret: base64.urlsafe_b64encode(b"--" + secret),
        base64.b32encode,
        lambda secret: repr(secret).encode(),
        lambda secret: zlib.compress(b"before " + secret),
    ],
)
def test_a_secret_of_bytes_is_found(wrap: Callable[[bytes], bytes]) -> None:
    secret = b"\x00Ab\xff\x80" + _noise(15)
    found = find([Secret("second factor", secret)], [("disk", _noise(99) + wrap(secret) + _noise(77))])
    assert _labels(found) == {"second factor"}


@pytest.mark.parametrize("character_set", ["cp1251", "koi8-r", "cp866", "iso8859-5"])
def test_old_character_sets_are_found(character_set: str) -> None:
    needle = Needle("words", "Копали окопи на сході" if character_set == "cp1251" else "Рыли окопы на юге")
    assert find([needle], [("disk", _noise(999) + needle.text.encode(character_set) + _noise(99))]) == [
        Finding("disk", "words", character_set)
    ]


@pytest.mark.parametrize("gap", [" ", "-", "\N{NO-BREAK SPACE}", "."])
@pytest.mark.parametrize("encode", [str.encode, quote, quote_plus, lambda text: text.encode("utf-16-le").hex()])
def test_a_code_is_found_in_groups(gap: str, encode: Callable[[str], str | bytes]) -> None:
    encoded = encode(gap.join(_CODE.text[at : at + 4] for at in range(0, 24, 4)))
    blob = encoded if isinstance(encoded, bytes) else encoded.encode()
    assert _labels(find([_CODE], [("log", b"x" + blob)])) == {"code"}


def test_a_code_that_was_planted_in_groups_is_found_without_them() -> None:
    needle = Needle("code", "9140 7352 8801 6642 0935 7714")
    assert _labels(find([needle], [("log", b"code=914073528801664209357714&")])) == {"code"}


def test_the_line_ends_of_a_form_do_not_hide_a_text_of_several_lines() -> None:
    needle = Needle("story", "перший рядок\nдругий рядок")
    assert _labels(find([needle], [("form", "перший рядок\r\nдругий рядок".encode())])) == {"story"}


@pytest.mark.parametrize("needle", _NEEDLES, ids=lambda needle: needle.label)
def test_every_form_is_found_at_every_alignment(needle: Needle) -> None:
    patterns = list(forms(needle.text))
    assert len({form for form, _ in patterns}) > 70
    for before in range(8):
        blobs = [(f"{number}", bytes(before) + pattern) for number, (_, pattern) in enumerate(patterns)]
        assert {finding.name for finding in find([needle], blobs)} == {name for name, _ in blobs}


def test_nothing_is_found_in_random_bytes() -> None:
    noise = _noise(3_000_000)
    blobs = [("raw", noise), ("hex", noise.hex().encode()), ("base64", base64.encodebytes(noise))]
    assert find(_NEEDLES, [*blobs, ("digits", str(int.from_bytes(noise[:1500])).encode())]) == []


def test_almost_the_text_is_not_the_text() -> None:
    for needle in _NEEDLES:
        almost = needle.text[:-1] + "\N{LATIN SMALL LETTER X WITH DOT ABOVE}"
        assert find([needle], [("disk", almost.encode() + needle.text[1:].encode())]) == []


def test_a_finding_says_where_which_and_how() -> None:
    blobs = [("clean", b"nothing"), ("log", b"user=zorianab"), ("log.gz", gzip.compress(b"user=zorianab"))]
    found = find(_NEEDLES, blobs)
    assert found == [Finding("log", "log-in", "utf-8"), Finding("log.gz", "log-in", "gzip: utf-8")]


def test_names_are_searched_too() -> None:
    assert find([_LOG_IN], [("data/zorianab.txt", b"")]) == [Finding("data/zorianab.txt", "log-in", "name: utf-8")]


def test_a_text_too_short_to_be_told_from_noise_is_refused() -> None:
    with pytest.raises(ValueError, match="short"):
        find([Needle("name", "Оксана")], [])


def test_a_tree_holds_every_file(tmp_path: Path) -> None:
    (tmp_path / "data" / ".hidden").mkdir(parents=True)
    for name in ("data/rodyna.db", "data/rodyna.db-wal", "data/.hidden/file", "alone"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "data" / "link").symlink_to("/nowhere/zorianab")
    os.mkfifo(tmp_path / "data" / "pipe")
    found = dict(tree([tmp_path / "data", tmp_path / "alone"]))
    assert {name.removeprefix(f"{tmp_path}/"): blob for name, blob in found.items()} == {
        "data/rodyna.db": b"data/rodyna.db",
        "data/rodyna.db-wal": b"data/rodyna.db-wal",
        "data/.hidden/file": b"data/.hidden/file",
        "data/link": b"/nowhere/zorianab",
        "alone": b"alone",
    }
    assert _labels(find([_LOG_IN], found.items())) == {"log-in"}
