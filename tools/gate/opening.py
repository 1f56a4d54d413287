"""Puts one company's gate together from its declarations and the ports that it reaches the world by."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from domain.actions import Binding
from domain.clock import Clock
from domain.company import Company
from domain.ports.callbacks import Callbacks
from domain.ports.durable import Durable
from domain.ports.identity import IdentityRecords
from domain.ports.knowledge import Knowledge
from domain.ports.ledger import Approvals, Ledger
from domain.ports.messages import Messages
from domain.ports.systems import Systems
from tools.actions.builtins import BeginGoal, Builtins, EndCall, SearchDocuments, TakeMessage, TellHours
from tools.actions.identity import CheckCode, SendCode, VerifyIdentity
from tools.actions.message import SendMessage
from tools.actions.system_call import CallSystem
from tools.gate.afterwards import Afterwards
from tools.gate.agreed import Agreed
from tools.gate.asked import Deciding
from tools.gate.doing import Doing
from tools.gate.gate import Gate
from tools.gate.looking_up import LookingUp
from tools.gate.running import Running
from tools.gate.undoing import UndoLast
from tools.policy.rules import Rules, proofs
from tools.records import Records
from tools.words import Wording, Words


@dataclass(frozen=True, kw_only=True)
class World:
    """What lies behind the gate."""

    systems: Systems
    ledger: Ledger
    approvals: Approvals
    durable: Durable
    messages: Messages
    identity: IdentityRecords
    knowledge: Knowledge
    callbacks: Callbacks


def open_gate(
    company: Company,
    world: World,
    *,
    clock: Clock,
    wording: Wording,
    new_id: Callable[[], str] = lambda: uuid4().hex,
) -> Gate:
    """Raises `RuleRefused` or `ConditionWrong` where the company's CEL does not compile."""
    rules = Rules(company.policy)
    records = Records(company, world.systems, world.ledger, clock)
    words = Words(company, wording, clock)
    deciding = Deciding(company, rules, records, clock)
    doing = _doing(company, world, records, words, deciding, clock)
    agreed = Agreed(
        policy=company.policy,
        deciding=deciding,
        doing=doing,
        words=words,
        ledger=world.ledger,
        approvals=world.approvals,
        durable=world.durable,
        clock=clock,
    )
    afterwards = Afterwards(
        company,
        doing=doing,
        agreed=agreed,
        words=words,
        ledger=world.ledger,
        approvals=world.approvals,
        messages=world.messages,
        clock=clock,
    )
    return Gate(
        company,
        deciding=deciding,
        agreed=agreed,
        doing=doing,
        afterwards=afterwards,
        words=words,
        clock=clock,
        available=partial(_available, world.systems),
        new_id=new_id,
    )


def _available(systems: Systems, binding: Binding) -> bool:
    return binding.kind not in {"openapi", "mcp"} or systems.available(binding)


def _doing(
    company: Company, world: World, records: Records, words: Words, deciding: Deciding, clock: Clock
) -> Doing:
    """Every kind of binding and every built-in has its runner."""
    builtins = Builtins()
    call_system = CallSystem(world.systems)
    doing = Doing(
        company,
        ledger=world.ledger,
        running=Running(
            company,
            {
                "openapi": call_system,
                "mcp": call_system,
                "message": SendMessage(world.messages, words),
                "builtin": builtins,
            },
            clock,
        ),
        looking_up=LookingUp(records, world.messages, proofs(company)),
        may=deciding.may_step,
        durable=world.durable,
        clock=clock,
    )
    builtins.fill(
        {
            "search_documents": SearchDocuments(world.knowledge),
            "opening_hours": TellHours(),
            "take_message": TakeMessage(world.callbacks),
            "end_call": EndCall(),
            "begin_goal": BeginGoal(),
            "verify_identity": VerifyIdentity(records, world.identity),
            "send_code": SendCode(world.identity, world.messages, words),
            "check_code": CheckCode(world.identity),
            "undo_last": UndoLast(world.ledger, world.approvals, doing, clock),
        }
    )
    return doing
