"""Queues: capped counts, filters, and pages that show every case once, the most urgent first."""

import base64
import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from app.accounts.members import Member
from app.casefile.cases import NOTHING_DUE, Status
from app.casefile.errors import NotFound
from app.casefile.keys import new_case_number
from app.casefile.tables import Case, Grant, Told
from app.casework import queues
from app.casework.queues import MOST_TOLD, Count, ListedCase, QueueFilter, list_cases, queue_summaries, told_cases
from app.storage.columns import hour_up
from tests.cast import NOW, Cast

DUE = hour_up(NOW)


def case(**values: Any) -> dict[str, Any]:
    """The clear row of a case, as urgent as it is said to be; nobody can open it."""
    return {
        "id": new_case_number(),
        "queue_id": "legal",
        "status": Status.NEW.value,
        "priority": 1,
        "received": NOW.date(),
        "acknowledge_by": DUE,
        "act_by": DUE,
        "due": DUE,
        "assignee": None,
        "unread": False,
        "version": 1,
        **values,
    }


def many(seed: int, count: int, member: Member) -> list[dict[str, Any]]:
    """Cases of every kind, many of them due at the same hour."""
    draw = random.Random(seed)
    return [
        case(
            status=draw.choice(list(Status)).value,
            priority=draw.randrange(4),
            due=draw.choice([DUE + timedelta(hours=draw.randrange(-3, 4)), NOTHING_DUE]),
            assignee=draw.choice([None, member.account_id, "somebody"]),
            unread=draw.choice([True, False]),
            queue_id=draw.choice(["legal", "legal", "tracing"]),
        )
        for _ in range(count)
    ]


def store(cast: Cast, rows: list[dict[str, Any]]) -> None:
    with cast.session() as session:
        session.execute(insert(Case), rows)


def pages(cast: Cast, member: Member, wanted: QueueFilter) -> list[tuple[ListedCase, ...]]:
    """Every page, each asked for with the cursor of the one before."""
    found, after = [], None
    while True:
        with cast.session() as session:
            page, after = list_cases(session, member, "legal", wanted, after, NOW)
        found.append(page)
        if after is None:
            return found


FILTERS = [
    QueueFilter(),
    QueueFilter(status="all"),
    *(QueueFilter(status=status.value) for status in Status),
    QueueFilter(mine=True),
    QueueFilter(late=True),
    QueueFilter(unread=True),
    QueueFilter(priority=2),
    QueueFilter(status="all", mine=True, late=True, unread=True, priority=0),
]


def fits(row: dict[str, Any], wanted: QueueFilter, member: Member) -> bool:
    return (
        row["queue_id"] == "legal"
        and (
            wanted.status == "all"
            or (row["status"] != "closed" if wanted.status == "open" else row["status"] == wanted.status)
        )
        and wanted.priority in (None, row["priority"])
        and (not wanted.mine or row["assignee"] == member.account_id)
        and (not wanted.late or row["due"] <= NOW)
        and (not wanted.unread or row["unread"])
    )


def test_pages_show_every_case_of_a_filter_once_and_in_order(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "PAGE", 7)
    daria = cast.member("daria")
    rows = many(1, 300, daria)
    store(cast, rows)
    for wanted in FILTERS:
        found = pages(cast, daria, wanted)
        expected = sorted((row["priority"], row["due"], row["id"]) for row in rows if fits(row, wanted, daria))
        shown = [one for page in found for one in page]

        assert [one.id for one in shown] == [number for _, _, number in expected], wanted
        assert [len(page) for page in found[:-1]] == [7] * (len(found) - 1), wanted
        assert all(
            one.late == (one.status != "closed" and due <= NOW)
            for one, (_, due, _) in zip(shown, expected, strict=True)
        )


def test_a_full_last_page_has_no_empty_one_behind_it(cast: Cast) -> None:
    daria = cast.member("daria")
    store(cast, [case() for _ in range(queues.PAGE)])

    assert [len(page) for page in pages(cast, daria, QueueFilter())] == [queues.PAGE]


