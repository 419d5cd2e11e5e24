"""The pages by which a case goes to another queue: who may have it, with what consent, and what was typed stays."""

import pytest
from sqlalchemy import insert

from app.alphabet import by_name
from app.casefile.tables import Told
from app.casework import listing, queues
from app.web.desk import queues as desk_queues
from app.web.pages import translate_into
from tests.cast import Cast, answers
from tests.web.desk.conftest import Sit, Staff
from tests.web.desk.moving import STORY, allow, allowed, granted, offer

say = translate_into("uk")
NOT_ALLOWED = say("The family has not allowed this yet")
REFERRED = say(
    "The case was referred to your queue. Another queue answers for it and writes to the family, where you cannot."
)


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the rooms behind it are tried on both databases."""
    return "sqlite"


@pytest.fixture
def code(cast: Cast) -> str:
    return allowed(cast)


def way_to_partner(staff: Staff, case: str) -> str:
    """What the page of ways says of the partner's lawyers."""
    staff.open(f"/desk/cases/{case}/move")
    (way,) = [each.text for each in staff.page.all("option") if each.attributes.get("value") == "partner-legal"]
    return " ".join(way.split())


def test_a_way_says_how_far_the_family_allowed_it(cast: Cast, daria: Staff, code: str, case: str) -> None:
    not_allowed = say("the family has not allowed it yet")
    assert not_allowed not in way_to_partner(daria, case)
    allow(cast, code, legal_ngo="")
    assert not_allowed in way_to_partner(daria, case)


