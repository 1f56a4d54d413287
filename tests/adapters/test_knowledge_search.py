from collections.abc import AsyncIterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.database import engine_for
from adapters.storage.knowledge import PostgresKnowledge
from domain.company import Company, Document, OpeningHours

TODAY = date(2026, 11, 21)


def document(
    name: str, title: str, *sections: tuple[str, str], version: str = "1", since: date = date(2026, 1, 1),
    until: date | None = None,
) -> Document:  # fmt: skip
    return Document(
        id=name, version=version, title=title, effective_from=since, effective_until=until, sections=sections
    )


def company(*documents: Document, name: str = "sample") -> Company:
    return Company(
        id=name, name="Sample", hours=OpeningHours(zone=ZoneInfo("UTC"), weekly={}), lines=(), goals=(),
        actions=(), persona="", documents=documents,
    )  # fmt: skip


RETURNS = document(
    "returns", "Returns and refunds",
    ("How long you can return", "You may return an item within 30 days of delivery, unworn and in its box."),
    ("When the money comes", "We refund to the same card within five working days."),
)  # fmt: skip
DELIVERY = document(
    "delivery", "Delivery",
    ("Delivery times", "Standard delivery takes two to four working days. Express arrives the next day."),
    ("Delivery abroad", "We ship to Canada and Mexico. Customs are paid by the customer."),
)  # fmt: skip
OPENING = document(
    "hours", "Opening hours", ("Telephone", "You can reach us from Monday to Friday, nine to six.")
)
GIFT_CARDS = document("gift-cards", "Gift cards", ("Validity", "A gift card is valid for three years."))


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = engine_for(database)
    yield engine
    await engine.dispose()


@pytest.fixture
async def knowledge(engine: AsyncEngine) -> PostgresKnowledge:
    knowledge = PostgresKnowledge(engine)
    assert await knowledge.load(company(RETURNS, DELIVERY, OPENING, GIFT_CARDS))
    return knowledge


@pytest.mark.parametrize(
    ("question", "section"),
    [
        (
            "um hi I was wondering could you tell me how long I have to return something",
            "How long you can return",
        ),
        ("so when does the money come back to my card after a refund", "When the money comes"),
        ("do you guys ship to canada", "Delivery abroad"),
        ("okay how quick is express delivery", "Delivery times"),
        ("what are your opening hours please", "Telephone"),
        ("how long is my gift card valid", "Validity"),
    ],
)
async def test_a_spoken_question_finds_its_section(
    knowledge: PostgresKnowledge, question: str, section: str
) -> None:
    found = await knowledge.search("sample", question, on=TODAY)
    assert found[0].section == section
    assert 0 < found[0].score <= 1
    assert [passage.score for passage in found] == sorted((p.score for p in found), reverse=True)


@pytest.mark.parametrize(
    "question",
    [
        "do you sell insurance for bicycles",
        "can I bring my dog to the spa",
        "um hello",
        "",
        "\0 ' | & ! :* <->",
        "\\ o'brien\\'s /usr/x:A",
    ],
)
async def test_what_no_document_answers_finds_nothing(knowledge: PostgresKnowledge, question: str) -> None:
    assert await knowledge.search("sample", question, on=TODAY) == []


async def test_only_what_is_in_force_on_the_day_is_found(engine: AsyncEngine) -> None:
    knowledge = PostgresKnowledge(engine)
    changes = date(2026, 11, 21)
    text = ("Return period", "Return within the period.")
    await knowledge.load(
        company(
            document("returns", "Returns", text, version="1", until=date(2026, 11, 20)),
            document("returns", "Returns", text, version="2", since=changes),
        )
    )
    for day, version in ((date(2026, 11, 20), "1"), (changes, "2"), (date(2030, 1, 1), "2")):
        assert [p.version for p in await knowledge.search("sample", "return period", on=day)] == [version]
    assert await knowledge.search("sample", "return period", on=date(2025, 1, 1)) == []


async def test_a_changed_folder_replaces_what_was_there(knowledge: PostgresKnowledge) -> None:
    assert not await knowledge.load(company(RETURNS, DELIVERY, OPENING, GIFT_CARDS))
    assert await knowledge.load(company(GIFT_CARDS))
    assert await knowledge.search("sample", "do you ship to canada", on=TODAY) == []
    assert await knowledge.search("sample", "gift card validity", on=TODAY) != []
    assert await knowledge.search("another", "gift card validity", on=TODAY) == []
