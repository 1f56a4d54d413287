"""Attempts made of deeds: at the wrong time, twice, at once, in another's name, or past the gate."""

from collections.abc import Iterator

from evals.attacks import (
    deeds_done_twice,
    deeds_in_anothers_name,
    deeds_in_parts,
    deeds_of_consent,
    deeds_of_money,
    deeds_of_supervisors,
)
from evals.attacks.attempts import Attempt

_BY_FAMILY = (
    deeds_of_money.FAMILIES,
    deeds_of_consent.FAMILIES,
    deeds_done_twice.FAMILIES,
    deeds_of_supervisors.FAMILIES,
    deeds_in_anothers_name.FAMILIES,
    deeds_in_parts.FAMILIES,
)


def attempts() -> Iterator[Attempt]:
    yield from deeds_in_anothers_name.theirs()
    for families in _BY_FAMILY:
        for family, stories in families.items():
            for story in stories:
                yield Attempt(family=family, name=story.__name__.replace("_", " "), story=story)
