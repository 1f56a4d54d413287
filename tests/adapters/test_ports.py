"""mypy proves here that each adapter is what its port asks for; the tests say so to a reader."""

from collections.abc import Callable

import pytest

from adapters.carrier.recordings import TwilioRecordings
from adapters.recordings import EncryptedRecordings, Recording, RecordingList
from adapters.storage.callbacks import PostgresCallbacks
from adapters.storage.calls import PostgresCalls
from adapters.storage.journal import PostgresJournal
from adapters.storage.knowledge import PostgresKnowledge
from adapters.storage.recordings import PostgresRecordingList
from adapters.storage.voicemails import PostgresVoicemails
from domain.ports.callbacks import Callbacks
from domain.ports.calls import CallStore
from domain.ports.journal import Journal
from domain.ports.knowledge import Knowledge
from domain.ports.recordings import Recordings, RecordingSink
from domain.ports.voicemail import CarrierRecordings, OwedVoicemails

CALLS: Callable[..., CallStore] = PostgresCalls
CALLBACKS: Callable[..., Callbacks] = PostgresCallbacks
JOURNAL: Callable[..., Journal] = PostgresJournal
KNOWLEDGE: Callable[..., Knowledge] = PostgresKnowledge
RECORDINGS: Callable[..., Recordings] = EncryptedRecordings
SINK: Callable[..., RecordingSink] = Recording
LIST: Callable[..., RecordingList] = PostgresRecordingList
OWED: Callable[..., OwedVoicemails] = PostgresVoicemails
CARRIER: Callable[..., CarrierRecordings] = TwilioRecordings


@pytest.mark.parametrize(
    ("adapter", "port"),
    [
        (CALLS, CallStore), (CALLBACKS, Callbacks), (JOURNAL, Journal), (KNOWLEDGE, Knowledge),
        (RECORDINGS, Recordings), (SINK, RecordingSink), (LIST, RecordingList),
        (OWED, OwedVoicemails), (CARRIER, CarrierRecordings),
    ],
)  # fmt: skip
def test_an_adapter_has_what_its_port_names(adapter: type, port: type) -> None:
    assert {name for name in vars(port) if not name.startswith("_")} <= set(dir(adapter))
