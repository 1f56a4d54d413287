"""Full-text search over a company's documents, in the words that callers use.

A spoken question is full of words that say nothing ("could you maybe tell me"). So no word is required:
each word counts by how rare it is in the company's documents, and the score is the share of the
question's weight that a section covers. A word that no document knows counts most, and speaks for
"I do not know".
"""

import hashlib
from collections.abc import Sequence
from datetime import date

import orjson
from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage.tables import knowledge_folders, knowledge_sections
from domain.company import Company, Document
from domain.ports.knowledge import Passage

THRESHOLD = 0.27
"""Share of a question's weight below which a section is no answer."""

DICTIONARIES = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "sv": "swedish",
}  # fmt: skip
"""PostgreSQL's dictionaries by the first part of a language tag; `simple` for the others."""

SMALL_TALK = (
    "hello hi hey good morning afternoon please thanks thank sorry um uh er hmm okay ok yes yeah no well so "
    "just actually basically maybe perhaps really like know want need would could should can might tell say "
    "ask question wonder wondering think guess mean thing something anything way going get got let see help "
    "much many long what when where which who how there here also still possible sure find out about give "
    "moment right away happen now something someone someplace policy policies rule rules"
)
"""English words of a question that name no subject. The dictionary stems them as it stems the question."""

# A word's weight is ln(1 + (N - n + 0.5) / (n + 0.5)), where n of N sections hold it.
# A word in a title, heading or tag counts whole; one in the text alone a little less.
SEARCH = text("""
WITH asked AS MATERIALIZED (
    SELECT lexeme, quote_literal(lexeme)::tsquery AS anywhere,
           (quote_literal(lexeme) || '\\:ABC')::tsquery AS on_top
    FROM unnest(to_tsvector(CAST(:language AS regconfig), :question))
    WHERE lexeme NOT IN (
        SELECT lexeme FROM unnest(to_tsvector(CAST(:language AS regconfig), :small_talk)))
), hits AS MATERIALIZED (
    SELECT asked.lexeme, document, version, position,
           CASE WHEN words @@ asked.on_top THEN 1.0::float8 ELSE 0.85 END AS strength
    FROM asked JOIN knowledge_sections ON words @@ asked.anywhere
    WHERE company = :company AND language = CAST(:language AS regconfig)
      AND effective_from <= :on AND (effective_until IS NULL OR effective_until >= :on)
), weighed AS (
    SELECT lexeme, ln(1 + (sections - found + 0.5) / (found + 0.5))::float8 AS weight
    FROM (SELECT asked.lexeme, count(hits.document) AS found
          FROM asked LEFT JOIN hits USING (lexeme) GROUP BY asked.lexeme) AS counted,
         (SELECT greatest(count(*), 1) AS sections FROM knowledge_sections WHERE company = :company) AS size
), best AS (
    SELECT document, version, position, sum(weight * strength) / (SELECT sum(weight) FROM weighed) AS score
    FROM hits JOIN weighed USING (lexeme) GROUP BY document, version, position
    HAVING sum(weight * strength) / (SELECT sum(weight) FROM weighed) >= :threshold
    ORDER BY score DESC LIMIT 4 * :limit
)
SELECT document, version, title, heading, body, score
FROM best JOIN knowledge_sections USING (document, version, position)
WHERE company = :company
ORDER BY score DESC,
         ts_rank_cd(words, (SELECT string_agg(anywhere::text, ' | ')::tsquery FROM asked)) DESC,
         document, version, position
LIMIT :limit
""")


class PostgresKnowledge:
    """Implements `domain.ports.knowledge.Knowledge`."""

    def __init__(self, engine: AsyncEngine, *, threshold: float = THRESHOLD) -> None:
        self._engine = engine
        self._threshold = threshold
        self._dictionary: dict[str, str] = {}

    async def load(self, company: Company) -> bool:
        """Replace the company's documents at once, where they have changed; whether they had."""
        dictionary = _dictionary_of(company)
        self._dictionary[company.id] = dictionary
        fingerprint = _fingerprint(company, dictionary)
        async with self._engine.begin() as connection:
            await connection.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:company, 1))"), {"company": company.id}
            )
            known = select(knowledge_folders.c.fingerprint).where(knowledge_folders.c.company == company.id)
            if await connection.scalar(known) == fingerprint:
                return False
            await connection.execute(
                delete(knowledge_sections).where(knowledge_sections.c.company == company.id)
            )
            rows = [row for document in company.documents for row in _rows(company.id, dictionary, document)]
            if rows:
                await connection.execute(insert(knowledge_sections), rows)
            folder = postgresql.insert(knowledge_folders).values(company=company.id, fingerprint=fingerprint)
            await connection.execute(
                folder.on_conflict_do_update(
                    index_elements=["company"],
                    set_={"fingerprint": folder.excluded.fingerprint, "loaded_at": text("now()")},
                )
            )
        return True

    async def search(self, company: str, question: str, *, on: date, limit: int = 3) -> Sequence[Passage]:
        """Best first; nothing where no section covers enough of the question."""
        values = {
            "company": company,
            "language": self._dictionary.get(company, "english"),
            "question": question.replace("\0", " "),
            "small_talk": SMALL_TALK if self._dictionary.get(company, "english") == "english" else "",
            "on": on,
            "threshold": self._threshold,
            "limit": limit,
        }
        async with self._engine.connect() as connection:
            rows = (await connection.execute(SEARCH, values)).all()
        return [
            Passage(
                document=row.document,
                version=row.version,
                title=row.title,
                section=row.heading,
                text=row.body,
                score=float(row.score),
            )
            for row in rows
        ]


def _dictionary_of(company: Company) -> str:
    language = company.lines[0].language if company.lines else "en"
    return DICTIONARIES.get(language.split("-")[0].lower(), "simple")


def _fingerprint(company: Company, dictionary: str) -> bytes:
    content = orjson.dumps([dictionary, company.documents], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).digest()


def _rows(company: str, dictionary: str, document: Document) -> list[dict[str, object]]:
    return [
        {
            "company": company,
            "document": document.id,
            "version": document.version,
            "position": position,
            "language": dictionary,
            "title": document.title,
            "heading": heading,
            "tags": " ".join(document.tags),
            "body": body,
            "effective_from": document.effective_from,
            "effective_until": document.effective_until,
        }
        for position, (heading, body) in enumerate(document.sections)
    ]
