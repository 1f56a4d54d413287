"""What the carrier says and accepts, against Twilio's own documents where they are at hand."""

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from simulator.carrier import rest, twiml, wire
from simulator.carrier.scripted import ScriptedTelephone
from simulator.carrier.service import create_app
from tests.simulator.carrier.product import ACCOUNT, CALLER, NUMBER, STREAM, Product, carrier_for, response
from tests.simulator.carrier.virtual_time import in_virtual_time

FOLDER = os.environ.get("TWILIO_CONFORMANCE_DIR")
pytestmark = pytest.mark.skipif(
    FOLDER is None, reason="TWILIO_CONFORMANCE_DIR does not name a folder with Twilio's documents"
)
SID = "MZ" + "a" * 32


def rig(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(FOLDER or "") / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "message",
    [
        {"event": "media", "streamSid": SID, "media": {"payload": "/////w=="}},
        {"event": "mark", "streamSid": SID, "mark": {"name": "x"}},
        {"event": "clear", "streamSid": SID},
        {"event": "clear", "streamSid": SID, "mark": {"name": "x"}},
        {"event": "media", "streamSid": SID, "media": {"payload": "/////w==", "track": "outbound"}},
        {"event": "media", "streamSid": SID, "media": {"payload": "not base64!"}},
        {"event": "media", "streamSid": SID, "media": {"payload": "UklGRgAA"}},
        {"event": "media", "streamSid": SID},
        {"event": "mark", "streamSid": SID, "mark": {"name": ""}},
        {"event": "mark", "streamSid": SID, "mark": {"name": 1}},
        {"event": "dtmf", "streamSid": SID, "dtmf": {"digit": "1"}},
        {"event": "clear"},
        {"event": 1, "streamSid": SID},
    ],
    ids=str,
)
def test_our_check_of_a_servers_message_agrees_with_the_schema(message: dict[str, Any]) -> None:
    raw = json.dumps(message)
    assert (rig("ms_schema").check(raw) == "ok") == (not isinstance(wire.read(raw, SID), wire.Invalid))


def test_every_verb_and_nesting_that_we_carry_out_is_in_the_grammar() -> None:
    grammar = rig("twiml_check").VOICE
    assert set(grammar) >= twiml.KNOWN
    for parent, children in twiml.NESTING.items():
        assert grammar[parent]["children"] >= set(children)
    assert rig("twiml_check").check(response(STREAM)) == []


@in_virtual_time
async def test_a_call_resource_is_one_by_the_openapi_document() -> None:
    document = json.loads((Path(FOLDER or "") / "spec" / "twilio_api_v2010.json").read_text())
    schemas = document["components"]["schemas"]
    product = Product(documents={"/voice": response('<Pause length="2"/>')})
    async with carrier_for(product) as carrier:
        call = await carrier.place_call(CALLER, NUMBER, ScriptedTelephone())
        await call.ended()
        service = httpx.ASGITransport(app=create_app(carrier))
        async with httpx.AsyncClient(transport=service, base_url="http://carrier") as http:
            base, auth = f"/2010-04-01/Accounts/{ACCOUNT.sid}/Calls", (ACCOUNT.sid, ACCOUNT.auth_token)
            shown = (await http.get(f"{base}/{call.sid}.json", auth=auth)).json()
            listed = (await http.get(f"{base}.json", auth=auth)).json()
    assert listed["calls"] == [shown]
    properties = schemas["api.v2010.account.call"]["properties"]
    assert set(shown) == set(properties)
    for name, value in shown.items():
        schema = properties[name]
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
        if value is None:
            assert schema.get("nullable"), name
            continue
        rules = {k: schema[k] for k in ("type", "enum", "pattern", "minLength", "maxLength") if k in schema}
        Draft202012Validator(rules).validate(value)


async def test_a_message_resource_is_one_by_the_openapi_document() -> None:
    document = json.loads((Path(FOLDER or "") / "spec" / "twilio_api_v2010.json").read_text())
    schemas = document["components"]["schemas"]
    async with carrier_for(Product()) as carrier:
        carrier.faults.messages.undelivered_next = 1
        service = httpx.ASGITransport(app=create_app(carrier))
        async with httpx.AsyncClient(transport=service, base_url="http://carrier") as http:
            base, auth = f"/2010-04-01/Accounts/{ACCOUNT.sid}/Messages", (ACCOUNT.sid, ACCOUNT.auth_token)
            form = {"To": CALLER.replace("+1555", "+1415555"), "From": NUMBER, "Body": "x" * 161}
            created = await http.post(f"{base}.json", auth=auth, data=form)
            await carrier.settled()
            shown = (await http.get(f"{base}/{created.json()['sid']}.json", auth=auth)).json()
            listed = (await http.get(f"{base}.json", auth=auth)).json()
    assert created.status_code == 201
    assert listed["messages"] == [shown]
    listing = document["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["get"]
    answer = listing["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(listed) == set(answer["properties"])
    properties = schemas["api.v2010.account.message"]["properties"]
    for resource in (created.json(), shown):
        assert set(resource) == set(properties)
        for name, value in resource.items():
            schema = properties[name]
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
            if value is None:
                assert schema.get("nullable"), name
                continue
            rules = {
                k: schema[k] for k in ("type", "enum", "pattern", "minLength", "maxLength") if k in schema
            }
            Draft202012Validator(rules).validate(value)


def test_our_errors_have_twilios_fields() -> None:
    error = rest.RestError(400, 21220, "Call is not in-progress.")
    assert set(error.body) == {"code", "message", "more_info", "status"}
