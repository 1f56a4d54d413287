"""A document is read from where it may be, in either notation, and no further than its bounds."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adapters.openapi_draft import SourceRefused, read_source, source

SMALL = b'{"openapi": "3.1.0", "paths": {}}'


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = {"/moved": 302, "/missing": 404}.get(self.path, 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/document")
        self.end_headers()
        self.wfile.write(SMALL if status == 200 else b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    "text",
    [
        '{"openapi": "3.1.0", "paths": {"/a": {}}}',
        "\ufeff" + '{"openapi": "3.1.0", "paths": {"/a": {}}}',
        'openapi: "3.1.0"\npaths:\n  /a: {}\n',
        'openapi: "3.1.0"\nopenapi: "3.0.0"\npaths: {/a: {}}\n',
    ],
)
def test_json_and_yaml(tmp_path: Path, text: str) -> None:
    file = tmp_path / "document"
    file.write_text(text, "utf-8")
    assert read_source(str(file)) == {"openapi": "3.1.0", "paths": {"/a": {}}}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"a": 1,\n}', "document:2: not valid JSON"),
        (b"a: [1\nb: 2", "document:2: neither JSON nor YAML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'{"a":' + b"[" * 100_000, "nested too deep"),
        (b"x" * 200, "larger than"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, content: bytes, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LARGEST", 150 if why == "larger than" else 10**6)
    file = tmp_path / "document"
    file.write_bytes(content)
    with pytest.raises(SourceRefused, match=why):
        read_source(str(file))


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("no-such-file.json", "cannot be read: No such file"),
        ("http://example.test/a.json", "only https"),
        ("ftp://127.0.0.1/a.json", "only https"),
        ("https://127.0.0.1:9/a.json", "ConnectError"),
    ],
)
def test_where_a_document_may_not_come_from(where: str, why: str) -> None:
    with pytest.raises(SourceRefused, match=why):
        read_source(where)


def test_by_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_source(f"{address}/document") == {"openapi": "3.1.0", "paths": {}}
    with pytest.raises(SourceRefused, match="leads on to another"):
        read_source(f"{address}/moved")
    with pytest.raises(SourceRefused, match="answered 404"):
        read_source(f"{address}/missing")
    monkeypatch.setattr(source, "LARGEST", 10)
    with pytest.raises(SourceRefused, match="larger than 10"):
        read_source(f"{address}/document")
