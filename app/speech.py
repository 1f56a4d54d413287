"""Settings into speech: engines, models, and the sentences that are kept ready in every voice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import SecretStr

from app.settings import Settings
from domain.clock import Clock
from domain.company import Company, Line
from domain.language import language_for
from pipelines.fixed_speech import FixedSpeech
from pipelines.model import ModelEndpoint, open_client
from pipelines.speech.engines import SpeechSettings
from pipelines.speech.opening import SpeechEngines


def speech_engines(settings: Settings, companies: Sequence[Company], clock: Clock) -> SpeechEngines:
    first = SpeechSettings(
        speech_to_text=settings.speech_to_text,
        text_to_speech=settings.text_to_speech,
        keys={str(provider): key for provider, key in settings.provider_keys.items()},
        endpoints=settings.provider_endpoints,
        eager_end_of_turn=settings.eager_end_of_turn,
        keyterms=tuple(word for company in companies for word in company.vocabulary),
        end_of_turn_ms=settings.end_of_turn_ms,
    )
    second = replace(
        first,
        speech_to_text=settings.fallback_speech_to_text or first.speech_to_text,
        text_to_speech=settings.fallback_text_to_speech or first.text_to_speech,
    )
    return SpeechEngines(
        (first, second),
        clock=clock,
        cache=settings.home / "speech",
        corpus=[phrase for company in companies for goal in company.goals for phrase in goal.phrases],
        vocabulary=[word for company in companies for word in company.vocabulary],
        local_recognisers=settings.local_recognisers,
    )


def models(settings: Settings) -> tuple[ModelEndpoint, ...]:
    """The model and, where one is set, the one that takes over."""
    first = _endpoint(settings.model, settings.model_base_url, settings.openai_api_key)
    if settings.fallback_model is None:
        return (first,)
    same_endpoint = settings.fallback_model_base_url == settings.model_base_url
    key = settings.fallback_model_api_key or (settings.openai_api_key if same_endpoint else None)
    return (first, _endpoint(settings.fallback_model, settings.fallback_model_base_url, key))


def _endpoint(model: str, base_url: str | None, key: SecretStr | None) -> ModelEndpoint:
    """Endpoints of one's own often want no key; the client insists on one."""
    return ModelEndpoint(client=open_client(key.get_secret_value() if key else "none", base_url), model=model)


def engine_names(settings: Settings) -> Mapping[str, str]:
    """For the journal: which engines carried a call."""
    return {
        "speech_to_text": settings.speech_to_text,
        "text_to_speech": settings.text_to_speech,
        "model": settings.model,
    }


def voices_missing(settings: Settings, lines: Sequence[tuple[Company, Line]]) -> Sequence[str]:
    """What to put right where a line's voice has no name at a provider; the local engine needs none."""
    chosen = (settings.text_to_speech, settings.fallback_text_to_speech)
    return [
        f"company.yaml of {company.id}: voice {line.voice.id!r} of line {line.id!r} has no name"
        f" for {engine!r}. Write: `{engine}: NAME` under its names"
        for company, line in lines
        for engine in chosen
        if engine not in {None, "local"} and engine not in line.voice.names
    ]


async def keep_sentences(kept: FixedSpeech, lines: Sequence[tuple[Company, Line]]) -> int:
    """Synthesise every fixed sentence of every line; returns how many could not be made."""
    missing = 0
    for company, line in lines:
        missing += await kept.prepare(fixed_sentences(company, line), line.voice, line.language)
    return missing


def fixed_sentences(company: Company, line: Line) -> list[str]:
    """Whatever the runtime itself may say on a line, and what its actions want said while they take time."""
    said: list[str] = [line.disclosure, line.recording_notice, line.greeting]
    for sentence in vars(language_for(line.language).of_company(company.name).sentences).values():
        said += [sentence] if isinstance(sentence, str) else list(sentence)
    return said + [action.filler for action in company.actions if action.filler]
