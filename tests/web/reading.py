"""Reads a page as a browser without scripts does: its forms, fields, buttons, links and texts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"input", "meta", "link", "br", "hr", "img", "wbr"})


@dataclass
class Element:
    """One element with its attributes and the text inside it."""

    tag: str
    attributes: dict[str, str]
    # What the whole page says, in pieces, and between which of them this element stands.
    pieces: list[str] = field(default_factory=list, repr=False)
    first: int = 0
    last: int | None = None

    @property
    def text(self) -> str:
        """The text inside, whatever elements stand there."""
        return "".join(self.pieces[self.first : self.last])


@dataclass
class PageForm:
    """One form: where it goes, what it would send, what can be pressed."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    buttons: list[Element] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The value that a field would be sent with."""
        return next((value for key, value in self.fields if key == name), None)

    def filled(self, go: str | None = None, **answers: str | list[str]) -> dict[str, list[str]]:
        """What is sent when `answers` are typed over what stands there and the button `go` is pressed."""
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            if name not in answers:
                sent.setdefault(name, []).append(value)
        for name, typed in answers.items():
            assert name in self.names, f"there is no field {name}"
            sent[name] = typed if isinstance(typed, list) else [typed]
        if go is not None:
            offered = [button.attributes.get("value") for button in self.buttons]
            assert go in offered, f"there is no button {go} among {offered}"
            sent["go"] = [go]
        return sent


class Page(HTMLParser):
    """A page that was read; `elements` in the order of the page."""

    def __init__(self, text: str) -> None:
        """Read `text`."""
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.forms: list[PageForm] = []
        self._pieces: list[str] = []
        self._open: list[Element] = []
        self._form: PageForm | None = None
        self._by_id: dict[str, PageForm] = {}
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._outside: list[tuple[str, Element]] = []
        self.feed(text)
        self.close()
        for form_id, button in self._outside:
            self._by_id[form_id].buttons.append(button)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and what it means for a form."""
        element = Element(tag, {name: value or "" for name, value in attrs}, self._pieces, len(self._pieces))
        self.elements.append(element)
        if tag in VOID:
            element.last = element.first
        else:
            self._open.append(element)
        self._note(element)

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        while self._open:
            element = self._open.pop()
            element.last = len(self._pieces)
            self._finish(element)
            if element.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        """Text belongs to everything that is open."""
        self._pieces.append(data)

    def by_id(self, wanted: str) -> Element:
        """The element with this id."""
        found = [element for element in self.elements if element.attributes.get("id") == wanted]
        assert len(found) == 1, f"{len(found)} elements have the id {wanted}"
        return found[0]

    def has_id(self, wanted: str) -> bool:
        """Whether an element has this id."""
        return any(element.attributes.get("id") == wanted for element in self.elements)

    def all(self, tag: str) -> list[Element]:
        """All elements of one kind."""
        return [element for element in self.elements if element.tag == tag]

    def links(self) -> list[str]:
        """Where the page's links lead."""
        return [element.attributes.get("href", "") for element in self.all("a")]

    def form_with(self, name: str) -> PageForm:
        """The form that has a field or a button of this name."""
        found = [
            form
            for form in self.forms
            if name in form.names or any(button.attributes.get("name") == name for button in form.buttons)
        ]
        assert found, f"no form has {name}"
        return found[0]

    def _note(self, element: Element) -> None:
        a = element.attributes
        if element.tag == "form":
            self._form = PageForm(a.get("action", ""), a.get("method", "get"))
            self.forms.append(self._form)
            if "id" in a:
                self._by_id[a["id"]] = self._form
        elif element.tag == "button" and "form" in a:
            self._outside.append((a["form"], element))
        elif self._form is not None and element.tag == "button":
            self._form.buttons.append(element)
        elif self._form is not None and a.get("name"):
            self._note_field(self._form, element)
        elif element.tag == "option" and self._select is not None:
            self._select[1].append((a.get("value", ""), "selected" in a))

    def _note_field(self, form: PageForm, element: Element) -> None:
        a = element.attributes
        form.names.add(a["name"])
        if element.tag == "select":
            self._select = (a["name"], [])
        elif element.tag == "input":
            checkable = a.get("type") in {"radio", "checkbox"}
            if not checkable or "checked" in a:
                form.fields.append((a["name"], a.get("value", "on" if checkable else "")))

    def _finish(self, element: Element) -> None:
        if element.tag == "form":
            self._form = None
        elif self._form is not None and element.tag == "textarea" and element.attributes.get("name"):
            # A line break right after the tag belongs to the mark-up (HTML, section 13.1.2.5).
            self._form.fields.append((element.attributes["name"], element.text.removeprefix("\n")))
        elif self._form is not None and element.tag == "select" and self._select is not None:
            name, options = self._select
            chosen = [value for value, selected in options if selected] or [value for value, _ in options[:1]]
            self._form.fields.extend((name, value) for value in chosen)
            self._select = None
