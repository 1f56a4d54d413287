"""The gate: the only way to an action. Validate, decide, confirm, once only, do, record.

`gate.py` is the way through it and calls the others: `asked.py` decides, `agreed.py` goes on after a yes,
`doing.py` does and takes back, `undoing.py` hears "no wait, cancel that", `afterwards.py` goes on when the
call is over. `opening.py` puts one together.
"""

from tools.gate.gate import Gate
from tools.gate.opening import open_gate
from tools.words import Outcome, Wording

__all__ = ["Gate", "Outcome", "Wording", "open_gate"]
