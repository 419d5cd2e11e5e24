"""Keys, not ifs: what each person's keys open, computed from the bare rows with the vault alone."""

from typing import Any

import pytest

from app.casefile.keys import FIRST_GRANT, Compartment
from app.casework import actions, privileged
from app.intake import returning
from app.storage.packing import unpack
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, key_pair, open_with
from app.vault.symmetric import derive_key, open_sealed
from app.vault.unlock import unlock_code
from tests.casework.desk import share
from tests.cast import NOW, Cast, answers
from tests.keys.cells import unlocked_by
from tests.keys.dump import Dump, dump

REPORTS = {
    "legal": answers(story="Слово до правників", surname="Вигаданий"),
    "tracing": answers(situation="missing", story="Слово про зниклого"),
    "protection": answers(situation="serving", story="Слово про службу"),
    "psychosocial": answers(situation="returned", story="Слово про повернення"),
    "triage": answers(situation="dk", story="Слово про невідоме"),
    "documentation": answers(situation="dk", need=["document_crime"], story="Слово про злочин"),
}
QUEUE_OF = {
    "tomas": "triage",
    "halyna": "triage",
    "daria": "legal",
    "bohdan": "legal",
    "oksana": "tracing",
    "mykola": "tracing",
    "ivan": "protection",
    "solomiia": "protection",
    "nadia": "psychosocial",
    "yurii": "psychosocial",
    "lesia": "documentation",
    "ostap": "documentation",
}
NOBODY = ("lena", "vira", "petro", "iryna", "roman", "ayshe", "rustem", "omar")


def populate(cast: Cast) -> dict[str, str]:
    """One case in every queue, one of them answered, noted and written to; the codes by queue."""
    codes = {}
    for queue, given in REPORTS.items():
        consents = {"ngo": "full", "prosecutor_438": "full"} if queue == "documentation" else {"ngo": "full"}
        codes[queue] = cast.report(given, consents)
    daria = cast.member("daria")
    with cast.session() as session:
        _, visit = returning.open_return(session, codes["legal"], NOW)
        returning.write_message(session, visit, "Слово навздогін", NOW)
    with cast.session() as session:
        actions.answer_family(session, daria, visit.case_id, "Відповідь", NOW)
    with cast.session() as session:
        actions.add_note(session, daria, visit.case_id, "Нотатка", NOW)
    with cast.session() as session:
        privileged.add_privileged_note(session, daria, visit.case_id, "Лише правникам", NOW)
    return codes


def rings_of(cast: Cast, rows: Dump, name: str) -> dict[tuple[str, int], KeyPair]:
    """Every ring key that a person's log-in leads to."""
    passphrase, _ = cast.secrets(name)
    unlocked = unlocked_by(name, passphrase, rows["installation"][0]["salt"])
    (account,) = [row for row in rows["account"] if row["locator"] == unlocked.locator]
    bundle = unpack(open_sealed(unlocked.wrapping_key, account["bundle"], context(Purpose.BUNDLE, account["id"])))
    found = {}
    for row in rows["ring_share"]:
        place = context(Purpose.RING_SHARE, row["ring"], str(row["generation"]), row["account_id"])
        try:
            private = open_with(bundle["private_key"], row["sealed"], place)
        except VaultError:
            continue
        found[row["ring"], row["generation"]] = key_pair(private)
    return found


def grants_opened(rows: Dump, rings: dict[tuple[str, int], KeyPair]) -> dict[str, dict[str, bytes]]:
    """Every grant that any of the ring keys opens, tried in its own place: the keys of its case by compartment."""
    opened = {}
    for grant in rows["grant"]:
        place = context(Purpose.GRANT, grant["case_id"], grant["queue_id"], str(grant["generation"]), grant["consent"])
        for pair in rings.values():
            try:
                opened[grant["case_id"]] = unpack(open_with(pair, grant["sealed"], place))
            except VaultError:
                continue
    return opened


