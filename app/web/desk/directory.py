"""The address book of the organisation: whom one can turn to, by kind, language and place; kept up to date by all."""

from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts import address_cards
from app.accounts.address_cards import Card
from app.accounts.members import Member, colleagues
from app.accounts.record import put_on_record
from app.alphabet import by_name
from app.storage.sessions import Session
from app.web.desk.access import Lister, Worker
from app.web.desk.beside import OVERTAKEN, Beside, Theirs, has_seen, status_of
from app.web.desk.case_words import CARD_KINDS
from app.web.desk.pages import desk_page
from app.web.desk.typed import Typed
from app.web.forms import Form, Posted
from app.web.languages import NAMES
from app.web.languages import mark as _
from app.web.pages import translate_into
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/directory")
BOOK = "/desk/directory"
NAME_NEEDED = _("Please fill in a name")


@dataclass(frozen=True)
class Filter:
    """What is wanted of the book; ``place`` is the id of a card, so that no address holds a word of one."""

    kind: str
    language: str
    place: str


@dataclass(frozen=True)
class Book:
    """The cards that are wanted, and one card of each place there is."""

    cards: tuple[Card, ...] = field(repr=False)
    places: dict[str, str] = field(repr=False)
    empty: bool


@router.get("")
def address_book(request: Request, session: Db, now: Now, member: Lister) -> Response:
    """Lawyers, hotlines and offices that the organisation knows."""
    put_on_record(session, member, "cards_opened", now)
    query = request.query_params
    wanted = Filter(query.get("kind", ""), query.get("language", ""), query.get("place", ""))
    return _page(request, member, _book(address_cards.cards(session, member), wanted), wanted)


@router.post("")
def keep_card(request: Request, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep a new card; one without a name comes back as it was typed."""
    if not _whole(form):
        wanted = Filter("", "", "")
        return _page(
            request, member, _book(address_cards.cards(session, member), wanted), wanted, _refused(form, member)
        )
    address_cards.keep_card(session, member, _fields(form), now, _languages(form))
    put_on_record(session, member, "card_kept", now)
    return RedirectResponse(BOOK, 303)


@router.post("/remove")
def remove_card(session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Take a card out."""
    address_cards.remove_card(session, member, form.get("card"))
    put_on_record(session, member, "card_removed", now)
    return RedirectResponse(BOOK, 303)


@router.get("/cards/{card}")
def card_page(request: Request, card: str, session: Db, now: Now, member: Lister) -> Response:
    """One card, to be changed, and what it said before."""
    page = _card_page(request, session, member, card)
    put_on_record(session, member, "cards_opened", now)
    return page


@router.post("/cards/{card}")
def change_card(request: Request, card: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Change a card; whoever changed it meanwhile stands beside what was typed here."""
    if not _whole(form):
        return _card_page(request, session, member, card, _refused(form, member))
    try:
        address_cards.change_card(session, member, card, form.get("state"), _fields(form), now, _languages(form))
    except OVERTAKEN:
        session.rollback()
        return _card_page(request, session, member, card, Typed(dict(form.items)), overtaken=True)
    put_on_record(session, member, "card_changed", now)
    return RedirectResponse(BOOK, 303)


def _book(cards: tuple[Card, ...], wanted: Filter) -> Book:
    place = next((card.said.place for card in cards if card.id == wanted.place), "")
    shown = tuple(
        card
        for card in cards
        if wanted.kind in ("", card.said.kind)
        and (not wanted.language or wanted.language in card.said.languages)
        and place in ("", card.said.place)
    )
    named = {card.said.place: card.id for card in reversed(cards) if card.said.place}
    return Book(shown, {named[name]: name for name in sorted(named, key=by_name)}, empty=not cards)


def _page(request: Request, member: Member, book: Book, wanted: Filter, typed: Typed | None = None) -> Response:
    return desk_page(
        request,
        member,
        "desk/directory.html",
        422 if typed else 200,
        book=book,
        wanted=wanted,
        kinds_of=CARD_KINDS,
        tongues=NAMES,
        typed=typed or Typed(),
    )


def _card_page(
    request: Request,
    session: Session,
    member: Member,
    card_id: str,
    typed: Typed | None = None,
    *,
    overtaken: bool = False,
) -> Response:
    card = address_cards.one_card(session, member, card_id)
    said = card.said
    people = colleagues(session, member, {each.by for each in (said, *card.before) if each.by})
    beside = Beside((Theirs(people.get(said.by, ""), said.at),)) if overtaken else None
    stands = {name: [getattr(said, name)] for name in address_cards.FIELDS} | {"languages": list(said.languages)}
    return desk_page(
        request,
        member,
        "desk/directory_card.html",
        status_of(typed, beside),
        card=card,
        typed=typed or Typed(stands),
        state=has_seen(typed, beside, "state", card.state),
        beside=beside,
        people=people,
        kinds_of=CARD_KINDS,
        tongues=NAMES,
    )


def _fields(form: Form) -> dict[str, str]:
    return {name: form.get(name) for name in address_cards.FIELDS}


def _languages(form: Form) -> list[str]:
    return [code for code in form.getlist("languages") if code in NAMES]


def _whole(form: Form) -> bool:
    return bool(form.get("name").strip()) and form.get("kind") in address_cards.KINDS


def _refused(form: Form, member: Member) -> Typed:
    return Typed(dict(form.items), {"name": translate_into(member.language)(NAME_NEEDED)})
