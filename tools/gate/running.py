"""The one place where a permit is made: for this deed, at this moment, and handed to its runner."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from loguru import logger

from domain.actions import Action
from domain.clock import Clock
from domain.company import Company
from domain.deeds import Deed
from domain.ports.systems import MaybeDone, NotDone
from tools.actions.errand import Errand, Result, Runner
from tools.case import Case
from tools.permit import NotPermitted, issue

NO_SECRETS: Mapping[str, str] = MappingProxyType({})


class Running:
    """One company's runners, by kind of binding."""

    def __init__(self, company: Company, runners: Mapping[str, Runner], clock: Clock) -> None:
        self._company = company
        self._runners = runners
        self._clock = clock

    async def run(
        self,
        action: Action,
        deed: Deed,
        arguments: Mapping[str, Any],
        scope: Mapping[str, Any],
        key: str,
        case: Case | None = None,
        secrets: Mapping[str, str] = NO_SECRETS,
    ) -> Result:
        """The runner's own result. Raises `NotDone` or `MaybeDone`."""
        now = self._clock.now()
        errand = Errand(
            company=self._company,
            call_id=deed.call_id,
            action=action,
            arguments=arguments,
            scope={**scope, "args": arguments, "deed": {"id": key}},
            key=key,
            now=now,
            clock=self._clock,
            secrets=secrets,
            case=case,
        )
        permit = issue(action.name, arguments, deed.call_id, now)
        try:
            async with asyncio.timeout(action.timeout_s + 1.0):
                return await self._runners[action.binding.kind](permit, errand)
        except (NotDone, MaybeDone, NotPermitted):
            raise
        except Exception as error:  # a time-out, or a store of ours that failed: nobody knows what was done
            logger.bind(action=action.name, error=type(error).__name__).error("A runner broke")
            raise MaybeDone(action.name) from error
