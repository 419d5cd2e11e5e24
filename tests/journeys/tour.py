"""Every page of both sides, one after the other, each in the states that people meet it in.

Whoever goes along (`Look`) is called at each with its name and the window, to examine it, leave it, or photograph it.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from playwright.sync_api import Page

from app.casefile.tables import Case
from app.casework import actions
from app.guidance import current as guidance
from app.intake import changing, returning
from tests.cast import answers
from tests.journeys.family import STEPS, TOLD, Family
from tests.journeys.further_pages import further_tour, release_two
from tests.journeys.house import House
from tests.journeys.staff import Staff

Look = Callable[[str, Page], None]

WROTE = "Мати передала йому теплі речі.\nАдвокат за призначенням не прийшов, і ми не знаємо, кого просити."
ANSWERED = "Ми знайшли адвоката, який візьметься за справу.\nНапишіть, будь ласка, коли наступне засідання."
NOTED = "Перевірити за реєстром судових рішень. Подзвонити слідчому в понеділок зранку."


def family_tour(house: House, language: str, look: Look, *, script: bool = True) -> None:
    """All pages that a family meets."""
    family = house.family(language, script=script)

    def stop(name: str) -> None:
        look(name, family.page)

    release_two(house)
    _before_a_report(family, stop)
    _figures(family, stop)
    code = _the_report(house, family, stop)
    _coming_back(house, family, code, stop)
    _changing(family, stop)
    _ending(house, family, code, stop)


def desk_tour(house: House, language: str, look: Look) -> None:
    """All pages that staff meet."""
    fill_queue(house)
    case_id = _eventful_case(house)
    staff = house.staff("daria", language, script=True)

    def stop(name: str) -> None:
        look(name, staff.page)

    _coming_in(staff, stop)
    _at_work(house, staff, case_id, stop)
    further_tour(house, language, case_id, staff, lambda other, name: look(name, other.page))
    for name, of_queue in (("lena", False), ("oksana", True)):
        other = house.staff(name, language, script=True)
        other.log_in()
        if not of_queue:
            look("home-without-queue", other.page)
            other.open("/desk/queues/legal")
            look("not-permitted", other.page)
        else:
            other.open("/desk/queues/tracing?status=closed")
            look("queue-empty", other.page)


def _before_a_report(family: Family, stop: Callable[[str], None]) -> None:
    for name, path in (("landing", ""), ("start", "start"), ("return", "return"), ("guidance", "help/")):
        family.open(f"/{family.reads}/{path}")
        stop(name)
    for page in guidance().pages:
        family.open(f"/{family.reads}/help/{page.code}")
        stop(f"guidance-{page.code}")
    family.open(f"/{family.reads}/report/needs")
    stop("report-opened-by-address")
    family.open(f"/{family.reads}/nothing-here")
    stop("not-found")


def _figures(family: Family, stop: Callable[[str], None]) -> None:
    for name, path in (("", ""), ("-release", "/1"), ("-beside", "/1/beside/2"), ("-series", "/series/intake")):
        family.open(f"/{family.reads}/figures{path}")
        assert family.status == 200, path
        stop(f"figures{name}")


def _the_report(house: House, family: Family, stop: Callable[[str], None]) -> str:
    family.begin()
    for step in STEPS[:-1]:
        if step in {"situation", "consent"}:
            family.go("next")
            stop(f"report-{step}-refused")
        family.fill(TOLD[step])
        stop(f"report-{step}")
        family.go("next")
    stop("report-check")
    with house.nothing_can_be_stored():
        family.go("send")
        stop("nothing-can-be-stored")
    family.press("main .row .on")
    code = family.code()
    stop("code")
    family.note("1234")
    stop("code-slip")
    family.note(code)
    stop("arrived")
    family.back()
    stop("received-already")
    return code


def _coming_back(house: House, family: Family, code: str, stop: Callable[[str], None]) -> None:
    family.come_back(code[:-1])
    stop("return-slip")
    family.enter(code)
    stop("case-new")
    _write_to(house, house.cast.case_of(code))
    family.visit()
    stop("case")
    family.press("main form[action$='/case'] button")
    stop("case-refused")
    family.fill({"message": WROTE})
    family.press("main form[action$='/case'] button")
    stop("case-written")


def _changing(family: Family, stop: Callable[[str], None]) -> None:
    family.visit("/update")
    stop("update")
    family.fill({"next_hearing_day": "31", "next_hearing_month": "2", "next_hearing_year": "2027"})
    family.press("main .row .on")
    stop("update-refused")
    family.visit("/consents")
    stop("consents")
    family.press("main .row .on")
    stop("consents-nothing-chosen")
    family.fill({"consent_recontact": "allow"})
    family.press("main .row .on")
    stop("consents-changed")


def _ending(house: House, family: Family, code: str, stop: Callable[[str], None]) -> None:
    family.visit("/code")
    stop("renew")
    family.press("main .row .on")
    new = family.code()
    stop("new-code")
    family.note("12")
    stop("new-code-slip")
    family.note(new)
    stop("renewed")
    family.come_back(new)
    family.fill({"message": WROTE})
    house.clock.pass_by(timedelta(hours=3))
    family.press("main form[action$='/case'] button")
    stop("visit-ended")
    family.enter(new)
    family.visit("/withdraw")
    stop("withdraw")
    family.withdraw(code)
    stop("withdraw-refused")
    family.withdraw(new)
    stop("withdrawn")


def _coming_in(staff: Staff, stop: Callable[[str], None]) -> None:
    staff.open(f"/desk/login?language={staff.reads}")
    stop("login")
    staff.fill({"name": staff.name, "password": "six wrong words"})
    staff.press("main .row .on")
    stop("login-refused")
    staff.first_step()
    stop("login-second")
    staff.fill({"totp": "000000"})
    staff.press("main .row .on")
    stop("login-second-refused")
    staff.second_step()
    stop("home")


def _at_work(house: House, staff: Staff, case_id: str, stop: Callable[[str], None]) -> None:
    staff.press("main .queues h2 a")
    stop("queue")
    staff.press(f"tbody th a[href$='{case_id}']")
    stop("case-of-desk")
    staff.note("")
    stop("text-refused")
    staff.open(f"/desk/cases/{case_id}?told=changed")
    stop("case-changed-meanwhile")
    silent = house.cast.case_of(house.cast.report(answers(reply_safe="no")))
    staff.open(f"/desk/cases/{silent}")
    stop("case-without-answers")
    staff.open("/desk/cases/nosuch12")
    stop("case-not-found")
    staff.open(f"/desk/cases/{case_id}")
    house.clock.pass_by(timedelta(hours=2))
    staff.write(ANSWERED)
    stop("login-with-text")
    staff.log_in_here()
    stop("text-kept")


def _write_to(house: House, case_id: str) -> None:
    house.clock.pass_by(timedelta(minutes=1))
    now = house.clock.now
    member = house.cast.member("daria", now)
    for text in (ANSWERED, "Засідання відкладене. Ми напишемо, щойно буде відома дата."):
        with house.cast.session() as session:
            actions.answer_family(session, member, case_id, text, now)


def fill_queue(house: House) -> None:
    """Some cases of the legal queue, of several urgencies and ages."""
    now = house.cast.now
    told: Iterable[tuple[int, dict[str, object]]] = (
        (60, {"situation": "pow_ua", "surname": "Тихоліс", "given_name": "Остап", "oblast": "UA44"}),
        (30, {"situation": "convicted_ua", "surname": "Криничний", "given_name": "Марко", "patronymic": "Левович"}),
        (6, {"situation": "surrendered", "surrendered_on": "2026-11-19", "oblast": "na", "relation": "sibling"}),
        (1, {"situation": "on_trial_ua", "surname": "Заяць-Горобченківський", "next_hearing": "2026-11-22"}),
    )
    # Protection works on this one; lawyers are told of it.
    house.cast.report(answers(situation="detained_at_point", deadline="2026-11-21"), now=now - timedelta(hours=2))
    for hours, more in told:
        house.cast.report(answers(**more), now=now - timedelta(hours=hours))


def _eventful_case(house: House) -> str:
    now = house.cast.now
    told = {name: value for step in TOLD.values() for name, value in step.items()}
    plain = ("situation", "relation", "oblast", "raion", "settlement", "surname", "given_name", "threat", "story")
    more = {name: told[name] for name in (*plain, "threat_words", "charge", "court", "need")}
    given = answers(**more, taken_on="2022-02", taken_on_basis="witnessed", birth_date="1991-04-17")
    code = house.cast.report(given, {"ngo": "full", "stats": "full", "prosecutor_438": "facts_only"})
    case_id = house.cast.case_of(code)
    daria = house.cast.member("daria", now)
    with house.cast.session() as session:
        actions.take(session, daria, case_id, session.get_one(Case, case_id).version, now)
    for act, text in ((actions.answer_family, ANSWERED), (actions.add_note, NOTED)):
        with house.cast.session() as session:
            act(session, daria, case_id, text, now)
    with house.cast.session() as session:
        _, visit = returning.open_return(session, code, now)
    later = now + timedelta(hours=5)
    with house.cast.session() as session:
        returning.write_message(session, visit, WROTE, later)
    with house.cast.session() as session:
        changing.send_update(session, visit, {"next_hearing": "2026-12-01", "need": ["psychosocial"]}, later)
    with house.cast.session() as session:
        changing.change_consents(session, visit, {"recontact": "full", "stats": changing.WITHDRAWN}, later)
    return case_id
