"""Names of tables and of the codes in them, as msgids. Codes that are answers have the questionnaire's own labels."""

from collections.abc import Mapping

from app.questionnaire import current
from app.statistics.declaring import MONTH, UNKNOWN
from app.web.dates import answer_in_words
from app.web.languages import mark as _
from app.web.pages import translate_into

TABLES: Mapping[str, str] = {
    "oblast_month": _("Where the people come from, month by month"),
    "raion": _("The same by district, where it is safe to say"),
    "situation": _("What happened to them"),
    "method": _("How they were taken"),
    "age_sex": _("Their age, men and women"),
    "passport_period": _("When the occupying state's passport was issued"),
    "need": _("What the families ask for"),
    "threat": _("What people were threatened with"),
    "outcome": _("What became of it"),
    "first_answer": _("How soon the first answer came"),
}
KINDS: Mapping[str, str] = {
    "intake": _("Reports received"),
    "outcome": _("Cases closed"),
}
_OWN: Mapping[str, str] = {
    UNKNOWN: _("not told"),
    "callup_avoided": _("the call-up was avoided"),
    "left_territory": _("left the occupied territory"),
    "located_alive": _("found alive"),
    "pow_confirmed": _("confirmed as a prisoner of war"),
    "exchanged": _("exchanged"),
    "charges_dropped": _("charges were dropped"),
    "acquitted": _("acquitted"),
    "convicted": _("convicted"),
    "sentence_reduced": _("the sentence was reduced"),
    "body_returned": _("the body was returned"),
    "death_confirmed": _("the death was confirmed"),
    "submitted_pgo": _("submitted to the prosecutor of Ukraine"),
    "submitted_icc": _("submitted to the International Criminal Court"),
    "family_withdrew": _("the family withdrew"),
    "contact_lost": _("contact was lost"),
    "within_day": _("within a day"),
    "within_3_days": _("within three days"),
    "within_week": _("within a week"),
    "later": _("later than that"),
    "none": _("no answer before the case was closed"),
}
_ASKED_AS = {"age": "age_band"}


def code_in_words(dimension: str, code: str, language: str) -> str:
    """The label of a code of a dimension."""
    if dimension == MONTH:
        return answer_in_words(code, language)
    translate = translate_into(language)
    question = current().questions.get(_ASKED_AS.get(dimension, dimension))
    choice = question.choice(code) if question is not None else None
    if choice is not None and code != UNKNOWN:
        return translate(choice.label)
    return translate(_OWN.get(code, code))
