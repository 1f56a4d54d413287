"""The language model in a call: a shared client, a bound on every wait, a second provider if there is one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from loguru import logger
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, OpenAIError
from openai.types.chat import ChatCompletionChunk
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.utils.http import connection_limits

FIRST_TOKEN_S = 4.0
"""How long one provider may think before the next is asked, or the caller is told."""
NEXT_TOKEN_S = 4.0
WARM_UP_S = 5.0
WRITTEN_WITHIN_S = 10.0
"""For a text that nobody waits for, such as a summary."""
KEEP_CONNECTED_S = 50.0
"""Below the minute after which most load balancers close an idle connection."""
TOOL_CALL_S = 20.0
"""A last bound over any action's own time-out."""


@dataclass(frozen=True, kw_only=True)
class ModelEndpoint:
    """One OpenAI-compatible provider. Building a client costs tens of milliseconds: once a process."""

    client: AsyncOpenAI
    model: str


def open_client(api_key: str, base_url: str | None) -> AsyncOpenAI:
    """A client that keeps its connections and does not retry: bounds and second tries are ours.

    Callers pause for longer than the usual five seconds, and a TLS handshake in every turn is heard.
    """
    limits = connection_limits(
        max_keepalive_connections=100, max_connections=1000, keepalive_expiry=KEEP_CONNECTED_S
    )
    return AsyncOpenAI(
        api_key=api_key,
        base_url=base_url,
        max_retries=0,
        http_client=DefaultAsyncHttpxClient(limits=limits),
    )


async def warm_up(endpoints: Sequence[ModelEndpoint]) -> None:
    """Ask each model for one token: a wrong key shows at start, and no caller pays for the first request."""
    for endpoint in endpoints:
        params: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello"}], "stream": True}
        try:
            async with asyncio.timeout(WARM_UP_S):
                stream = await _begin(endpoint, params | {"max_completion_tokens": 1})
                await stream.close()
        except (OpenAIError, TimeoutError, StopAsyncIteration) as error:
            logger.bind(model=endpoint.model, error=type(error).__name__).warning(
                "a model did not answer at start; calls will try it all the same"
            )


class BoundedStream:
    """A completion whose first chunk is here and whose next ones must not keep the caller waiting."""

    def __init__(
        self, first: ChatCompletionChunk, rest: AsyncIterator[ChatCompletionChunk], close: Any
    ) -> None:
        self._first = first
        self._rest = rest
        self._close: Callable[[], Awaitable[None]] = close

    async def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        yield self._first
        while True:
            try:
                async with asyncio.timeout(NEXT_TOKEN_S):
                    chunk = await anext(self._rest)
            except StopAsyncIteration:
                return
            yield chunk

    async def close(self) -> None:
        await self._close()


class Model(OpenAILLMService):
    """pipecat's OpenAI service over shared clients; the second is asked where the first one fails."""

    def __init__(
        self,
        endpoints: tuple[ModelEndpoint, ...],
        *,
        system_instruction: Callable[[], str],
        on_failover: Callable[[str], None],
        temperature: float = 0.3,
    ) -> None:
        self._endpoints = endpoints
        self._system_instruction = system_instruction
        self._on_failover = on_failover
        super().__init__(
            api_key="shared",
            settings=OpenAILLMService.Settings(model=endpoints[0].model, temperature=temperature),
            function_call_timeout_secs=TOOL_CALL_S,
        )

    def create_client(self, *_args: Any, **_kwargs: Any) -> AsyncOpenAI:
        return self._endpoints[0].client

    async def get_chat_completions(self, context: LLMContext) -> Any:
        """Raises what the last provider raised; by then every provider was asked once."""
        invocation = await self.get_llm_adapter().get_llm_invocation_params(
            context,
            system_instruction=self._system_instruction(),
            convert_developer_to_user=not self.supports_developer_role,
        )
        params = self.build_chat_completion_params(invocation)
        for endpoint in self._endpoints[:-1]:
            try:
                return await _begin(endpoint, params)
            except (OpenAIError, TimeoutError, StopAsyncIteration) as error:
                logger.bind(error=type(error).__name__).warning("model failed, the second one takes over")
                self._on_failover(type(error).__name__)
        return await _begin(self._endpoints[-1], params)

    async def write(self, told: LLMContext, *, instruction: str) -> str:
        """A text beside the conversation; empty where no provider wrote one in time."""
        adapter = self.get_llm_adapter()
        invocation = await adapter.get_llm_invocation_params(
            told,
            system_instruction=instruction,
            convert_developer_to_user=not self.supports_developer_role,
        )
        params = self.build_chat_completion_params(invocation) | {"stream": False}
        params.pop("stream_options", None)
        for endpoint in self._endpoints:
            try:
                async with asyncio.timeout(WRITTEN_WITHIN_S):
                    asked = params | {"model": endpoint.model}
                    written = await endpoint.client.chat.completions.create(**asked)
            except (OpenAIError, TimeoutError) as error:
                logger.bind(error=type(error).__name__).warning("a model wrote no text beside a call")
            else:
                if text := (written.choices[0].message.content or "").strip():
                    return text
        return ""


async def _begin(endpoint: ModelEndpoint, params: dict[str, Any]) -> BoundedStream:
    async with asyncio.timeout(FIRST_TOKEN_S):
        stream = await endpoint.client.chat.completions.create(**(params | {"model": endpoint.model}))
        chunks = aiter(stream)
        try:
            return BoundedStream(await anext(chunks), chunks, stream.close)
        except BaseException:
            await stream.close()
            raise
