"""The providers' settings: who hears, thinks and speaks, with which keys, at which addresses."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CALLWRIGHT_"
SpeechToText = Literal["deepgram-flux", "deepgram-nova", "local"]
TextToSpeech = Literal["deepgram", "openai", "cartesia", "elevenlabs", "local"]
Provider = Literal["deepgram", "openai", "cartesia", "elevenlabs"]


class ProviderSettings(BaseSettings):
    """The part of `app.settings.Settings` that is about engines and models."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    speech_to_text: SpeechToText = Field("deepgram-flux", description="deepgram-flux, deepgram-nova or local")
    text_to_speech: TextToSpeech = Field(
        "deepgram", description="deepgram, openai, cartesia, elevenlabs or local"
    )
    fallback_speech_to_text: SpeechToText | None = Field(None, description="A second recogniser, or nothing")
    fallback_text_to_speech: TextToSpeech | None = Field(None, description="A second voice, or nothing")
    eager_end_of_turn: bool = Field(False, description="true or false")
    end_of_turn_ms: int | None = Field(None, ge=100, le=10_000, description="Milliseconds, 100 to 10000")

    model: str = Field("gpt-4.1-mini", min_length=1, description="The model's name at its endpoint")
    model_base_url: str | None = Field(
        None,
        description="An OpenAI-compatible endpoint, such as https://host/v1; leave it out for OpenAI's own",
    )
    fallback_model: str | None = Field(None, description="A second model, or nothing")
    fallback_model_base_url: str | None = Field(None, description="The second model's endpoint")
    fallback_model_api_key: SecretStr | None = Field(None, description="The second model's key")

    deepgram_api_key: SecretStr | None = Field(None, validation_alias="DEEPGRAM_API_KEY", description="A key")
    openai_api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY", description="A key")
    cartesia_api_key: SecretStr | None = Field(None, validation_alias="CARTESIA_API_KEY", description="A key")
    elevenlabs_api_key: SecretStr | None = Field(
        None, validation_alias="ELEVENLABS_API_KEY", description="A key"
    )

    deepgram_flux_url: str | None = Field(None, description="An address such as wss://host/v2/listen")
    deepgram_nova_url: str | None = Field(None, description="An address such as wss://host")
    deepgram_speak_url: str | None = Field(None, description="An address such as wss://host")
    openai_speak_url: str | None = Field(None, description="An address such as https://host/v1")
    cartesia_url: str | None = Field(None, description="An address such as wss://host/tts/websocket")
    elevenlabs_url: str | None = Field(None, description="An address such as wss://host")
    local_recognisers: int = Field(4, ge=1, le=64, description="Calls that the local engine hears at once")

    @property
    def provider_keys(self) -> dict[Provider, str]:
        """The keys that are set, readable."""
        given: dict[Provider, SecretStr | None] = {
            "deepgram": self.deepgram_api_key,
            "openai": self.openai_api_key,
            "cartesia": self.cartesia_api_key,
            "elevenlabs": self.elevenlabs_api_key,
        }
        return {provider: key.get_secret_value() for provider, key in given.items() if key is not None}

    @property
    def provider_endpoints(self) -> dict[str, str]:
        """By service, those that differ from the provider's own."""
        given = {
            "deepgram-flux": self.deepgram_flux_url,
            "deepgram-nova": self.deepgram_nova_url,
            "deepgram-speak": self.deepgram_speak_url,
            "openai-speak": self.openai_speak_url,
            "cartesia": self.cartesia_url,
            "elevenlabs": self.elevenlabs_url,
        }
        return {service: url for service, url in given.items() if url}

    @property
    def providers_needed(self) -> dict[Provider, str]:
        """Those that need a key, each with the field that chose it."""
        needed: dict[Provider, str] = {}
        for field in ("speech_to_text", "fallback_speech_to_text"):
            if (getattr(self, field) or "").startswith("deepgram"):
                needed["deepgram"] = field
        for field in ("text_to_speech", "fallback_text_to_speech"):
            chosen: TextToSpeech | None = getattr(self, field)
            if chosen is not None and chosen != "local":
                needed[chosen] = field
        if self.fallback_model and not (self.fallback_model_base_url or self.fallback_model_api_key):
            needed["openai"] = "fallback_model"
        if self.model_base_url is None:
            needed["openai"] = "model"
        return needed
