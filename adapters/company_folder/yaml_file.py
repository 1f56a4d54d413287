"""A YAML file with the line of everything in it, turned into a shape or into problems."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from adapters.company_folder.problems import Findings

Shape = TypeVar("Shape", bound=BaseModel)
Path_ = Sequence[str | int]


class YamlFile:
    """One parsed file of the folder."""

    def __init__(self, name: str, tree: Any, *, first_line: int = 1) -> None:
        self.name = name
        self.tree = tree
        self._first_line = first_line

    def line(self, *path: str | int) -> int:
        """Where the thing at this path stands; its nearest parent's line where it is missing."""
        at, found = self.tree, 0
        for step in path:
            marks = getattr(at, "lc", None)
            if marks is None or marks.data is None:
                break
            try:
                mark = marks.data[step]
                at = at[step]
            except (KeyError, IndexError, TypeError):
                break
            found = mark[0]
        return int(found) + self._first_line

    def where(self, *path: str | int) -> tuple[str, int]:
        """File and line, for a finding."""
        return self.name, self.line(*path)


class SplitFile(YamlFile):
    """One list that stands in several files, in their order; a finding names the file that its item is in."""

    def __init__(self, name: str, key: str, files: Sequence[YamlFile]) -> None:
        self._items = [(file, at) for file in files for at in range(len(file.tree[key]))]
        super().__init__(name, {key: [file.tree[key][at] for file, at in self._items]})

    def where(self, *path: str | int) -> tuple[str, int]:
        match path:
            case (str(key), int(item), *rest) if item < len(self._items):
                file, at = self._items[item]
                return file.where(key, at, *rest)
            case _:
                return self.name, 1


def read_text(folder: Path, name: str, findings: Findings, write: str) -> str | None:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        findings.add(name, 1, "the file is missing", write)
    except UnicodeDecodeError as error:
        findings.add(name, 1, f"the file is not UTF-8 text (byte {error.start})", "save it as UTF-8")
    except OSError as error:
        findings.add(
            name, 1, f"the file cannot be read: {error.strerror}", "give it back its read permission"
        )
    return None


def parse(text: str, name: str, findings: Findings, *, first_line: int = 1) -> YamlFile | None:
    try:
        tree = YAML(typ="rt").load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + first_line
        what = str(getattr(error, "problem", None) or "it does not parse").splitlines()[0]
        findings.add(
            name, line, f"not valid YAML: {what}", "check indentation, quotes and doubled keys on this line"
        )
        return None
    if not isinstance(tree, dict):
        findings.add(
            name, first_line, "the file does not hold keys", "write `key: value` lines; see companies/sample"
        )
        return None
    return YamlFile(name, tree, first_line=first_line)


def shape(file: YamlFile | None, wanted: type[Shape], findings: Findings) -> Shape | None:
    """The file's content as `wanted`, or None and a finding for each thing that does not fit."""
    if file is None:
        return None
    try:
        return wanted.model_validate(file.tree)
    except ValidationError as error:
        for detail in error.errors():
            _note(file, wanted, detail, findings)
    return None


def _note(file: YamlFile, wanted: type[BaseModel], detail: ErrorDetails, findings: Findings) -> None:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    where = ".".join(str(step) for step in path)
    line = file.line(*path)
    owner, hint = _described(wanted, path)
    match detail["type"]:
        case "missing":
            findings.add(file.name, line, f"`{where}` is missing", hint or f"add `{path[-1]}`")
        case "extra_forbidden":
            findings.add(
                file.name, line, f"`{where}` means nothing here", f"one of {', '.join(owner.model_fields)}"
            )
        case _:
            findings.add(
                file.name,
                line,
                f"`{where}`: {detail['msg'].removeprefix('Value error, ')}",
                hint or "see companies/sample for an example",
            )


def _described(model: type[BaseModel], path: Path_) -> tuple[type[BaseModel], str]:
    """The shape that owns the last step, and what its field's description tells to write."""
    owner, hint = model, ""
    for step in path:
        if not isinstance(step, str) or (field := owner.model_fields.get(step)) is None:
            continue
        hint = field.description or hint
        if (inner := _model_in(field.annotation)) is not None:
            owner = inner
    return owner, hint


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
