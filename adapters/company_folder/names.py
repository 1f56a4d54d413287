"""Names that must meet: one that is not there, and one that is there twice."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from adapters.company_folder.problems import Findings
from adapters.company_folder.yaml_file import YamlFile

Place = tuple[str | int, ...]


def unique(file: YamlFile, key: str, name: str, values: Sequence[str], findings: Findings) -> None:
    for at, value in enumerate(values):
        if value in values[:at]:
            where = file.where(key, at, name)
            findings.add(*where, f"{name} {value} is there twice", f"another {name}, or remove one")


def unknown(
    file: YamlFile, place: Place, kind: str, name: str, known: Iterable[str], findings: Findings
) -> None:
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    write = f"`{near[0]}`?" if near else f"one of {', '.join(names)}" if names else "remove it"
    findings.add(*file.where(*place), f"there is no {kind} `{name}`", write)


def note(file: YamlFile, place: Place, wrong: str, write: str, findings: Findings) -> None:
    findings.add(*file.where(*place), wrong, write)
