"""As whom the embedded PostgreSQL runs, and the rights that this user needs where root starts it."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from loguru import logger


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The system's user as whom the server runs: PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @classmethod
    def for_this_process(cls) -> "Owner":
        if os.geteuid() != 0:
            return cls(uid=os.geteuid(), gid=os.getegid())
        nobody = pwd.getpwnam("nobody")
        return cls(uid=nobody.pw_uid, gid=nobody.pw_gid)

    @property
    def is_another(self) -> bool:
        return self.uid != os.geteuid()


def open_the_way(folder: Path) -> None:
    """Let the server's user pass through (not read) the folders above, where root keeps them closed."""
    closed = [step for step in (folder, *folder.parents) if not step.stat().st_mode & 0o001]
    for step in closed:
        step.chmod(step.stat().st_mode | 0o001)
    if closed:
        logger.bind(folders=[str(step) for step in closed]).warning(
            "Running as root: other users may now pass through these folders, so that PostgreSQL can."
        )


def let_others_run(installation: Path) -> None:
    """An environment made under a strict umask is closed to the server's user."""
    if (installation / "bin" / "postgres").stat().st_mode & 0o005 == 0o005:
        return
    libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
    for path in (installation, *installation.rglob("*"), *libraries.rglob("*"), libraries):
        if path.exists() and not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o005 if mode & 0o100 else 0o004))
