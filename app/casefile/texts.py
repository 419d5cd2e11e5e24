"""What people write to one another, in the one form in which it is kept."""

import unicodedata

from app.casefile.errors import TextRefused

MOST_CHARACTERS = 10_000


def read_written(text: str) -> str:
    """The text as it is kept: line ends of one kind, composed characters, no space around.

    Raises: :class:`~app.casefile.errors.TextRefused` where nothing or too much is left.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    # Half a character, which a program's JSON can carry, would break every page that shows it.
    whole = lines.encode("utf-8", "ignore").decode()
    written = unicodedata.normalize("NFC", whole).strip()
    if not written:
        raise TextRefused("empty")
    if len(written) > MOST_CHARACTERS:
        raise TextRefused("too_long")
    return written
