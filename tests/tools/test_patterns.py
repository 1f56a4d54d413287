"""A company's pattern is matched in time that grows with what was said, whatever the pattern says."""

from domain.actions import Action, Argument, Binding
from tools.policy.arguments import Refused, check


def test_a_pattern_that_would_backtrack_for_ever_answers_at_once() -> None:
    """Python's own engine needs 2 to the power of 500 steps for this."""
    code = Argument(name="code", type="string", description="A code", pattern="(a+)+b")
    action = Action(
        name="look_up",
        purpose="Look it up.",
        tier="lookup",
        arguments=(code,),
        binding=Binding(kind="builtin", name="search_documents"),
        outcomes={"found": "Found."},
    )
    assert check(action, {"code": "a" * 500}) == Refused(rule="argument.value:code")
    assert check(action, {"code": "a" * 499 + "b"}) == {"code": "a" * 499 + "b"}
