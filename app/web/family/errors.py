"""What goes wrong on the families' side, and how it is answered."""

from app.accounts.errors import NotInstalled, SessionEnded, TooManyAttempts
from app.in_force.errors import NotInForce
from app.intake.errors import CodeWasReadOut, EndsEverything, NotReady
from app.statistics.errors import NoSuchRelease
from app.web.errors import NOT_FOUND, UNAVAILABLE, Answer, ErrorMap
from app.web.family.language import NotOffered, in_an_offered_language
from app.web.family.visit import ends_everything, take_a_new_code, visit_ended
from app.web.family.words import TOO_MANY
from app.web.languages import mark as _

ERRORS: ErrorMap = {
    CodeWasReadOut: take_a_new_code,
    EndsEverything: ends_everything,
    NotInstalled: UNAVAILABLE,
    NotInForce: UNAVAILABLE,
    NotOffered: in_an_offered_language,
    NoSuchRelease: NOT_FOUND,
    NotReady: UNAVAILABLE,
    SessionEnded: visit_ended,
    TooManyAttempts: Answer(429, _("Please wait a little"), TOO_MANY),
}
