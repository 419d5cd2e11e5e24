"""What is still missing before families may be let in."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from app.accounts.readiness import Lacking, lacks
from app.accounts.record import put_on_record
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.languages import mark as _
from app.web.origin import safely_reached
from app.web.parts import Part
from app.web.site import Now, site_of
from app.web.transactions import Db

router = Part(prefix="/admin/readiness")

WORDS: Mapping[Lacking, tuple[str, str]] = {
    Lacking.ROOT: (
        _("No root is trusted, so no key counts"),
        _("Put the root's fingerprint, from paper, into the configuration: RODYNA_ROOT_FINGERPRINT."),
    ),
    Lacking.TROUBLE: (
        _("The database says something else than was signed"),
        _("Change nothing, and let whoever runs the machine look with “rodyna verify”."),
    ),
    Lacking.TRIAGE: (
        _("The queue of the first look cannot receive"),
        _("Two people must hold its key: its lead makes the key and gives it to a second person."),
    ),
    Lacking.QUEUE: (
        _("A queue cannot receive; the first look gets its reports"),
        _("Two people must hold its key, or one and a tested recovery."),
    ),
    Lacking.ADMINISTRATORS: (
        _("There is one administrator alone"),
        _("If they lose their passphrase, nobody can help them. Invite a second one."),
    ),
    Lacking.AUDITOR: (_("There is no auditor"), _("Nobody can read the record of what staff did. Invite one.")),
    Lacking.RECOVERY: (
        _("There is no recovery by trustees"),
        _(
            "If all who hold a queue's key lose their passphrases, nobody can ever open its cases again. The same holds"
            " for the record and the statistics. Make a recovery key with trustees, on the page “Recovery”."
        ),
    ),
    Lacking.RECOVERY_TEST: (
        _("Nobody has tried whether the trustees' sheets give the recovery key"),
        _("Let as many trustees as are needed type their words once, on the page “Recovery”. Nothing is opened by it."),
    ),
    Lacking.RECOVERY_COPY: (
        _("Recovery does not hold this key yet"),
        _("Whoever leads it seals it to the recovery key, once a trustee has read out its six words to them."),
    ),
    Lacking.RECOVERY_NAMES: (
        _("Recovery does not hold the names of staff"),
        _(
            "An administrator seals them to the recovery key, on the page “Recovery”. Without that nobody gets in any"
            " more if the keys to the names are lost."
        ),
    ),
    Lacking.PARTNER: (
        _("Another organisation has no administrator of its own"),
        _("Nobody there invites its people or founds its queues. Let its first administrator in."),
    ),
    Lacking.PARTNER_QUEUE: (
        _("Another organisation's queue cannot receive"),
        _("Two people there must hold its key; until then it gets nothing."),
    ),
    Lacking.WORKER: (
        _("The background work does not run"),
        _("Start “rodyna work”: without it nothing that was withdrawn is erased."),
    ),
    Lacking.UNSIGNED: (
        _("Nobody has signed yet which questions, texts of consent and rules are in force"),
        _("Until then those of the program count. Look at “In force” and sign them."),
    ),
    Lacking.ORIGIN: (
        _("An address is neither HTTPS nor Tor's"),
        _("Whoever stands between reads everything. Set RODYNA_ORIGIN to https addresses and onions alone."),
    ),
}


@router.get("")
def readiness(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """Everything that is missing, the gravest first."""
    put_on_record(session, member, "readiness_opened", now)
    found = lacks(session, now, safely_reached=safely_reached(site_of(request).origins))
    return desk_page(request, member, "admin/readiness.html", lacks=found, lack_words=WORDS)
