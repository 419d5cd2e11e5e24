"""The released questionnaire asks what it has to ask, under the codes that the outside relies on."""

import copy
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.questionnaire import Compartment, Kind, UnknownVersion, current, load, versions
from app.questionnaire.catalogue import msgids
from app.questionnaire.conditions import BadCondition
from app.questionnaire.loading import BadQuestionnaire, read_questionnaire

# Released codes never change their meaning and never go: this table is what the outside was promised.
CODES: dict[str, dict[str, str]] = {
    "safety": {
        "device": "own shared public may_be_checked",
        "in_occupied": "yes no",
        "reply_safe": "yes only_here no",
    },
    "situation": {
        "situation": "at_risk summoned detained_at_point in_training serving missing killed wounded hiding surrendered "
        "pow_ua on_trial_ua convicted_ua returned exchanged_to_ru dk",
        "deadline": "",
        "relation": "self spouse parent child sibling other_relative friend colleague lawyer ngo",
        "oblast": "UA01 UA85 UA14 UA44 UA23 UA65 UA63 UA48 UA05 UA07 UA12 UA18 UA21 UA26 UA32 UA35 UA46 UA51 UA53 UA56 "
        "UA59 UA61 UA68 UA71 UA73 UA74 UA80 abroad",
        "raion": "UA0102 UA0104 UA0106 UA0108 UA0110 UA0112 UA0114 UA0116 UA0118 UA0120 "
        "UA1402 UA1404 UA1406 UA1408 UA1410 UA1412 UA1414 UA1416 "
        "UA4402 UA4404 UA4406 UA4408 UA4410 UA4412 UA4414 UA4416 "
        "UA2302 UA2304 UA2306 UA2308 UA2310 UA6502 UA6504 UA6506 UA6508 UA6510 "
        "UA6302 UA6304 UA6306 UA6308 UA6310 UA6312 UA6314 UA4802 UA4804 UA4806 UA4808",
        "settlement": "",
        "family_knows": "yes no",
    },
    "person": {
        "surname": "",
        "given_name": "",
        "patronymic": "",
        "former_names": "",
        "birth_date": "",
        "age_band": "under_18 18_24 25_34 35_44 45_59 60_plus",
        "sex": "male female",
        "residence": "",
        "citizenship": "ua ua_ru_forced ua_ru_applied other",
        "passport_period": "pre_2019 2019_21 2022_plus",
        "reservist": "none ru_register bars_2021 prior_conscript prior_ua_service",
        "student": "yes no",
        "dependants": "",
        "health": "",
        "tax_number": "",
        "marks": "",
    },
    "taking": {
        "taken_on": "",
        "taken_where": "",
        "method": "summons_paper summons_phone e_summons workplace_list workplace_roundup hr_office street "
        "transport_stop checkpoint home_raid student_list hospital prison filtration border_exit regular_conscription "
        "bars_callup contract_under_threat volunteer other",
        "actor": "commissariat police military_police fsb employer school armed_unknown",
        "threat": "execution beating torture detention criminal_case fine job_loss benefits_loss property family_harm "
        "child_removal deportation none",
        "threat_words": "",
        "refusal": "tried_refused tried_hid medical bribed no_chance none",
    },
    "posting": {
        "formation": "ru_army dnr_corps lnr_corps bars storm pmc navy other",
        "unit": "",
        "commander": "",
        "training_site": "",
        "task": "digging logistics assault guard medical",
        "last_place": "",
    },
    "contact": {
        "last_contact_on": "",
        "last_contact_how": "",
        "last_contact_said": "",
        "last_seen": "",
        "comrades": "",
        "dna_given": "yes no",
        "registers_told": "",
        "death_notice_from": "",
        "body": "unknown held returned buried",
        "death_papers": "",
        "payment": "",
        "pressure": "",
        "held_where": "",
        "charge": "CCU-111 CCU-111-1 CCU-258 CCU-258-3 CCU-260 other",
        "court": "",
        "next_hearing": "",
        "lawyer": "private state none",
        "surrendered_on": "",
        "surrender_voluntary": "yes no",
        "surrender_how": "",
    },
    "needs": {
        "need": "avoid_callup exit_route tracing pow_confirm legal_defence surrender_info body documents benefits "
        "medical psychosocial evacuation document_crime none_just_record",
        "evidence_held": "summons military_id contract photo video audio messages court_paper death_notice medical "
        "witness_willing",
        "story": "",
        "most_needed": "",
    },
    "reply": {
        "channel": "return_code_only messenger email phone_ua third_party",
        "address": "",
        "safe_hours": "",
        "time_zone": "",
        "neutral_subject": "yes no",
        "do_not_call": "yes no",
        "reply_language": "uk ru crh en",
    },
    "consent": {},
    "check": {},
}
RECIPIENTS = [
    *("ngo", "legal_ngo", "partner_ngo", "tracing_icrc", "nib_coordhq", "prosecutor_438"),
    *("icc_otp", "un_ohchr", "stats", "recontact"),
]
FILE = Path(read_questionnaire.__code__.co_filename).parent / "versions" / "2026-11.toml"


def test_every_step_and_code_is_there_in_its_order() -> None:
    asked = {
        step.code: {question.code: " ".join(choice.code for choice in question.choices) for question in step.questions}
        for step in current().steps
    }
    assert asked == CODES
    assert [list(asked[step]) for step in asked] == [list(CODES[step]) for step in CODES]
    assert list(asked) == list(CODES)


def test_only_four_answers_are_mandatory_and_only_the_region_may_be_withheld_among_them() -> None:
    questionnaire = current()
    mandatory = {question.code: question.missing for question in questionnaire.questions.values() if question.mandatory}
    assert mandatory == {"situation": (), "oblast": ("na",), "reply_safe": ()}
    assert [recipient.code for recipient in questionnaire.recipients if recipient.required] == ["ngo"]


