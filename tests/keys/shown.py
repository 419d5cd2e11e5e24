"""Every column that can be read without a key, and what it tells. README says the same in fewer words.

Whoever adds a column writes down here what a seized server will tell by it, or seals it.
"""

CLEAR = {
    "account": {
        "id": "a random id",
        "organisation_id": "which organisation the account belongs to",
        "roles": "which roles the account has",
    },
    "attempts": {"failed": "how many log-ins or codes were wrong", "ends": "in which quarter of an hour"},
    "case": {
        "id": "a random number",
        "queue_id": "which queue has the case",
        "status": "where it stands",
        "priority": "how urgent it is",
        "received": "the day it was received",
        "acknowledge_by": "a running deadline, to the hour",
        "act_by": "a running deadline, to the hour",
        "due": "the earlier of the two, to the hour",
        "assignee": "which account has it",
        "unread": "whether a message waits",
        "version": "how often it was changed",
    },
    "directory_share": {"organisation_id": "whose names", "account_id": "which account reads them"},
    "epoch": {"day": "a day of the last two on which somebody came"},
    "grant": {
        "case_id": "which case",
        "queue_id": "which queue holds keys of it",
        "generation": "of which age the queue's key is",
        "consent": "on which consent it rests",
    },
    "installation": {
        "id": "always 1",
        "receiving_id": "which organisation receives",
        "practice": "whether it is for practice",
    },
    "item": {
        "id": "a random id",
        "case_id": "which case",
        "compartment": "in which part of it",
        "kind": "report, message, note, ...",
        "day": "the day it was written",
    },
    "job": {
        "kind": "what is to be done",
        "key": "the case or the day it is about",
        "due": "by when, to the minute",
        "leased_until": "until when a worker has it",
        "claims": "how often it was taken",
        "tries": "how often it failed",
        "asked": "when it was asked for again",
    },
    "kept_answer": {"ends": "in which quarter of an hour a program sent, a day later"},
    "locker": {
        "case_id": "which case a code leads to",
        "typed": "whether it was typed once",
        "day": "the day the code was given",
    },
    "membership": {"queue_id": "which queue", "account_id": "which account", "lead": "whether it leads"},
    "organisation": {"id": "a random id", "name": "the name, which the consent text says"},
    "queue": {"id": "the id in addresses", "organisation_id": "whose queue", "kind": "its kind"},
    "ring_key": {"ring": "whose key", "generation": "its age"},
    "ring_link": {"ring": "whose key", "generation": "its age"},
    "ring_share": {"ring": "whose key", "generation": "its age", "account_id": "which account holds it"},
    "sent_draft": {"ends": "when the draft's pages are over"},
    "session": {"account_id": "which account, none for families", "ends": "when it ends, to the quarter of an hour"},
    "spent_totp": {"ends": "a log-in of the last minutes, to the quarter of an hour"},
    "statement": {
        "chain": "whether it is about the installation, an organisation or a ring, and about which",
        "number": "how often something was stated there",
        "signer": "which account signed, or the root",
    },
    "told": {"case_id": "which case", "queue_id": "which queue is told of it"},
    "trail_entry": {
        "seq": "the place in the order",
        "actor": "which account acted",
        "after_seq": "the last entry that it had seen",
    },
    "trail_head": {"id": "always 1", "seq": "how many entries there are"},
    "withdrawal": {
        "case_id": "which case was taken back",
        "queue_id": "which queue had it",
        "day": "the day it was taken back",
    },
}

# Bytes that are no sealings.
OPEN_BYTES = {
    "account": {
        "locator": "derived from name and passphrase; finds the row",
        "public_key": "a public key",
        "verify_key": "a public key",
    },
    "attempts": {"tag": "a name under the day's key, or all codes"},
    "epoch": {"key": "the day's key: opens pages of two days that somebody still has, and no row"},
    "installation": {
        "salt": "random",
        "root_public": "a public key",
        "service_public": "a public key",
        "backup_public": "a public key",
    },
    "kept_answer": {"locator": "derived from the client's key"},
    "locker": {"locator": "derived from the code"},
    "ring_key": {"public_key": "a public key"},
    "sent_draft": {"locator": "derived from the draft's random mark"},
    "session": {"locator": "derived from the token"},
    "spent_totp": {"tag": "a step under the person's secret"},
    "statement": {
        "content": "accounts with their public keys, roles and queues; names of the organisations",
        "signature": "a signature",
    },
    "trail_entry": {"after_hash": "a hash", "signature": "a signature over ciphertext", "hash": "a hash"},
    "trail_head": {"hash": "a hash"},
}
