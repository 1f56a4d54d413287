"""A message that a caller left on the carrier's recorder comes to us and is deleted there, whatever fails."""

from pathlib import Path

import pytest

from adapters.recordings import voicemail_of
from app.telephony.voicemails import GIVEN_UP_AFTER, VoicemailCollector
from domain.events import MessageTaken
from tests.app.telephony.carrier import Carrier, action_of, sid, verbs

RECORDING = sid("RE", "x")
SOUND = bytes(range(256)) * 100


@pytest.fixture
def carrier(tmp_path: Path) -> Carrier:
    return Carrier(person=None, folder=tmp_path)


async def leave(carrier: Carrier) -> str:
    """Ring, break, speak after the tone; the call's id."""
    document = await carrier.ring("anna")
    socket = await carrier.stream(document, "anna")
    socket.say({"event": "end", "ending": "fallback"})
    await socket.closed()
    await carrier.ask(action_of(document), "anna")
    call_id = carrier.call("anna").id
    for _ in range(2):  # the carrier may tell it twice
        told = await carrier.ask(f"/twilio/fallback/{call_id}/recorded", "anna", RecordingSid=RECORDING)
        assert verbs(told)[-1] == "Hangup"
    return call_id


def kept(carrier: Carrier, call_id: str) -> bytes:
    return b"".join(caller for caller, _ in carrier.recordings.read(voicemail_of(call_id)))


def rounds(carrier: Carrier) -> VoicemailCollector:
    return carrier.exchange.voicemails


async def test_it_is_kept_with_ours_and_deleted_there(carrier: Carrier) -> None:
    carrier.voicemails.at_carrier[RECORDING] = SOUND
    call_id = await leave(carrier)
    assert kept_nothing_yet(carrier, call_id)
    await rounds(carrier).round()
    assert kept(carrier, call_id) == SOUND
    assert (carrier.voicemails.at_carrier, carrier.voicemails.owed) == ({}, [])
    taken = [event for _, event in carrier.diary.events if isinstance(event, MessageTaken)]
    assert [(it.number, it.about) for it in taken] == [("+14155550101", "voice message")]


async def test_a_caller_who_hung_up_as_they_spoke_has_left_a_message_too(carrier: Carrier) -> None:
    document = await carrier.ring("anna")
    await carrier.status("anna", "completed")
    call_id = carrier.call("anna").id
    assert verbs(document)
    await carrier.ask(f"/twilio/fallback/{call_id}/recorded", "anna", RecordingSid=RECORDING)
    assert [owed.recording_id for owed in carrier.voicemails.owed] == [RECORDING]


async def test_what_is_no_recording_is_not_fetched(carrier: Carrier) -> None:
    await carrier.ring("anna")
    path = f"/twilio/fallback/{carrier.call('anna').id}/recorded"
    await carrier.ask(path, "anna", RecordingSid="../../Calls")
    assert (carrier.voicemails.owed, carrier.messages.taken) == ([], [])


@pytest.mark.parametrize("failures", [1, 3])
async def test_a_carrier_that_fails_is_asked_until_it_is_done(carrier: Carrier, failures: int) -> None:
    carrier.voicemails.at_carrier[RECORDING] = SOUND
    call_id = await leave(carrier)
    carrier.voicemails.failures = failures
    for _ in range(failures):
        await rounds(carrier).round()
        assert carrier.voicemails.owed
    await rounds(carrier).round()
    assert (kept(carrier, call_id), carrier.voicemails.owed) == (SOUND, [])


async def test_ours_is_not_fetched_again_when_only_the_deletion_failed(carrier: Carrier) -> None:
    carrier.voicemails.at_carrier[RECORDING] = SOUND
    call_id = await leave(carrier)
    delete = carrier.voicemails.delete

    async def fails_once(recording_id: str) -> None:
        carrier.voicemails.delete = delete  # type: ignore[method-assign]  # from now on it works
        carrier.voicemails.failures = 1
        await delete(recording_id)

    carrier.voicemails.delete = fails_once  # type: ignore[method-assign]  # fails once
    await rounds(carrier).round()
    [owed] = carrier.voicemails.owed
    assert owed.stored
    carrier.voicemails.at_carrier[RECORDING] = b"other"
    await rounds(carrier).round()
    assert (kept(carrier, call_id), carrier.voicemails.owed) == (SOUND, [])


async def test_a_disk_that_refuses_leaves_the_carriers_copy(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier.voicemails.at_carrier[RECORDING] = SOUND
    call_id = await leave(carrier)

    async def full(name: str, caller: bytes) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(carrier.recordings, "keep", full)
        await rounds(carrier).round()
    assert RECORDING in carrier.voicemails.at_carrier
    await rounds(carrier).round()
    assert kept(carrier, call_id) == SOUND


async def test_one_that_nobody_wants_any_more_is_kept_nowhere(carrier: Carrier) -> None:
    carrier.voicemails.at_carrier[RECORDING] = SOUND
    call_id = await leave(carrier)
    carrier.voicemails.unwanted = True
    await rounds(carrier).round()
    assert kept_nothing_yet(carrier, call_id)
    assert (carrier.voicemails.at_carrier, carrier.voicemails.owed) == ({}, [])


async def test_one_that_the_carrier_never_had_is_given_up_in_the_end(carrier: Carrier) -> None:
    await leave(carrier)
    for _ in range(GIVEN_UP_AFTER - 1):
        await rounds(carrier).round()
    assert carrier.voicemails.owed
    await rounds(carrier).round()
    assert carrier.voicemails.owed == []


def kept_nothing_yet(carrier: Carrier, call_id: str) -> bool:
    return carrier.recordings.path(voicemail_of(call_id)) is None
