"""Reports drawn by chance, one family at a time, from the weights and sentences of the data files.

Questions are answered in the questionnaire's order and only where they apply, as by a family
that fills in the form. Nothing is kept between two families, so any number can be drawn.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from app.casefile.cases import Status
from app.demonstration.made_up import MadeUpReport, day_of, read_data, write_date
from app.demonstration.telling import apply_spelling, lines, names_of, tell_story
from app.questionnaire import Answers, Consents, Question, current
from app.questionnaire.answers import FULL, MISSING, Kind

_MEAN_AGE_HOURS = 9 * 24
_OLDEST_HOURS = 60 * 24


def draw(count: int, seed: int, now: datetime) -> Iterator[MadeUpReport]:
    """Draw so many reports, the same ones for the same seed and moment."""
    rng = random.Random(seed)  # noqa: S311 - the dice of made-up people need not be secret.
    for number in range(1, count + 1):
        yield _Family(rng, now).report(f"drawn-{number}")


@cache
def _sheet() -> Mapping[str, Any]:
    return read_data("drawn")


@cache
def _places() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the places by the code of their oblast."""
    places: dict[str, list[Mapping[str, Any]]] = {}
    for place in _sheet()["places"]:
        places.setdefault(place["raion"][:4], []).append(place)
    return places


