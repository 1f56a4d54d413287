"""Settings: what is read, and what is refused with words that help."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Settings, SettingsWrong, read_settings

GOOD = {
    "CALLWRIGHT_PUBLIC_URL": "https://voice.example.test",
    "CALLWRIGHT_TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
    "CALLWRIGHT_TWILIO_AUTH_TOKEN": "sesame-token",
    "DEEPGRAM_API_KEY": "dg-secret",
    "OPENAI_API_KEY": "oa-secret",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """A good environment in a folder without a `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "CARTESIA_API_KEY", "ELEVENLABS_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    yield monkeypatch


def refused(environment: pytest.MonkeyPatch, **changes: str | None) -> str:
    for name, value in changes.items():
        if value is None:
            environment.delenv(name, raising=False)
        else:
            environment.setenv(name, value)
    with pytest.raises(SettingsWrong) as wrong:
        read_settings()
    return str(wrong.value)


def test_a_good_environment() -> None:
    settings = read_settings()
    assert settings.provider_keys == {"deepgram": "dg-secret", "openai": "oa-secret"}
    assert settings.twilio_tokens == ("sesame-token",)
    assert settings.twilio_credentials == (GOOD["CALLWRIGHT_TWILIO_ACCOUNT_SID"], "sesame-token")
    assert settings.companies == (Path("companies/sample"),)
    assert settings.home.is_absolute()


def test_what_the_command_line_says_comes_first(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CALLWRIGHT_PORT", "9000")
    assert read_settings(port=9001).port == 9001


def test_folders_endpoints_the_database_and_an_api_key(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CALLWRIGHT_COMPANIES", "companies/a, companies/b")
    environment.setenv("CALLWRIGHT_DEEPGRAM_FLUX_URL", "ws://127.0.0.1:9100/v2/listen")
    environment.setenv("DATABASE_URL", "postgresql://u:hidden@h/n")
    environment.setenv("CALLWRIGHT_TWILIO_API_KEY", "SK1")
    environment.setenv("CALLWRIGHT_TWILIO_API_KEY_SECRET", "sk-secret")
    settings = read_settings()
    assert settings.companies == (Path("companies/a"), Path("companies/b"))
    assert settings.provider_endpoints == {"deepgram-flux": "ws://127.0.0.1:9100/v2/listen"}
    assert settings.twilio_credentials == ("SK1", "sk-secret")
    assert settings.database_url is not None
    assert "hidden" not in repr(settings)


def test_no_secret_is_shown() -> None:
    shown = repr(read_settings())
    assert not [secret for secret in ("sesame-token", "dg-secret", "oa-secret") if secret in shown]


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("CALLWRIGHT_PUBLIC_URL", None, "CALLWRIGHT_PUBLIC_URL: it is missing"),
        ("CALLWRIGHT_PUBLIC_URL", "http://voice.example.test", "does not begin with https://"),
        ("CALLWRIGHT_PUBLIC_URL", "https://u@h", "not a plain address"),
        ("CALLWRIGHT_TWILIO_ACCOUNT_SID", None, "CALLWRIGHT_TWILIO_ACCOUNT_SID: it is missing"),
        ("CALLWRIGHT_TWILIO_AUTH_TOKEN", None, "CALLWRIGHT_TWILIO_AUTH_TOKEN: it is missing"),
        ("DEEPGRAM_API_KEY", None, "DEEPGRAM_API_KEY: it is missing"),
        ("OPENAI_API_KEY", None, "OPENAI_API_KEY: it is missing and CALLWRIGHT_MODEL uses openai"),
        ("CALLWRIGHT_TEXT_TO_SPEECH", "cartesia", "CARTESIA_API_KEY: it is missing"),
        ("CALLWRIGHT_FALLBACK_TEXT_TO_SPEECH", "elevenlabs", "ELEVENLABS_API_KEY: it is missing"),
        ("CALLWRIGHT_TEXT_TO_SPEECH", "espeak", "Write: deepgram, openai, cartesia, elevenlabs or local"),
        ("CALLWRIGHT_PORT", "70000", "CALLWRIGHT_PORT: Input should be less than or equal to 65535"),
        ("CALLWRIGHT_MASTER_KEY", "c2hvcnQ=", "CALLWRIGHT_MASTER_KEY: it is not 32 bytes"),
        ("CALLWRIGHT_API_KEY", "short", "CALLWRIGHT_API_KEY: it is shorter than 16"),
        ("CALLWRIGHT_METRICS_TOKEN", "short", "CALLWRIGHT_METRICS_TOKEN: it is shorter than 16"),
        ("CALLWRIGHT_TWILIO_API_KEY", "SK1", "CALLWRIGHT_TWILIO_API_KEY_SECRET: an API key and its secret"),
        ("CALLWRIGHT_MAXCALLS", "5", "Did you mean CALLWRIGHT_MAX_CALLS?"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(
    environment: pytest.MonkeyPatch, variable: str, value: str | None, words: str
) -> None:
    message = refused(environment, **{variable: value})
    assert words in message
    assert "secret" not in message.replace("its secret", "").replace("secret of", "")


def test_all_problems_are_named_at_once(environment: pytest.MonkeyPatch) -> None:
    message = refused(environment, DEEPGRAM_API_KEY=None, CALLWRIGHT_PUBLIC_URL=None)
    assert message.count("it is missing") == 2


def test_local_engines_and_an_own_model_need_no_keys(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("DEEPGRAM_API_KEY")
    environment.delenv("OPENAI_API_KEY")
    environment.setenv("CALLWRIGHT_SPEECH_TO_TEXT", "local")
    environment.setenv("CALLWRIGHT_TEXT_TO_SPEECH", "local")
    environment.setenv("CALLWRIGHT_MODEL_BASE_URL", "http://127.0.0.1:9000/v1")
    assert read_settings().provider_keys == {}


def test_a_fallback_model_without_a_key_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CALLWRIGHT_MODEL_BASE_URL", "http://127.0.0.1:9101/v1")
    environment.delenv("OPENAI_API_KEY")
    environment.setenv("CALLWRIGHT_FALLBACK_MODEL", "gpt-4.1-mini")
    with pytest.raises(SettingsWrong, match="OPENAI_API_KEY: it is missing and CALLWRIGHT_FALLBACK_MODEL"):
        read_settings()
    environment.setenv("CALLWRIGHT_FALLBACK_MODEL_API_KEY", "its-own-key")
    assert read_settings().fallback_model == "gpt-4.1-mini"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"SMS_FROM": "12 34"}, "SMS_FROM: it is neither a number"),
        ({"SMS_FROM": "A name that is long"}, "SMS_FROM: it is neither a number"),
        (
            {"SMS_FROM": "+15550100", "SMS_MESSAGING_SERVICE": "MG" + "0" * 32},
            "SMS_FROM: a message comes from",
        ),
        ({"SMS_MESSAGING_SERVICE": "MG1"}, "SMS_MESSAGING_SERVICE: it is no Messaging Service SID"),
        ({"SMTP_HOST": "mail.example.test"}, "EMAIL_FROM: a mail server and a sender come together"),
        ({"EMAIL_FROM": "a@b.example"}, "SMTP_HOST: a mail server and a sender come together"),
        ({"EMAIL_FROM": "Larkfield", "SMTP_HOST": "h"}, "EMAIL_FROM: it is no e-mail address"),
        ({"SMTP_USER": "u"}, "SMTP_PASSWORD: a user and a password come together"),
        ({"SMTP_SECURITY": "ssl"}, "Write: starttls, tls or none"),
        (
            {"SMTP_HOST": "h", "EMAIL_FROM": "a@b.example", "SMTP_USER": "u", "SMTP_PASSWORD": "p"}
            | {"SMTP_SECURITY": "none"},
            "SMTP_SECURITY: a password would cross the network",
        ),
    ],
)
def test_who_writes_to_people_is_told_whole_or_not_at_all(
    environment: pytest.MonkeyPatch, given: dict[str, str], words: str
) -> None:
    message = refused(environment, **{f"CALLWRIGHT_{name}": value for name, value in given.items()})
    assert f"CALLWRIGHT_{words}" in message or words in message


def test_a_mail_server_has_the_usual_port_of_its_security(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CALLWRIGHT_SMTP_HOST", "mail.example.test")
    environment.setenv("CALLWRIGHT_EMAIL_FROM", "Larkfield <hello@larkfield.example>")
    environment.setenv("CALLWRIGHT_SMS_FROM", "Larkfield")
    assert read_settings().sends_sms
    for security, port in (("starttls", 587), ("tls", 465), ("none", 25)):
        environment.setenv("CALLWRIGHT_SMTP_SECURITY", security)
        server = read_settings().mail_server
        assert server is not None
        assert (server.port, server.security, server.user) == (port, security, None)
    environment.setenv("CALLWRIGHT_SMTP_PORT", "2525")
    server = read_settings().mail_server
    assert server is not None
    assert server.port == 2525


def test_a_worker_that_sends_sms_needs_the_carrier(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CALLWRIGHT_ROLE", "worker")
    environment.setenv("CALLWRIGHT_SMS_FROM", "+15550100")
    message = refused(environment, CALLWRIGHT_PUBLIC_URL=None, CALLWRIGHT_TWILIO_ACCOUNT_SID=None)
    assert message.count("a process that sends SMS needs it") == 2


def test_a_desk_needs_neither_carrier_nor_providers(environment: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        environment.delenv(name)
    environment.setenv("CALLWRIGHT_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    assert read_settings(role="desk").role == "desk"


def test_one_system_and_its_key_serve_one_company(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("shop", "bank", "without_a_system"):
        (tmp_path / name).mkdir()
    (tmp_path / "shop" / "backoffice.openapi.json").touch()
    environment.setenv("CALLWRIGHT_COMPANIES", "shop,bank,without_a_system")
    environment.setenv("CALLWRIGHT_BACK_OFFICE_KEY", "of-the-shop")
    assert read_settings().companies == (Path("shop"), Path("bank"), Path("without_a_system"))
    (tmp_path / "bank" / "backoffice.openapi.json").touch()
    both = refused(environment, CALLWRIGHT_BACK_OFFICE_URL="https://office.example.test")
    assert both.count("it would serve 2 companies, each with a backoffice.openapi.json of its own") == 2
    assert "Serve each of them with a process of its own: CALLWRIGHT_COMPANIES" in both
    for name in ("URL", "KEY"):
        environment.delenv(f"CALLWRIGHT_BACK_OFFICE_{name}")
    assert len(read_settings().companies) == 3


def test_a_desk_reaches_no_company_s_system(environment: pytest.MonkeyPatch) -> None:
    roles = ("all", "media", "worker", "desk")
    assert [read_settings(role=role).does_deeds for role in roles] == [True, True, True, False]


def test_every_setting_says_what_to_write() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
