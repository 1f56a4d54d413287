"""Routers and hubs in homes: what they tell, tests from afar, and configurations that are sent to them."""

from datetime import timedelta

from fastapi import Request

from simulator.company.desk import Desk, TheWrite, next_number, require
from simulator.company.office import Office, TheOffice, look_up
from simulator.company.records.devices import (
    Configuration,
    Device,
    DeviceStatus,
    Diagnostic,
    LogLine,
    NewConfiguration,
    NewDiagnostic,
)
from simulator.company.seed.data import read
from simulator.company.seed.devices import DeviceFault, Devices
from simulator.company.watch import Watch

HEALTHY = "none"
TEST_S = 2.0

desk = Desk("devices")


def fault_of(office: Office, device: Device) -> DeviceFault:
    """What is wrong with it now; a configuration may have cured it."""
    faults = read(Devices).faults
    fault: DeviceFault = faults[office.faults[device.device_id]]
    return faults[HEALTHY] if fault.cured_by == device.profile else fault


@desk.read("/customers/{customer_id}/devices", "listCustomerDevices", "List the devices in a customer's home")
def list_of_customer(office: TheOffice, customer_id: str) -> list[Device]:
    look_up(office.customers, customer_id, "customer")
    return [device for device in office.devices.values() if device.customer_id == customer_id]


@desk.read("/devices/{device_id}/status", "getDeviceStatus", "Get what a device tells at this moment")
def get_status(office: TheOffice, device_id: str) -> DeviceStatus:
    device = look_up(office.devices, device_id, "device")
    fault = fault_of(office, device)
    silent = timedelta(minutes=fault.silent_minutes)
    return DeviceStatus(
        device_id=device_id,
        profile=device.profile,
        last_seen_at=office.now() - silent,
        **fault.status.model_dump(),
    )


@desk.read("/devices/{device_id}/logs", "getDeviceLogs", "Get what a device wrote down, newest first")
def get_logs(office: TheOffice, device_id: str) -> list[LogLine]:
    device = look_up(office.devices, device_id, "device")
    now = office.now()
    return [
        LogLine(at=now - timedelta(minutes=line.minutes_ago), level=line.level, text=line.text)
        for line in fault_of(office, device).logs
    ]


@desk.write(
    "/devices/{device_id}/diagnostics",
    "runDeviceDiagnostic",
    "Test a device from afar; takes some seconds and changes nothing in it",
    status=201,
)
async def run_diagnostic(
    write: TheWrite, request: Request, device_id: str, wanted: NewDiagnostic
) -> Diagnostic:
    office = write.office
    device = look_up(office.devices, device_id, "device")
    watch = request.app.state.watch
    assert isinstance(watch, Watch)
    await watch.sleep(TEST_S)
    fault = fault_of(office, device)
    seen = wanted.test in {"full", fault.shown_by}
    unreachable = fault.status.state == "offline" and wanted.test not in {"full", "line"}
    shown = fault if seen else read(Devices).faults[HEALTHY]
    number = next_number("DG", office.diagnostics)
    diagnostic = Diagnostic(
        diagnostic_id=number,
        device_id=device_id,
        customer_id=device.customer_id,
        test=wanted.test,
        result="not_reachable" if unreachable else "fault_found" if shown.code else "passed",
        fault=shown.code,
        finding="The device does not answer." if unreachable else shown.finding,
        advice=shown.advice,
        profile=shown.cured_by,
        finished_at=write.now + timedelta(seconds=TEST_S),
    )
    return write.keep(office.diagnostics, number, diagnostic)


@desk.read(
    "/devices/{device_id}/diagnostics", "listDeviceDiagnostics", "List the tests of a device, newest first"
)
def list_diagnostics(office: TheOffice, device_id: str) -> list[Diagnostic]:
    look_up(office.devices, device_id, "device")
    return [one for one in office.diagnostics.values() if one.device_id == device_id][::-1]


@desk.write(
    "/devices/{device_id}/configurations",
    "pushDeviceConfiguration",
    "Send a configuration to a device",
    "device_offline",
    "profile_runs_already",
    status=201,
)
async def push_configuration(write: TheWrite, device_id: str, wanted: NewConfiguration) -> Configuration:
    """Undone by `rollbackDeviceConfiguration`."""
    office = write.office
    device = write.find(office.devices, device_id, "device")
    fault = fault_of(office, device)
    require(
        fault.status.state != "offline" or fault.cured_by == wanted.profile,
        "device_offline",
        f"Device {device_id} does not answer.",
    )
    require(wanted.profile != device.profile, "profile_runs_already", f"It runs {device.profile} already.")
    number = next_number("DC", office.configurations)
    configuration = Configuration(
        configuration_id=number,
        device_id=device_id,
        customer_id=device.customer_id,
        profile=wanted.profile,
        previous_profile=device.profile,
        state="applied",
        pushed_at=write.now,
    )
    write.change(office.devices, device_id, profile=wanted.profile)
    return write.keep(office.configurations, number, configuration)


@desk.read(
    "/devices/{device_id}/configurations",
    "listDeviceConfigurations",
    "List the configurations that were sent to a device, newest first",
)
def list_configurations(office: TheOffice, device_id: str) -> list[Configuration]:
    look_up(office.devices, device_id, "device")
    return [one for one in office.configurations.values() if one.device_id == device_id][::-1]


@desk.write(
    "/devices/{device_id}/configurations/rollback",
    "rollbackDeviceConfiguration",
    "Go back to the configuration before the last one",
    "nothing_to_roll_back",
)
async def roll_back(write: TheWrite, device_id: str) -> Configuration:
    office = write.office
    write.find(office.devices, device_id, "device")
    applied = [one for one in list_configurations(office, device_id) if one.state == "applied"]
    require(bool(applied), "nothing_to_roll_back", f"No configuration was sent to {device_id}.")
    last = applied[0]
    write.change(office.devices, device_id, profile=last.previous_profile)
    return write.change(office.configurations, last.configuration_id, state="rolled_back")
