"""Routers and hubs in customers' homes, as far as Larkfield can see and reach them."""

from datetime import date, datetime
from typing import Literal

from simulator.company.records.kept import Record, Written

DeviceKind = Literal["router", "smart_home_hub"]
DeviceState = Literal["online", "degraded", "offline"]
Profile = Literal["standard", "wifi_auto_channel", "company_dns", "line_reconnect", "firmware_update"]
Test = Literal["line", "wifi", "name_service", "full"]
Advice = Literal["nothing", "push_configuration", "restart_by_hand", "check_cable", "technician", "wait"]


class Device(Written):
    """Something of Larkfield's that stands in a home."""

    device_id: str
    customer_id: str
    subscription_id: str | None
    kind: DeviceKind
    model: str
    serial_last4: str
    installed_on: date
    profile: Profile
    """The configuration that runs."""


class DeviceStatus(Record):
    """What the device, or its silence, tells at this moment."""

    device_id: str
    state: DeviceState
    lights: str
    """What a customer sees on it, such as: internet light red."""
    line_mbit: int
    """Megabits per second at the socket; 0 where there is no line."""
    wifi_mbit: int
    packet_loss_percent: int
    connected_devices: int
    firmware: str
    firmware_current: bool
    profile: Profile
    last_seen_at: datetime


class LogLine(Record):
    """What a device wrote down."""

    at: datetime
    level: Literal["info", "warning", "error"]
    text: str


class NewDiagnostic(Record):
    """What shall be looked at from afar."""

    test: Test = "full"


class Diagnostic(Written):
    """What a test from afar has found."""

    diagnostic_id: str
    device_id: str
    customer_id: str
    test: Test
    result: Literal["passed", "fault_found", "not_reachable"]
    fault: str | None
    finding: str
    """A sentence for whoever helps."""
    advice: Advice
    profile: Profile | None
    """Which configuration cures it, where one does."""
    finished_at: datetime


class NewConfiguration(Record):
    """What shall run on a device."""

    profile: Profile


class Configuration(Written):
    """A configuration that was sent to a device."""

    configuration_id: str
    device_id: str
    customer_id: str
    profile: Profile
    previous_profile: Profile
    state: Literal["applied", "rolled_back"]
    pushed_at: datetime
