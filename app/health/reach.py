"""How the installation is reached: the headers of its pages, and Tor."""

import http.client
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from app.health.findings import Finding

SECONDS = 5
HYBRID = "X25519MLKEM768"
WANTED = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
# What tells of programs or stays on the device.
UNWANTED = ("server", "x-powered-by", "via", "set-cookie", "etag", "last-modified")
TORRC = Path("/etc/tor/rodyna.torrc")


def headers(origin: str) -> Iterator[Finding]:
    """The first page comes with the headers that the program gave it, the proxy's own left out."""
    parts = urlsplit(origin)
    if (parts.hostname or "").endswith(".onion"):
        return
    try:
        found = _head(origin)
    except (OSError, http.client.HTTPException) as error:
        yield Finding(
            f"{origin} cannot be reached from here: {type(error).__name__}",
            "`systemctl status rodyna-family nginx`; a desk behind client authorisation cannot be asked from here",
            bad=False,
        )
        return
    for name, value in WANTED.items():
        if found.get(name) != value:
            yield Finding(f"{origin}: {name} is {found.get(name)}", "the proxy must pass the program's headers on")
    if "default-src 'none'" not in found.get("content-security-policy", ""):
        yield Finding(f"{origin}: the content policy is missing", "the proxy must pass the program's headers on")
    if parts.scheme == "https" and "strict-transport-security" not in found:
        yield Finding(
            f"{origin}: browsers are not told to stay with HTTPS", "put the https address first in RODYNA_ORIGIN"
        )
    for name in UNWANTED:
        if name in found and not (name == "server" and found[name] == "nginx"):
            yield Finding(f"{origin}: {name} is sent", f"take the header {name} out of the proxy's configuration")


def key_exchange(origin: str) -> Iterator[Finding]:
    """What is recorded on the way stays shut for a quantum computer: the proxy agrees on the hybrid exchange."""
    parts = urlsplit(origin)
    host, openssl = parts.hostname or "", shutil.which("openssl")
    if parts.scheme != "https" or host.endswith(".onion"):
        return
    if openssl is None:
        yield Finding(f"{origin}: the handshake cannot be tried", "`apt-get install openssl`", bad=False)
        return
    words = [openssl, "s_client", "-connect", f"{host}:{parts.port or 443}", "-servername", host, "-groups", HYBRID]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - the words are of our own settings.
    except subprocess.TimeoutExpired:
        return
    said = (done.stdout + done.stderr).decode(errors="replace")
    # Whoever is not reached at all is a finding of the headers.
    if "CONNECTED" not in said and "-groups" in said:
        yield Finding(
            f"{origin}: this machine's OpenSSL is older than 3.5, so its nginx knows no post-quantum handshake",
            "Debian 13 has it; until then what is recorded on the way can be opened by a quantum computer later",
            bad=False,
        )
    elif "CONNECTED" in said and (done.returncode != 0 or "alert" in said):
        yield Finding(
            f"{origin}: the proxy does not agree on {HYBRID}",
            "`deploy/install` writes /etc/nginx/rodyna/key-exchange.conf anew; then `nginx -t` and restart it",
            bad=False,
        )


def tor(origins: list[str], torrc: Path = TORRC) -> Iterator[Finding]:
    """Families can come by Tor; the desk is not open to everybody who knows its address."""
    if not any((urlsplit(origin).hostname or "").endswith(".onion") for origin in origins):
        yield Finding(
            "no onion address is served", "deploy/OPERATING.md, step 3, and its address into RODYNA_ORIGIN", bad=False
        )
    if not torrc.exists():
        return
    folders = [line.split()[1] for line in torrc.read_text().splitlines() if line.startswith("HiddenServiceDir ")]
    for folder in (Path(name) for name in folders if "desk" in Path(name).name):
        try:
            clients = list((folder / "authorized_clients").glob("*.auth"))
        except OSError:
            yield Finding(f"{folder} may not be looked at from here", "run doctor as root once", bad=False)
            continue
        if not clients:
            yield Finding("the desk's onion address is open to all", f"put keys into {folder}/authorized_clients")


def _head(origin: str) -> dict[str, str]:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
    )
    try:
        connection.request("GET", "/uk/")
        return {name.lower(): value for name, value in connection.getresponse().getheaders()}
    finally:
        connection.close()
