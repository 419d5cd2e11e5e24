"""What tests of counting linked reports once share: who is counted, and what is done to their cases."""

from datetime import datetime

from sqlmodel import select

from app.casefile.tables import Case
from app.casework import closing, links
from app.casework.answering import accept
from app.casework.known import record_known
from app.casework.moving import Wish, offer
from app.casework.opening import Standing
from app.statistics.facets import FILLING
from app.statistics.reading import open_facet, raw_facets
from app.statistics.tables import Facet
from tests.cast import NOW, Cast, answers

STATS = {"ngo": "full", "stats": "full"}


def report(cast: Cast, oblast: str, consents: dict[str, str] | None = STATS) -> str:
    return cast.case_of(cast.report(answers(oblast=oblast), consents))


def counted(cast: Cast) -> list[str]:
    """The oblasts of all who are counted."""
    lena = cast.member("lena")
    with cast.session() as session:
        found = [open_facet(session, lena, *row) or {} for row in raw_facets(session, b"")]
    return sorted(content["oblast"] for content in found if set(content) != {FILLING})


def version_of(cast: Cast, case: str) -> int:
    with cast.session() as session:
        return session.get_one(Case, case).version


def link(cast: Cast, case: str, other: str, confirmed_by: str = "bohdan") -> str:
    with cast.session() as session:
        proposal = links.propose_link(session, cast.member("daria"), case, other, "Той самий.", NOW)
    with cast.session() as session:
        closing.agree_to(session, cast.member(confirmed_by), case, proposal, NOW)
    return proposal


def undo(cast: Cast, case: str, link_id: str) -> None:
    with cast.session() as session:
        links.undo_link(session, cast.member("bohdan"), case, link_id, NOW)


def sealings(cast: Cast) -> dict[bytes, bytes]:
    with cast.session() as session:
        return {row.id: row.sealed for row in session.exec(select(Facet))}


def step(cast: Cast, case: str, situation: str = "pow_ua") -> None:
    """Any step at one of the cases, by somebody who reads it alone."""
    with cast.session() as session:
        record_known(session, cast.member("daria"), case, {"situation": situation}, "document", "", NOW)


def close(cast: Cast, case: str, outcome: str) -> None:
    with cast.session() as session:
        version = session.get_one(Case, case).version
        proposal = closing.propose_closing(session, cast.member("daria"), case, version, outcome, "Так.", NOW)
    with cast.session() as session:
        closing.agree_to(session, cast.member("bohdan"), case, proposal, NOW)


def received(cast: Cast, oblast: str, now: datetime, consents: dict[str, str] | None = STATS) -> tuple[str, str]:
    """A report of another day: its case, and the family's code."""
    code = cast.report(answers(oblast=oblast), consents, now=now)
    return cast.case_of(code), code


def months(cast: Cast) -> list[tuple[str, str, str]]:
    """Where, since when and with which end everybody is counted."""
    lena = cast.member("lena")
    with cast.session() as session:
        found = [open_facet(session, lena, *row) or {} for row in raw_facets(session, b"")]
    counted_ones = [content for content in found if set(content) != {FILLING}]
    return sorted((each["oblast"], each["received"], each["outcome"]) for each in counted_ones)


def allowed_to_go(cast: Cast, oblast: str) -> str:
    return report(cast, oblast, {**STATS, "legal_ngo": "full"})


def offered(cast: Cast, case: str) -> None:
    with cast.session() as session:
        wish = Wish("partner-legal", Standing.OFFERED_TRANSFER, "full", "Так.")
        offer(session, cast.member("daria"), case, wish, NOW)


def arrived(cast: Cast, case: str) -> None:
    """The other organisation takes it over, and does something with it."""
    ayshe = cast.member("ayshe")
    with cast.session() as session:
        accept(session, ayshe, case, NOW)
    with cast.session() as session:
        record_known(session, ayshe, case, {"situation": "pow_ua"}, "document", "", NOW)