def texts_in(rows: Dump, case_id: str, keys: dict[str, bytes]) -> str:
    """Everything that a set of compartments' keys opens of a case, as one text."""
    found = []
    for item in rows["item"]:
        if item["case_id"] != case_id or item["compartment"] not in keys:
            continue
        place = context(Purpose.ITEM, case_id, item["compartment"], item["kind"], item["id"])
        key = keys[item["compartment"]]
        inbox = item["compartment"] == Compartment.INBOX
        sealed = item["sealed"]
        opened = open_with(key, sealed, place) if inbox else open_sealed(derive_key(key, place), sealed, place)
        found.append(str(unpack(opened)))
    return " ".join(found)


def test_each_person_opens_exactly_the_cases_of_their_queues(cast: Cast) -> None:
    populate(cast)
    rows = dump(cast.engine)
    queue_of_case = {row["id"]: row["queue_id"] for row in rows["case"]}
    assert sorted(queue_of_case.values()) == sorted(REPORTS)

    opened = {name: grants_opened(rows, rings_of(cast, rows, name)) for name in (*QUEUE_OF, *NOBODY)}

    for name, queue in QUEUE_OF.items():
        assert {queue_of_case[case] for case in opened[name]} == {queue}, name
        # The lawyers' own part is drawn at sending where the first queue is legal, and for no other queue.
        parts = FIRST_GRANT | ({Compartment.PRIVILEGED} if queue == "legal" else set())
        assert all(set(keys) == {part.value for part in parts} for keys in opened[name].values()), name
    assert {name: opened[name] for name in NOBODY} == {name: {} for name in NOBODY}


def test_the_opened_keys_open_the_whole_case_and_no_other(cast: Cast) -> None:
    populate(cast)
    rows = dump(cast.engine)
    opened = grants_opened(rows, rings_of(cast, rows, "daria"))
    ((case_id, keys),) = opened.items()

    text = texts_in(rows, case_id, keys)
    for written in ("Слово до правників", "Вигаданий", "Слово навздогін", "Відповідь", "Нотатка", "Лише правникам"):
        assert written in text
    for other in {row["id"] for row in rows["case"]} - {case_id}:
        with pytest.raises(VaultError):
            texts_in(rows, other, keys)


def test_a_partner_opens_what_was_shared_with_its_own_queue_and_nothing_else(cast: Cast) -> None:
    populate(cast)
    daria = cast.member("daria")
    case_id = next(row["id"] for row in dump(cast.engine)["case"] if row["queue_id"] == "legal")
    share(cast, daria, case_id, "partner-legal", Compartment.FACTS)
    rows = dump(cast.engine)

    for name in ("ayshe", "rustem"):
        ((opened, keys),) = grants_opened(rows, rings_of(cast, rows, name)).items()
        assert (opened, set(keys)) == (case_id, {"facts"})
        assert "Слово" not in texts_in(rows, case_id, keys)
        with pytest.raises(VaultError):
            texts_in(rows, case_id, {"words": keys["facts"]})
    for name in ("omar", "tomas", "lena", "petro", "roman"):
        assert case_id not in grants_opened(rows, rings_of(cast, rows, name)), name


def test_only_the_auditor_holds_the_record(cast: Cast) -> None:
    populate(cast)
    rows = dump(cast.engine)
    assert rows["trail_entry"]
    holders = [name for name in (*QUEUE_OF, *NOBODY) if ("record", 1) in rings_of(cast, rows, name)]
    assert holders == ["roman"]


