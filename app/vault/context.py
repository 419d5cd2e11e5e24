"""What a key or a sealing is for, as bytes that two different uses never share."""

from enum import StrEnum, unique

from app.vault.formats import VERSION


@unique
class Purpose(StrEnum):
    """Every use that a key is put to, in the whole program.

    One member per use, so that a key derived for one thing opens nothing else, and bytes sealed
    in one place open in no other. A value is part of stored ciphertexts: it is never changed and
    never given to another use.
    """

    # Uses inside the vault.
    HPKE = "hpke"
    LOCATOR = "locator"
    WRAPPING_KEY = "wrapping-key"
    UNLOCK_SALT = "unlock-salt"
    SIGNATURE = "signature"
    STREAM = "stream"
    STREAM_KEY = "stream-key"

    # Cases.
    ITEM = "item"
    GRANT = "grant"
    LOCKER = "locker"
    STAFF_MESSAGE = "staff-message"
    NOTE = "note"
    DESK_ENTRY = "desk-entry"
    PROPOSAL = "proposal"
    CONSENT = "consent"
    ROUTING = "routing"
    PRACTICE = "practice"

    # The family's way in and back.
    DRAFT = "draft"
    CODE_RENEWAL = "code-renewal"
    SENT_DRAFT = "sent-draft"
    IDEMPOTENCY = "idempotency"
    RETURN_SESSION = "return-session"
    RETURN_LIMIT = "return-limit"

    # Accounts.
    BUNDLE = "bundle"
    SESSION = "session"
    SESSION_ABOUT = "session-about"
    SECOND_FACTOR = "second-factor"
    OFFERED_WORDS = "offered-words"
    OFFERED_TOTP = "offered-totp"
    SPENT_TOTP = "spent-totp"
    DIRECTORY_SHARE = "directory-share"
    NAME = "name"
    RING_SHARE = "ring-share"
    LOG_IN_LIMIT = "log-in-limit"
    UNSENT = "unsent"
    INVITATION = "invitation"
    INVITATION_NOTE = "invitation-note"
    JOINING = "joining"
    NEWCOMER = "newcomer"
    MEANT = "meant"
    FINGERPRINT = "fingerprint"
    SEARCH = "search"
    ADDRESS_CARD = "address-card"
    RECOVERY_FINGERPRINT = "recovery-fingerprint"
    RECOVERY_COPY = "recovery-copy"
    RECOVERED_KEY = "recovered-key"
    DIRECTORY_COPY = "directory-copy"
    ROSTER = "roster"
    DUTY_PLAN = "duty-plan"
    ABSENCE = "absence"

    # Vouching: who and which key counts, signed up to the root.
    STATEMENT = "statement"
    ROOT_FINGERPRINT = "root-fingerprint"
    RING_LINK = "ring-link"

    # The record.
    RECORD_ENTRY = "record-entry"
    TRAIL_LINK = "trail-link"

    # Backups.
    BACKUP = "backup"
    STANDING = "standing"
    STANDING_ROW = "standing-row"

    # Statistics.
    FACET_ID = "facet-id"
    FACET = "facet"
    RELEASE_WORK = "release-work"
    COUNTED = "counted"
    RELEASE_MADE = "release-made"
    RELEASE_CONFIRMED = "release-confirmed"
    LEDGER = "ledger"


def context(purpose: Purpose, *parts: str | bytes) -> bytes:
    """Write a purpose and the place it is bound to (case, holder, ...) as canonical bytes.

    Version byte, then the purpose and every part, each behind its length as four bytes
    big-endian. Two different purposes or lists of parts never give the same bytes. A text counts
    as its UTF-8 bytes, so an id may be given either way; whatever a client sent can be written.

    Raises: ``ValueError`` for a purpose that is not in the list.
    """
    fields = [Purpose(purpose).value.encode("ascii")]
    fields += [utf8(part) if isinstance(part, str) else part for part in parts]
    return VERSION + b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def utf8(text: str) -> bytes:
    """Return a text as UTF-8, lone surrogates too, which JSON can carry into a name or token."""
    return text.encode("utf-8", "surrogatepass")
