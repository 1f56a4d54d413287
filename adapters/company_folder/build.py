"""From the shapes of a folder, once everything in it is right, to the company of the domain."""

from zoneinfo import ZoneInfo

from adapters.company_folder.action_shapes import ActionShape, LimitShape, OperationShape
from adapters.company_folder.parts import Parts
from adapters.company_folder.policy_shapes import MessageShape, PolicyShape
from adapters.company_folder.shapes import (
    DAYS,
    CompanyShape,
    FindShape,
    GoalShape,
    LineShape,
    VerificationShape,
    parse_span,
)
from domain.actions import Action, Argument, Binding, Identity, Limit, Read, Reconcile, Step, Undo
from domain.company import (
    Company,
    Document,
    Goal,
    Line,
    McpServer,
    OpeningHours,
    Recognition,
    Verification,
    Voice,
)
from domain.messaging import MessageTemplate
from domain.money import Money
from domain.policy import Authority, Policy, Rule


def build(parts: Parts, persona: str, documents: tuple[Document, ...]) -> Company:
    company, playbooks, actions = parts.company, parts.playbooks, parts.actions
    assert company and playbooks and actions
    voices = {
        voice.id: Voice(id=voice.id, names={str(at): name for at, name in voice.names.items()})
        for voice in company.voices
    }
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
        restricted_patterns=tuple(company.restricted_patterns),
        recognise=_recognition(company),
        verification=_verification(company.verification) if company.verification else None,
        policy=_policy(parts),
        messages=tuple(map(_message, parts.messages.messages)) if parts.messages else (),
        mcp_servers=tuple(
            McpServer(
                name=each.name, command=tuple(each.command), url=each.url, token_variable=each.token_variable
            )
            for each in company.mcp_servers
        ),
    )


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


def _recognition(company: CompanyShape) -> Recognition | None:
    by = company.recognise
    if by is None:
        return None
    return Recognition(
        kind="openapi" if by.operation else "mcp",
        operation=by.operation or by.mcp or "",
        argument=by.argument,
        id_field=by.id_field,
    )


def _verification(rules: VerificationShape) -> Verification:
    return Verification(
        facts=dict(rules.facts),
        needed=rules.needed,
        attempts=rules.attempts,
        find=_operation(rules.find) if rules.find else None,
        code_template=rules.code_template,
        code_to=rules.code_to,
        code_valid_s=rules.code_valid_s,
    )


def _goal(goal: GoalShape) -> Goal:
    return Goal(
        id=goal.id,
        title=goal.title,
        phrases=tuple(goal.phrases),
        actions=tuple(goal.actions),
        instructions=goal.instructions.strip(),
        resolved_when=goal.resolved_when,
        identity=Identity[goal.identity.upper()],
    )


def _operation(bound: OperationShape | FindShape) -> Binding:
    return Binding(
        kind="openapi" if bound.openapi else "mcp",
        name=bound.openapi or bound.mcp or "",
        given=dict(bound.given),
    )


def _binding(action: ActionShape) -> Binding:
    bound = action.binding
    if action.steps:
        return Binding(kind="steps", name="")
    if bound.builtin:
        return Binding(kind="builtin", name=bound.builtin, given=dict(bound.given))
    if bound.message:
        return Binding(kind="message", name=bound.message, given=dict(bound.given))
    return _operation(bound)


def _action(action: ActionShape) -> Action:
    return Action(
        name=action.name,
        purpose=_one_line(action.purpose),
        tier=action.tier,
        arguments=tuple(
            Argument(
                name=argument.name,
                type=argument.type,
                description=argument.description,
                required=argument.required,
                pattern=argument.pattern,
                choices=tuple(argument.choices),
                currency=argument.currency,
                secret=argument.secret,
                digits=argument.digits,
            )
            for argument in action.arguments
        ),
        binding=_binding(action),
        outcomes={name: sentence.strip() for name, sentence in action.outcomes.items()},
        translations={tag: dict(outcomes) for tag, outcomes in action.translations.items()},
        outcome_by=action.outcome_by,
        facts=tuple(action.facts),
        timeout_s=action.timeout_s,
        filler=action.filler,
        offered=action.offered,
        identity=Identity[action.identity.upper()],
        reads=tuple(Read(name=read.name, binding=_operation(read)) for read in action.reads),
        owner=action.owner,
        amount=action.amount,
        read_back=_one_line(action.read_back) if action.read_back else None,
        once_per=tuple(action.once_per),
        limits=tuple(map(_limit, action.limits)),
        undo=_undo(action),
        reconcile=_reconcile(action),
        steps=tuple(Step(action=step.action, arguments=dict(step.arguments)) for step in action.steps),
    )


def _undo(action: ActionShape) -> Undo | None:
    undo = action.undo
    if undo is None:
        return None
    return Undo(action=undo.action, within_s=undo.within_s, arguments=dict(undo.arguments))


def _reconcile(action: ActionShape) -> Reconcile | None:
    look = action.reconcile
    if look is None:
        return None
    return Reconcile(binding=_operation(look), done_when=look.done_when, result=look.result)


def _limit(limit: LimitShape) -> Limit:
    amount = Money.parse(limit.amount) if limit.amount else None
    return Limit(per=limit.per, amount=amount, count=limit.count)


def _policy(parts: Parts) -> Policy:
    policy = parts.policy
    if policy is None:
        return Policy()
    file = parts.files["policy.yaml"]
    return Policy(
        rules=tuple(
            Rule(
                id=rule.id,
                actions=tuple(rule.actions),
                when=rule.when,
                then=rule.then,
                reason=_one_line(rule.reason),
                say=_one_line(rule.say),
                translations={tag: _one_line(words) for tag, words in rule.translations.items()},
                where=f"{file.name}:{file.line('rules', at)}",
            )
            for at, rule in enumerate(policy.rules)
        ),
        authorities=_authorities(policy),
        approval_wait_s=policy.approval.wait_s,
        approval_expires_s=policy.approval.expires_s,
    )


def _authorities(policy: PolicyShape) -> tuple[Authority, ...]:
    declared = policy.authorities
    return (
        Authority(role="agent", up_to={name: Money.parse(each) for name, each in declared.agent.items()}),
        Authority(
            role="supervisor", up_to={name: Money.parse(each) for name, each in declared.supervisor.items()}
        ),
    )


def _message(message: MessageShape) -> MessageTemplate:
    return MessageTemplate(
        name=message.name,
        channel=message.channel,
        text=message.text.strip(),
        subject=_one_line(message.subject),
        translations={
            tag: (_one_line(words.subject), words.text.strip()) for tag, words in message.translations.items()
        },
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
