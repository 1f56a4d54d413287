"""Values said together: a currency or unit named once, and amounts added aloud."""

from collections.abc import Sequence

from domain.truth.clock_times import hours_of
from domain.truth.values import ClockTime, Count, Mention, Money, Value
from domain.truth.words import Words


def joined(mentions: list[Mention], texts: Sequence[str], words: Words) -> list[Mention]:
    """A currency or unit named once holds for the number before it: "ten to fifteen euros"."""
    for at in range(len(mentions) - 1, 0, -1):
        first, second = mentions[at - 1], mentions[at]
        between = texts[first.end : second.start]
        plus = " ".join(between) in words.sets["numbers.plus"]
        if not plus and not (len(between) == 1 and between[0] in words.sets["numbers.range"]):
            continue
        mentions[at - 1] = _like(first, second)
        mentions[at] = _like(second, first)
        if plus and isinstance(mentions[at].readings[0], Money):
            mentions[at] = Mention(
                start=second.start,
                end=second.end,
                readings=mentions[at].readings,
                is_hedged=second.is_hedged,
                adds_to=first.start,
            )
    return mentions


def _like(one: Mention, other: Mention) -> Mention:
    """A bare number beside an amount or a count of days is one as well."""
    pattern, bare = other.readings[0], one.readings[0]
    if not isinstance(bare, Count) or bare.unit:
        return one
    match pattern:
        case Money(currency=currency) if currency:
            readings: tuple[Value, ...] = (Money(round(bare.value * 100), currency),)
        case Count(unit=unit) if unit:
            readings = (Count(bare.value, unit),)
        case Count(value=value) if max(value, bare.value) <= 24:
            readings = (*one.readings, ClockTime(frozenset(60 * hour for hour in hours_of(int(bare.value)))))
        case ClockTime():
            hour = int(bare.value)
            if not 0 <= hour <= 24:
                return one
            hours = hours_of(hour)
            readings = (ClockTime(frozenset(each * 60 for each in hours)),)
        case _:
            return one
    return Mention(start=one.start, end=one.end, readings=readings, is_hedged=one.is_hedged)
