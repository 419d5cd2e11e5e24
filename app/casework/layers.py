"""Translations: layers beside the exact words, with the translator's name; the words themselves are never touched."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.casefile.texts import read_written
from app.casework.book import Book, needs_desk, sealed_entry, store_entries
from app.casework.errors import EntryRefused
from app.casework.opening import open_keys

TRANSLATION = "translation"
LANGUAGES = ("uk", "ru", "crh", "en")
# A message by its id, or an answer in the family's own words by its question's code.
OF_MESSAGE, OF_ANSWER = "message:", "answer:"
_LONGEST_PLACE = 80


@dataclass(frozen=True)
class Layer:
    """A translation of one text; ``of`` is the text's place."""

    of: str
    language: str
    text: str
    translator: str
    at: datetime
    verified: bool


def add_translation(
    session: Session, member: Member, case_id: str, of: str, language: str, text: str, now: datetime
) -> None:
    """Lay a translation beside a message or an answer; earlier ones stay.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`EntryRefused`, :class:`~app.casefile.errors.TextRefused`.
    """
    opened = open_keys(session, member, case_id)
    needs_desk(opened)
    written = read_written(text)
    if language not in LANGUAGES:
        raise EntryRefused((("language_of_text", "choose"),))
    if not of.startswith((OF_MESSAGE, OF_ANSWER)) or len(of) > _LONGEST_PLACE:
        raise EntryRefused((("of", "choose"),))
    body = {"of": of, "language": language, "text": written}
    store_entries(session, opened, sealed_entry(member, opened, TRANSLATION, body, now))
    put_on_record(session, member, "translated", now, case=case_id)


def layers_of(book: Book) -> dict[str, tuple[Layer, ...]]:
    """The translations of a case by the text they belong to, oldest first."""
    found: dict[str, tuple[Layer, ...]] = {}
    for written in book.of(TRANSLATION):
        body = written.body
        layer = Layer(body["of"], body["language"], body["text"], written.author, written.at, written.verified)
        found[layer.of] = (*found.get(layer.of, ()), layer)
    return found
