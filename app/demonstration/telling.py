"""How made-up families tell what happened, and what their people are called."""

import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from app.demonstration.made_up import read_data
from app.questionnaire import Answers

_CASES = {"uk": ("nom", "acc", "gen", "dat", "ins"), "en": ("nom", "they", "them", "their")}
# Before anybody was taken, other things are told than afterwards.
_BEFORE = frozenset({"at_risk", "summoned", "hiding"})


@cache
def _texts() -> Mapping[str, Any]:
    return read_data("texts")


@cache
def _names() -> Mapping[str, Sequence[Sequence[str]]]:
    return read_data("names")


def lines(kind: str, language: str) -> Sequence[str]:
    """Return the sentences of a kind in a language."""
    found: Sequence[str] = _texts()[kind][language]
    return found


def tell_story(rng: random.Random, language: str, situation: str, relation: str, sex: str) -> str:
    """Put a short account together: what happened, what else, what is asked."""
    own = relation == "self" and situation in _texts()["own"][language]
    openings = _texts()["own" if own else "opening"][language][situation]
    middles = _texts()["middle"][language]["before" if situation in _BEFORE else "after"]
    told = [rng.choice(openings), *rng.sample(middles, rng.randint(0, 2))]
    if rng.random() < 0.6:
        told.append(rng.choice(lines("ending", language)))
    words = _texts()["who"][language][sex]
    who = dict(zip(_CASES[language], words.get(relation, words["unknown"]), strict=True))
    return " ".join(_begun(sentence.format_map(who)) for sentence in told)


def apply_spelling(told: str, manner: str) -> str:
    """Write it as people do who are tired, in a hurry, or on a small phone."""
    if manner == "no_capitals":
        return told.lower()
    if manner == "no_stops":
        return told.replace(",", "").rstrip(".")
    if manner == "opening_only":
        return told.partition(". ")[0].rstrip(".") + "."
    return told


def names_of(rng: random.Random, sex: str, letters: int, manner: str) -> Answers:
    """Draw names; `letters` is 0 for Ukrainian, 1 for Russian, 2 for Latin ones."""
    names: Answers = {"given_name": rng.choice(_names()[f"given_{sex}"])[letters]}
    if manner != "given_only":
        names["surname"] = rng.choice(_names()["surnames"])[letters]
    if manner == "whole":
        names["patronymic"] = rng.choice(_names()[f"patronymic_{sex}"])[letters]
    return names


def _begun(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
