"""What a company writes to people: templates for SMS and e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Channel = Literal["sms", "email"]


@dataclass(frozen=True, kw_only=True)
class MessageTemplate:
    """One template of `messages.yaml`; {path|form} is filled in by code."""

    name: str
    channel: Channel
    text: str
    subject: str = ""
    """E-mail only."""
    translations: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Primary language tag to (subject, text)."""

    def words(self, language: str) -> tuple[str, str]:
        """(subject, text) by BCP 47 tag."""
        return self.translations.get(language.split("-", 1)[0].lower(), (self.subject, self.text))
