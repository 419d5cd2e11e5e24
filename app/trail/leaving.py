"""The head of the record leaves the machine: into a file that backups take along, and by mail to a role's address.

A head says how many entries there are and how the last one hashes, and nothing else; who keeps it elsewhere can
prove later what was done to the record. Mail is sent by a job of its own: that it fails blocks nothing, and it is
tried again.
"""

import os
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit

HEADS_FILE = "heads.txt"
TIMEOUT_SECONDS = 20
PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Mailbox:
    """A mail server (``smtp://`` or ``smtps://``, with a name and password if it asks) and the address to write to."""

    url: str = field(repr=False)
    to: str


class PasswordInClear(OSError):
    """A password would have gone over the network in clear."""


def keep_head(folder: Path, day: date, head: str) -> None:
    """Add the head of ``day`` to the file of heads, on the disk before this returns; a day stands there once."""
    path = folder / HEADS_FILE
    if any(line.startswith(day.isoformat()) for line in kept_heads(folder)):
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{day.isoformat()} {head}\n")
        file.flush()
        os.fsync(file.fileno())


def kept_heads(folder: Path) -> list[str]:
    """The lines of the file of heads, the oldest first."""
    path = folder / HEADS_FILE
    return path.read_text(encoding="ascii").splitlines() if path.exists() else []


def mail_head(box: Mailbox, day: date, head: str) -> None:
    """Send the head of ``day``, and not one word more.

    A password goes over an encrypted line alone, or to this very machine.

    Raises: ``OSError``, which ``smtplib``'s errors are too, where the server does not take it, and
    :class:`PasswordInClear`.
    """
    message = EmailMessage()
    message["Subject"] = f"{day.isoformat()} {head}"
    message["From"] = message["To"] = box.to
    message.set_content(head)
    parts = urlsplit(box.url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    secure = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=secure)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    with server:
        server.ehlo()
        encrypted = parts.scheme == "smtps"
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=secure)
            encrypted = True
        if parts.username:
            # Whoever stands between can take the offer of encryption away, and would read the password.
            if not encrypted and not _is_this_machine(host):
                raise PasswordInClear("the mail server offers no encryption, so the password was not sent")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _is_this_machine(host: str) -> bool:
    """Whether a host is the machine itself: by its address, or by the one name that always means it (RFC 6761)."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
