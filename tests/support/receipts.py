"""Where a test keeps what a carrier says of messages."""

from domain.ports.messages import Receipt

ENDS = {"delivered", "undelivered", "failed"}


class Receipts:
    """Implements `domain.ports.messages.Receipts`, as the outbox does."""

    def __init__(self, *known: str) -> None:
        self.carrier_ids: dict[str, str] = dict.fromkeys(known, "")
        self.told: dict[str, tuple[Receipt, str]] = {}

    async def sent(self, message_id: str, carrier_id: str) -> bool:
        news = self.carrier_ids.get(message_id) == ""
        if news:
            self.carrier_ids[message_id] = carrier_id
        return news

    async def delivered(self, carrier_id: str, status: Receipt, *, error: str = "") -> bool:
        before = self.told.get(carrier_id)
        if before is not None and (before[0] in ENDS or status == "sent"):
            return False
        self.told[carrier_id] = (status, error)
        return True

    async def status(self, message_id: str) -> str | None:
        carrier_id = self.carrier_ids.get(message_id)
        if carrier_id is None:
            return None
        return self.told[carrier_id][0] if carrier_id in self.told else "sent" if carrier_id else "queued"
