"""All scenes, in the order in which the rehearsal plays them."""

from simulator.rehearsal.scene import Scene
from simulator.rehearsal.scenes import deeds, lines, orders, people, questions, secrets, silences, trouble

SCENES: tuple[Scene, ...] = (
    *orders.SCENES,
    *questions.SCENES,
    *people.SCENES,
    *deeds.SCENES,
    *secrets.SCENES,
    *silences.SCENES,
    *lines.SCENES,
    *trouble.SCENES,
)


def chosen(*, every: bool, only: tuple[str, ...] = ()) -> tuple[Scene, ...]:
    """The tour, every scene, or those named. Raises `LookupError` for a name that no scene has."""
    known = {scene.id: scene for scene in SCENES}
    if missing := [name for name in only if name not in known]:
        raise LookupError(f"There is no scene {', '.join(missing)}. There are: {', '.join(known)}.")
    if only:
        return tuple(known[name] for name in only)
    return tuple(scene for scene in SCENES if every or scene.tour)
