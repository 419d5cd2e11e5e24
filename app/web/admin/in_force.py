"""What is in force: questions, texts of consent, rules; what a release brought, and the act that signs it."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.members import Member
from app.accounts.pinned import CONSENTS, QUESTIONS, RULES
from app.accounts.record import put_on_record
from app.in_force.reading import UNSURE
from app.in_force.reading import rules as rules_in_force
from app.in_force.signing import Group, bring_into_force, may_sign
from app.in_force.watch import in_force
from app.storage.sessions import Session
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.forms import Posted
from app.web.languages import NAMES
from app.web.languages import mark as _
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/in-force")

KIND_WORDS = {QUESTIONS: _("Questions"), CONSENTS: _("Texts of consent"), RULES: _("Rules")}
HOW = {"other": _("this machine has others"), "missing": _("this machine has none")}


@router.get("")
def what_is_in_force(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """What is signed, what differs, what waits to be signed."""
    put_on_record(session, member, "in_force_opened", now)
    return _page(request, session, member)


@router.post("")
def sign(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Sign what this release brought, if it was said that this is meant."""
    group = next((each for each in Group if each == form.get("group")), None)
    if group is None or form.get("meant") != "yes":
        return _page(request, session, member, unsure=True)
    bring_into_force(session, member, group, now)
    return RedirectResponse("/admin/in-force", 303)


def _page(request: Request, session: Session, member: Member, *, unsure: bool = False) -> Response:
    stands, routed_by = in_force(session), rules_in_force(session)
    return desk_page(
        request,
        member,
        "admin/in_force.html",
        422 if unsure else 200,
        stands=stands,
        rows=[(*_split(name), HOW.get(stands.differing.get(name, ""), "")) for name in stands.signed],
        unsigned=[KIND_WORDS[kind] for kind in stands.unsigned],
        groups=[
            (group.value, [_split(name) for name in stands.waiting if name.startswith(group.kinds)]) for group in Group
        ],
        rules_hold=routed_by is not UNSURE,
        may_sign=may_sign(session, member),
        unsure=unsure,
    )


def _split(name: str) -> tuple[str, str]:
    kind, _colon, version = name.partition(":")
    version, _slash, language = version.partition("/")
    # A later release may have signed kinds and languages that this one has no word for.
    return KIND_WORDS.get(f"{kind}:", kind), f"{version}, {NAMES.get(language, language)}" if language else version
