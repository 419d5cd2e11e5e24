"""What a stranger puts into addresses and forms to see how far they come."""

FORM = {"status": "in_progress", "message": "Ми з вами.", "note": "Подзвонити.", "language": "uk", "to": "/desk/"}
NAMES = {
    "lang": "uk",
    "situation": "missing",
    "step": "safety",
    "name": "icon.svg",
    "token": "nosuch",
    "account_id": "nosuch",
    "invitation_id": "nosuch",
}
# What those who may come so far are told about people, links and texts that are not there.
NOTHING_THERE = {
    ("GET", "/admin/people/{account_id}"): 404,
    ("POST", "/admin/people/{account_id}/admit"): 404,
    ("POST", "/admin/people/{account_id}/reset"): 404,
    ("POST", "/admin/invitations/{invitation_id}/revoke"): 410,
    ("POST", "/admin/invite"): 422,
    ("POST", "/admin/queues"): 422,
    ("POST", "/admin/people/{account_id}/lead"): 404,
    ("POST", "/admin/people/{account_id}/remove"): 404,
    ("POST", "/desk/queues/{queue_id}/begin"): 404,
    ("POST", "/desk/queues/{queue_id}/people/{account_id}"): 404,
}
