"""What README and ``deploy/ASVS.md`` say of OWASP ASVS 5.0 names every chapter, and only tests that are there."""

import re

import pytest

from tests.house.files import CHECKOUT, tracked

CHAPTERS = (
    "V1 Encoding and Sanitization",
    "V2 Validation and Business Logic",
    "V3 Web Frontend Security",
    "V4 API and Web Service",
    "V5 File Handling",
    "V6 Authentication",
    "V7 Session Management",
    "V8 Authorization",
    "V9 Self-contained Tokens",
    "V10 OAuth and OIDC",
    "V11 Cryptography",
    "V12 Secure Communication",
    "V13 Configuration",
    "V14 Data Protection",
    "V15 Secure Coding and Architecture",
    "V16 Security Logging and Error Handling",
    "V17 WebRTC",
)
CHAPTER = re.compile(r"^(?:## |\| )(V\d+ [^|\n]*[^|\s])", re.MULTILINE)
NAMED = re.compile(r"`((?:tests|app|deploy)/[^`]+)`")
FILES = ("README.md", "deploy/ASVS.md")


def told(file: str) -> str:
    """What a file says of the standard: a part of README, the whole of the other."""
    text = (CHECKOUT / file).read_text()
    return text.partition("## Against OWASP ASVS 5.0\n")[2].partition("\n## ")[0] if file == "README.md" else text


@pytest.mark.parametrize("file", FILES)
def test_every_chapter_stands_there_once_and_in_order(file: str) -> None:
    assert tuple(CHAPTER.findall(told(file))) == CHAPTERS


@pytest.mark.parametrize("file", FILES)
def test_every_test_that_is_named_is_there(file: str) -> None:
    there = {str(path.relative_to(CHECKOUT)) for path in tracked()}
    named = NAMED.findall(told(file))

    assert len(named) > 40
    assert [path for path in named if path not in there] == []


def test_the_table_names_no_test_that_the_whole_list_leaves_out() -> None:
    assert set(NAMED.findall(told("README.md"))) <= {*NAMED.findall(told("deploy/ASVS.md")), "deploy/ASVS.md"}
