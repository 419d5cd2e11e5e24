"""The desk's pages beside the daily round, each opened by its address by whoever may, with something on it.

``NOT_TOURED`` says of each address that nobody looks at here why not: a new page that stands in neither fails a test.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session, select

from app.accounts.address_cards import keep_card
from app.accounts.tables import Account, AddressCard
from app.casework import assessment, diary
from app.casework.planning import WEEKLY, add_shift, note_absence
from app.demonstration.doing import ASSESSED
from app.statistics import making
from app.statistics.periods import Period
from tests.journeys.house import House
from tests.journeys.staff import Staff
from tests.statistics.made import INTAKE, LATER, OUTCOME, confirm, facet, make, put

Look = Callable[[Staff, str], None]
# Two quarters that are released, the newer first, and one that is being made.
QUARTERS = (Period(2026, 3), Period(2026, 2))
NOT_TOURED: Mapping[str, str] = {
    "/statistics/{release}/{table}.{kind}": "a file, no page",
    "/{lang}/figures/{release}/{table}.{kind}": "a file, no page",
    "/statistics/confirming/{kind}/{period}": "between two steps alone, as the page of making; then leads on",
    "/": "leads on to a language",
    "/{lang}": "leads on to the page with its stroke",
    "/{lang}/help": "leads on to the page with its stroke",
    "/{lang}/leave": "leads away",
    "/{lang}/report/code": "leads on where no draft was sent",
    "/{lang}/case/written": "asks for the code where the visit is over; stands in the tour as what sending leads to",
}
OPENED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "daria": (
        ("today", "/desk/today"),
        ("calendar", "/desk/calendar"),
        ("away", "/desk/away"),
        ("duty", "/desk/queues/legal/duty"),
        ("hand-over", "/desk/queues/legal/hand-over"),
        ("keys-of-a-queue", "/desk/queues/legal/keys"),
        ("people-of-a-queue", "/desk/queues/legal/people"),
        ("practice", "/desk/queues/legal/practice"),
        ("workload", "/desk/queues/legal/workload"),
        ("assessment", "/desk/cases/{case}/assessment"),
        ("diary", "/desk/cases/{case}/diary"),
        ("end", "/desk/cases/{case}/end"),
        ("facts", "/desk/cases/{case}/facts"),
        ("move", "/desk/cases/{case}/move"),
        ("story", "/desk/cases/{case}/story"),
        ("directory", "/desk/directory"),
        ("directory-card", "/desk/directory/cards/{card}"),
        ("intake", "/desk/intake"),
        ("junk", "/desk/junk"),
        ("search", "/desk/search"),
        ("me", "/desk/me"),
        ("authenticator", "/desk/me/authenticator"),
        ("passphrase", "/desk/me/passphrase"),
        ("spare-codes", "/desk/me/spare-codes"),
        ("recovery-of-a-lead", "/desk/recovery"),
        ("lockdown", "/desk/lockdown"),
    ),
    "lena": (
        ("escalations", "/desk/escalations"),
        ("keys-of-the-statistics", "/desk/keys/statistics"),
        ("statistics", "/statistics/"),
        ("release", "/statistics/1"),
        ("releases-beside", "/statistics/1/beside/2"),
        ("release-series", "/statistics/series/intake"),
        ("release-being-made", "/statistics/making/outcome/2026-Q3"),
    ),
    "roman": (
        ("record", "/admin/trail"),
        ("keys-of-the-record", "/desk/keys/record"),
    ),
    "petro": (
        ("administration", "/admin/"),
        ("in-force", "/admin/in-force"),
        ("invite", "/admin/invite"),
        ("organisations", "/admin/organisations"),
        ("new-organisation", "/admin/organisations/new"),
        ("organisation-ending", "/admin/organisations/{partner}/end"),
        ("person", "/admin/people/{person}"),
        ("roles-of-a-person", "/admin/people/{person}/roles"),
        ("queues", "/admin/queues"),
        ("readiness", "/admin/readiness"),
        ("recovery", "/admin/recovery"),
        ("recovery-test", "/admin/recovery/test"),
        ("recovery-use", "/admin/recovery/use"),
        ("recovery-of-names", "/admin/recovery/lost-names"),
        ("rules", "/admin/rules"),
        ("rules-change", "/admin/rules/change"),
        ("rules-proposed", "/admin/rules/proposed"),
    ),
}


def further_tour(house: House, language: str, case_id: str, daria: Staff, look: Look) -> None:
    """Everybody opens their pages, and where a form leads to another page presses its button."""
    card = prepare(house, case_id)
    with house.cast.session() as session:
        partner = session.get_one(Account, house.cast.founded_account("ayshe")).organisation_id
    person = house.cast.founded_account("bohdan")
    filled = {"case": case_id, "card": card, "person": person, "partner": partner}
    for name, pages in OPENED.items():
        staff = daria if name == "daria" else house.staff(name, language, script=True)
        if staff is not daria:
            staff.log_in()
        for label, path in pages:
            assert staff.open(path.format(**filled)) == 200, path
            look(staff, label)
        if name == "daria":
            _what_daria_sends(staff, look)
        elif name == "petro":
            _a_role_to_be_taken(staff, f"/admin/people/{person}/roles", look)
            _a_link(house, staff, look)


def _what_daria_sends(daria: Staff, look: Look) -> None:
    daria.press("main button[value=ask]")
    look(daria, "lockdown-asked")
    daria.open("/desk/queues/legal/practice")
    daria.page.check("main [name=story] >> nth=0")
    daria.press("main form .on")
    look(daria, "practice-begun")
    daria.open("/desk/intake")
    # From here on the page speaks as the caller does.
    daria.fill({"tongue": daria.reads})
    daria.press("main form .on")
    look(daria, "intake-step")


def _a_role_to_be_taken(petro: Staff, address: str, look: Look) -> None:
    petro.open(address)
    petro.page.uncheck("[value=caseworker]")
    petro.page.check("[value=coordinator]")
    petro.press("main .row .on")
    look(petro, "role-to-be-taken")


def _a_link(house: House, petro: Staff, look: Look) -> None:
    petro.open("/admin/invite")
    petro.fill({"shown": "Марта Нова", "roles": "caseworker", "queues": "legal"})
    petro.press("main .row .on")
    look(petro, "invitation")
    link = petro.page.locator("main #link").inner_text().strip()
    guest = house.staff("marta", petro.reads, script=True)
    guest.open(f"{urlsplit(link).path}?language={petro.reads}")
    look(guest, "joining")


def prepare(house: House, case_id: str) -> str:
    """Duty, an absence, a card, what is due, an assessment to be reviewed, two releases and one being made."""
    cast, now = house.cast, house.cast.now
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    ahead = (now.date() + timedelta(days=4)).isoformat()
    turn = {"when": WEEKLY, "who": daria.account_id, "begins": "08:00", "ends": "20:00"}
    away = {"since": now.date().isoformat(), "until": ahead, "stands_in": daria.account_id}
    task = {"text": "Подзвонити слідчому.", "service": "legal", "day": ahead}
    body = assessment.read_assessment(ASSESSED)
    deeds: tuple[Callable[[Session], object], ...] = (
        lambda session: add_shift(session, daria, "legal", turn, "01234", now),
        lambda session: note_absence(session, bohdan, "legal", bohdan.account_id, away, now),
        lambda session: keep_card(session, daria, {"name": "Вигадана лінія", "kind": "hotline"}, now, ("uk",)),
        lambda session: diary.add_task(session, daria, case_id, task, daria.account_id, now),
        lambda session: diary.add_hearing(session, daria, case_id, {"day": ahead, "time": "10:30"}, now),
        lambda session: assessment.keep_assessment(session, bohdan, case_id, "", body, now),
    )
    for deed in deeds:
        with cast.session() as session:
            deed(session)
    release_two(house)
    with cast.session() as session:
        making.begin(session, cast.member("lena"), OUTCOME, QUARTERS[0], LATER)
        return session.exec(select(AddressCard.id)).one()


def release_two(house: House) -> None:
    """Reports received in two quarters, released: what stands beside one another, and as a series."""
    for quarter in QUARTERS:
        received = date(quarter.year, quarter.quarter * 3 - 1, 3)
        facets = [facet(received, need=["tracing"])] * 60 + [facet(received, oblast="UA85", sex="male")] * 22
        put(house.cast, facets)
        make(house.cast, INTAKE, quarter)
        confirm(house.cast, INTAKE, quarter)
