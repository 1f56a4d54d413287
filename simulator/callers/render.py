"""Renders `utterances.toml` into `audio/`: a developer's tool that needs flite (`apt-get install flite`)."""

import subprocess
import sys
import tempfile
import tomllib
import wave
from pathlib import Path

from simulator.callers.telephone import duration_s, to_telephone

HERE = Path(__file__).parent
AUDIO = HERE / "audio"
INDEX = AUDIO / "index.toml"
VOICE = "rms"
"""Of flite's voices the one that the local recogniser understands best."""


def flite(text: str) -> bytes:
    """Mu-law of `text`; raises `FileNotFoundError` where flite is not installed. Blocks for about 0.3 s."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "speech.wav")
        command = ["flite", "-voice", VOICE, "-t", text, "-o", str(path)]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a fixed program, no shell
        with wave.open(str(path)) as recording:
            return to_telephone(recording.readframes(recording.getnframes()), recording.getframerate())


def main() -> None:
    AUDIO.mkdir(exist_ok=True)
    for old in AUDIO.glob("*.ulaw"):
        old.unlink()
    lines = [f"# Rendered by render.py with `flite -voice {VOICE}`: change utterances.toml, not this file."]
    for name, text in tomllib.loads((HERE / "utterances.toml").read_text()).items():
        sound = flite(text)
        (AUDIO / f"{name}.ulaw").write_bytes(sound)
        lines += ["", f"[{name}]", f'text = "{text}"', f"duration_s = {duration_s(sound):.3f}"]
    INDEX.write_text("\n".join(lines) + "\n")
    size = sum(path.stat().st_size for path in AUDIO.glob("*.ulaw"))
    sys.stdout.write(f"{len(lines) // 4} utterances, {size / 1e6:.2f} MB, {size / 8000:.0f} s\n")


if __name__ == "__main__":
    main()