def test_everything_else_offers_both_ways_of_not_answering() -> None:
    others = [question for question in current().questions.values() if not question.mandatory]
    assert {question.missing for question in others} == {("dk", "na")}


def test_the_basis_is_asked_for_what_may_have_to_be_proven() -> None:
    assert {question.code for question in current().by_basis_code.values()} == {
        "situation",
        "taken_on",
        "method",
        "unit",
        "last_contact_on",
        "held_where",
    }
    assert list(current().basis) == ["witnessed", "told_by_him", "told_by_other", "document", "guess"]


def test_recipients_have_a_scope_where_a_narrower_one_makes_sense() -> None:
    scopes = {recipient.code: recipient.scopes for recipient in current().recipients}
    always_everything = {"ngo", "stats", "recontact"}
    assert list(scopes) == RECIPIENTS
    for recipient, offered in scopes.items():
        assert offered == (("full",) if recipient in always_everything else ("full", "pseudonymised", "facts_only")), (
            recipient
        )


def test_the_consent_that_a_report_needs_names_who_reads_it() -> None:
    recipient = current().recipient("ngo")
    assert recipient is not None
    assert "%(organisation)s" in recipient.text
    assert "Roda" in recipient.text % {"organisation": "Roda"}


def test_only_that_one_text_and_the_messages_have_places_to_fill() -> None:
    with_places = {text for text in msgids(current()) if "%" in text}
    assert {re.sub(r"%\(\w+\)s", "", text).count("%") for text in with_places} == {0}


def test_facts_hold_no_free_text_and_names_never_leave_identity() -> None:
    questions = current().questions.values()
    assert not [q.code for q in questions if q.free and q.compartment is Compartment.FACTS]
    assert {q.code for q in questions if q.compartment is Compartment.IDENTITY} == {
        "settlement",
        "surname",
        "given_name",
        "patronymic",
        "former_names",
        "birth_date",
        "residence",
        "tax_number",
        "marks",
        "address",
        "safe_hours",
        "time_zone",
    }


def test_every_question_says_why_it_is_asked() -> None:
    assert not [question.code for question in current().questions.values() if not question.why]


def test_a_question_that_hangs_on_its_own_page_says_when_it_is_meant() -> None:
    questionnaire = current()
    for question in questionnaire.questions.values():
        hangs = question.applies_when and question.applies_when.codes() & questionnaire.step(question.step).codes
        assert bool(hangs) is bool(question.condition_text), question.code


def test_every_raion_lies_in_a_region_that_is_asked_for() -> None:
    oblasts = {choice.code for choice in current().questions["oblast"].choices}
    for choice in current().questions["raion"].choices:
        assert choice.group in oblasts
        assert choice.code.startswith(choice.group)


@pytest.mark.parametrize("word", ["deserter", "separatist", "collaborat", "traitor", "militant", "terrorist"])
def test_nobody_is_called_names(word: str) -> None:
    # "Terrorist act" and "terrorist group" are the titles of articles of law, not a name for a person.
    texts = [text for text in msgids(current()) if not text.startswith(("Terrorist act", "Terrorist group"))]
    assert not [text for text in texts if word in text.lower()]


def test_versions_are_found_by_name_and_nothing_else_is() -> None:
    assert versions() == ("2026-11",)
    assert load("2026-11") is current()
    for name in ("2026-12", "", "../versions/2026-11", "2026-11.toml", "2026-11\0", "2026-11\n", "٢٠٢٦-١١"):
        with pytest.raises(UnknownVersion):
            load(name)


def released() -> dict[str, Any]:
    """The data of the released version, to be spoilt."""
    return copy.deepcopy(tomllib.loads(FILE.read_text(encoding="utf-8")))


def question(data: dict[str, Any], code: str) -> dict[str, Any]:
    """One question in the data."""
    return next(entry for step in data["steps"] for entry in step.get("questions", []) if entry["code"] == code)


def test_the_data_that_is_spoilt_below_is_good_before() -> None:
    assert read_questionnaire(released()) == current()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: question(data, "sex").update(code="device"),
        lambda data: question(data, "sex").update(code="sex_basis"),
        lambda data: question(data, "sex").update(choices=[["male", "A"], ["male", "B"]]),
        lambda data: question(data, "sex").pop("choices"),
        lambda data: question(data, "story").update(choices=[["a", "A"]]),
        lambda data: question(data, "story").update(compartment="facts"),
        lambda data: question(data, "channel").update(default="pigeon"),
        lambda data: question(data, "device").update(applies_when={"answered": "story"}),
        lambda data: question(data, "device").update(applies_when={"answered": "device"}),
        lambda data: data["guidance"][0].update(step="nowhere"),
        lambda data: data["guidance"][0].update(when={"answered": "nothing"}),
    ],
)
def test_a_questionnaire_that_contradicts_itself_is_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    data = released()
    spoil(data)
    with pytest.raises(BadQuestionnaire):
        read_questionnaire(data)


@pytest.mark.parametrize(
    "condition",
    [
        *("x", {}, {"answer": "sex"}, {"answer": "sex", "among": []}, {"answer": "sex", "among": "male"}, {"all": []}),
        *({"answer": "sex", "among": [1]}, {"any": {"answered": "sex"}}, {"not": {"sometimes": 1}}),
        {"answered": 1, "x": 2},
    ],
)
def test_a_condition_outside_the_language_is_refused(condition: object) -> None:
    data = released()
    question(data, "story")["applies_when"] = condition
    with pytest.raises(BadCondition):
        read_questionnaire(data)


def test_kinds_are_the_five_that_have_a_validator() -> None:
    assert {question.kind for question in current().questions.values()} == set(Kind)
