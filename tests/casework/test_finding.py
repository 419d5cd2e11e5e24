"""Finding a case, and what waits today."""

import base64
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app.accounts.errors import KeyNotHeld
from app.accounts.members import Member
from app.accounts.rings import queue_ring
from app.accounts.tables import RingShare
from app.casework import closing, diary, searching
from app.casework.actions import take
from app.casework.folding import fits, fold
from app.casework.known import record_known
from app.casework.opening import open_keys
from app.casework.today import today
from app.intake import returning
from app.storage.packing import unpack
from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, open_with
from app.vault.symmetric import open_sealed
from tests.casework.desk import record
from tests.cast import NOW, OMAR, Cast, answers

SAME = [
    ("Грушевський", "Hrushevskyi"),
    ("Грушевский", "Грушевський"),
    ("Микола", "Николай"),
    ("Олександр", "Aleksandr"),
    ("Щербак", "Shcherbak"),
    ("Хоменко", "Khomenko"),
    ("Юрій", "Yurii"),
    ("Євген", "Yevhen"),
    ("Айше", "Ayşe"),
    ("Дем’янчук", "Демянчук"),
    ("Çelebi", "Челеби"),
    ("Yesilbagceli", "Yeşilbağçeli"),
    ("Yesilbagceli", "Ешильбагчели"),
    ("Джеміль", "Cemil"),
    ("Dzhemil", "Cemil"),
    ("Kocur", "Коцур"),
]
APART = [("Коваль", "Король"), ("Іван", "Степан"), ("Марко", "Маруся"), ("Cemil", "Kemal"), ("Жук", "Сук")]


@pytest.fixture
def database_kind() -> str:
    """What is tried here holds on either kind alike."""
    return "sqlite"


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert fits(fold(one), fold(other))


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_names_are_others(one: str, other: str) -> None:
    assert not fits(fold(one), fold(other))


def test_a_slip_in_a_long_word_is_forgiven_and_nothing_fits_everything() -> None:
    assert fits(fold("Сонцецвітенко"), fold("Сонцецвітинко"))
    assert not fits(fold("  "), fold("Коваль"))
    assert fits(fold("коваль степан"), fold("Степан Коваль, 1991"))


def test_a_case_is_found_by_its_number_only_by_whoever_opens_it(cast: Cast) -> None:
    case = cast.case_of(cast.report())
    with cast.session() as session:
        assert searching.find_number(session, cast.member("daria"), f" {case.lower()} ") == case
        for name in (OMAR, "oksana"):
            assert searching.find_number(session, cast.member(name), case) is None
        assert searching.find_number(session, cast.member("daria"), "Коваль") is None


def test_names_and_words_are_found_in_ones_own_cases_and_nowhere_else(cast: Cast) -> None:
    wanted = cast.case_of(cast.report(answers(surname="Грушевський", story="Його бачили біля млина.")))
    cast.report(answers(surname="Коваленко"))
    cast.report(answers(situation="missing", surname="Грушевський"))
    for words in ("hrushevskyi", "млина", "біля млин"):
        with cast.session() as session:
            found = searching.search(session, cast.member("daria"), words, "", NOW)
            assert [hit.listed.id for hit in found.hits] == [wanted]
            assert (found.looked, found.after) == (2, "")
    with cast.session() as session:
        assert searching.search(session, cast.member(OMAR), "грушевський", "", NOW).looked == 0
    events = [event for event in record(cast) if event["kind"] == "searched"]
    assert len(events) == 4
    assert "млин" not in str(events)
    assert "hrush" not in str(events)


def test_what_became_known_since_is_found_as_well(cast: Cast) -> None:
    found_out = cast.case_of(cast.report(answers(court="Інший суд")))
    cast.report(answers())
    daria = cast.member("daria")
    with cast.session() as session:
        record_known(session, daria, found_out, {"court": "Верхньозоряний районний суд"}, "document", "2026-11", NOW)
    for words in ("верхньозоряний", "інший суд"):
        with cast.session() as session:
            found = searching.search(session, daria, words, "", NOW)
        assert [hit.listed.id for hit in found.hits] == [found_out]


