"""The product's process: its settings are those that the product knows; its death is told with its log."""

import sys
from pathlib import Path

import pytest

from app.settings import Settings, read_settings, variable_of
from simulator.rehearsal.places import Places, Secrets, free_port
from simulator.rehearsal.product import ProductFailed, environment, running, settings

SERVES = """
import http.server, os
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
    def log_message(self, *_): pass
place = os.environ["CALLWRIGHT_HOST"], int(os.environ["CALLWRIGHT_PORT"])
http.server.HTTPServer(place, Door).serve_forever()
"""
DIES = "print('the database cannot be founded', flush=True); raise SystemExit(3)"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(product=free_port(0), carrier=1, brain=2, office=3, mail=4, post=5, home=tmp_path / "home")


def python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


def test_every_setting_of_the_rehearsal_is_one_of_the_products(places: Places) -> None:
    known = {variable_of(name) for name in Settings.model_fields}
    assert set(settings(places, Secrets())) <= known


def test_the_product_accepts_the_settings(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings(places, Secrets()).items():
        monkeypatch.setenv(name, value)
    read = read_settings()
    assert (read.speech_to_text, read.text_to_speech, read.port) == ("local", "local", places.product)
    assert read.companies[0].joinpath("company.yaml").is_file()


def test_keys_and_settings_for_real_calls_stay_outside() -> None:
    inherited = {
        "PATH": "/bin",
        "CALLWRIGHT_PORT": "80",
        "DATABASE_URL": "postgresql://live",
        "DEEPGRAM_API_KEY": "k",
    }
    given = environment(inherited, {"CALLWRIGHT_PORT": "8080"})
    assert given["PATH"] == "/bin"
    assert given["CALLWRIGHT_PORT"] == "8080"
    assert not {"DATABASE_URL", "DEEPGRAM_API_KEY"} & set(given)


def test_secrets_are_new_in_every_run() -> None:
    assert Secrets() != Secrets()


async def test_a_product_that_serves_becomes_ready_and_is_ended(places: Places) -> None:
    async with running(places, Secrets(), command=python(SERVES)) as product:
        await product.ready(within_s=20)
    assert product.is_over


async def test_a_product_that_dies_is_told_with_its_last_words(places: Places) -> None:
    async with running(places, Secrets(), command=python(DIES)) as product:
        with pytest.raises(ProductFailed, match=r"code 3.*\n.*the database cannot be founded"):
            await product.ready(within_s=20)
        with pytest.raises(ProductFailed, match="code 3"):
            await product.died()


async def test_a_product_that_never_becomes_ready_is_given_up(places: Places) -> None:
    async with running(places, Secrets(), command=python("import time; time.sleep(60)")) as product:
        with pytest.raises(ProductFailed, match="not ready within 0 s"):
            await product.ready(within_s=0.2)
    assert product.is_over
