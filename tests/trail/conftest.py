"""A record for each test, on both databases."""

import pytest
from sqlalchemy import Engine

from tests.trail.book import Book


@pytest.fixture
def book(engine: Engine) -> Book:
    """An empty record."""
    begun = Book(engine)
    begun.begin()
    return begun


@pytest.fixture
def written(book: Book) -> Book:
    """A record with five entries of two people."""
    for number, name in enumerate(("daria", "bohdan", "daria", "daria", "bohdan"), start=1):
        book.act(name, kind="opened", case=f"CASE000{number}")
    return book
