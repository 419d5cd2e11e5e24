"""Two machines for families: one is killed, one is cut off, and nothing acknowledged is lost or there twice."""

import random
import secrets
from functools import partial
from time import monotonic

from app.storage.line import CONNECT_SECONDS, CUT_OFF_SECONDS
from tests.durability.kept import check_all_kept
from tests.durability.stubborn import Shown, send_by_form, send_by_interface
from tests.faults.test_cut_line import LANGUAGES, on_the_last_page
from tests.growing.installation import Grown, Station
from tests.growing.roaming import Roaming, all_sending
from tests.service.waiting import wait_for

MORE = 4
# Four who never rest are no more likely to be in the middle of something, and leave no processor to the machines.
REST_SECONDS = 0.2
# What one's own machine may add while others use it as well; alone it is a fraction of a second.
BUSY_SECONDS = 15
# The line is given up when nobody has answered for so long (37 s were seen as long as that was left to the system), and
# a new one is tried; whoever comes afterwards meets no old line any more.
LATER_SILENCE_SECONDS = CONNECT_SECONDS + BUSY_SECONDS
LONGEST_SILENCE_SECONDS = CUT_OFF_SECONDS + LATER_SILENCE_SECONDS


def more_are_shown(senders: list[Roaming], before: int, failures: list[BaseException]) -> bool:
    """Whether some more codes were shown to all together, or somebody has failed."""
    return bool(failures) or sum(len(each.shown) for each in senders) >= before + MORE


def test_one_killed_and_one_cut_off_lose_and_double_nothing(whole: Grown) -> None:
    seed, failures = secrets.randbelow(10**6), list[BaseException]()
    dice = random.Random(seed)
    with whole.families() as north, whole.families() as south:
        ways = (send_by_form, send_by_interface)
        senders = [
            Roaming(0, way, rest_seconds=REST_SECONDS, stations=[north, south], dice=random.Random(dice.random()))
            for way in ways * 2
        ]

        def go_on() -> None:
            before = sum(len(each.shown) for each in senders)
            wait_for(partial(more_are_shown, senders, before, failures), 120)

        with all_sending(senders, failures):
            go_on()
            north.kill()
            go_on()
            # Each has met the dead one, or will be sent there until it has.
            wait_for(lambda: bool(failures) or all(sender.breaks for sender in senders), 120)
            north.start()
            go_on()
            south.place.cut_off()
            go_on()
            south.place.join()
            go_on()
            waited = away_from_the_database(south)
            go_on()
    assert failures == [], seed
    shown = [one for sender in senders for one in sender.shown] + waited
    away = sum(sender.turned_away for sender in senders)
    print(f"{len(shown)} acknowledged, {sum(each.breaks for each in senders)} unanswered, {away} told to wait, {seed}")  # noqa: T201 - figures.
    assert all(sender.breaks for sender in senders), seed
    check_all_kept(whole.cast, shown, "daria")


def away_from_the_database(station: Station) -> list[Shown]:
    """Only the database is away: a page in each language says when to come again, and carries what was typed."""
    with station.client() as family:
        ready = {tongue: on_the_last_page(family, tongue) for tongue in LANGUAGES}
        station.place.lose_the_database()
        try:
            for number, (tongue, draft) in enumerate(ready.items()):
                begun = monotonic()
                answer = family.post_form(f"/{tongue}/report/check", {"draft": draft, "go": "send"})
                assert answer.status == 503, tongue
                assert f'lang="{tongue}"' in answer.text
                assert int(answer.headers["retry-after"]) > 0
                assert monotonic() - begun < (LATER_SILENCE_SECONDS if number else LONGEST_SILENCE_SECONDS)
                ready[tongue] = answer.draft
        finally:
            station.place.find_the_database()
        sent = {
            tongue: family.post_form(f"/{tongue}/report/check", {"draft": draft, "go": "send"}).code
            for tongue, draft in ready.items()
        }
    return [Shown(f"село {tongue}", code, 1) for tongue, code in sent.items()]
