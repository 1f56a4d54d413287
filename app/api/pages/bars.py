"""A turn's wait as a bar: where each station's share lies, and whether its name fits into it."""

from dataclasses import dataclass
from typing import Literal

from app.api.story import Latency

LETTER_PX = 6.3
WIDE_PX, NARROW_PX = 520, 270
"""What a bar has at least on a desk and on a telephone."""


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One station's part, in per cent of the bar."""

    station: str
    label: str
    begin: float
    width: float
    fits: Literal["everywhere", "wide", "nowhere"]


def segments(latency: Latency) -> tuple[Segment, ...]:
    whole = sum(part.ms for part in latency.parts)
    placed: list[Segment] = []
    begin = 0.0
    for part in latency.parts:
        width = 100 * part.ms / whole if whole else 0.0
        label = f"{part.label} {part.ms:.0f}"
        needed = len(label) * LETTER_PX + 8
        fits: Literal["everywhere", "wide", "nowhere"] = "nowhere"
        if width * NARROW_PX / 100 >= needed:
            fits = "everywhere"
        elif width * WIDE_PX / 100 >= needed:
            fits = "wide"
        placed.append(
            Segment(
                station=part.station, label=label, begin=round(begin, 2), width=round(width, 2), fits=fits
            )
        )
        begin += width
    return tuple(placed)
