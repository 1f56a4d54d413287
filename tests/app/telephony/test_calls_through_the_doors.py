"""Whole calls through the doors: requests in, instructions out, one conversation between."""

import asyncio
from collections.abc import Iterator

import pytest

from domain.call import Call, HangUpAsked, State
from domain.clock import SystemClock
from domain.events import CallEnded
from tests.app.telephony.carrier import (
    OUR_NUMBER,
    PERSON,
    Carrier,
    Socket,
    action_of,
    form_of,
    sid,
    start,
    stream_url,
    token_of,
    verbs,
)


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    yield Carrier()


async def test_a_call_that_ends_with_our_goodbye(carrier: Carrier) -> None:
    document = await carrier.ring("anna")
    assert verbs(document) == ["Connect", "Redirect"]
    socket = await carrier.stream(document, "anna")
    assert len(carrier.exchange.live) == 1
    carrier.clock.passed_s += 30
    socket.say({"event": "end", "ending": "agent_hung_up"})
    assert await socket.closed() == (1000, "")
    assert verbs(await carrier.ask(action_of(document), "anna")) == ["Hangup"]
    await carrier.status("anna", "completed")
    await carrier.status("anna", "completed")
    assert carrier.diary.endings == [CallEnded(outcome="completed", reason="goodbye", duration_ms=30_000)]
    assert (carrier.talks[0].closed, len(carrier.exchange.live), carrier.phone.hung_up) == (1, 0, [])


async def test_the_caller_hangs_up_in_mid_answer(carrier: Carrier) -> None:
    socket = await carrier.stream(await carrier.ring("anna"), "anna")
    socket.say({"event": "stop"})
    await socket.closed()
    await carrier.status("anna", "completed")
    assert carrier.call("anna").state is State.CALLER_HUNG_UP
    assert len(carrier.diary.endings) == 1
    assert carrier.talks[0].closed == 1


async def test_a_status_alone_ends_the_conversation_of_a_socket_that_hangs(carrier: Carrier) -> None:
    socket = await carrier.stream(await carrier.ring("anna"), "anna")
    await carrier.status("anna", "completed")
    assert await socket.closed() == (1000, "")
    assert carrier.talks[0].closed == 1
    assert [ended.outcome for ended in carrier.diary.endings] == ["caller_hung_up"]


async def test_a_dead_socket_resumes_the_same_conversation_once_then_a_person_takes_over(
    carrier: Carrier,
) -> None:
    first = await carrier.ring("anna")
    socket = await carrier.stream(first, "anna")
    socket.die()
    await socket.door
    assert carrier.call("anna").state is State.RECONNECTING
    second = await carrier.ask(action_of(first), "anna")
    assert stream_url(second) != stream_url(first)
    assert token_of(second) != token_of(first)
    again = await carrier.stream(second, "anna", 2)
    assert [talk.runs for talk in carrier.talks] == [[sid("MZ", "anna 1"), sid("MZ", "anna 2")]]
    again.die()
    await again.door
    fallback = await carrier.ask(action_of(second), "anna")
    assert verbs(fallback) == ["Say", "Dial", "Redirect"]
    assert fallback.findtext("Dial") == PERSON
    assert carrier.talks[0].closed == 1
    dialled = f"/twilio/fallback/{carrier.call('anna').id}/dialled"
    assert verbs(await carrier.ask(dialled, "anna", DialCallStatus="completed")) == ["Hangup"]
    await carrier.status("anna", "completed")
    assert [ended.outcome for ended in carrier.diary.endings] == ["failed"]


async def test_a_newer_stream_evicts_the_one_that_hangs_half_open(carrier: Carrier) -> None:
    first = await carrier.ring("anna")
    old = await carrier.stream(first, "anna")
    second = await carrier.ask(action_of(first), "anna")
    new = await carrier.stream(second, "anna", 2)
    assert (await old.closed())[0] == 1001
    assert carrier.call("anna").stream_sid == sid("MZ", "anna 2")
    await new.media()
    assert len(carrier.talks) == 1
    assert carrier.talks[0].closed == 0


