"""What a process is told from outside, read once: `CALLWRIGHT_*` variables, providers' keys, a `.env` file.

A wrong or missing setting is refused at start, with the variable, what is wrong and what to write.
"""

import base64
import binascii
import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import NoDecode

from app.message_settings import MessageSettings
from app.provider_settings import PREFIX, ProviderSettings

LOOPBACK = {"127.0.0.1", "localhost"}
BACK_OFFICE = "backoffice.openapi.json"
"""The file of a company's folder that describes its system, whose address and key are settings."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to put right."""

    variable: str
    wrong: str
    write: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.wrong}. {self.write}"


class SettingsWrong(Exception):
    """The process cannot start; the message is for the person who starts it and quotes no value."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            "Callwright cannot start with these settings:\n" + "\n".join(f"  {p}" for p in problems)
        )
        self.problems = problems


class Settings(ProviderSettings, MessageSettings):
    """Every setting; its description says what to write."""

    role: Literal["all", "media", "desk", "worker"] = Field("all", description="all, media, desk or worker")
    host: str = Field("127.0.0.1", description="An address of this machine, such as 0.0.0.0 for all")
    port: int = Field(8080, ge=0, le=65535, description="A port from 0 (any free one) to 65535")
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="Addresses or networks of your TLS proxy, with commas between them, such as 10.0.0.0/8",
    )
    public_url: str = Field(
        "", description="The address at which Twilio reaches us, such as https://voice.example.com"
    )
    home: Path = Field(Path("~/.callwright"), description="A folder that we may write to")
    companies: Annotated[tuple[Path, ...], NoDecode] = Field(
        (Path("companies/sample"),), description="One company folder or several, with commas between them"
    )
    worker_name: str = Field(
        "",
        max_length=200,
        description="A name of its own, the same after a restart; leave it out for host, role and port",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR"
    )

    database_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices(f"{PREFIX}DATABASE_URL", "DATABASE_URL"),
        description="postgresql://USER:PASSWORD@HOST/NAME; leave it out for the embedded database",
    )
    master_key: SecretStr | None = Field(None, description="The output of `openssl rand -base64 32`")
    api_key: SecretStr | None = Field(None, description="A secret of 16 characters or more for the HTTP API")
    metrics_token: SecretStr | None = Field(
        None, description="A secret of 16 characters or more that /metrics asks for; leave it out to open it"
    )
    recording_days: int = Field(30, ge=0, le=3650, description="Days until a recording is deleted, 0 to 3650")

    twilio_account_sid: str = Field("", description="The Account SID, AC and 32 hexadecimal digits")
    twilio_auth_token: SecretStr | None = Field(
        None, description="The account's auth token: it proves requests"
    )
    twilio_auth_token_secondary: SecretStr | None = Field(
        None, description="The next token, during a rotation"
    )
    twilio_api_key: str | None = Field(None, description="An API key, SK..., for call control")
    twilio_api_key_secret: SecretStr | None = Field(
        None, description="The secret of CALLWRIGHT_TWILIO_API_KEY"
    )
    twilio_api_url: str | None = Field(
        None, description="Another address of the API; leave it out for Twilio's own"
    )

    back_office_url: str | None = Field(
        None, description="Where the company's system answers, such as https://backoffice.example.com"
    )
    back_office_key: SecretStr | None = Field(None, description="The bearer key of the company's system")

    max_calls: int = Field(30, ge=1, le=1000, description="Calls at once in one process, 1 to 1000")
    busy_lag_ms: int = Field(
        250, ge=20, le=5000, description="Lateness that refuses new calls, 20 to 5000 ms"
    )
    longest_call_s: int = Field(7200, ge=60, le=14_400, description="Seconds, 60 to 14400")
    print_loop_lag: bool = Field(
        False, description="true to print the worst lateness of each second, for a benchmark"
    )
    drain_s: int = Field(
        600, ge=0, le=86_400, description="Seconds that a stopping process waits for its calls"
    )

    @field_validator("companies", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return tuple(part.strip() for part in given.split(",") if part.strip())

    @field_validator("home")
    @classmethod
    def _expand(cls, given: Path) -> Path:
        return given.expanduser()

    @property
    def carries_calls(self) -> bool:
        return self.role in {"all", "media"}

    @property
    def does_deeds(self) -> bool:
        """Whether it reaches the companies' systems: a desk has no business there."""
        return self.role != "desk"

    @property
    def twilio_tokens(self) -> tuple[str, ...]:
        """What may have signed a request, the current token first."""
        tokens = (self.twilio_auth_token, self.twilio_auth_token_secondary)
        return tuple(token.get_secret_value() for token in tokens if token is not None)

    @property
    def twilio_credentials(self) -> tuple[str, str]:
        """User and password of the REST API: the API key where there is one."""
        if self.twilio_api_key and self.twilio_api_key_secret:
            return self.twilio_api_key, self.twilio_api_key_secret.get_secret_value()
        assert self.twilio_auth_token is not None
        return self.twilio_account_sid, self.twilio_auth_token.get_secret_value()