def test_only_coordinators_open_facets_and_their_keys_open_nothing_else(cast: Cast) -> None:
    populate(cast)
    rows = dump(cast.engine)
    assert len(rows["facet"]) == len(REPORTS)
    opened: dict[str, int] = {}
    for name in (*QUEUE_OF, *NOBODY):
        rings = rings_of(cast, rows, name)
        opened[name] = sum(
            any(opens(pair, facet["sealed"], facet) for pair in rings.values()) for facet in rows["facet"]
        )
        if name in ("lena", "vira"):
            assert {ring for ring, _ in rings} == {"statistics"}
            assert grants_opened(rows, rings) == {}
    assert opened == {name: len(REPORTS) if name in ("lena", "vira") else 0 for name in opened}


def opens(pair: KeyPair, sealed: bytes, facet: dict[str, Any]) -> bool:
    try:
        open_with(pair, sealed, context(Purpose.FACET, facet["id"], str(facet["generation"])))
    except VaultError:
        return False
    return True


def test_a_code_opens_the_replies_and_nothing_that_the_family_wrote(cast: Cast) -> None:
    codes = populate(cast)
    rows = dump(cast.engine)
    unlocked = unlock_code(codes["legal"], rows["installation"][0]["salt"])
    (locker,) = [row for row in rows["locker"] if row["locator"] == unlocked.locator]
    kept = unpack(open_sealed(unlocked.wrapping_key, locker["sealed"], context(Purpose.LOCKER, locker["case_id"])))

    assert texts_in(rows, locker["case_id"], {Compartment.REPLIES: kept["replies_key"]}).count("Відповідь") == 1
    secrets = [value for value in kept.values() if isinstance(value, bytes) and len(value) == 32]
    for compartment in FIRST_GRANT - {Compartment.REPLIES}:
        for secret in secrets:
            with pytest.raises(VaultError):
                texts_in(rows, locker["case_id"], {compartment: secret})
    for other in rows["locker"]:
        if other is not locker:
            with pytest.raises(VaultError):
                open_sealed(unlocked.wrapping_key, other["sealed"], context(Purpose.LOCKER, other["case_id"]))


def test_a_withdrawn_case_opens_for_nobody(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        _, visit = returning.open_return(session, code, NOW)
        returning.withdraw(session, visit, code, NOW)
    rows = dump(cast.engine)

    assert rows["grant"] == rows["item"] == rows["case"] == []
    assert [row["sealed"] for row in rows["locker"]] == [None]
    everybody = {key: pair for name in QUEUE_OF for key, pair in rings_of(cast, rows, name).items()}
    assert len(everybody) == 6
    assert grants_opened(rows, everybody) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda grants: grants[0].update(sealed=grants[1]["sealed"]),
        lambda grants: grants[0].update(case_id=grants[1]["case_id"]),
        lambda grants: grants[0].update(queue_id="tracing"),
        lambda grants: grants[0].update(generation=2),
        lambda grants: grants[0].update(consent="legal_ngo"),
        lambda grants: grants[0].update(sealed=grants[0]["sealed"][:-1]),
        lambda grants: grants[0].update(sealed=b"\x02" + grants[0]["sealed"][1:]),
        lambda grants: grants[0].update(sealed=_flipped(grants[0]["sealed"], 700)),
        lambda grants: grants[0].update(sealed=_flipped(grants[0]["sealed"], -3)),
    ],
    ids=[
        "swapped",
        "moved to a case",
        "moved to a holder",
        "aged",
        "rested on another consent",
        "cut",
        "another format",
        "altered",
        "altered end",
    ],
)
def test_a_grant_that_was_moved_or_altered_opens_for_nobody(cast: Cast, change: Any) -> None:
    cast.report()
    cast.report()
    rows = dump(cast.engine)
    rings = rings_of(cast, rows, "daria")
    assert len(grants_opened(rows, rings)) == 2
    whole = rows["grant"][0]["case_id"], rows["grant"][1]["case_id"]
    change(rows["grant"])
    assert set(grants_opened(rows, rings)) <= {whole[1]}


def _flipped(sealed: bytes, at: int) -> bytes:
    altered = bytearray(sealed)
    altered[at] ^= 1
    return bytes(altered)
