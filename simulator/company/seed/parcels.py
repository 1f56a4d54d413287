"""Follows the parcel of a planned order: what the carrier has seen of it until today."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from simulator.company.records.orders import Scan, Shipment
from simulator.company.seed.data import Catalogue, PlannedOrder, PlannedScan, Stories, read


def shipment_of(planned: PlannedOrder, today: date) -> Shipment | None:
    """None before the carrier has been told of a parcel."""
    story, shop = read(Stories).states[planned.state], read(Catalogue).shop
    if story.shipment is None:
        return None

    def day(offset: int | None) -> date | None:
        return None if offset is None else today + timedelta(days=offset)

    number = int(planned.order_id)
    return Shipment(
        order_id=planned.order_id,
        carrier=shop.carriers[number % len(shop.carriers)],
        tracking_number=f"LF{number * 7919 % 10**8:08}",
        state=story.shipment,
        promised_on=today + timedelta(days=planned.promised),
        expected_on=None if story.shipment in {"delivered", "returned"} else day(planned.expected),
        delivered_on=day(planned.delivered),
        scans=[_scan(read(Stories).scans[name], planned, today) for name in story.scans],
    )


def _scan(scan: PlannedScan, planned: PlannedOrder, today: date) -> Scan:
    offset = 0 if scan.after == "today" else getattr(planned, scan.after)
    return Scan(
        at=datetime.combine(
            today + timedelta(days=offset + scan.days),
            time.fromisoformat(scan.at),
            ZoneInfo(read(Catalogue).shop.zone),
        ),
        place=scan.place,
        event=scan.event,
        text=scan.text,
    )
