"""All the systems of one company behind one port: OpenAPI or MCP by binding, each with its breaker."""

from collections.abc import Callable, Mapping
from typing import Protocol, assert_never

from loguru import logger

from adapters.failures import Mismatch, MismatchAfterWrite, Unsendable
from adapters.openapi import OpenApiSystem
from domain.actions import Binding
from domain.breaker import Breaker, Failure, Tolerance
from domain.clock import Clock
from domain.ports.systems import Answered, MaybeDone, NotDone, Withdrawn


class Tools(Protocol):
    """Tool servers, as `adapters.mcp_tools.McpTools` speaks to them: loaded only where there are some."""

    def why_not(self, name: str) -> str: ...

    def reads(self, name: str) -> bool: ...

    def available(self, name: str) -> bool: ...

    async def call(
        self, name: str, arguments: Mapping[str, object], *, key: str, timeout_s: float
    ) -> Answered: ...


OnWithdrawn = Callable[[str, str], None]
"""(operation, reason); called once each time an operation is withdrawn."""


class BoundSystems:
    """Implements the port `Systems`. A company without one of the two leaves it out."""

    def __init__(
        self,
        *,
        clock: Clock,
        openapi: OpenApiSystem | None = None,
        mcp: Tools | None = None,
        tolerance: Tolerance | None = None,
        on_withdrawn: OnWithdrawn = lambda _operation, _reason: None,
    ) -> None:
        self._clock = clock
        self._openapi = openapi
        self._mcp = mcp
        self._on_withdrawn = on_withdrawn
        self._fresh = Breaker(tolerance=tolerance or Tolerance())
        self._breakers: dict[str, Breaker] = {}

    def why_not(self, binding: Binding) -> str:
        """Why the binding cannot be called, to be asked at start; empty where it can."""
        system = self._system(binding)
        return f"{binding.name}: there is no such system" if system is None else system.why_not(binding.name)

    def reads(self, binding: Binding) -> bool:
        system = self._system(binding)
        return system is not None and system.reads(binding.name)

    def available(self, binding: Binding) -> bool:
        drifted = binding.kind == "mcp" and self._mcp is not None and not self._mcp.available(binding.name)
        return not drifted and self._breaker(binding).admits(self._clock.monotonic())

    async def call(
        self, binding: Binding, arguments: Mapping[str, object], *, key: str, timeout_s: float
    ) -> Answered:
        """Raises as the port says."""
        system = self._system(binding)
        if system is None:
            raise Unsendable(self.why_not(binding))
        breaker, now = self._breaker(binding), self._clock.monotonic()
        if not breaker.admits(now):
            raise Withdrawn(f"{binding.name}: it failed too often, and rests for a while")
        self._breakers[_name(binding)] = breaker.trying(now)
        try:
            answered = await system.call(binding.name, arguments, key=key, timeout_s=timeout_s)
        except (Unsendable, Withdrawn):
            raise
        except (NotDone, MaybeDone) as error:
            self._hurt(binding, error)
            raise
        self._breakers[_name(binding)] = self._breaker(binding).succeeded()
        return answered

    def _hurt(self, binding: Binding, error: Exception) -> None:
        failure: Failure = "mismatch" if isinstance(error, Mismatch | MismatchAfterWrite) else "no_answer"
        before = self._breaker(binding)
        after = self._breakers[_name(binding)] = before.hurt(failure, self._clock.monotonic())
        if after.withdrawn and not before.withdrawn:
            logger.bind(operation=binding.name, kind=binding.kind, reason=str(error)).warning(
                "an operation failed too often and is withdrawn for a while"
            )
            self._on_withdrawn(binding.name, str(error))

    def _breaker(self, binding: Binding) -> Breaker:
        return self._breakers.get(_name(binding), self._fresh)

    def _system(self, binding: Binding) -> OpenApiSystem | Tools | None:
        match binding.kind:
            case "openapi":
                return self._openapi
            case "mcp":
                return self._mcp
            case "builtin" | "message" | "steps":
                return None
            case _:
                assert_never(binding.kind)


def _name(binding: Binding) -> str:
    return f"{binding.kind}:{binding.name}"
