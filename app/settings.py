"""Settings: environment variables beginning with ``RODYNA_``, read once and never changed.

Each may instead be read from the file that ``RODYNA_…_FILE`` names, so that a password need
not stand in the environment. Only ``main``, ``cli`` and ``worker`` read them.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import EnvSettingsSource

PREFIX = "RODYNA_"
ROOT_FINGERPRINT = "root.fingerprint"
WITNESS = "witness.json"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _each(origins: str) -> list[str]:
    """Several addresses, such as one of the web and one of Tor, stand in one setting with spaces between."""
    return [origin.rstrip("/") for origin in origins.replace(",", " ").split()]


class _FromFiles(EnvSettingsSource):
    """Read the value of ``RODYNA_X`` from the file that ``RODYNA_X_FILE`` names."""

    def __call__(self) -> dict[str, Any]:
        found = {}
        for name in self.settings_cls.model_fields:
            path = os.environ.get(f"{PREFIX}{name.upper()}_FILE")
            if path:
                found[name] = Path(path).read_text(encoding="utf-8").strip()
        return found


class Settings(BaseSettings):
    """Where the program keeps things and how it is reached."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Path("data")
    database_url: str = Field(default="", repr=False)
    blobs_url: str = ""
    blobs_endpoint: str = ""
    blobs_region: str = ""
    blobs_key_id: str = Field(default="", repr=False)
    blobs_secret: str = Field(default="", repr=False)
    origin: str = "http://127.0.0.1:8000"
    root_fingerprint: str = ""
    smtp_url: str | None = Field(default=None, repr=False)
    head_to: str = ""
    leave_url: str = "https://www.wikipedia.org/"
    publish_figures: bool = False

    @field_validator("smtp_url")
    @classmethod
    def _mail_goes_to_a_server(cls, url: str | None) -> str | None:
        if url and (urlsplit(url).scheme not in {"smtp", "smtps"} or not urlsplit(url).hostname):
            raise ValueError("a mail server is smtp:// or smtps:// and a host")
        return url

    @field_validator("blobs_url")
    @classmethod
    def _blobs_lie_in_a_folder_or_a_bucket(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and not (parts.scheme == "file" and parts.path) and not (parts.scheme == "s3" and parts.netloc):
            raise ValueError("blobs lie at file:///folder or s3://bucket/prefix")
        if parts.username or parts.query:
            raise ValueError("who may use a store stands in RODYNA_BLOBS_KEY_ID and RODYNA_BLOBS_SECRET_FILE")
        return url.rstrip("/")

    @field_validator("blobs_endpoint")
    @classmethod
    def _a_store_has_an_address(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
            raise ValueError("a store's address is http:// or https:// and a host")
        return url

    @field_validator("origin")
    @classmethod
    def _origins_are_addresses(cls, origin: str) -> str:
        for parts in map(urlsplit, _each(origin)):
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
                raise ValueError("an origin is a scheme, a host and perhaps a port")
        return " ".join(_each(origin))

    @property
    def database(self) -> str:
        """The database's address; a file in the data folder unless another is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'rodyna.db'}"

    @property
    def blobs(self) -> str:
        """Where blobs lie; the data folder unless another place is set."""
        return self.blobs_url or str(self.data_dir)

    @property
    def trusted_root(self) -> bytes | None:
        """The root's fingerprint (32 bytes): as set, else as founding wrote it down; None where there is neither."""
        try:
            text = self.root_fingerprint or (self.data_dir / ROOT_FINGERPRINT).read_text(encoding="ascii")
            return bytes.fromhex(text.strip())
        except (OSError, ValueError):
            return None

    @property
    def witness(self) -> Path:
        """Where the highest numbers of statements are kept, outside the database."""
        return self.data_dir / WITNESS

    @property
    def is_local(self) -> bool:
        """Whether the program is reached from this machine alone."""
        return all(urlsplit(origin).hostname in LOOPBACK for origin in _each(self.origin))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - every source is passed by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - every source is passed by name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then files, then the environment; no dotenv file is read."""
        return init_settings, _FromFiles(settings_cls), env_settings
