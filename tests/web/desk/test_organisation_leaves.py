"""An organisation leaves by page: closed to what is new, then ended; the root signs each, and slips change nothing."""

from datetime import timedelta

import pytest

from app.accounts.neighbours import neighbours
from app.accounts.tables import Account
from app.accounts.vouching import vouched
from app.web.pages import translate_into
from tests.casework.test_leaving import handed_over
from tests.cast import OMAR, Cast
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
say = translate_into("uk")


@pytest.fixture
def petro(sit: Sit) -> Staff:
    """Petro, who administers the receiving organisation, logged in."""
    staff = sit("petro")
    staff.log_in()
    return staff


def partner(cast: Cast) -> str:
    with cast.session() as session:
        return session.get_one(Account, cast.founded_account("ayshe")).organisation_id


def sign(staff: Staff, cast: Cast, step: str, **typed: str | list[str]) -> None:
    staff.open(f"/admin/organisations/{partner(cast)}/end")
    filled: dict[str, str | list[str]] = {"meant": ["yes"], "root_key": cast.founded.root_private.hex(), **typed}
    staff.press_to(f"/{step}", **filled)


def test_it_leaves_and_ends_and_its_people_are_out(petro: Staff, cast: Cast, clock: Clock, sit: Sit) -> None:
    petro.open("/admin/organisations")
    address = f"/admin/organisations/{partner(cast)}/end"
    assert address in petro.page.links()
    sign(petro, cast, "leave")
    assert (petro.status, petro.address) == (200, "/admin/organisations")
    petro.open(address)
    assert petro.says(say("It cannot be ended yet"))
    clock.pass_by(timedelta(minutes=16))
    ayshe = sit("ayshe")
    ayshe.log_in()
    sign(petro, cast, "end")
    assert (petro.status, petro.address) == (200, "/admin/organisations")
    assert petro.says("Пішла; її роботу тут завершено")
    assert address not in petro.page.links()
    petro.open(address)
    assert petro.status == 404
    ayshe.open("/desk/")
    assert ayshe.address.startswith("/desk/login")
    clock.pass_by(timedelta(minutes=1))
    ayshe.open("/desk/login")
    ayshe.first_step()
    assert ayshe.status == 401


@pytest.mark.parametrize("wrong", [{"meant": []}, {"root_key": "00" * 32}, {"root_key": ""}, {"root_key": "щось"}])
def test_a_slip_is_told_and_changes_nothing(petro: Staff, cast: Cast, wrong: dict[str, str | list[str]]) -> None:
    before = dump(cast.engine)["statement"]
    sign(petro, cast, "leave", **wrong)
    assert petro.status == 422
    assert 'role="alert"' in petro.text or 'class="problem"' in petro.text
    assert cast.founded.root_private.hex() not in petro.text
    assert dump(cast.engine)["statement"] == before


def test_it_is_not_ended_over_a_case_that_stands_there_alone(petro: Staff, cast: Cast, clock: Clock) -> None:
    sign(petro, cast, "leave")
    clock.pass_by(timedelta(minutes=16))
    petro.open(f"/admin/organisations/{partner(cast)}/end")
    form = next(form for form in petro.page.forms if form.action.endswith("/end"))
    # One arrives after the page was shown: it was offered before and is accepted now.
    with cast.session() as session:
        before = vouched(session).numbers
    late(cast)
    petro.press(form, None, meant=["yes"], root_key=cast.founded.root_private.hex())
    assert petro.status == 409
    assert petro.says("Без допомоги лишилася б 1 родина")
    assert not [form for form in petro.page.forms if form.action.endswith("/end")]
    with cast.session() as session:
        assert vouched(session).numbers == before


def late(cast: Cast) -> None:
    """A case of the partner's alone, as if it had been under way when it was closed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.casework.moving.open_queues", _all_but)
        handed_over(cast)


def _all_but(session: object, queue_id: str) -> tuple[object, ...]:
    return tuple(queue for queue in neighbours(session) if queue.id != queue_id)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["ayshe", "daria", "lena", OMAR])
def test_who_administers_nothing_here_finds_no_such_page(cast: Cast, sit: Sit, name: str) -> None:
    staff = sit(name)
    staff.log_in()
    staff.open(f"/admin/organisations/{partner(cast)}/end")
    assert staff.status == 403
