"""The drill: a machine is lost, and its backup put back onto an empty one, without what was taken back since."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from app.accounts.epochs import current_epoch
from app.accounts.tables import Account
from app.casefile.errors import NotFound
from app.casefile.tables import Grant
from app.casework.actions import answer_family
from app.casework.opening import open_case
from app.cli import SERVICE_KEY
from app.intake import renewing, returning
from app.intake.errors import UnknownCode
from app.storage.columns import FLEETING
from app.storage.copying import tables_marked
from tests.backups.conftest import Place, only
from tests.casework.desk import share
from tests.cast import Cast, answers
from tests.keys.dump import Dump, dump

NOW = datetime.now(UTC)
OF_THE_DAY = {"session", "epoch", "attempts", "spent_totp", "sent_draft", "failure"}


def test_everything_is_back_and_opens_with_the_same_codes_and_passphrases(
    cast: Cast, source: Place, empty: Place, paper: Path, reopened: Cast
) -> None:
    code = cast.report(answers(story="Його забрали з дому."), now=NOW)
    daria, case_id = cast.member("daria", NOW), cast.case_of(code, NOW)
    with cast.session() as session:
        answer_family(session, daria, case_id, "Ми прочитали.", NOW)
        current_epoch(session, NOW)
    said = source.do("backup")
    backup = only(source.data / "backups")
    before = dump(cast.engine)
    restored = empty.do("restore", backup, "--key", paper)

    assert "read back and whole" in said
    assert "The record holds" in restored
    after = dump(reopened.engine)
    assert tables_marked(FLEETING) == OF_THE_DAY
    left_out = {name for name, rows in before.items() if rows and not after[name]}
    assert {"epoch", "session"} <= left_out <= OF_THE_DAY
    assert _in_any_order(after) == _in_any_order({name: before[name] for name in before.keys() - left_out})
    assert (empty.data / SERVICE_KEY).read_bytes() == (source.data / SERVICE_KEY).read_bytes()
    with reopened.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        assert [message.text for message in returning.read_thread(session, opened).messages] == ["Ми прочитали."]
    again = reopened.member("daria", datetime.now(UTC))
    with reopened.session() as session:
        assert open_case(session, again, case_id, NOW).answers["story"] == "Його забрали з дому."
    assert reopened.case_of(reopened.report(now=NOW), NOW) != case_id


def test_what_was_taken_back_since_does_not_come_back(
    cast: Cast, source: Place, empty: Place, paper: Path, reopened: Cast
) -> None:
    kept, gone, renewed = (cast.report(now=NOW) for _ in range(3))
    daria = cast.member("daria", NOW)
    shared, gone_id = cast.case_of(kept, NOW), cast.case_of(gone, NOW)
    share(cast, daria, shared, "partner-legal")
    source.do("backup")
    backup = only(source.data / "backups")
    with cast.session() as session:
        _, opened = returning.open_return(session, gone, NOW)
        returning.withdraw(session, opened, gone, NOW)
        session.execute(delete(Grant).where(col(Grant.queue_id) == "partner-legal"))
        _, other = returning.open_return(session, renewed, NOW)
        renewal = renewing.renew_code(session, other, NOW)
        assert renewing.confirm_renewal(session, other, renewal, renewal.code)
        removed = session.execute(select(col(Account.id)).where(col(Account.roles) == "auditor")).scalar_one()
        session.execute(delete(Account).where(col(Account.id) == removed))
    later = cast.report(now=NOW)
    source.do("backup", "--only-standing")
    said = empty.do("restore", backup, "--key", paper)

    assert "Taken out" in said
    for over in (gone, renewed, later):
        with reopened.session() as session, pytest.raises(UnknownCode):
            returning.open_return(session, over, NOW)
    rows = dump(reopened.engine)
    assert gone_id not in {row["id"] for row in rows["case"]}
    assert [row["queue_id"] for row in rows["grant"] if row["case_id"] == shared] == ["legal"]
    assert removed not in {row["id"] for row in rows["account"]}
    assert [row["case_id"] for row in rows["withdrawal"]] == [gone_id]
    assert [row["sealed"] for row in rows["locker"] if row["case_id"] == gone_id] == [None]
    assert reopened.case_of(kept, NOW) == shared
    with reopened.session() as session, pytest.raises(NotFound):
        open_case(session, reopened.member("daria", datetime.now(UTC)), gone_id, NOW)


def test_a_lost_code_is_the_price_of_a_lost_list_and_that_is_said(
    cast: Cast, source: Place, empty: Place, paper: Path, reopened: Cast
) -> None:
    code = cast.report(now=NOW)
    source.do("backup")
    backup = only(source.data / "backups").rename(source.data / "alone.backup")
    refused = empty.type("restore", backup, "--key", paper)
    assert refused.exit_code == 1
    assert "comes back" in refused.output
    empty.do("restore", backup, "--key", paper, "--without-standing")

    assert reopened.case_of(code, NOW) == cast.case_of(code, NOW)


def _in_any_order(rows: Dump) -> dict[str, list[str]]:
    return {name: sorted(map(str, found)) for name, found in rows.items() if found}
