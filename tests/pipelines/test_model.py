"""Bounded waits for the model, and a second one behind the first; in virtual time."""

import asyncio
from typing import cast

import pytest
from openai import AsyncOpenAI, OpenAIError
from pipecat.processors.aggregators.llm_context import LLMContext
from pytest import approx

from pipelines.model import FIRST_TOKEN_S, NEXT_TOKEN_S, Model, ModelEndpoint
from tests.support.scripted_organs import Plan, ScriptedModel
from tests.support.virtual_time import run


def model(*plans: Plan) -> tuple[Model, list[ScriptedModel], list[str]]:
    """One provider for each plan, in their order; and the errors after which the next one was asked."""
    providers = [ScriptedModel(plans=[plan]) for plan in plans]
    failovers: list[str] = []
    endpoints = tuple(
        ModelEndpoint(client=cast(AsyncOpenAI, provider), model=f"model-{number}")
        for number, provider in enumerate(providers)
    )
    return (
        Model(endpoints, system_instruction=lambda: "Be kind.", on_failover=failovers.append),
        providers,
        failovers,
    )


async def words(asked: Model) -> str:
    stream = await asked.get_chat_completions(LLMContext(messages=[{"role": "user", "content": "Hello"}]))
    try:
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    finally:
        await stream.close()


def now() -> float:
    return asyncio.get_running_loop().time()


def test_the_answer_comes_whole_and_in_order() -> None:
    async def story() -> None:
        asked, [provider], _ = model(Plan(says="It left on Monday."))
        assert (await words(asked)).split() == ["It", "left", "on", "Monday."]
        assert provider.asked[0][0] == {"role": "system", "content": "Be kind."}

    run(story())


@pytest.mark.parametrize(
    ("plan", "error"),
    [
        (Plan(fails=OpenAIError("gone")), "OpenAIError"),
        (Plan(says="late", first_token_s=60.0), "TimeoutError"),
    ],
)
def test_the_second_is_asked_where_the_first_fails(plan: Plan, error: str) -> None:
    async def story() -> None:
        begun = now()
        asked, providers, failovers = model(plan, Plan(says="Here"))
        assert (await words(asked)).strip() == "Here"
        assert failovers == [error]
        assert [len(provider.asked) for provider in providers] == [1, 1]
        assert now() - begun <= FIRST_TOKEN_S + 0.3

    run(story())


def test_each_is_asked_once_and_the_last_error_is_raised() -> None:
    async def story() -> None:
        asked, providers, failovers = model(
            Plan(fails=OpenAIError("gone")), Plan(says="x", first_token_s=60.0)
        )
        begun = now()
        with pytest.raises(TimeoutError):
            await words(asked)
        assert now() - begun == approx(0.25 + FIRST_TOKEN_S)
        assert failovers == ["OpenAIError"]
        assert [len(provider.asked) for provider in providers] == [1, 1]

    run(story())


def test_words_that_stop_coming_are_not_waited_for() -> None:
    async def story() -> None:
        asked, _, _ = model(Plan(says="It left", token_s=60.0))
        begun = now()
        with pytest.raises(TimeoutError):
            await words(asked)
        assert now() - begun == approx(0.25 + NEXT_TOKEN_S)

    run(story())
