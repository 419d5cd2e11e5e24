"""``rodyna doctor`` and ``rodyna metrics``: what the operator must mend, and figures for a machine that watches."""

from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated

import typer
from sqlalchemy import Engine

from app import clock
from app.cli.keeping import verdict_on_record
from app.cli.surroundings import SERVICE_KEY, commands, installed, kept_backups
from app.health import background, installation, machine, reach
from app.health.figures import CONTENT_TYPE, as_text, figures
from app.health.findings import Check, Finding, examine
from app.logs import write_lines
from app.settings import Settings
from app.storage.sessions import Session, session_scope


@commands.command()
def doctor() -> None:
    """Look the installation over; say what to do about each finding, and end with 1 where something is bad."""
    settings = Settings()
    bad = 0
    with installed(settings) as engine, session_scope(engine) as session:
        for area, found in examine(_checks(settings, session)):
            typer.echo(f"{area}: {'as it should be' if not found else ''}".rstrip())
            for finding in found:
                typer.echo(f"  {'BAD' if finding.bad else 'note'}: {finding.what}\n       do: {finding.remedy}")
            bad += sum(finding.bad for finding in found)
    if bad:
        typer.echo(f"To be mended: {bad}.", err=True)
        raise typer.Exit(1)


def _checks(settings: Settings, session: Session) -> list[tuple[str, Check]]:
    now, data, origins = clock.told(), settings.data_dir, settings.origin.split()
    return [
        ("keys", partial(installation.service_key_fits, session, _service_key(settings))),
        ("vouching", partial(installation.vouching, session, settings.trusted_root)),
        ("recovery", partial(installation.recovery, session)),
        ("in force", partial(installation.signed_contents, session)),
        ("record", partial(_record, session)),
        ("storage", partial(installation.database, session)),
        ("line to the database", partial(installation.line, session)),
        ("PostgreSQL's log", partial(installation.what_postgresql_writes_down, session)),
        ("backups", partial(machine.backups, kept_backups(settings), now)),
        ("background work", partial(background.jobs, session, now)),
        ("failures", partial(background.failures, session, now)),
        ("clock", lambda: machine.clock(now, installation.newest_day(session))),
        ("PostgreSQL's clock", partial(background.clock_of_the_database, session, now)),
        ("disk", partial(machine.room, data)),
        ("permissions", partial(machine.permissions, data)),
        ("swap", machine.swap),
        ("core dumps", machine.core_dumps),
        ("headers", lambda: [finding for origin in origins for finding in reach.headers(origin)]),
        ("handshake", lambda: [finding for origin in origins for finding in reach.key_exchange(origin)]),
        ("Tor", partial(reach.tor, origins)),
    ]


def _record(session: Session) -> list[Finding]:
    verdict = verdict_on_record(session)
    if verdict.reason is None:
        return []
    return [
        Finding(f"broken: {verdict.reason}", "change nothing, copy the database, call the auditor: `rodyna verify`")
    ]


def _service_key(settings: Settings) -> bytes | None:
    try:
        return bytes.fromhex((settings.data_dir / SERVICE_KEY).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


@commands.command()
def metrics(
    port: Annotated[int | None, typer.Option(help="serve them on this port; without it they are printed once")] = None,
    host: str = "127.0.0.1",
) -> None:
    """Figures for a machine that watches (OpenMetrics), without personal data."""
    write_lines()
    settings = Settings()
    with installed(settings) as engine:
        if port is None:
            typer.echo(_figures(settings, engine), nl=False)
            return
        with ThreadingHTTPServer((host, port), _handler(settings, engine)) as server:
            typer.echo(f"http://{host}:{server.server_port}/metrics")
            server.serve_forever()


def _figures(settings: Settings, engine: Engine) -> str:
    with session_scope(engine) as session:
        return as_text(figures(session, kept_backups(settings), datetime.now(UTC)))


def _handler(settings: Settings, engine: Engine) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path != "/metrics":
                self.send_error(404)
                return
            content = _figures(settings, engine).encode()
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            """Nothing about whoever asks is written down."""

    return Handler
