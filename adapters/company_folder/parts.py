"""The files of one folder, each in its shape where it has one, as the checks between them see it."""

from dataclasses import dataclass

from adapters.company_folder.action_shapes import ActionsShape
from adapters.company_folder.operations import Operations
from adapters.company_folder.policy_shapes import MessagesShape, PolicyShape
from adapters.company_folder.problems import Findings
from adapters.company_folder.shapes import CompanyShape, PlaybooksShape
from adapters.company_folder.yaml_file import YamlFile


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What could be read; a check that needs a missing part leaves it out, for that is told already."""

    company: CompanyShape | None
    playbooks: PlaybooksShape | None
    actions: ActionsShape | None
    policy: PolicyShape | None
    messages: MessagesShape | None
    operations: Operations
    files: dict[str, YamlFile]
    """By name; of each shape above there is one."""
    findings: Findings

    @property
    def languages(self) -> list[str]:
        """Primary tags of the lines, the first line's first."""
        lines = self.company.lines if self.company else []
        return list(dict.fromkeys(line.language.split("-", 1)[0].lower() for line in lines))
