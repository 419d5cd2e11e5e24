"""The names of staff given back by page: by an administrator whose log-in leads there, and by nobody else."""

import pytest

from app.accounts.alarms import Alarm, alarms_for
from app.accounts.lockdown import set_by_machine
from app.accounts.rings import NAMES
from app.vault.shares import join_key, read_share, split_key
from tests.accounts.trustees import hold_ceremony, lose_the_names
from tests.cast import OMAR, Cast
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
PAGE = "/admin/recovery/lost-names"


def shares_of(cast: Cast) -> list[dict[str, object]]:
    return dump(cast.engine)["directory_share"]


def test_an_administrator_who_logs_in_gives_the_names_back_and_everybody_comes_in(
    sit: Sit, cast: Cast, clock: Clock
) -> None:
    ceremony = hold_ceremony(cast)
    lose_the_names(cast)
    daria, petro = sit("daria"), sit("petro")
    daria.come_in()
    assert [form for form in daria.page.forms if "password" in form.names]
    petro.log_in()
    assert petro.says("Імена працівників втрачено")
    # No way leads on from there but out.
    assert 'href="/admin/' not in petro.text
    entries = len(dump(cast.engine)["trail_entry"])
    petro.press_to(PAGE, share=[ceremony.words[0], ceremony.words[0]])
    assert (petro.status, petro.says("Ця частка стоїть тут двічі")) == (422, True), petro.text
    form = next(form for form in petro.page.forms if form.action.endswith(PAGE))
    assert [value for name, value in form.fields if name == "share"] == [ceremony.words[0]] * 2
    assert len(dump(cast.engine)["trail_entry"]) == entries + 1
    assert shares_of(cast) == []

    petro.press(form, share=[ceremony.words[0], ceremony.words[2]])
    assert petro.says("Імена повернуто")
    assert petro.says("Петро")
    daria.open("/desk/")
    assert daria.says("Дарія")
    with cast.session() as session:
        raised = alarms_for(session, cast.member("petro").organisation_id, clock.now)
        assert [(each.alarm, each.subject) for each in raised] == [(Alarm.RECOVERY_USED, NAMES)]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["", ""], "їх замало"),
        (["one two", "three"], "33 слова"),
        (["other", "other"], "іншої церемонії"),
        (["fit", "fit"], "іншої церемонії"),
    ],
)
def test_what_is_wrong_with_shares_is_told_and_gives_nothing(sit: Sit, cast: Cast, typed: list[str], told: str) -> None:
    ceremony = hold_ceremony(cast)
    if typed[0] == "other":
        typed = [share.words for share in split_key(bytes(32), 2, 3)[:2]]
    elif typed[0] == "fit":
        typed = [
            ceremony.words[1],
            split_key(join_key([read_share(each) for each in ceremony.words[:2]]), 2, 3)[0].words,
        ]
    lose_the_names(cast)
    petro = sit("petro")
    petro.log_in()
    petro.press_to(PAGE, share=typed)
    assert (petro.status, petro.says(told)) == (422, True), petro.text
    assert shares_of(cast) == []


@pytest.mark.parametrize("name", ["daria", "roman", OMAR])
def test_who_administers_nothing_is_told_that_nobody_comes_in_and_opens_no_page(
    sit: Sit, cast: Cast, name: str
) -> None:
    ceremony = hold_ceremony(cast)
    cast.begun_session(name, cast.now)
    lose_the_names(cast)
    staff = sit(name)
    staff.log_in()
    assert (staff.status, staff.says("Зараз не може ввійти ніхто")) == (403, True)
    # A session that was open before leads no further, with the trustees' words either.
    staff.come_in()
    typed = {"share": list(ceremony.words[:2])}
    assert staff.client.get(PAGE).status_code == 403
    assert staff.client.post(PAGE, data=typed).status_code == 403
    assert shares_of(cast) == []


def test_whoever_reads_the_names_gives_nothing_back_whatever_they_type(sit: Sit, cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    petro = sit("petro")
    petro.come_in()
    before = dump(cast.engine)
    petro.open(PAGE)
    assert petro.says("Їх не втрачено")
    assert not any(form.action.endswith(PAGE) for form in petro.page.forms)
    answer = petro.client.post(PAGE, data={"share": list(ceremony.words[:2])})
    assert answer.status_code == 422
    after = dump(cast.engine)
    assert {name: after[name] for name in ("directory_share", "statement", "account")} == {
        name: before[name] for name in ("directory_share", "statement", "account")
    }


def test_without_a_recovery_that_holds_them_the_page_says_what_is_left_to_do(sit: Sit, cast: Cast) -> None:
    lose_the_names(cast)
    petro = sit("petro")
    petro.log_in()
    assert petro.says("відновити його не можна")
    assert petro.client.post(PAGE, data={"share": ["x", "y"]}).status_code == 403
    assert shares_of(cast) == []


def test_in_a_lockdown_nobody_gives_anything_back(sit: Sit, cast: Cast, clock: Clock) -> None:
    ceremony = hold_ceremony(cast)
    lose_the_names(cast)
    with cast.session() as session:
        set_by_machine(session, cast.founded.service_private, clock.now, closed=True)
    petro = sit("petro")
    petro.log_in()
    assert (petro.status, petro.says("Робоче місце закрито")) == (403, True), petro.text
    answer = petro.client.post(PAGE, data={"share": list(ceremony.words[:2])}, follow_redirects=False)
    assert answer.headers["location"].startswith("/desk/login")
    assert shares_of(cast) == []
