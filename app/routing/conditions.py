"""What routing adds to the language of conditions: windows of days, an age, a consent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.questionnaire.conditions import ANSWER_LEAVES, BadCondition, Facts, Leaf, texts_of
from app.questionnaire.dates import read_date


@dataclass(frozen=True)
class InWindow:
    """A date lies within a window of days around today, both ends included.

    A month stands for all its days and matches if any of them does; a bare year never
    matches, since it would make every report of the year urgent.
    """

    answer: str
    from_day: int
    to_day: int

    def verdict(self, facts: Facts) -> bool | None:
        """Say whether any day that the answer can mean lies in the window."""
        known = read_date(facts.answers.get(self.answer))
        if known is None or known.month is None or facts.today is None:
            return False
        opens, closes = facts.today + timedelta(days=self.from_day), facts.today + timedelta(days=self.to_day)
        return known.first_day <= closes and known.last_day >= opens

    def codes(self) -> frozenset[str]:
        """Return the date's code."""
        return frozenset({self.answer})


@dataclass(frozen=True)
class UnderAge:
    """The person may be younger than so many years: by any day that the birth date can mean, else by the band."""

    birth: str
    under_years: int
    band: str
    among: frozenset[str]

    def verdict(self, facts: Facts) -> bool | None:
        """Say whether the person may be under age today."""
        born = read_date(facts.answers.get(self.birth))
        if born is None or facts.today is None:
            return facts.answers.get(self.band) in self.among if self._band_is_chosen(facts) else False
        return _years(born.last_day, facts.today) < self.under_years

    def codes(self) -> frozenset[str]:
        """Return the codes of the birth date and of the band."""
        return frozenset({self.birth, self.band})

    def _band_is_chosen(self, facts: Facts) -> bool:
        return isinstance(facts.answers.get(self.band), str)


@dataclass(frozen=True)
class Consented:
    """At least one of the recipients may read the report, to whatever extent."""

    recipients: frozenset[str]

    def verdict(self, facts: Facts) -> bool | None:
        """Say whether one of the consents is on."""
        return not self.recipients.isdisjoint(facts.consents)

    def codes(self) -> frozenset[str]:
        """Return no codes: consents are no answers."""
        return frozenset()


def _years(born: date, today: date) -> int:
    # Who was born on 29 February comes of age on 1 March where there is no such day.
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _window(data: Mapping[str, object]) -> InWindow:
    return InWindow(str(data["date"]), _whole(data["from_day"]), _whole(data["to_day"]))


def _under_age(data: Mapping[str, object]) -> UnderAge:
    return UnderAge(
        str(data["birth"]), _whole(data["under_years"]), str(data["band"]), frozenset(texts_of(data["among"]))
    )


def _consented(data: Mapping[str, object]) -> Consented:
    return Consented(frozenset(texts_of(data["consent"])))


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadCondition("a whole number is expected")
    return value


RULE_LEAVES: Mapping[frozenset[str], Leaf] = {
    **ANSWER_LEAVES,
    frozenset({"date", "from_day", "to_day"}): _window,
    frozenset({"birth", "under_years", "band", "among"}): _under_age,
    frozenset({"consent"}): _consented,
}
