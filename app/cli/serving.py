"""``rodyna serve`` and ``rodyna work``: the processes that go on until they are stopped."""

from typing import Annotated

import typer
import uvicorn

from app import duties
from app.cli.surroundings import commands, installed, service_key, stop
from app.settings import Settings
from app.trail.leaving import Mailbox
from app.worker import run, stop_on_signals


@commands.command()
def serve(
    side: Annotated[str, typer.Option(help="family, desk or both")] = "both",
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: Annotated[int, typer.Option(min=1, help="processes")] = 1,
) -> None:
    """Serve the families' pages, the desk, or both."""
    factories = {"family": "family_side", "desk": "desk_side", "both": "both_sides"}
    if side not in factories:
        stop("--side is family, desk or both.")
    with installed(Settings()):
        pass
    uvicorn.run(
        f"app.main:{factories[side]}",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=10,
    )


@commands.command(name="work")
def work_() -> None:
    """Do what is due in the background, until stopped."""
    settings = Settings()
    with installed(settings) as engine:
        mailbox = Mailbox(settings.smtp_url, settings.head_to) if settings.smtp_url and settings.head_to else None
        run(duties.make_worker(engine, service_key(settings), settings.data_dir, mailbox), stop_on_signals())
