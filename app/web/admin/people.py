"""People of one's own organisation: who waits for what, invitations, admitting, a new link after a lost passphrase."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts import administration, admission, invitations
from app.accounts.administration import StaffPerson
from app.accounts.errors import NoSuchPerson, RefusedPerson, WrongFingerprint
from app.accounts.invitations import Wish
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.readiness import recovery_lacks
from app.accounts.record import put_on_record
from app.accounts.removal import administers_still, remove_person
from app.accounts.rings import QUEUE
from app.storage.sessions import Session
from app.web.admin.readiness import WORDS
from app.web.admin.words import PROBLEMS, WAITING
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.desk.words import ROLE_NAMES
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin")


@router.get("/")
def overview(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """What waits for whom, and everybody of the organisation."""
    put_on_record(session, member, "administration_opened", now)
    people = administration.staff(session, member)
    queues = administration.staff_queues(session, member, people)
    return desk_page(
        request,
        member,
        "admin/home.html",
        people=people,
        queues=queues,
        kind_of={queue.id: queue.kind for queue in queues},
        waits=administration.waits(session, member, people, queues, now),
        waiting_words=WAITING,
        role_names=ROLE_NAMES,
        pending=invitations.pending(session, member, now),
        recovery_lacks=recovery_lacks(session, member.organisation_id, member.directory_key),
        lack_words=WORDS,
    )


@router.get("/invite")
def ask_whom(request: Request, session: Db, member: Administrator) -> Response:
    """The form of an invitation."""
    return _invite_page(request, session, member, Form({}))


@router.post("/invite")
def invite(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Make the link; it is shown this once."""
    try:
        token = invitations.invite(session, member, _wish(form), now)
    except RefusedPerson as error:
        return _invite_page(request, session, member, form, error.problems)
    return link_page(request, member, token, form.get("shown"))


@router.post("/invitations/{invitation_id}/revoke")
def revoke(invitation_id: str, session: Db, now: Now, member: Administrator) -> Response:
    """Take a link back."""
    invitations.revoke(session, member, invitation_id, now)
    return RedirectResponse("/admin/", 303)


@router.get("/people/{account_id}")
def one_person(request: Request, account_id: str, session: Db, now: Now, member: Administrator) -> Response:
    """One person: roles, queues, and what can be done."""
    put_on_record(session, member, "person_opened", now, account=account_id)
    return _person_page(request, session, member, account_id)


@router.post("/people/{account_id}/admit")
def admit(request: Request, account_id: str, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Let somebody in whose words were heard and typed; wrong ones are an alarm and change nothing."""
    try:
        admission.admit(session, member, account_id, form.get("fingerprint"), now)
    except WrongFingerprint:
        # Caught here and not by the map, so that the transaction with the alarm commits.
        admission.note_wrong_fingerprint(session, member, account_id, now)
        return _person_page(request, session, member, account_id, form.get("fingerprint"), alarm=True)
    return RedirectResponse("/admin/", 303)


@router.post("/people/{account_id}/reset")
def new_link(request: Request, account_id: str, session: Db, now: Now, member: Administrator) -> Response:
    """Make the link by which somebody who lost their passphrase gets new keys under the same name."""
    token = invitations.invite_again(session, member, account_id, now)
    person = one_of_staff(session, member, account_id)
    return link_page(request, member, token, person.name, again=True, queues=_kinds_of(session, member, person))


@router.post("/people/{account_id}/queues")
def mean_for_queues(account_id: str, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Say in which queues more somebody is to work; it gives them no key."""
    admission.mean_for_queues(session, member, account_id, form.getlist("queues"), now)
    return RedirectResponse(f"/admin/people/{account_id}", 303)


@router.post("/people/{account_id}/lead")
def let_lead(account_id: str, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Name somebody who may lead a queue; it gives them no key."""
    administration.let_lead(session, member, account_id, form.get("queue"), now)
    return RedirectResponse(f"/admin/people/{account_id}", 303)


@router.post("/people/{account_id}/remove")
def remove(request: Request, account_id: str, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Remove somebody at once, if it was said that this is meant."""
    person = one_of_staff(session, member, account_id)
    if form.get("meant") != "yes" or account_id == member.account_id:
        return _person_page(request, session, member, account_id, unsure=True)
    rings = remove_person(session, member, account_id, now)
    queues = [ring.removeprefix(QUEUE) for ring in rings]
    return desk_page(
        request,
        member,
        "admin/removed.html",
        name=person.name,
        queues=queues,
        administers_still=administers_still(session, account_id),
    )


def link_page(
    request: Request,
    member: Member,
    token: str,
    name: str,
    *,
    again: bool = False,
    queues: Mapping[str, str] = MappingProxyType({}),
) -> HTMLResponse:
    """The page with a link, which is shown once; ``queues`` are those whose keys the person had before, with kinds."""
    # The address that the administrator used is one of the installation's own: the door has looked at it.
    scheme = "https" if request.state.secure else "http"
    address = f"{scheme}://{request.headers['host']}/desk/join/{token}"
    return desk_page(request, member, "admin/link.html", address=address, name=name, again=again, queues=queues)


def _wish(form: Form) -> Wish:
    roles = tuple(role for role in Role if role.value in form.getlist("roles"))
    return Wish(form.get("shown"), roles, tuple(form.getlist("queues")))


def _invite_page(
    request: Request, session: Session, member: Member, form: Form, problems: dict[str, str] | None = None
) -> HTMLResponse:
    return desk_page(
        request,
        member,
        "admin/invite.html",
        422 if problems else 200,
        queues=invitations.own_queues(session, member.organisation_id),
        role_names=ROLE_NAMES,
        form=form,
        problems={field: PROBLEMS[why] for field, why in (problems or {}).items()},
    )


def _kinds_of(session: Session, member: Member, person: StaffPerson) -> dict[str, str]:
    """The kinds of the queues that somebody is in; another organisation's is known by its id alone."""
    own = invitations.own_queues(session, member.organisation_id)
    return {queue: own.get(queue, queue) for queue in person.queues}


def one_of_staff(session: Session, member: Member, account_id: str) -> StaffPerson:
    """Somebody of the administrator's own organisation.

    Raises: :class:`NoSuchPerson`.
    """
    found = (person for person in administration.staff(session, member) if person.id == account_id)
    person = next(found, None)
    if person is None:
        raise NoSuchPerson
    return person


def _person_page(
    request: Request,
    session: Session,
    member: Member,
    account_id: str,
    typed: str = "",
    *,
    alarm: bool = False,
    unsure: bool = False,
) -> HTMLResponse:
    person = one_of_staff(session, member, account_id)
    return desk_page(
        request,
        member,
        "admin/person.html",
        409 if alarm else 422 if unsure else 200,
        person=person,
        role_names=ROLE_NAMES,
        typed=typed,
        alarm=alarm,
        unsure=unsure,
        own_queues=invitations.own_queues(session, member.organisation_id),
        key_queues=_kinds_of(session, member, person),
        myself=account_id == member.account_id,
    )
