"""What is wrong with a company's folder, where, and what to write instead."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """One thing to correct."""

    file: str
    """Relative to the folder."""
    line: int
    """From 1."""
    wrong: str
    write: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.wrong}\n    write: {self.write}"


class CompanyFolderRefused(Exception):
    """The folder cannot go on the telephone; `str()` is for people."""

    def __init__(self, folder: str, problems: tuple[Problem, ...]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{folder}: {count}", *map(str, problems)]))
        self.problems = problems


@dataclass
class Findings:
    """Collects every problem, so that one reading of the folder tells them all."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, wrong: str, write: str) -> None:
        self.problems.append(Problem(file=file, line=line, wrong=wrong, write=write))
