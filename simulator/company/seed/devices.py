"""Places devices in customers' homes, some of them with a fault."""

from datetime import date, timedelta
from typing import Literal

from simulator.company.records.devices import Advice, Device, DeviceKind, DeviceState, Profile, Test
from simulator.company.seed.data import Entry, read


class SeenStatus(Entry):
    """What a device tells while it has a fault, or none."""

    state: DeviceState
    lights: str
    line_mbit: int
    wifi_mbit: int
    packet_loss_percent: int
    connected_devices: int
    firmware: str
    firmware_current: bool


class SeenLog(Entry):
    """A line of a device's log."""

    minutes_ago: int
    level: Literal["info", "warning", "error"]
    text: str


class DeviceFault(Entry):
    """What may be wrong with a device, and what of it can be seen from afar."""

    code: str | None = None
    finding: str
    advice: Advice
    cured_by: Profile | None = None
    shown_by: Test | None = None
    status: SeenStatus
    silent_minutes: int = 0
    logs: list[SeenLog]


class PlannedDevice(Entry):
    """A device before there is a day."""

    device_id: str
    customer_id: str
    subscription_id: str | None = None
    kind: DeviceKind = "router"
    model: str = "Larkfield Router AX"
    fault: str
    installed: int


class Devices(Entry):
    """`devices.toml`."""

    faults: dict[str, DeviceFault]
    devices: list[PlannedDevice]


def devices(today: date) -> dict[str, Device]:
    return {
        planned.device_id: Device(
            device_id=planned.device_id,
            customer_id=planned.customer_id,
            subscription_id=planned.subscription_id,
            kind=planned.kind,
            model=planned.model,
            serial_last4=f"{int(planned.device_id[3:]) * 7919 % 10**4:04}",
            installed_on=today + timedelta(days=planned.installed),
            profile="standard",
        )
        for planned in read(Devices).devices
    }