def read_settings(**given: object) -> Settings:
    """The environment's settings, `given` (by the command line) before them. Raises `SettingsWrong`."""
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as wrong:
        raise SettingsWrong(tuple(_problem(error["loc"], error["msg"]) for error in wrong.errors())) from None
    problems = (*_misspelt(os.environ), *_checked(settings))
    if problems:
        raise SettingsWrong(problems)
    return settings


def variable_of(field: str) -> str:
    """The environment variable of a setting."""
    alias = Settings.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return alias if isinstance(alias, str) else PREFIX + field.upper()


def _problem(where: tuple[int | str, ...], message: str) -> Problem:
    """Pydantic's finding in our words; it quotes no value."""
    names = {variable_of(field): field for field in Settings.model_fields} | {
        f: f for f in Settings.model_fields
    }
    field = names[str(where[0])]
    described = Settings.model_fields[field].description or ""
    return Problem(variable=variable_of(field), wrong=message.rstrip("."), write=f"Write: {described}")


def _misspelt(environment: Mapping[str, str]) -> tuple[Problem, ...]:
    """Variables that look like ours and are not: a limit that is not read protects nobody."""
    known = {variable_of(field) for field in Settings.model_fields}
    return tuple(
        Problem(variable=name, wrong="no setting has this name", write=f"Did you mean {close[0]}?")
        for name in sorted(environment)
        if name.startswith(PREFIX)
        and name not in known
        and (close := difflib.get_close_matches(name, known, n=1, cutoff=0.9))
    )


def _checked(settings: Settings) -> tuple[Problem, ...]:
    """What one field alone cannot show."""
    wrong = [*_wrong_secrets(settings), *((*flaw, "") for flaw in settings.wrong_messages())]
    wrong += _wrong_back_office(settings)
    wrong += _wrong_for_calls(settings) if settings.carries_calls else _wrong_for_sms(settings)
    return tuple(
        Problem(
            variable=variable_of(field),
            wrong=flaw,
            write=write or f"Write: {Settings.model_fields[field].description or ''}",
        )
        for field, flaw, write in wrong
    )


Wrong = tuple[str, str, str]
"""(field, what is wrong with it, what to write where the field's description does not say)."""


def _wrong_secrets(settings: Settings) -> Iterator[Wrong]:
    if settings.master_key is not None and not _is_key(settings.master_key.get_secret_value()):
        yield "master_key", "it is not 32 bytes in base64", ""
    for field in ("api_key", "metrics_token"):
        secret: SecretStr | None = getattr(settings, field)
        if secret is not None and len(secret.get_secret_value()) < 16:
            yield field, "it is shorter than 16 characters", ""
    if (settings.twilio_api_key is None) != (settings.twilio_api_key_secret is None):
        yield "twilio_api_key_secret", "an API key and its secret come together", ""


def _wrong_back_office(settings: Settings) -> Iterator[Wrong]:
    """One company's key must not reach another's system, nor one's callers another's records."""
    served = [folder for folder in settings.companies if (folder / BACK_OFFICE).exists()]
    if len(served) < 2:
        return
    for field in ("back_office_url", "back_office_key"):
        if getattr(settings, field) is not None:
            wrong = f"it would serve {len(served)} companies, each with a {BACK_OFFICE} of its own"
            yield field, wrong, "Serve each of them with a process of its own: CALLWRIGHT_COMPANIES"


def _wrong_for_sms(settings: Settings) -> Iterator[Wrong]:
    """Of a process that carries no calls."""
    for field in ("public_url", "twilio_account_sid", "twilio_auth_token") if settings.sends_sms else ():
        if not getattr(settings, field):
            yield field, "it is missing; a process that sends SMS needs it", ""


def _wrong_for_calls(settings: Settings) -> Iterator[Wrong]:
    if wrong := _unusable_address(settings.public_url):
        yield "public_url", wrong, ""
    if not settings.twilio_account_sid:
        yield "twilio_account_sid", "it is missing; a process that carries calls needs it", ""
    if settings.twilio_auth_token is None:
        yield "twilio_auth_token", "it is missing; requests from Twilio cannot be proven without it", ""
    for provider, chosen_by in sorted(settings.providers_needed.items()):
        if provider not in settings.provider_keys:
            wrong = f"it is missing and {variable_of(chosen_by)} uses {provider}"
            yield f"{provider}_api_key", wrong, "Write: the key"


def _unusable_address(url: str) -> str | None:
    """Why Twilio could not reach us there."""
    if not url:
        return "it is missing; a process that carries calls needs it"
    parts = urlsplit(url)
    if not parts.hostname or ":" in parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        return "it is not a plain address of a host"
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return "it does not begin with https://"
    return None


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except binascii.Error:
        return False
