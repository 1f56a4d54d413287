"""TwiML as values: what a document tells the carrier to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

SINGLE = ("Say", "Play", "Pause", "Redirect", "Hangup", "Reject", "Record")
NESTING = {
    "Connect": ("Stream",),
    "Stream": ("Parameter",),
    "Gather": ("Say", "Play", "Pause"),
    "Dial": ("Number",),
}
KNOWN = {*SINGLE, *NESTING, "Number", "Parameter"}


class BadDocument(Exception):
    """Not TwiML; `error` is Twilio's number for it."""

    def __init__(self, reason: str, *, error: int = 12100) -> None:
        super().__init__(f"{error}: {reason}")
        self.error = error


@dataclass(frozen=True, kw_only=True)
class Verb:
    """An element of a document: a verb, or a noun nested in one."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    nested: tuple["Verb", ...] = ()

    def number(self, attribute: str, default: float) -> float:
        """Seconds or a count; Twilio falls back to the default where the value is no number."""
        try:
            return float(self.attributes[attribute])
        except (KeyError, ValueError):
            return default

    def first(self, name: str) -> "Verb | None":
        return next((verb for verb in self.nested if verb.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Document:
    """The verbs of a response in order, and what the carrier would warn about (12200)."""

    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...] = ()


def parse(xml: str) -> Document:
    """Raises `BadDocument` for what is no TwiML at all; an unknown element is skipped with a warning."""
    if not xml.strip():
        return Document(verbs=())
    if not xml.startswith("<"):
        raise BadDocument("content before the first element")
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - the product under test is no attacker
    except ElementTree.ParseError as broken:
        raise BadDocument(str(broken)) from broken
    if root.tag != "Response":
        raise BadDocument(f"the root element is <{root.tag}>, not <Response>")
    warnings: list[str] = []
    verbs = tuple(_verb(element, warnings) for element in _allowed(root, (*SINGLE, *_TOP), warnings))
    return Document(verbs=verbs, warnings=tuple(warnings))


_TOP = ("Connect", "Gather", "Dial")


def _allowed(
    parent: ElementTree.Element, names: tuple[str, ...], warnings: list[str]
) -> list[ElementTree.Element]:
    for child in parent:
        if child.tag not in names:
            warnings.append(f"<{child.tag}> in <{parent.tag}> is not carried out by this carrier")
    return [child for child in parent if child.tag in names]


def _verb(element: ElementTree.Element, warnings: list[str]) -> Verb:
    children = _allowed(element, NESTING.get(element.tag, ()), warnings)
    return Verb(
        name=element.tag,
        attributes=dict(element.attrib),
        text=(element.text or "").strip(),
        nested=tuple(_verb(child, warnings) for child in children),
    )