async def test_a_broken_conversation_leads_to_the_fallback_and_a_message(carrier: Carrier) -> None:
    nobody = Carrier(person=None)
    document = await nobody.ring("anna")
    socket = await nobody.stream(document, "anna")
    socket.say({"event": "break"})
    await socket.closed()
    assert verbs(await nobody.ask(action_of(document), "anna")) == ["Say", "Record", "Redirect"]
    recorded = f"/twilio/fallback/{nobody.call('anna').id}/recorded"
    assert verbs(await nobody.ask(recorded, "anna", RecordingSid=sid("RE", "x"))) == ["Say", "Hangup"]
    assert [(m.number, m.company) for m in nobody.messages.taken] == [("+14155550101", "sample")]


async def test_a_person_who_does_not_answer_leaves_room_for_a_message(carrier: Carrier) -> None:
    document = await carrier.ring("anna")
    socket = await carrier.stream(document, "anna")
    socket.say({"event": "end", "ending": "fallback"})
    await socket.closed()
    await carrier.ask(action_of(document), "anna")
    dialled = f"/twilio/fallback/{carrier.call('anna').id}/dialled"
    assert verbs(await carrier.ask(dialled, "anna", DialCallStatus="no-answer")) == [
        "Say",
        "Record",
        "Redirect",
    ]


async def test_an_operator_ends_a_call(carrier: Carrier) -> None:
    socket = await carrier.stream(await carrier.ring("anna"), "anna")
    await carrier.exchange.control.apply(carrier.call("anna").id, HangUpAsked(reason="operator"))
    await socket.closed()
    assert carrier.phone.hung_up == [sid("CA", "anna")]
    await carrier.status("anna", "completed")
    assert [(e.outcome, e.reason) for e in carrier.diary.endings] == [("completed", "operator")]


async def test_a_stream_that_never_comes_is_fetched_back_to_the_fallback(carrier: Carrier) -> None:
    await carrier.ring("anna")
    carrier.clock.passed_s += 16
    await carrier.exchange.caretaker.look_around()
    [(call, twiml)] = carrier.phone.redirected
    assert call == sid("CA", "anna")
    assert f"/twilio/fallback/{carrier.call('anna').id}" in twiml
    fallback = await carrier.ask(f"/twilio/fallback/{carrier.call('anna').id}", "anna")
    assert verbs(fallback) == ["Say", "Dial", "Redirect"]


async def test_a_lost_terminal_callback_is_found_by_the_caretaker(carrier: Carrier) -> None:
    carrier.phone.gone = True
    await carrier.ring("anna")
    carrier.clock.passed_s += 16
    await carrier.exchange.caretaker.look_around()
    assert [ended.outcome for ended in carrier.diary.endings] == ["caller_hung_up"]


async def test_a_stream_gone_silent_is_closed_and_a_talking_one_keeps_its_lease(carrier: Carrier) -> None:
    talking = await carrier.stream(await carrier.ring("anna"), "anna")
    silent = await carrier.stream(await carrier.ring("ben"), "ben")
    for _ in range(6):
        carrier.clock.passed_s += 5
        await talking.media()
        await carrier.exchange.caretaker.look_around()
    assert await silent.closed() == (4000, "no media")
    anna = carrier.call("anna")
    assert (anna.state, (anna.deadline - carrier.clock.now()).total_seconds()) == (State.LIVE, 90)
    assert carrier.call("ben").state is State.RECONNECTING
    carrier.clock.passed_s += 10
    await carrier.exchange.caretaker.look_around()
    assert carrier.call("ben").state is State.FALLBACK, "nobody asked for a new stream"


async def test_beyond_capacity_a_caller_hears_a_polite_word_and_the_running_call_goes_on() -> None:
    carrier = Carrier(max_calls=1)
    socket = await carrier.stream(await carrier.ring("anna"), "anna")
    busy = await carrier.ring("ben")
    assert verbs(busy) == ["Say", "Hangup"]
    await socket.media()
    assert [ended.outcome for ended in carrier.diary.endings] == ["refused"]
    assert carrier.refused("voice", "capacity") == 1


async def test_calls_told_to_come_count_until_their_time_is_over() -> None:
    carrier = Carrier(max_calls=1)
    await carrier.ring("anna")
    assert verbs(await carrier.ring("ben")) == ["Say", "Hangup"]
    carrier.clock.passed_s += 16
    assert verbs(await carrier.ring("cleo")) == ["Connect", "Redirect"]