def test_what_was_searched_for_opens_for_colleagues_of_the_queue_and_for_no_auditor_or_administrator(
    cast: Cast,
) -> None:
    with cast.session() as session:
        searching.search(session, cast.member("daria"), "Грушевський", "", NOW)
    (event,) = [event for event in record(cast) if event["kind"] == "searched"]
    sealed = base64.b64decode(event["words"])
    place = searching.search_place(event["actor"], event["queue"], int(event["generation"]))
    with cast.session() as session:
        pair = cast.member("bohdan").ring_pair(session, queue_ring(event["queue"]), int(event["generation"]))
        assert unpack(open_with(pair, sealed, place)) == {"words": "Грушевський"}
        rings = {row.ring for row in session.exec(select(RingShare))}
        for name in ("roman", "petro", "lena"):
            member = cast.member(name)
            held = [key for ring in rings if (key := held_by(session, member, ring)) is not None]
            # Neither a key of theirs nor the one to the names, which everybody of the organisation holds.
            for key in (member.pair, *held):
                with pytest.raises(VaultError):
                    open_with(key, sealed, place)
            with pytest.raises(VaultError):
                open_sealed(member.directory_key, sealed, place)


def held_by(session: Session, member: Member, ring: str) -> KeyPair | None:
    try:
        return member.ring_pair(session, ring, 1)
    except KeyNotHeld:
        return None


def test_a_search_looks_so_far_and_then_further(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "STEP", 2)
    monkeypatch.setattr(searching, "STEPS", 1)
    cases = {cast.case_of(cast.report(answers(surname="Коваль"))) for _ in range(5)}
    seen: list[str] = []
    after, looked = "", []
    while True:
        with cast.session() as session:
            found = searching.search(session, cast.member("daria"), "коваль", after, NOW)
        seen += [hit.listed.id for hit in found.hits]
        looked.append(found.looked)
        after = found.after
        if not after:
            break
    assert (looked, len(seen), set(seen)) == ([2, 2, 1], 5, cases)
    assert found.back == NOW.date()
    with cast.session() as session:
        assert searching.search(session, cast.member("daria"), "коваль", "нісенітниця", NOW).looked == 2


def test_today_shows_what_waits_for_one_person(cast: Cast) -> None:
    code = cast.report()
    case = cast.case_of(code)
    daria, bohdan, omar = cast.member("daria"), cast.member("bohdan"), cast.member(OMAR)
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        returning.write_message(session, opened, "Є новини.", NOW)
    with cast.session() as session:
        closing.propose_closing(session, daria, case, 1, "contact_lost", "Мовчать.", NOW)
    with cast.session() as session:
        diary.add_task(session, daria, case, {"text": "Дзвінок", "service": "other", "day": "2026-11-22"}, "", NOW)
    with cast.session() as session:
        hers, his, nobodys = (today(session, member, NOW) for member in (daria, bohdan, omar))
        later = today(session, bohdan, NOW + timedelta(days=20))
    assert hers.asked == ()
    assert [(asked.case_id, asked.kind, asked.by) for asked in his.asked] == [(case, "close", "Дарія Лановенко")]
    assert [row.id for row in his.answered] == [case]
    assert [due.case_id for due in his.due] == [case]
    assert (nobodys.asked, nobodys.answered, nobodys.mine, nobodys.due) == ((), (), (), ())
    assert later.asked == ()
    with cast.session() as session:
        version = open_keys(session, daria, case).row.version
        take(session, daria, case, version, NOW)
    with cast.session() as session:
        assert [row.id for row in today(session, daria, NOW).mine] == [case]
        assert today(session, bohdan, NOW).answered == ()


def test_of_what_is_due_today_shows_a_page_and_says_that_there_is_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.casework.today.MOST", 2)
    case, daria = cast.case_of(cast.report()), cast.member("daria")
    for ahead in (2, 1, 0, 9):
        day = (NOW + timedelta(days=ahead)).date().isoformat()
        with cast.session() as session:
            diary.add_task(session, daria, case, {"text": "Подзвонити", "service": "legal", "day": day}, "", NOW)

    with cast.session() as session:
        shown = today(session, daria, NOW)
        later = today(session, daria, NOW + timedelta(days=3))
    assert ([each.day.day for each in shown.due], shown.more_due) == ([20, 21], True)
    assert ([each.day.day for each in later.due], later.more_due) == ([20, 21], True)
    monkeypatch.setattr("app.casework.today.MOST", 3)
    with cast.session() as session:
        shown = today(session, daria, NOW)
    assert ([each.day.day for each in shown.due], shown.more_due) == ([20, 21, 22], False)
