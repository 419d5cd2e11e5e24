"""Staff who log in, work on a case with planted words, and slip in every way that they can."""

from datetime import UTC, datetime

from app.vault.totp import totp_at
from tests.seized.marked import Marked


def log_in(staff: Marked, name: str, passphrase: str, totp_secret: bytes) -> None:
    """Log in, with every slip first."""
    planted, who = staff.planted, staff.who
    for wrong_name, wrong in (
        (name, planted.latin(f"{who}: a wrong passphrase")),
        (planted.latin(f"{who}: a wrong name"), passphrase),
    ):
        fields = {"name": wrong_name, "password": wrong, "to": f"/desk/{planted.latin(f'{who}: where to')}"}
        assert staff.post_form("/desk/login", fields).status == 401
    staff.post_form("/desk/login", {"name": name, "password": passphrase})
    assert staff.post_form("/desk/login/second", {"totp": planted.text(f"{who}: no digits at all")}).status == 401
    staff.post_form("/desk/login/second", {"totp": totp_at(totp_secret, datetime.now(UTC))})
    assert staff.answer.status == 303


def work(staff: Marked, case_id: str) -> None:
    """Open a case and do everything that can be done with it."""
    planted, who, case = staff.planted, staff.who, f"/desk/cases/{case_id}"
    staff.get(case)
    version = staff.page.form_with("version").get("version") or ""
    staff.follow(staff.post_form(f"{case}/acknowledge", {"version": version}))
    version = staff.page.form_with("version").get("version") or ""
    staff.follow(staff.post_form(f"{case}/take", {"version": version}))
    staff.follow(staff.post_form(f"{case}/message", {"message": planted.text(f"{who}: an answer")}))
    staff.follow(staff.post_form(f"{case}/note", {"note": planted.text(f"{who}: a note")}))
    version = staff.page.form_with("version").get("version") or ""
    staff.follow(staff.post_form(f"{case}/status", {"version": version, "status": "awaiting_family"}))
    staff.follow(staff.post_form(f"{case}/read", {}))
    for action in ("message", "note"):
        staff.post_form(f"{case}/{action}", {action: planted.long_text(f"{who}: too long a {action}", 10_001)})
        assert staff.answer.status == 422


def look_for(staff: Marked, queue_id: str) -> list[str]:
    """List a queue, with filters that nobody offers; give the cases that the page leads to."""
    query = "&".join(
        f"{name}={staff.planted.latin(f'{staff.who}: filter {name}')}"
        for name in ("status", "priority", "mine", "after", "q")
    )
    staff.get(f"/desk/queues/{queue_id}?{query}")
    assert staff.answer.status == 200
    links = [link for link in staff.page.links() if link.startswith("/desk/cases/")]
    return list(dict.fromkeys(link.rpartition("/")[2] for link in links))


def write_without_a_session(staff: Marked, case_id: str) -> None:
    """Go on writing when the session is over: what was typed comes back with the log-in page."""
    del staff.cookies["desk"]
    for action in ("message", "note"):
        staff.post_form(
            f"/desk/cases/{case_id}/{action}", {action: staff.planted.text(f"{staff.who}: an unsent {action}")}
        )
        unsent = staff.page.form_with("unsent").get("unsent") or ""
        staff.planted.remember(f"{staff.who}: an unsent {action}, sealed", unsent)
