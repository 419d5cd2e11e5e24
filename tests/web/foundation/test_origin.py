"""Only our own pages send forms, and only to our own address."""

import pytest
from fastapi.testclient import TestClient

from app.web.origin import read_origins
from tests.web.foundation.conftest import MakeApplication

REAL = "https://example.org"


def browser_at(make_application: MakeApplication, origins: str, base: str) -> TestClient:
    """A browser that has opened `base`."""
    return TestClient(make_application(origins), base_url=base)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": REAL}, 403),
        ({"origin": REAL}, 200),
        ({"origin": "https://example.org.evil.example"}, 403),
        ({"origin": "http://example.org"}, 403),
        ({"origin": "https://example.org:444"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_a_form_is_taken_from_our_own_pages_only(
    make_application: MakeApplication, headers: dict[str, str], status: int
) -> None:
    browser = browser_at(make_application, REAL, REAL)

    assert browser.post("/uk/echo", headers=headers).status_code == status


def test_reading_a_page_needs_no_proof(make_application: MakeApplication) -> None:
    browser = browser_at(make_application, REAL, REAL)

    assert browser.get("/uk/page", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_programs_need_no_proof_because_they_have_no_cookie(make_application: MakeApplication) -> None:
    browser = browser_at(make_application, REAL, REAL)

    assert browser.post("/api/v1/number/1").status_code == 405


@pytest.mark.parametrize(
    ("origins", "host", "status"),
    [
        (REAL, "example.org", 200),
        (REAL, "EXAMPLE.org", 200),
        (REAL, "example.org:8443", 421),
        (REAL, "evil.example", 421),
        (REAL, "127.0.0.1", 421),
        (REAL, "", 421),
        (REAL, "example.org:notaport", 421),
        (f"{REAL}, http://abcdefgh.onion", "abcdefgh.onion", 200),
        ("http://127.0.0.1:8000", "localhost:8123", 200),
        ("http://127.0.0.1:8000", "[::1]:8000", 200),
        ("http://127.0.0.1:8000", "example.org", 421),
    ],
)
def test_only_our_own_hosts_are_served(make_application: MakeApplication, origins: str, host: str, status: int) -> None:
    browser = browser_at(make_application, origins, REAL)

    assert browser.get("/uk/page", headers={"host": host}).status_code == status


@pytest.mark.parametrize("text", ["", "example.org", "ftp://example.org", "https://", "https://example.org/path"])
def test_what_is_no_origin_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        read_origins(text)


def test_cookies_are_bound_to_the_host_over_https_and_reach_no_script_or_other_site(
    make_application: MakeApplication,
) -> None:
    browser = browser_at(make_application, REAL, REAL)

    assert browser.get("/uk/cookie/set").headers["set-cookie"] == (
        "__Host-visit=token; HttpOnly; Path=/; SameSite=strict; Secure"
    )
    assert browser.get("/uk/cookie/show").text == "token"
    assert 'visit=""; ' in browser.get("/uk/cookie/drop").headers["set-cookie"]
    assert browser.get("/uk/cookie/show").text == ""


def test_without_https_the_cookie_has_a_plain_name(make_application: MakeApplication) -> None:
    browser = browser_at(make_application, "http://127.0.0.1:8000", "http://127.0.0.1:8000")

    assert browser.get("/uk/cookie/set").headers["set-cookie"] == "visit=token; HttpOnly; Path=/; SameSite=strict"
    assert browser.get("/uk/cookie/show").text == "token"