def test_an_empty_queue_is_one_empty_page(cast: Cast) -> None:
    assert pages(cast, cast.member("daria"), QueueFilter()) == [()]


def cursor(words: str) -> str:
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "",
        "nothing",
        "\ud800",
        "ї",
        "A",
        cursor("1 2026112012"),
        cursor("one 2026112012 CASE2345"),
        cursor("1 2026119912 CASE2345"),
        cursor("1 2026112012 CASE\x00345"),
        cursor("1 2026112012 ' OR 1=1"),
        cursor("9999999999999999999999 2026112012 CASE2345"),
    ],
)
def test_a_cursor_that_nobody_gave_shows_the_first_page(cast: Cast, after: str) -> None:
    daria = cast.member("daria")
    store(cast, [case(id="CASE2345"), case(id="CASE6789")])
    with cast.session() as session:
        page, _ = list_cases(session, daria, "legal", QueueFilter(), after, NOW)

    assert [one.id for one in page] == ["CASE2345", "CASE6789"]


def test_a_case_that_is_gone_leaves_no_gap_behind_its_cursor(cast: Cast) -> None:
    daria = cast.member("daria")
    store(cast, [case() for _ in range(queues.PAGE + 5)])
    with cast.session() as session:
        page, after = list_cases(session, daria, "legal", QueueFilter(), None, NOW)
        session.execute(text('DELETE FROM "case" WHERE id = :id'), {"id": page[-1].id})
    with cast.session() as session:
        rest, _ = list_cases(session, daria, "legal", QueueFilter(), after, NOW)

    assert len({one.id for one in (*page, *rest)}) == queues.PAGE + 5


def test_counts_tell_what_waits_and_for_whom(cast: Cast) -> None:
    daria = cast.member("daria")
    rows = many(2, 200, daria)
    store(cast, rows)
    with cast.session() as session:
        (legal,) = queue_summaries(session, daria, NOW)
    mine = [row for row in rows if row["queue_id"] == "legal"]
    opened = [row for row in mine if row["status"] != "closed"]

    assert (legal.id, legal.kind, legal.organisation, legal.lead) == ("legal", "legal", "Родинний захист", True)
    assert legal.new.number == sum(row["status"] == "new" for row in mine)
    assert legal.open.number == len(opened)
    assert legal.late.number == sum(row["due"] <= NOW for row in opened)
    assert legal.mine.number == sum(row["assignee"] == daria.account_id for row in opened)
    assert legal.unread.number == sum(row["unread"] for row in mine)


@pytest.mark.parametrize(("waiting", "told"), [(1000, Count(1000, more=False)), (1001, Count(1000, more=True))])
def test_counting_stops_at_a_thousand_and_says_so(cast: Cast, waiting: int, told: Count) -> None:
    store(cast, [case() for _ in range(waiting)])
    daria = cast.member("daria")
    with cast.session() as session:
        (legal,) = queue_summaries(session, daria, NOW)

    assert (legal.new, legal.mine) == (told, Count(0, more=False))


def test_who_belongs_to_no_queue_sees_none(cast: Cast) -> None:
    for name in ("lena", "petro", "roman"):
        member = cast.member(name)
        with cast.session() as session:
            assert queue_summaries(session, member, NOW) == ()
            with pytest.raises(NotFound):
                queues.member_queue(member, "legal")


