"""Names written in any manner, as words and in the manner of `find_order`."""

import re

_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def words_in(*texts: str) -> list[str]:
    """In lower case, without digits."""
    return [word.lower() for text in texts for word in re.findall(r"[A-Za-z]+", _SEAM.sub(" ", text))]


def snake(name: str) -> str:
    """A name that the company's folder accepts."""
    joined = "_".join(re.findall(r"[a-z0-9]+", _SEAM.sub("_", name).lower())) or "unnamed"
    return joined if joined[0].isalpha() else f"a_{joined}"