async def test_calls_that_ring_in_the_same_instant_do_not_all_get_the_last_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    carrier = Carrier(max_calls=2)
    load = carrier.store.load

    async def slowly(call_id: str) -> Call | None:
        await SystemClock().sleep(0)  # everybody has asked for a place before anybody is told to come
        return await load(call_id)

    monkeypatch.setattr(carrier.store, "load", slowly)
    answers = await asyncio.gather(*(carrier.ring(f"caller {number}") for number in range(20)))
    assert sorted(verbs(answer)[0] for answer in answers) == ["Connect"] * 2 + ["Say"] * 18


async def test_a_late_loop_and_a_draining_process_refuse(carrier: Carrier) -> None:
    carrier.exchange.lag.worst_s = 0.3
    assert verbs(await carrier.ring("anna")) == ["Say", "Hangup"]
    carrier.exchange.lag.worst_s = 0.0
    carrier.exchange.admission.drain()
    assert verbs(await carrier.ring("ben")) == ["Say", "Hangup"]
    assert [ended.reason for ended in carrier.diary.endings] == ["capacity", "draining"]


async def test_a_retried_webhook_rings_one_call_with_a_fresh_token(carrier: Carrier) -> None:
    first, second = await asyncio.gather(carrier.ring("anna"), carrier.ring("anna"))
    assert len(carrier.store.calls) == 1
    assert token_of(first) != token_of(second)


async def test_a_foreign_number_and_a_hidden_caller(carrier: Carrier) -> None:
    assert verbs(await carrier.ask("/twilio/voice", "anna", To="+14155550999")) == ["Reject"]
    assert not carrier.store.calls
    await carrier.ask("/twilio/voice", "ben", From="anonymous", To=OUR_NUMBER)
    assert carrier.call("ben").caller == ""


async def test_the_numbers_own_fallback_address_takes_over(carrier: Carrier) -> None:
    document = await carrier.ask("/twilio/fallback", "anna", ErrorCode="11200")
    assert verbs(document) == ["Say", "Dial", "Redirect"]
    assert carrier.call("anna").state is State.FALLBACK


async def test_a_dead_database_still_gives_the_caller_a_person(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_: str) -> None:
        raise OSError

    monkeypatch.setattr(carrier.store, "by_carrier_call_id", fails)
    document = await carrier.ring("anna")
    assert verbs(document) == ["Say", "Dial", "Say", "Hangup"]


async def test_an_action_for_another_call_is_refused(carrier: Carrier) -> None:
    document = await carrier.ring("anna")
    await carrier.ring("ben")
    answer = await carrier.post(action_of(document), form_of("ben"))
    assert (answer.status_code, carrier.refused("voice", "wrong_call")) == (404, 1)


async def test_stream_errors_are_counted_and_odd_statuses_ignored(carrier: Carrier) -> None:
    await carrier.post(
        "/twilio/stream-status", form_of("anna", StreamEvent="stream-error", StreamError="31920")
    )
    assert carrier.metrics.registry.get_sample_value("callwright_stream_errors_total") == 1
    await carrier.status("anna", "completed")
    await carrier.ring("anna")
    await carrier.status("anna", "exploded")
    assert carrier.call("anna").state is State.CONNECTING


# --- bad sockets ---


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("not json", "bad_opening"),
        ("[]", "bad_opening"),
        ({"event": "media", "media": {}}, "bad_opening"),
        ({"event": "start"}, "bad_opening"),
        (start("anna", "x", streamSid="MZ"), "bad_opening"),
        (
            start("anna", "x", mediaFormat={"encoding": "audio/opus", "sampleRate": 8000, "channels": 1}),
            "bad_opening",
        ),
        (start("anna", "x", accountSid="AC" + "b" * 32), "wrong_account"),
        (start("nobody", "x"), "unknown_call"),
        (start("anna", "x"), "wrong_ticket"),
        (start("anna", "x", customParameters={}), "wrong_ticket"),
    ],
)
async def test_a_socket_that_says_the_wrong_thing_is_closed(
    carrier: Carrier, message: object, reason: str
) -> None:
    socket = carrier.knock(stream_url(await carrier.ring("anna")))
    socket.say(message)
    assert await socket.closed() == (1008, reason)
    assert carrier.refused("media", reason) == 1
    assert not carrier.talks


async def test_a_replayed_token_is_refused_and_the_call_unharmed(carrier: Carrier) -> None:
    document = await carrier.ring("anna")
    socket = await carrier.stream(document, "anna")
    thief = carrier.knock(stream_url(document))
    thief.say(start("anna", token_of(document), 7))
    assert await thief.closed() == (1008, "spent_ticket")
    await socket.media()
    assert carrier.call("anna").stream_sid == sid("MZ", "anna 1")