def test_queues_stand_in_the_order_in_which_one_looks_for_them(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/move")
    texts = [" ".join(option.text.split()) for option in daria.page.all("option")]
    names = [text.partition(":")[0] for text in texts if ":" in text]
    own = [name for name in names if "Родинний захист" in name]
    assert own == sorted(own, key=by_name)
    assert names[: len(own)] == own


def test_what_is_offered_with_its_consent_is_read_and_accepted(cast: Cast, daria: Staff, sit: Sit, case: str) -> None:
    offer(daria, case)
    assert daria.address == f"/desk/cases/{case}"
    ayshe = sit("ayshe")
    ayshe.log_in()
    ayshe.open(f"/desk/cases/{case}")
    assert ayshe.says(STORY)
    # What is only offered is read, and nothing is written into it yet.
    assert f"/desk/cases/{case}/assessment" not in ayshe.page.links()
    ayshe.press_to("/accept")
    assert f"/desk/cases/{case}/assessment" in ayshe.page.links()
    assert ayshe.says(REFERRED)
    # Pressed twice: nothing is offered any more.
    ayshe._show(ayshe.client.post(f"/desk/cases/{case}/accept"))
    assert ayshe.says(say("Nothing is offered here any more"))


def test_a_refusal_needs_its_reason_and_leads_back(cast: Cast, daria: Staff, sit: Sit, case: str) -> None:
    offer(daria, case, way="transfer")
    ayshe = sit("ayshe")
    ayshe.log_in()
    ayshe.open(f"/desk/cases/{case}")
    ayshe.press_to("/refuse", reason=" ")
    assert ayshe.status == 422
    ayshe.press_to("/refuse", reason="Не маємо адвоката в цьому місті.")
    assert ayshe.address == "/desk/queues/partner-legal"
    ayshe.open(f"/desk/cases/{case}")
    assert ayshe.status == 404
    daria.open(f"/desk/cases/{case}")
    assert daria.says("Не маємо адвоката в цьому місті.")
    daria.open(f"/desk/cases/{case}/story")
    assert daria.status == 200
    assert daria.says("Не маємо адвоката в цьому місті.")


def test_without_consent_the_question_to_the_family_is_ready_and_what_was_typed_stays(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report())
    offer(daria, case, reason="Потрібен адвокат у Дніпрі.")
    assert daria.status == 409
    assert daria.says(NOT_ALLOWED)
    assert not granted(cast, case)
    question = daria.page.form_with("message").get("message")
    assert question is not None
    assert "Кримська правова допомога" in question
    assert daria.page.form_with("reason").get("reason") == "Потрібен адвокат у Дніпрі."
    daria.press_to("/message")
    assert daria.address == f"/desk/cases/{case}"
    assert daria.says(" ".join(question.split())[:60])


def test_the_ready_question_is_in_the_language_that_the_family_reads_best(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report(answers(reply_language="ru")))
    offer(daria, case)
    question = daria.page.form_with("message").get("message")
    assert question is not None
    assert translate_into("ru")("Change who may read the report") in question


def test_a_family_that_must_not_be_written_to_is_not_asked(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report(answers(reply_safe="no")))
    offer(daria, case, reason="Потрібен адвокат.")
    assert daria.status == 409
    assert daria.says(say("Nothing can be written to this family"))
    assert [form for form in daria.page.forms if form.action.endswith("/message")] == []
    assert daria.page.form_with("reason").get("reason") == "Потрібен адвокат."


def test_a_consent_that_is_withdrawn_between_page_and_press_gives_no_key(
    cast: Cast, daria: Staff, code: str, case: str
) -> None:
    daria.open(f"/desk/cases/{case}/move")
    allow(cast, code, legal_ngo="")
    daria.press_to("/offer", queue="partner-legal", way="refer", scope="full", reason="Потрібен адвокат.")
    assert (daria.status, granted(cast, case)) == (409, False)
    assert daria.says(NOT_ALLOWED)
    allow(cast, code, legal_ngo="full")
    daria.press_to("/offer")
    assert daria.address == f"/desk/cases/{case}"
    assert granted(cast, case)


def test_a_consent_that_is_narrowed_is_followed_from_the_same_page(
    cast: Cast, daria: Staff, sit: Sit, code: str, case: str
) -> None:
    daria.open(f"/desk/cases/{case}/move")
    allow(cast, code, legal_ngo="facts_only")
    daria.press_to("/offer", queue="partner-legal", way="refer", scope="full", reason="Потрібен адвокат.")
    assert daria.status == 409
    daria.press_to("/offer", scope="facts_only")
    assert granted(cast, case)
    ayshe = sit("ayshe")
    ayshe.log_in()
    ayshe.open(f"/desk/cases/{case}")
    assert ayshe.status == 200
    assert not ayshe.says("Коваль")


def test_an_offer_whose_consent_is_withdrawn_before_the_answer_is_gone(
    cast: Cast, daria: Staff, sit: Sit, code: str, case: str
) -> None:
    offer(daria, case)
    ayshe = sit("ayshe")
    ayshe.log_in()
    ayshe.open(f"/desk/cases/{case}")
    allow(cast, code, legal_ngo="")
    ayshe.press_to("/accept")
    assert ayshe.status == 404
    assert not ayshe.says(STORY)
    assert not granted(cast, case)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"queue": "nowhere"}, "This queue cannot receive the case now"),
        ({"queue": "legal"}, "This queue cannot receive the case now"),
        ({"scope": "everything"}, "Please choose how to share it, and how much"),
        ({"way": "transfer", "scope": "facts_only"},
         "This takes everything: within an organisation, and for a transfer, all of it is shared"),
        ({"queue": "tracing", "scope": "facts_only"},
         "This takes everything: within an organisation, and for a transfer, all of it is shared"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_reason_and_what_was_typed(
    cast: Cast, daria: Staff, case: str, typed: dict[str, str], words: str
) -> None:
    form = {"queue": "partner-legal", "way": "refer", "scope": "full", "reason": "Прошу поради.", **typed}
    daria._show(daria.client.post(f"/desk/cases/{case}/offer", data=form))
    assert daria.status == 409
    assert daria.says(say(words))
    assert daria.page.form_with("reason").get("reason") == "Прошу поради."
    assert not granted(cast, case)


def test_an_offer_without_its_reason_comes_back(cast: Cast, daria: Staff, case: str) -> None:
    offer(daria, case, reason="  ")
    assert (daria.status, granted(cast, case)) == (422, False)
    form = daria.page.form_with("reason")
    assert (form.get("queue"), form.get("way"), form.get("scope")) == ("partner-legal", "refer", "full")
    daria.press(form, None, reason="Прошу.")
    assert granted(cast, case)


@pytest.mark.parametrize("name", ["omar", "oksana", "ayshe"])
def test_who_holds_no_key_moves_nothing_and_learns_nothing(
    cast: Cast, sit: Sit, daria: Staff, case: str, name: str
) -> None:
    outsider = sit(name)
    outsider.log_in()
    outsider.open(f"/desk/cases/{case}/move")
    assert outsider.status == 404
    typed = {"queue": "tracing", "way": "transfer", "scope": "full", "reason": "Віддайте.", "lose": "yes"}
    for step in ("assign", "offer", "accept", "refuse", "unshare", "give-up"):
        outsider._show(outsider.client.post(f"/desk/cases/{case}/{step}", data=typed))
        assert (outsider.status, step) == (404, step)
        assert not outsider.says("Коваль")
    pseudonymised = {**typed, "scope": "pseudonymised"}
    outsider._show(outsider.client.post(f"/desk/cases/{case}/offer", data=pseudonymised))
    assert outsider.status == 404
    assert not outsider.says(STORY)


def test_a_referral_is_given_back_by_who_was_asked(cast: Cast, daria: Staff, sit: Sit, case: str) -> None:
    offer(daria, case)
    ayshe = sit("ayshe")
    ayshe.log_in()
    ayshe.open(f"/desk/cases/{case}")
    ayshe.press_to("/accept")
    ayshe.press_to("/give-up", reason="")
    assert ayshe.status == 422
    ayshe.press_to("/give-up", reason="Зробили, що могли.")
    assert ayshe.address == "/desk/queues/partner-legal"
    ayshe.open(f"/desk/cases/{case}")
    assert ayshe.status == 404
    daria.open(f"/desk/cases/{case}")
    assert daria.says("Зробили, що могли.")


def test_an_offer_is_taken_back_by_who_made_it(cast: Cast, daria: Staff, sit: Sit, case: str) -> None:
    offer(daria, case)
    daria.press_to("/unshare", reason=" ")
    assert daria.status == 422
    daria.press_to("/unshare", reason="Помилка.")
    assert not granted(cast, case)
    assert daria.says("Помилка.")
    # Pressed twice, with what was typed kept.
    typed = {"queue": "partner-legal", "reason": "Ще раз."}
    daria._show(daria.client.post(f"/desk/cases/{case}/unshare", data=typed))
    assert daria.status == 409
    assert daria.says(say("The case is not shared with that queue any more"))
    assert daria.page.form_with("reason").get("reason") == "Ще раз."


def test_what_is_shared_and_what_a_queue_is_told_of_goes_on_where_a_page_ends(
    cast: Cast, daria: Staff, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (listing, desk_queues):
        monkeypatch.setattr(module, "MOST_GUESTS", 2)
    for module in (queues, desk_queues):
        monkeypatch.setattr(module, "MOST_TOLD", 2)
    cases = [cast.case_of(allowed(cast)) for _each in range(3)]
    for case in cases:
        offer(daria, case)
    others = [cast.case_of(cast.report()) for _each in range(3)]
    with cast.session() as session:
        session.execute(insert(Told), [{"case_id": case, "queue_id": "partner-legal"} for case in others])
    ayshe = sit("ayshe")
    ayshe.log_in()

    def shown() -> tuple[set[str], set[str]]:
        links = {link.removeprefix("/desk/cases/") for link in ayshe.page.links() if link.startswith("/desk/cases/")}
        return links, {span.text for span in ayshe.page.all("span") if span.attributes.get("class") == "number"}

    ayshe.open("/desk/queues/partner-legal?status=all")
    shared, told = shown()
    assert (len(shared), len(told)) == (2, 2)
    ayshe.open("/desk/queues/partner-legal?status=all&shared=2#shared")
    assert "/desk/queues/partner-legal?status=all&told=2#told" not in ayshe.page.links()
    assert "/desk/queues/partner-legal?status=all&shared=2&told=2#told" in ayshe.page.links()
    assert "/desk/queues/partner-legal?status=all#shared" in ayshe.page.links()
    further, still = shown()
    assert (shared | further, len(further), still) == (set(cases), 1, told)
    ayshe.open("/desk/queues/partner-legal?status=all&shared=2&told=2")
    assert told | shown()[1] == set(others)
    # After the last, one finds back; what is no number is the beginning.
    ayshe.open("/desk/queues/partner-legal?shared=40")
    assert shown()[0] == set()
    assert "/desk/queues/partner-legal#shared" in ayshe.page.links()
    ayshe.open("/desk/queues/partner-legal?shared=-1&told=x")
    assert shown() == (shared, told)
