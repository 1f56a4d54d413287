"""What the caller wants, followed through a call: opened by choice or by a deed, closed by its proof."""

from collections.abc import Sequence

from domain.company import Company, Goal
from domain.events import GoalOpened, GoalResolved

PROVES_NOTHING = frozenset(
    {
        *("not_found", "not_recognised", "no_number", "invalid", "denied", "failed", "cancelled"),
        *("confirm", "identify", "waiting", "hand_over", "declined", "lapsed", "unknown", "not_proven"),
    }
)
"""Outcomes that no goal is resolved by. An action may name its outcome after what it found, such as an
order's state: each of those is a way of having `found` it."""


class GoalTrack:
    """One call's goals. A look-up opens the goal that it can prove, or else the one that uses the fewest."""

    def __init__(self, company: Company) -> None:
        self._goals = company.goals
        self._open: dict[str, Goal] = {}

    @property
    def current(self) -> Goal | None:
        """The goal opened last that is not resolved."""
        return next(reversed(self._open.values()), None)

    @property
    def open(self) -> tuple[Goal, ...]:
        """Oldest first."""
        return tuple(self._open.values())

    def serving(self, action: str) -> Goal | None:
        """The open goal that uses this action, the latest of several."""
        return next((goal for goal in reversed(self._open.values()) if action in goal.actions), None)

    def begin(self, goal_id: str) -> Sequence[GoalOpened]:
        """The model heard what the caller wants. A goal that is open already becomes the current one."""
        goal = next((goal for goal in self._goals if goal.id == goal_id), None)
        if goal is None:
            return []
        known = self._open.pop(goal_id, None)
        self._open[goal_id] = goal
        return [] if known else [GoalOpened(goal=goal_id)]

    def proposed(self, action: str) -> Sequence[GoalOpened]:
        """The model asked for this action; a goal that it proves is open from now on, or one that uses it."""
        serving = [goal for goal in self._goals if action in goal.actions]
        if not serving:
            return []
        goal = min(serving, key=lambda goal: (not _proves(action, goal), len(goal.actions)))
        if goal.id in self._open or (self.serving(action) and not _proves(action, goal)):
            return []
        return self.begin(goal.id)

    def done(self, action: str, outcome: str) -> Sequence[GoalResolved]:
        """The action ended like this; what it proves is closed."""
        proof = f"{action}.{outcome}"
        proofs = {proof} if outcome in PROVES_NOTHING else {proof, f"{action}.found"}
        proven = [goal for goal in self._open.values() if goal.resolved_when in proofs]
        for goal in proven:
            del self._open[goal.id]
        return [GoalResolved(goal=goal.id, proof=proof) for goal in proven]


def _proves(action: str, goal: Goal) -> bool:
    return goal.resolved_when.startswith(f"{action}.")
