"""The cast: two members in every queue, the first of each its lead, and a partner organisation."""

import base64
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.accounts.permissions import Role
from app.accounts.setup import Credentials, OrganisationPlan, PersonPlan, QueuePlan

ACCOUNTS_FILE = "demo-accounts.json"

_QUEUES = {
    "triage": ("tomas", "halyna"),
    "legal": ("daria", "bohdan"),
    "tracing": ("oksana", "mykola"),
    "protection": ("ivan", "solomiia"),
    "psychosocial": ("nadia", "yurii"),
    "documentation": ("lesia", "ostap"),
}
_SHOWN = {
    "tomas": "Томас Вербний",
    "halyna": "Галина Яворська",
    "daria": "Дарія Лановенко",
    "bohdan": "Богдан Терновий",
    "oksana": "Оксана Зоряна",
    "mykola": "Микола Гайовий",
    "ivan": "Іван Криничний",
    "solomiia": "Соломія Вітряна",
    "nadia": "Надія Світанок",
    "yurii": "Юрій Діброва",
    "lesia": "Леся Калинова",
    "ostap": "Остап Ясенко",
    "lena": "Лена Озерна",
    "vira": "Віра Польова",
    "petro": "Петро Горовий",
    "iryna": "Ірина Тиха",
    "roman": "Роман Ключник",
    "ayshe": "Айше Бахчелі",
    "rustem": "Рустем Чатирлі",
}
RECEIVING = "Родинний захист"
PARTNER = "Кримська правова допомога"
PARTNER_QUEUE = "partner-legal"


def cast() -> tuple[OrganisationPlan, ...]:
    """The two organisations of the demonstration."""
    workers = [_worker(name, queue, leads=name == members[0]) for queue, members in _QUEUES.items() for name in members]
    others = [
        *(_person(name, Role.COORDINATOR) for name in ("lena", "vira")),
        *(_person(name, Role.ADMINISTRATOR) for name in ("petro", "iryna")),
        _person("roman", Role.AUDITOR),
    ]
    partners = (_worker("ayshe", PARTNER_QUEUE, leads=True), _worker("rustem", PARTNER_QUEUE, leads=False))
    return (
        OrganisationPlan(RECEIVING, tuple(QueuePlan(kind, kind) for kind in _QUEUES), (*workers, *others)),
        OrganisationPlan(PARTNER, (QueuePlan(PARTNER_QUEUE, "legal"),), partners),
    )


def write_accounts(folder: Path, people: Sequence[Credentials]) -> Path:
    """Write the log-ins, second-factor secrets included, to a file that only its owner reads."""
    return write_private(folder / ACCOUNTS_FILE, [_account(each) for each in people])


def write_private(path: Path, content: Any) -> Path:
    """Write JSON to a file that only its owner reads, from its first byte on."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    return path


def _account(each: Credentials) -> dict[str, Any]:
    return {
        "name": each.plan.name,
        "password": each.person.passphrase,
        "totp_secret": base64.b32encode(each.person.totp_secret).decode(),
        "organisation": each.organisation,
        "roles": [role.value for role in each.plan.roles],
        "queues": list(each.plan.queues),
    }


def _worker(name: str, queue: str, *, leads: bool) -> PersonPlan:
    return PersonPlan(name, _SHOWN[name], (Role.CASEWORKER,), (queue,), (queue,) if leads else ())


def _person(name: str, role: Role) -> PersonPlan:
    return PersonPlan(name, _SHOWN[name], (role,))
