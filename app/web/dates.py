"""Dates in words. ICU knows no Crimean Tatar, so the months of all four languages stand here."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

KYIV = ZoneInfo("Europe/Kyiv")

# As they stand after a day ("24 лютого") ...
OF_MONTH: Mapping[str, tuple[str, ...]] = {
    "uk": (
        "січня", "лютого", "березня", "квітня", "травня", "червня",
        "липня", "серпня", "вересня", "жовтня", "листопада", "грудня",
    ),
    "ru": (
        "января", "февраля", "марта", "апреля", "мая", "июня",
        "июля", "августа", "сентября", "октября", "ноября", "декабря",
    ),
    "crh": (
        "yanvar", "fevral", "mart", "aprel", "mayıs", "iyün",
        "iyül", "avgust", "sentâbr", "oktâbr", "noyabr", "dekabr",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
# ... and alone ("лютий").
MONTHS: Mapping[str, tuple[str, ...]] = {
    **OF_MONTH,
    "uk": (
        "січень", "лютий", "березень", "квітень", "травень", "червень",
        "липень", "серпень", "вересень", "жовтень", "листопад", "грудень",
    ),
    "ru": (
        "январь", "февраль", "март", "апрель", "май", "июнь",
        "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
    ),
}  # fmt: skip


def day_in_words(day: date, language: str) -> str:
    """24 February 2022, in `language`."""
    return f"{day.day} {OF_MONTH[language][day.month - 1]} {day.year}"


def answer_in_words(text: str, language: str) -> str:
    """A date as answers keep it ("2022-02-24", "2022-02" or "2022") in words; anything else as it is."""
    parts = text.split("-")
    if not all(part.isdecimal() for part in parts) or not 1 <= len(parts) <= 3:
        return text
    numbers = [int(part) for part in parts]
    if len(numbers) > 1 and not 1 <= numbers[1] <= 12:
        return text
    if len(numbers) == 3:
        return f"{numbers[2]} {OF_MONTH[language][numbers[1] - 1]} {numbers[0]}"
    if len(numbers) == 2:
        return f"{MONTHS[language][numbers[1] - 1]} {numbers[0]}"
    return text


def moment_in_words(moment: datetime, language: str) -> str:
    """A moment as a clock in Kyiv shows it: "24 February 2022, 14:05"."""
    local = moment.astimezone(KYIV)
    return f"{day_in_words(local.date(), language)}, {local:%H:%M}"