async def test_a_token_opens_its_own_address_only(carrier: Carrier) -> None:
    anna, ben = await carrier.ring("anna"), await carrier.ring("ben")
    socket = carrier.knock(stream_url(ben))
    socket.say(start("anna", token_of(anna)))
    assert await socket.closed() == (1008, "wrong_ticket")


async def test_a_socket_that_never_starts_is_closed_at_the_deadline(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.telephony.media.START_S", 0.01)
    socket = carrier.knock(stream_url(await carrier.ring("anna")))
    assert await socket.closed() == (1008, "no_start_in_time")


async def test_chatter_before_the_start_is_closed(carrier: Carrier) -> None:
    socket = carrier.knock(stream_url(await carrier.ring("anna")))
    for _ in range(4):
        socket.say({"event": "connected"})
    assert await socket.closed() == (1008, "no_start")


async def test_an_unsigned_handshake_is_refused_before_it_is_accepted(carrier: Carrier) -> None:
    url = stream_url(await carrier.ring("anna"))
    unsigned = Socket(carrier.app, url, {})
    assert not await unsigned.accepted()
    assert not await carrier.knock(url, token="other").accepted()
    assert await carrier.knock(url + "/").accepted()


async def test_binary_frames_are_dropped_and_counted(carrier: Carrier) -> None:
    socket = await carrier.stream(await carrier.ring("anna"), "anna")
    socket.say_bytes(b"\x00" * 100)
    await socket.media()
    assert carrier.talks[0].heard == ["media", "media"]
    value = carrier.metrics.registry.get_sample_value(
        "callwright_ignored_total", {"door": "media", "reason": "binary"}
    )
    assert value == 1


async def test_a_thousand_bad_sockets_leave_a_live_call_alone(carrier: Carrier) -> None:
    socket = await carrier.stream(await carrier.ring("anna"), "anna")
    url = stream_url(await carrier.ring("ben"))
    mute = [carrier.knock(f"{url}{number // 8}") for number in range(1000)]
    opened = [await bad.accepted() for bad in mute]
    assert sum(opened) == 100
    assert carrier.refused("media", "too_many_pending") == 900
    await socket.media()
    for bad in mute:
        bad.die()
    await asyncio.gather(*(bad.door for bad in mute))
    assert carrier.metrics.registry.get_sample_value("callwright_pending_sockets") == 0
    assert carrier.refused("media", "closed_before_start") == 100
    await socket.media()


async def test_one_caught_handshake_does_not_shut_the_door_for_others(carrier: Carrier) -> None:
    url = stream_url(await carrier.ring("anna"))
    mute = [carrier.knock(url) for _ in range(100)]
    assert sum([await bad.accepted() for bad in mute]) == 8
    socket = await carrier.stream(await carrier.ring("ben"), "ben")
    await socket.media()
    for bad in mute:
        bad.die()
    await asyncio.gather(*(bad.door for bad in mute))


async def test_of_many_sockets_with_one_token_at_once_a_single_one_gets_the_call(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = carrier.store.load

    async def slowly(call_id: str) -> Call | None:
        call = await load(call_id)
        await SystemClock().sleep(0)  # everybody reads before anybody writes
        return call

    monkeypatch.setattr(carrier.store, "load", slowly)
    document = await carrier.ring("anna")
    sockets = [carrier.knock(stream_url(document)) for _ in range(8)]
    for number, socket in enumerate(sockets):
        socket.say(start("anna", token_of(document), number))
    done, talking = await asyncio.wait({socket.door for socket in sockets}, timeout=1)
    assert (len(done), len(talking)) == (7, 1)
    assert carrier.refused("media", "spent_ticket") == 7
    assert [len(talk.runs) for talk in carrier.talks] == [1]


async def test_reports_of_the_same_end_at_once_write_it_once(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await carrier.stream(await carrier.ring("anna"), "anna")
    load = carrier.store.load

    async def slowly(call_id: str) -> Call | None:
        call = await load(call_id)
        await SystemClock().sleep(0)
        return call

    monkeypatch.setattr(carrier.store, "load", slowly)
    socket.say({"event": "stop"})
    await asyncio.gather(socket.closed(), *(carrier.status("anna", "completed") for _ in range(5)))
    assert len(carrier.diary.endings) == 1
    assert carrier.talks[0].closed == 1
