"""Where the silence before an answer went, station by station."""

from dataclasses import dataclass, field

from domain.events import TurnTimed


@dataclass(kw_only=True)
class TurnTiming:
    """Moments of one turn, in seconds of the loop's clock; 0.0 while a moment has not come."""

    turn: int
    last_sound: float
    """The caller's last sound arrived."""
    ended: float
    """The recogniser said that the turn is over."""
    asked: float = 0.0
    first_word: float = 0.0
    """The model's first word came."""
    sentence: float = 0.0
    """The first whole sentence went to text-to-speech."""
    tools_s: float = 0.0
    _tools_since: float = field(default=0.0, repr=False)

    def tools_began(self, now: float) -> None:
        self._tools_since = self._tools_since or now

    def tools_ended(self, now: float) -> None:
        if self._tools_since:
            self.tools_s += now - self._tools_since
            self._tools_since = 0.0

    def heard(self, audio_came: float, plays_at: float) -> TurnTimed:
        """`audio_came`: its first sound reached us; `plays_at`: it reaches the caller's line."""
        asked = self.asked or self.ended
        sentence = self.sentence or asked
        thought = sentence - asked - self.tools_s
        worded = min(sentence - (self.first_word or sentence), thought)
        stations = {
            "end_of_turn": self.ended - self.last_sound,
            "turn_taking": asked - self.ended,
            "model": thought - worded,
            "tools": self.tools_s,
            "sentence": worded,
            "speech": audio_came - sentence,
            "line": plays_at - audio_came,
        }
        return TurnTimed(
            turn=self.turn,
            gap_ms=round(1000 * (plays_at - self.last_sound)),
            stations_ms={name: round(1000 * max(0.0, seconds), 1) for name, seconds in stations.items()},
        )
