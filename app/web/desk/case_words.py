"""The words for the coded lists of a case, as msgids; pages translate them."""

from collections.abc import Mapping

from app.web.languages import mark as _

OUTCOMES: Mapping[str, str] = {
    "callup_avoided": _("The call-up was avoided"),
    "left_territory": _("Left occupied territory"),
    "located_alive": _("Found alive"),
    "pow_confirmed": _("Confirmed as a prisoner"),
    "exchanged": _("Exchanged"),
    "charges_dropped": _("The charges were dropped"),
    "acquitted": _("Acquitted"),
    "convicted": _("Convicted"),
    "sentence_reduced": _("The sentence was reduced"),
    "body_returned": _("The body was returned"),
    "death_confirmed": _("The death was confirmed"),
    "submitted_pgo": _("Submitted to the prosecutor's office"),
    "submitted_icc": _("Submitted to the International Criminal Court"),
    "family_withdrew": _("The family wants no more done"),
    "contact_lost": _("Contact with the family was lost"),
    "duplicate": _("The same report as another"),
}
OUTSIDE: Mapping[str, str] = {
    "tracing_icrc": _("International Committee of the Red Cross, tracing"),
    "nib_coordhq": _("National Information Bureau and Coordination Headquarters"),
    "prosecutor_438": _("Prosecutor, article 438"),
    "icc_otp": _("International Criminal Court, Office of the Prosecutor"),
    "un_ohchr": _("United Nations Human Rights Monitoring Mission"),
}
TAKES: Mapping[str, str] = {
    "close": _("Close the case"),
    "disclose": _("Disclose it to a body outside"),
    "delete": _("Delete the case for good"),
    "review": _("Second look at the assessment"),
    "link": _("Link it to another case"),
}
STATES: Mapping[str, str] = {
    "open": _("waits for a second person"),
    "agreed": _("two people signed"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
    "expired": _("ran out unanswered"),
}
CRITERIA: Mapping[str, str] = {
    "protected_civilian": _("A protected civilian of occupied territory"),
    "conscripted_or_contract": _("Conscripted, or made to sign a contract"),
    "under_threat": _("Under threat of criminal, administrative or other harm"),
    "freedom_to_refuse": _("Was really free to refuse"),
    "surrendered_at_once": _("Surrendered at the first chance"),
}
OTHER_CRIME = _("Any other crime while serving")
CRITERION_ANSWERS: Mapping[str, str] = {"yes": _("Yes"), "no": _("No"), "unclear": _("Not clear yet")}
SOURCES: Mapping[str, str] = {
    "family": _("the family"),
    "person": _("the person"),
    "document": _("a document"),
    "court_file": _("the court's file"),
    "open_source": _("an open source"),
    "other": _("another source"),
}
BASES: Mapping[str, str] = {
    "witnessed": _("seen or heard"),
    "told_by_him": _("told by the person"),
    "told_by_other": _("told by somebody else"),
    "document": _("stands in a document"),
    "guess": _("a guess"),
}
RESULTS: Mapping[str, str] = {
    "forced": _("Forced"),
    "likely_forced": _("Probably forced"),
    "contract_coerced": _("A contract under coercion"),
    "voluntary": _("Of their own will"),
    "indeterminate": _("Cannot be told"),
}
CONFIDENCES: Mapping[str, str] = {"high": _("high"), "medium": _("medium"), "low": _("low")}
VERIFICATIONS: Mapping[str, str] = {
    "unverified": _("Not verified"),
    "corroborated": _("Corroborated"),
    "verified": _("Verified"),
    "contradicted": _("Contradicted"),
}
QUALIFICATIONS: Mapping[str, str] = {
    "GCIV-51": _("Geneva Convention IV, article 51"),
    "GCIV-147": _("Geneva Convention IV, article 147"),
    "RS-8-2-a-v": _("Rome Statute, article 8(2)(a)(v)"),
    "RS-8-2-b-xv": _("Rome Statute, article 8(2)(b)(xv)"),
    "CCU-438-1": _("Criminal Code, article 438, part 1"),
}
CHARGES: Mapping[str, str] = {
    "CCU-111": _("Criminal Code, article 111"),
    "CCU-111-1": _("Criminal Code, article 111-1"),
    "CCU-258": _("Criminal Code, article 258"),
    "CCU-258-3": _("Criminal Code, article 258-3"),
    "CCU-260": _("Criminal Code, article 260"),
}
DEFENCES: Mapping[str, str] = {
    "CCU-39": _("Necessity: Criminal Code, article 39"),
    "CCU-40": _("Coercion: Criminal Code, article 40"),
    "GCIII": _("Prisoner of war: Geneva Convention III"),
}
SERVICES: Mapping[str, str] = {
    "legal": _("legal aid"),
    "documents": _("documents"),
    "medical": _("medical help"),
    "psychosocial": _("psychosocial support"),
    "tracing": _("tracing"),
    "evacuation": _("evacuation"),
    "benefits": _("benefits"),
    "other": _("something else"),
}
WAYS: Mapping[str, str] = {
    "call": _("a call"),
    "meeting": _("a meeting"),
    "prison_visit": _("a visit to the prison"),
    "letter": _("a letter"),
    "through_others": _("through somebody else"),
    "other": _("another way"),
}
# What was wrong with something that was typed or chosen.
PROBLEMS: Mapping[str, str] = {
    "needed": _("Please write something here."),
    "too_long": _("This is too long. Please shorten it."),
    "choose": _("Please choose one of these."),
    "no_day": _("Please give a day, such as 2026-11-30."),
    "no_time": _("Please give a time, such as 10:30."),
    "future": _("This day has not come yet."),
    "past": _("This is over already, or ends before it begins."),
    "too_many": _("There are too many of these already: take some out first."),
    "away_too_often": _(
        "Twelve absences of one person are noted already. End one that is needed no more, or note several as one."
    ),
    "no_such_case": _("There is no case of this number that your keys open."),
}
# Why a step was not taken, by its reason.
REFUSALS: Mapping[str, str] = {
    "no_desk": _("Your queue was shared this case without a part for your own desk"),
    "no_such_entry": _("This is not there, or somebody may have changed it"),
    "not_open": _("This was answered already, or ran out"),
    "not_verified": _("A signature does not fit: somebody may have changed this, so nothing was done"),
    "older_key": _("Whoever proposed this has new keys since: let them take it back and propose it once more"),
    "same_person": _("This takes two people: a colleague must give the second signature"),
    "another_organisation": _("The second signature is given by somebody of the same organisation"),
    "another_version": _("The case was changed after this was proposed. Refuse it, and let it be proposed anew"),
    "waits_already": _("The same waits for a second signature already"),
    "family_wrote": _("The family has written meanwhile: read that first"),
    "no_consent": _("The family gave no consent for this"),
    "consent_changed": _("The family has changed its consent since this was proposed"),
    "not_closed": _("The case is not closed"),
    "newer_assessment": _("There is a newer assessment: look at that one"),
    "lawyers_only": _("Only lawyers write here"),
    "done_already": _("This is done already"),
    "not_responsible": _("Another queue answers for this case"),
    "set_aside": _("The case is set aside: give it back instead"),
    "not_set_aside": _("The case is not set aside any more"),
    "linked_already": _("These two cases are linked already"),
    "not_linked": _("These two cases are not linked any more"),
    "practice": _("This was made for practice: it stays in its queue, and apart from what families reported"),
    "no_practice": _("A family sent this case: it is not ended as practice"),
    "lead_or_maker": _("Practice is ended by whoever made it, or by the queue's lead"),
    "other_not_yours": _("Your keys do not open the other case"),
    "being_transferred": _("A case that is offered to another queue is linked when that was answered"),
}
# The titles of the replies to begin with, which are data.
REPLIES = (
    _("We have read it"),
    _("We need to know more"),
    _("We ask for a consent"),
    _("There is no news yet"),
    _("We come to an end"),
)
CARD_KINDS: Mapping[str, str] = {
    "lawyer": _("Lawyers"),
    "hotline": _("Hotlines"),
    "office": _("Offices"),
    "organisation": _("Organisations"),
}
THE_FAMILY = _("The family")
# How the story tells what somebody did.
EVENTS: Mapping[str, str] = {
    "received": _("The report came"),
    "wrote": _("The family wrote"),
    "updated": _("The family told what changed"),
    "consents_changed": _("The family changed its consents"),
    "answered": _("has written to the family"),
    "noted": _("has kept a note"),
    "assessment": _("assessed whether the person was forced"),
    "task": _("noted a task"),
    "hearing": _("noted a hearing"),
    "trial": _("noted what is known of the trial"),
    "contact": _("was in contact outside the program"),
    "done": _("finished a task or a hearing"),
    "translation": _("translated"),
    "step_acknowledged": _("acknowledged the case"),
    "step_taken": _("took the case"),
    "step_status": _("set the status:"),
    "step_urgency": _("set the priority:"),
    "step_set_aside": _("set it aside as junk"),
    "step_given_back": _("gave it back"),
    "found_out": _("found out:"),
    "way_assigned": _("gave the case to:"),
    "way_offered": _("offered it to:"),
    "way_accepted": _("accepted it for:"),
    "way_refused": _("refused it for:"),
    "way_ended": _("ended the sharing with:"),
    "linked": _("linked it to another case"),
    "unlinked": _("took a link back"),
    "reopened": _("opened the case again"),
    "proposed": _("proposed:"),
    "agreed": _("gave the second signature:"),
    "refused": _("refused:"),
    "withdrawn": _("took back:"),
}
