"""Knowledge documents: front matter, then sections short enough to be spoken."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from adapters.company_folder.problems import Findings
from adapters.company_folder.shapes import FrontMatter
from adapters.company_folder.yaml_file import parse, read_text, shape
from domain.company import Document

_HEADING = re.compile(r"^##?\s+(?P<heading>.*?)\s*$")
_LONGEST_SECTION = 140  # words; a minute of speech, beyond which nobody listens


@dataclass(frozen=True, kw_only=True)
class _Section:
    heading: str
    line: int
    text: str


def read_documents(folder: Path, findings: Findings) -> tuple[Document, ...]:
    names = sorted(path.relative_to(folder).as_posix() for path in (folder / "knowledge").glob("*.md"))
    found = [(name, document) for name in names if (document := _read(folder, name, findings)) is not None]
    _check_versions(found, findings)
    return tuple(document for _, document in found)


def _read(folder: Path, name: str, findings: Findings) -> Document | None:
    text = read_text(folder, name, findings, "a knowledge document")
    if text is None:
        return None
    lines = text.splitlines()
    fences = [at for at, line in enumerate(lines) if line.strip() == "---"][:2]
    if len(fences) < 2 or fences[0] != 0:
        findings.add(
            name, 1, "the document has no front matter", "begin with `---`, id, version ..., and `---`"
        )
        return None
    head = shape(parse("\n".join(lines[1 : fences[1]]), name, findings, first_line=2), FrontMatter, findings)
    sections = _sections(lines, fences[1] + 1)
    _check_sections(name, sections, fences[1] + 1, findings)
    if head is None:
        return None
    if head.effective_until and head.effective_until < head.effective_from:
        line = next(at for at, text in enumerate(lines, 1) if text.startswith("effective_until"))
        findings.add(
            name, line, "it ends before it begins", "an `effective_until` on or after `effective_from`"
        )
    return Document(
        id=head.id,
        version=head.version,
        title=head.title,
        effective_from=head.effective_from,
        effective_until=head.effective_until,
        sections=tuple((section.heading, section.text) for section in sections),
        tags=tuple(head.tags),
    )


def _sections(lines: list[str], start: int) -> list[_Section]:
    """Text before the first heading belongs to no section and is found out by `_check_sections`."""
    marks = [
        (at, found["heading"]) for at in range(start, len(lines)) if (found := _HEADING.match(lines[at]))
    ]
    ends = [at for at, _ in marks[1:]] + [len(lines)]
    return [
        _Section(heading=heading, line=at + 1, text=" ".join(" ".join(lines[at + 1 : end]).split()))
        for (at, heading), end in zip(marks, ends, strict=True)
    ]


def _check_sections(name: str, sections: list[_Section], line: int, findings: Findings) -> None:
    if not sections:
        findings.add(
            name, line, "the document has no section", "`## Heading`, then 40 to 90 words that can be spoken"
        )
    for section in sections:
        if not section.heading:
            findings.add(name, section.line, "the section has no heading", "`## What it is about`")
        if not section.text:
            findings.add(
                name,
                section.line,
                f"the section {section.heading!r} is empty",
                "40 to 90 words, or remove it",
            )
        elif (count := len(section.text.split())) > _LONGEST_SECTION:
            findings.add(
                name,
                section.line,
                f"the section {section.heading!r} has {count} words",
                "two sections of 40 to 90 words",
            )


def _check_versions(found: list[tuple[str, Document]], findings: Findings) -> None:
    by_id = sorted(found, key=lambda pair: (pair[1].id, pair[1].effective_from, pair[0]))
    for (_, before), (name, after) in pairwise(by_id):
        if before.id != after.id:
            continue
        if before.version == after.version:
            findings.add(
                name, 1, f"version {after.version} of {after.id} is there twice", "another `version`"
            )
        if (before.effective_until or date.max) >= after.effective_from:
            findings.add(
                name,
                1,
                f"{after.id} {after.version} begins while version {before.version} is in force",
                f"`effective_until` in version {before.version} before {after.effective_from}",
            )
