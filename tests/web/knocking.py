"""What a stranger puts into addresses and forms to see how far they come."""

FORM = {
    "status": "in_progress",
    "message": "Ми з вами.",
    "note": "Подзвонити.",
    "language": "uk",
    "to": "/desk/",
    "privileged": "Лише правникам.",
    "reason": "Так треба.",
    "outcome": "charges_dropped",
    "reasons": "З усього.",
    "text": "Слово.",
    "service": "legal",
    "way": "call",
    "day": "2026-11-20",
    "translation": "Переклад.",
    "of": "answer:story",
    "language_of_text": "uk",
    "result": "forced",
    "confidence": "high",
    "verification": "verified",
    "other_crime": "no",
    "other_crime_source": "family",
    "other_crime_basis": "guess",
    "queue": "psychosocial",
    "scope": "full",
    "known_basis": "document",
    "situation": "convicted_ua",
}
NAMES = {
    "lang": "uk",
    "situation": "missing",
    "step": "safety",
    "name": "icon.svg",
    "token": "nosuch",
    "organisation_id": "nosuch",
    "account_id": "nosuch",
    "invitation_id": "nosuch",
    "release": "1",
    "other": "2",
    "table": "need",
    "kind": "intake",
    "period": "2026-Q3",
    "escalated": "nosuch12",
}
# What those who may come so far are told about people, links, texts and releases that are not there.
NOTHING_THERE = {
    # No release was made, and the key of the statistics is there already.
    ("GET", "/statistics/{release}"): 404,
    ("GET", "/statistics/{release}/beside/{other}"): 404,
    ("GET", "/statistics/{release}/{table}.{kind}"): 404,
    ("GET", "/statistics/making/{kind}/{period}"): 303,
    ("POST", "/statistics/key"): 403,
    ("GET", "/{lang}/figures/{release}"): 404,
    ("GET", "/{lang}/figures/{release}/beside/{other}"): 404,
    ("GET", "/{lang}/figures/{release}/{table}.{kind}"): 404,
    ("POST", "/desk/escalations/{escalated}/seen"): 404,
    ("POST", "/desk/escalations/{escalated}/remind"): 404,
    ("GET", "/admin/people/{account_id}"): 404,
    ("POST", "/admin/people/{account_id}/admit"): 404,
    ("POST", "/admin/people/{account_id}/reset"): 404,
    ("POST", "/admin/invitations/{invitation_id}/revoke"): 410,
    ("POST", "/admin/invite"): 422,
    ("POST", "/admin/queues"): 422,
    ("POST", "/admin/organisations/new"): 422,
    ("POST", "/admin/organisations/{organisation_id}/invite"): 404,
    ("POST", "/admin/organisations/{organisation_id}/admit/{account_id}"): 404,
    ("POST", "/admin/rules"): 200,
    ("POST", "/admin/recovery"): 422,
    ("POST", "/admin/recovery/test"): 403,
    ("POST", "/admin/recovery/use"): 422,
    ("POST", "/desk/recovery/cover"): 404,
    ("POST", "/desk/recovery/take"): 404,
    ("POST", "/admin/people/{account_id}/lead"): 404,
    ("POST", "/admin/people/{account_id}/remove"): 404,
    ("POST", "/desk/queues/{queue_id}/begin"): 404,
    ("POST", "/desk/cases/{case_id}/accept"): 303,
    ("POST", "/desk/cases/{case_id}/assign"): 409,
    ("POST", "/desk/cases/{case_id}/refuse"): 409,
    ("POST", "/desk/cases/{case_id}/unshare"): 303,
    ("POST", "/desk/cases/{case_id}/urgency"): 303,
    ("POST", "/desk/queues/{queue_id}/people/{account_id}"): 404,
}
# What takes something that a lone person's form does not have: a colleague's proposal, a consent, another case.
NOT_ALONE = {
    ("POST", f"/desk/cases/{{case_id}}/{step}"): status
    for step, status in {
        "agree": 303,
        "decline": 409,
        "unlink": 303,
        "finish": 303,
        "reopen": 409,
        "disclose": 422,
        "link": 422,
    }.items()
}
# A story must be chosen.
NOT_ALONE |= {("POST", "/desk/queues/{queue_id}/practice"): 422}
# Forms that are answered with a page of their own.
NOT_ALONE |= {("POST", "/desk/search"): 200, ("POST", "/desk/intake"): 200}
