"""Whether a pattern compiles where it is matched: in RE2, whose time grows with the text and nothing else."""

import re2

SYNTAX = r"a regular expression, such as '\d{4}'; no back references, no look-around"


def flaw_of(pattern: str) -> str | None:
    """What is wrong with it, or None."""
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return None
