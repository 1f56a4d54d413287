"""A person phones in through the softphone: by voice, from a microphone, and by typing."""

import audioop
import wave
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ROOT, OpenRehearsal

AUDIO = ROOT / "simulator" / "callers" / "audio"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
AUDIBLE = "Number(document.getElementById('theirs').getAttribute('aria-valuenow')) > -40"


def _microphone(path: Path, *, after_s: float, utterance: str) -> Path:
    """A WAV for Chromium's fake microphone: silence, the utterance, silence."""
    pcm = audioop.ulaw2lin((AUDIO / f"{utterance}.ulaw").read_bytes(), 2)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(round(after_s * 8000) * 2) + pcm + bytes(60 * 8000 * 2))
    return path


def _call(page: Page, rehearsal: OpenRehearsal) -> None:
    address = rehearsal.printed(r"(http://127\.0\.0\.1:\d+/softphone)", within_s=5)[1]
    page.goto(address)
    page.fill("#number", "+14155550100")
    page.click("#call")
    page.wait_for_function(AUDIBLE, timeout=15_000)


@pytest.mark.parametrize("spoken", [True, False], ids=["by voice", "by typing"])
def test_a_person_gets_an_answer(
    chromium: str, rehearsal: OpenRehearsal, tmp_path: Path, *, spoken: bool
) -> None:
    rehearsal.forget()
    # Notices and greeting take some thirteen seconds; a caller waits for them.
    after_s = 16.0 if spoken else 120.0
    microphone = _microphone(tmp_path / "voice.wav", after_s=after_s, utterance="opening-hours")
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={microphone}%noloop"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=flags if spoken else list(FLAGS[:9])
        )
        page = browser.new_page()
        _call(page, rehearsal)
        rehearsal.printed("agent .*automated", within_s=20)
        rehearsal.printed("agent .*(help|do for you)", within_s=25)
        if not spoken:
            page.fill("#sentence", "When are you open?")
            page.click("#say")
        rehearsal.printed("action .*hours", within_s=30)
        rehearsal.printed("agent .*(today|tomorrow|closed)", within_s=15)
        page.wait_for_function(AUDIBLE, timeout=10_000)
        page.click("#hang-up")
        rehearsal.printed("end .*caller hung up", within_s=15)
        browser.close()
