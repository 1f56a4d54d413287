"""Reads a company's folder whole, collects every problem, and only then builds the company."""

from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.company_folder.cross_checks import check_actions, check_company, check_playbooks
from adapters.company_folder.documents import read_documents
from adapters.company_folder.operations import read_operations
from adapters.company_folder.problems import CompanyFolderRefused, Findings
from adapters.company_folder.shapes import (
    DAYS,
    ActionShape,
    ActionsShape,
    CompanyShape,
    GoalShape,
    LineShape,
    PlaybooksShape,
    VoiceShape,
    parse_span,
)
from adapters.company_folder.yaml_file import YamlFile, parse, read_text, shape
from domain.actions import Action, Argument, Binding
from domain.company import (
    Company,
    Document,
    Goal,
    Line,
    OpeningHours,
    Recognition,
    Voice,
)


def load_company(folder: Path) -> Company:
    """Raises `CompanyFolderRefused` with every problem, in the order of files and lines."""
    findings = Findings()
    company_file = _yaml(folder, "company.yaml", findings)
    playbooks_file = _yaml(folder, "playbooks.yaml", findings)
    actions_file = _yaml(folder, "actions.yaml", findings)
    company = shape(company_file, CompanyShape, findings)
    playbooks = shape(playbooks_file, PlaybooksShape, findings)
    actions = shape(actions_file, ActionsShape, findings)
    persona = read_text(folder, "persona.md", findings, "how the agent speaks, in a few sentences")
    if persona is not None and not persona.strip():
        findings.add("persona.md", 1, "the file is empty", "how the agent speaks, in a few sentences")
    documents = read_documents(folder, findings)
    bound = actions is not None and any(action.binding.openapi for action in actions.actions)
    operations = read_operations(folder, findings, needed=bound)
    if company_file and company:
        check_company(company_file, company, operations, findings)
    if playbooks_file and playbooks:
        check_playbooks(playbooks_file, playbooks, actions, findings)
    if actions_file and actions:
        check_actions(actions_file, actions, company, operations, findings)
    if findings.problems or not (company and playbooks and actions and persona):
        raise CompanyFolderRefused(str(folder), tuple(sorted(findings.problems)))
    return _build(company, playbooks, actions, persona, documents)


def _yaml(folder: Path, name: str, findings: Findings) -> YamlFile | None:
    text = read_text(folder, name, findings, f"{name}; companies/sample/{name} is an example")
    return None if text is None else parse(text, name, findings)


def _build(
    company: CompanyShape,
    playbooks: PlaybooksShape,
    actions: ActionsShape,
    persona: str,
    documents: tuple[Document, ...],
) -> Company:
    voices = {voice.id: _voice(voice) for voice in company.voices}
    recognise = company.recognise
    return Company(
        id=company.id,
        name=company.name,
        hours=OpeningHours(
            zone=ZoneInfo(company.zone),
            weekly={DAYS.index(day): tuple(map(parse_span, spans)) for day, spans in company.hours.items()},
            closed_on=frozenset(company.closed_on),
        ),
        lines=tuple(_line(line, voices) for line in company.lines),
        goals=tuple(_goal(goal) for goal in playbooks.goals),
        actions=tuple(_action(action) for action in actions.actions),
        persona=persona.strip(),
        documents=documents,
        vocabulary=tuple(company.vocabulary),
        restricted_words=frozenset(company.restricted_words),
        recognise=Recognition(operation=recognise.operation, argument=recognise.argument)
        if recognise
        else None,
    )


def _voice(voice: VoiceShape) -> Voice:
    return Voice(id=voice.id, names={str(provider): name for provider, name in voice.names.items()})


def _line(line: LineShape, voices: dict[str, Voice]) -> Line:
    return Line(
        id=line.id,
        number=line.number,
        language=line.language,
        voice=voices[line.voice],
        greeting=line.greeting.strip(),
        disclosure=line.disclosure.strip(),
        recording_notice=line.recording_notice.strip(),
        recording=line.recording,
        fallback_number=line.fallback_number,
    )


def _goal(goal: GoalShape) -> Goal:
    return Goal(
        id=goal.id,
        title=goal.title,
        phrases=tuple(goal.phrases),
        actions=tuple(goal.actions),
        instructions=goal.instructions.strip(),
        resolved_when=goal.resolved_when,
    )


def _action(action: ActionShape) -> Action:
    binding = action.binding
    return Action(
        name=action.name,
        purpose=" ".join(action.purpose.split()),
        tier=action.tier,
        arguments=tuple(
            Argument(
                name=argument.name,
                type=argument.type,
                description=argument.description,
                required=argument.required,
                pattern=argument.pattern,
                choices=tuple(argument.choices),
            )
            for argument in action.arguments
        ),
        binding=Binding(
            kind="openapi" if binding.openapi else "builtin",
            name=binding.openapi or binding.builtin or "",
            given=dict(binding.given),
        ),
        outcomes={name: sentence.strip() for name, sentence in action.outcomes.items()},
        translations={tag: dict(outcomes) for tag, outcomes in action.translations.items()},
        outcome_by=action.outcome_by,
        facts=tuple(action.facts),
        timeout_s=action.timeout_s,
        filler=action.filler,
    )
