"""What we did, or did not get done, in this call, as claims look for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from domain.truth.words import record_words

DeedStatus = Literal["done", "under_way", "waiting", "approved", "refused", "failed", "undone"]
"""`under_way` is agreed and will be carried out; `waiting` needs a person's approval first."""

AGREED: tuple[DeedStatus, ...] = ("done", "under_way", "approved")
_BY_STATUS: Mapping[str, str] = {
    "waiting": "ask_approval",
    "approved": "approve",
    "refused": "reject",
    "failed": "fail",
    "undone": "undo",
}
_CHANNELS = frozenset({"channel", "via", "by"})


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that we did, or did not get done, in this call."""

    kind: str
    """The action's name or the deed's: `refund`, `cancel_order`, `take_message` ..."""
    status: DeedStatus
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Its arguments and result: the amount of a refund, the day of an appointment."""


@dataclass(frozen=True, kw_only=True)
class _Done:
    families: frozenset[str]
    status: DeedStatus
    codes: frozenset[str]
    objects: frozenset[str]
    records: frozenset[int]


class Deeds:
    """The call's deeds in their order; one that is undone takes the earlier one of its kind away."""

    def __init__(self) -> None:
        self._done: list[_Done] = []

    def learn(self, deed: Deed, codes: Iterable[str], records: Iterable[int]) -> None:
        families = families_of_deed(deed)
        if deed.status == "undone":
            self._done = [done for done in self._done if done.families != families]
        self._done.append(
            _Done(
                families=families,
                status=deed.status,
                codes=frozenset(codes),
                objects=_objects_of(deed),
                records=frozenset(records),
            )
        )

    def has(
        self,
        family: str,
        statuses: Iterable[DeedStatus],
        codes: Iterable[str] = (),
        objects: Iterable[str] = (),
    ) -> bool:
        """Of two deeds on different things the one is no proof of the other."""
        wanted, named, things = frozenset(statuses), frozenset(codes), frozenset(objects)
        return any(
            done.status in wanted
            and (family in done.families or family == "anything")
            and not (named and done.codes and not done.codes & named)
            and _is_done_to(done.objects, things)
            for done in self._done
        )

    def has_status(self, family: str) -> bool:
        """Whether a deed was approved, refused or the like, as `family` says."""
        return any(_BY_STATUS.get(done.status) == family for done in self._done)

    def announces(self, family: str, codes: Iterable[str] = (), objects: Iterable[str] = ()) -> bool:
        """Whether a deed that is done or agreed brings this about."""
        brings = record_words().brings
        return any(
            family in brings.get(cause, ()) and self.has(cause, AGREED, codes, objects) for cause in brings
        )

    def proofs(self, family: str, *, brought: bool) -> frozenset[int]:
        """The records of the deeds that are this event or, where that is asked, bring it about."""
        brings = record_words().brings
        causes = {family, *(cause for cause in brings if brought and family in brings[cause])}
        return frozenset(
            number
            for done in self._done
            if done.status in AGREED and done.families & causes
            for number in done.records
        )


def families_of(kind: str) -> frozenset[str]:
    """The events that an action's name tells: `refund_order` is a refund, `order_refunded` as well."""
    table = record_words()
    texts = [table.bare(text) for text in kind.lower().replace("_", " ").replace("-", " ").split()]
    found = frozenset(family for each in table.deeds.all(texts) for family in each.meaning)
    return found or frozenset(family for text in texts for family in table.nouns.get(text, ()))


def families_of_deed(deed: Deed) -> frozenset[str]:
    """With the way by which something was sent: a password reset by text message is a text message too."""
    families = families_of(deed.kind)
    if any(key.endswith("sent_to") for key in deed.facts):
        families |= {"notify"}
    sent = [families_of(str(value)) for key, value in deed.facts.items() if key in _CHANNELS]
    if families & record_words().sending and any(sent):
        families = families.union({"notify"}, *sent)
    return families


def _objects_of(deed: Deed) -> frozenset[str]:
    """What it was done to, by its name and its identifiers: an order, a subscription."""
    objects = frozenset[str]().union(*record_words().objects)
    named = deed.kind.lower().split("_")
    keys = [key.removesuffix("_id") for key in deed.facts if key.endswith("_id")]
    if "change" in families_of(deed.kind):
        keys += [word for key in deed.facts if not key.startswith("previous") for word in key.split("_")]
    return frozenset(word for word in (*named, *keys) if word in objects)


def _is_done_to(objects: frozenset[str], things: frozenset[str]) -> bool:
    """An order is no subscription, and its address no password; who names neither means what was done."""
    for kind in record_words().objects:
        if things & kind and objects & kind and not things & objects & kind:
            return False
    return True
