"""A file or a number out of an address; whatever does not fit is a release that is not there."""

from fastapi.responses import Response

from app.statistics.errors import NoSuchRelease
from app.statistics.releases import Released
from app.web.figures.files import FILES, file_name


def number_of(text: str) -> int:
    """The number of a release out of an address.

    Raises: :class:`~app.statistics.errors.NoSuchRelease`.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise NoSuchRelease
    return int(text)


def file_of(release: Released, table: str, kind: str, language: str) -> Response:
    """A table of a release as a file.

    Raises: :class:`~app.statistics.errors.NoSuchRelease`.
    """
    if kind not in FILES:
        raise NoSuchRelease
    media_type, write = FILES[kind]
    name = file_name(release, release.table(table).code, kind)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write(release, release.table(table), language), media_type=media_type, headers=headers)