class _Family:
    """One family while its report is being drawn."""

    def __init__(self, rng: random.Random, now: datetime) -> None:
        self.rng = rng
        self.age_hours = min(int(rng.expovariate(1 / _MEAN_AGE_HOURS)), _OLDEST_HOURS)
        self.today = day_of(now - timedelta(hours=self.age_hours))
        self.language = self.weighted(_sheet()["language"])
        self.sex = self.weighted(_sheet()["sex"])
        self.answers: Answers = {}

    def report(self, key: str) -> MadeUpReport:
        """Draw the whole report and how far the staff have come."""
        for question in current().questions.values():
            if question.applies(self.answers):
                _SPECIAL.get(question.code, _Family.ask)(self, question)
        progress = self._progress()
        replies = self._replies(progress)
        later = self._lines("later", 1) if replies and self.happens(0.3) else ()
        return MadeUpReport(
            key=key,
            language=self.language,
            answers=self.answers,
            consents=self._consents(),
            age_hours=self.age_hours,
            story_of="Drawn by chance.",
            replies=replies,
            later=later,
            progress=progress,
        )

    def happens(self, chance: float) -> bool:
        return self.rng.random() < chance

    def weighted(self, weights: Mapping[str, float]) -> str:
        return self.rng.choices(tuple(weights), tuple(weights.values()))[0]

    def chosen(self, code: str) -> str:
        """Return the choice or text that was answered; empty when it was not."""
        answer = self.answers.get(code)
        return answer if isinstance(answer, str) else ""

    def resolved(self, spec: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the part that holds for what was answered before."""
        other = spec["when"].get(self.chosen(spec["by"])) if "when" in spec else None
        return {**spec, **other} if other else spec

    def ask(self, question: Question) -> None:
        """Answer a question as the data says; one that the data does not know is skipped."""
        if question.code not in _sheet()["questions"]:
            return
        spec = self.resolved(_sheet()["questions"][question.code])
        if not self.happens(spec["given"]):
            self.leave_open(question, spec.get("left_open", 0.0) / (1.0 - spec["given"] or 1.0))
            return
        value = self._value(question, spec)
        if value in question.missing and not question.choice(value):
            self.answers[question.code] = {MISSING: value}
        elif value:
            self.answers[question.code] = value
            if self.happens(spec.get("basis", 0.0)):
                own = self.chosen("relation") == "self"
                basis = "witnessed" if own else self.weighted(_sheet()["basis"]["choices"])
                self.answers[question.basis_code] = basis

    def leave_open(self, question: Question, chance: float) -> None:
        if question.missing and self.happens(chance):
            self.answers[question.code] = {MISSING: "dk" if self.happens(0.7) else "na"}

    def _value(self, question: Question, spec: Mapping[str, Any]) -> Any:
        if question.kind is Kind.SEVERAL:
            return self._several(question, spec)
        if question.kind is Kind.DATE:
            return self._date(spec)
        if question.kind is Kind.ONE:
            return self.weighted(spec["choices"])
        return self.rng.choice(spec["texts"][self.language])

    def _several(self, question: Question, spec: Mapping[str, Any]) -> list[str]:
        for code, chance in spec.get("alone", {}).items():
            if self.happens(chance):
                return [code]
        drawn = {code for code, chance in spec["chances"].items() if self.happens(chance)}
        return [choice.code for choice in question.choices if choice.code in drawn]

    def _date(self, spec: Mapping[str, Any]) -> str:
        if "days" in spec:
            day = self.today + timedelta(days=self.rng.randint(*spec["days"]))
            return write_date(day, self.weighted(spec["precision"]))
        today = self.today.isoformat()
        return self.weighted({written: weight for written, weight in spec["choices"].items() if written < today})

    def place(self, question: Question) -> None:
        """Answer district and settlement together, so that they fit."""
        places = _places().get(self.chosen("oblast"), ())
        if not places or not self.happens(0.75):
            self.leave_open(question, 0.2)
            return
        place = self.rng.choices(places, [entry["weight"] for entry in places])[0]
        self.answers["raion"] = place["raion"]
        if self.happens(0.7):
            self.answers["settlement"] = self.rng.choice(place["names"])[self.language == "en"]

    def names(self, _question: Question) -> None:
        """Answer all names together, in one spelling; who may be searched leaves them out more often."""
        hidden = self.chosen("device") == "may_be_checked" and self.happens(0.6)
        manner = "withheld" if hidden else self.weighted(_sheet()["names"])
        if manner == "withheld":
            self.answers |= {"surname": {MISSING: "na"}, "given_name": {MISSING: "na"}}
        elif manner != "none":
            letters = int(self.weighted(_sheet()["letters"][self.language]))
            self.answers |= names_of(self.rng, self.sex, letters, manner)

    def age(self, _question: Question) -> None:
        """Answer either the date of birth or the age, or neither."""
        band = self.weighted(_sheet()["age"])
        if self.happens(0.45):
            years = _sheet()["years"][band]
            # Years of 366 days and less than one more: never older than the band says, never younger.
            days = self.rng.randint(years["least"], years["most"]) * 366 + self.rng.randrange(300)
            self.answers["birth_date"] = self._born(self.today - timedelta(days=days))
        elif self.happens(0.75):
            self.answers["age_band"] = band

    def _born(self, day: date) -> str:
        return write_date(day, self.weighted({"day": 40, "month": 10, "year": 50}))

    def tell_sex(self, _question: Question) -> None:
        """Say whether it is a man or a woman, as the texts do."""
        if self.happens(0.85):
            self.answers["sex"] = self.sex

    def story(self, _question: Question) -> None:
        """Tell in the family's own words what happened."""
        if self.happens(0.72):
            told = tell_story(self.rng, self.language, self.chosen("situation"), self.chosen("relation"), self.sex)
            self.answers["story"] = apply_spelling(told, self.weighted(_sheet()["spelling"]))

    def _consents(self) -> Consents:
        spec = self.resolved(_sheet()["consents"])
        consents = {"ngo": FULL}
        for recipient in current().recipients:
            if self.happens(spec["chances"].get(recipient.code, 0.0)):
                several = len(recipient.scopes) > 1
                consents[recipient.code] = self.weighted(spec["scopes"]) if several else FULL
        return consents

    def _progress(self) -> Status:
        stage = "fresh" if self.age_hours < 24 else "days" if self.age_hours < 240 else "old"
        progress = Status(self.weighted(_sheet()["progress"][stage]))
        # Where nobody may write to the family, nothing goes beyond having been seen.
        silent = self.chosen("reply_safe") == "no" and progress is not Status.NEW
        return Status.ACKNOWLEDGED if silent else progress

    def _replies(self, progress: Status) -> tuple[str, ...]:
        if progress is Status.IN_PROGRESS:
            return self._lines("replies", self.rng.randint(1, 2))
        if progress is Status.AWAITING_FAMILY:
            return (*self._lines("replies", self.rng.randint(0, 1)), *self._lines("asking", 1))
        return ()

    def _lines(self, kind: str, count: int) -> tuple[str, ...]:
        known = lines(kind, self.language)
        return tuple(self.rng.sample(known, min(count, len(known))))


_SPECIAL: Mapping[str, Callable[[_Family, Question], None]] = {
    "raion": _Family.place,
    "surname": _Family.names,
    "birth_date": _Family.age,
    "sex": _Family.tell_sex,
    "story": _Family.story,
}
