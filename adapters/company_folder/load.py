"""Reads a company's folder whole, collects every problem, and only then builds the company."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel

from adapters.company_folder.action_checks import check_actions
from adapters.company_folder.action_files import read_actions
from adapters.company_folder.build import build
from adapters.company_folder.company_checks import check_company, check_playbooks
from adapters.company_folder.documents import read_documents
from adapters.company_folder.operations import Tool, read_operations
from adapters.company_folder.parts import Parts
from adapters.company_folder.policy_checks import check_messages, check_policy
from adapters.company_folder.policy_shapes import MessagesShape, PolicyShape
from adapters.company_folder.problems import CompanyFolderRefused, Findings
from adapters.company_folder.shapes import CompanyShape, PlaybooksShape
from adapters.company_folder.yaml_file import YamlFile, parse, read_text, shape
from domain.company import Company

_Shape = TypeVar("_Shape", bound=BaseModel)
NO_TOOLS: Mapping[str, Tool] = MappingProxyType({})


def load_company(folder: Path, *, tools: Mapping[str, Tool] = NO_TOOLS) -> Company:
    """Raises `CompanyFolderRefused` with every problem, in the order of files and lines.

    `tools`: what the tool servers offer, by `server.tool`, once they were reached.
    """
    findings = Findings()
    parts = _read(folder, findings, tools)
    persona = read_text(folder, "persona.md", findings, "how the agent speaks, in a few sentences")
    if persona is not None and not persona.strip():
        findings.add("persona.md", 1, "the file is empty", "how the agent speaks, in a few sentences")
    documents = read_documents(folder, findings)
    if parts.company is not None:
        check_company(parts, parts.company)
    check_playbooks(parts)
    check_actions(parts)
    check_policy(parts)
    check_messages(parts)
    if findings.problems or not (parts.company and parts.playbooks and parts.actions and persona):
        raise CompanyFolderRefused(str(folder), tuple(sorted(set(findings.problems))))
    return build(parts, persona, documents)


def _read(folder: Path, findings: Findings, tools: Mapping[str, Tool]) -> Parts:
    files: dict[str, YamlFile] = {}

    def read(name: str, wanted: type[_Shape], *, needed: bool = True) -> _Shape | None:
        if not needed and not (folder / name).exists():
            files[name] = YamlFile(name, {})
            return wanted()
        text = read_text(folder, name, findings, f"{name}; companies/sample/{name} is an example")
        file = None if text is None else parse(text, name, findings)
        if file is not None:
            files[name] = file
        return shape(file, wanted, findings)

    actions, files["actions.yaml"] = read_actions(folder, findings)
    writes = actions is not None and any(action.writes for action in actions.actions)
    sends = actions is not None and any(action.binding.message for action in actions.actions)
    bound = actions is not None and any(action.binding.openapi for action in actions.actions)
    return Parts(
        company=read("company.yaml", CompanyShape),
        playbooks=read("playbooks.yaml", PlaybooksShape),
        actions=actions,
        policy=read("policy.yaml", PolicyShape, needed=writes),
        messages=read("messages.yaml", MessagesShape, needed=sends),
        operations=read_operations(folder, findings, tools, needed=bound),
        files=files,
        findings=findings,
    )