def test_a_queue_is_told_of_open_cases_most_urgent_first(cast: Cast) -> None:
    rows = [
        case(id="CASE2222", priority=1, due=DUE),
        case(id="CASE3333", priority=0, due=NOTHING_DUE),
        case(id="CASE4444", priority=0, due=DUE - timedelta(hours=2)),
        case(id="CASE5555", priority=0, status="closed"),
        case(id="CASE6666", priority=0),
    ]
    store(cast, rows)
    with cast.session() as session:
        told = [{"case_id": row["id"], "queue_id": "psychosocial"} for row in rows[:4]]
        session.execute(insert(Told), [*told, {"case_id": "CASE6666", "queue_id": "triage"}])
    with cast.session() as session:
        found, more = told_cases(session, "psychosocial", NOW)
        assert told_cases(session, "psychosocial", NOW, skip=1) == (found[1:], False)
        assert told_cases(session, "psychosocial", NOW, skip=3) == ((), False)

    assert [(each.id, each.priority, each.late) for each in found] == [
        ("CASE4444", 0, True),
        ("CASE3333", 0, False),
        ("CASE2222", 1, False),
    ]
    assert not more


def test_a_queue_that_is_told_of_many_is_shown_them_by_and_by(cast: Cast) -> None:
    rows = [case(due=DUE + timedelta(minutes=number)) for number in range(MOST_TOLD + 2)]
    store(cast, rows)
    with cast.session() as session:
        session.execute(insert(Told), [{"case_id": row["id"], "queue_id": "psychosocial"} for row in rows])
        pages = [told_cases(session, "psychosocial", NOW, skip=skip) for skip in (0, MOST_TOLD)]
    assert [(len(told), more) for told, more in pages] == [(MOST_TOLD, True), (2, False)]
    assert [each.id for told, _more in pages for each in told] == [row["id"] for row in rows]


def queried(cast: Cast, wanted: QueueFilter, daria: Member) -> list[str]:
    """How SQLite goes about the statements that one page needs."""
    plans: list[str] = []

    @event.listens_for(cast.engine, "before_cursor_execute")
    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT") and 'FROM "case"' in statement:
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            plans.extend(row[3] for row in plan)

    with cast.session() as session:
        list_cases(session, daria, "legal", wanted, cursor(f"1 {DUE:%Y%m%d%H} CASE2345"), NOW)
        queue_summaries(session, daria, NOW)
        queues.free_cases(session, "legal", 9, NOW)
    return plans


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("wanted", FILTERS)
def test_no_page_sorts_or_reads_a_whole_table(cast: Cast, wanted: QueueFilter) -> None:
    plans = queried(cast, wanted, cast.member("daria"))

    assert plans
    assert [plan for plan in plans if "TEMP B-TREE" in plan or plan.startswith("SCAN case")] == []


def test_deadlines_in_a_cursor_are_no_finer_than_in_the_list(cast: Cast) -> None:
    store(cast, [case() for _ in range(queues.PAGE + 1)])
    daria = cast.member("daria")
    with cast.session() as session:
        _, after = list_cases(session, daria, "legal", QueueFilter(), None, NOW)
    assert after is not None
    _, due, _ = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode().split()

    assert datetime.strptime(f"{due}+0000", "%Y%m%d%H%z") == DUE


def test_what_is_offered_and_shared_is_counted_apart_until_it_ends(cast: Cast) -> None:
    rows = [*(case(queue_id="tracing") for _ in range(4)), case(queue_id="tracing", status="closed")]
    store(cast, rows)
    soon, referred = NOW + timedelta(hours=1), ("referred", None)
    given = (("refer", soon), ("transfer", soon), ("refer", NOW), referred, referred)
    sealed: dict[str, Any] = {"queue_id": "legal", "generation": 1, "consent": "ngo", "sealed": b""}
    for row, (standing, until) in zip(rows, given, strict=True):
        with cast.session() as session:
            session.add(Grant(case_id=row["id"], standing=standing, answer_by=until, **sealed))
            session.add(Told(case_id=row["id"], queue_id="legal"))
    with cast.session() as session:
        (legal,) = queue_summaries(session, cast.member("daria"), NOW)
        assert (legal.offered, legal.shared) == (Count(2, more=False), Count(1, more=False))
        # Of what it holds a key to, it is told in its own list.
        assert told_cases(session, "legal", NOW)[0] == ()
