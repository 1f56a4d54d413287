import base64
from pathlib import Path

import pytest

from adapters.secrets import KeyUnusable, MasterKey, master_key

TEXT = base64.b64encode(b"m" * 32).decode()


def test_the_setting_is_taken_and_nothing_is_written(tmp_path: Path) -> None:
    assert master_key(TEXT, tmp_path) == MasterKey(b"m" * 32)
    assert list(tmp_path.iterdir()) == []


def test_without_a_setting_a_key_is_made_once_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = master_key(None, home)
    assert master_key("", home) == first
    assert (home / "master.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["master.key"]


@pytest.mark.parametrize("text", ["short", "bm90IHRoaXJ0eS10d28=", "***"])
def test_a_wrong_key_is_refused_with_the_remedy(text: str, tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="openssl rand -base64 32"):
        master_key(text, tmp_path)


def test_purposes_have_nothing_in_common_and_nothing_shows() -> None:
    key = MasterKey(b"m" * 32)
    assert (
        len({key.derive("journal subjects"), key.derive("recordings"), key.derive("lookups"), key.secret})
        == 4
    )
    assert "mmm" not in repr(key)


def test_a_wrapped_key_opens_only_where_it_belongs() -> None:
    wrapping = MasterKey(b"m" * 32).wrapping("recordings")
    key, wrapped = wrapping.new_key(b"a")
    assert wrapping.unwrap(wrapped, b"a") == key
    for other, belongs in ((wrapping, b"b"), (MasterKey(b"x" * 32).wrapping("recordings"), b"a")):
        with pytest.raises(KeyUnusable):
            other.unwrap(wrapped, belongs)
