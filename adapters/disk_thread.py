"""The disk work of all recordings, in order and off the event loop."""

import queue
import threading
from collections.abc import Callable

from loguru import logger


class DiskThread:
    """One thread that does all recordings' disk work in order, behind a bounded queue."""

    def __init__(self, *, capacity: int = 2_000) -> None:
        self._work: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._capacity = capacity
        self._thread: threading.Thread | None = None

    def offer(self, work: Callable[[], None]) -> bool:
        """False where the disk is too far behind to take sound."""
        if self._work.qsize() >= self._capacity:
            return False
        self.put(work)
        return True

    def put(self, work: Callable[[], None]) -> None:
        """What must be done whatever the queue's length: opening and closing, once a call each."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
            self._thread.start()
        self._work.put(work)

    def close(self) -> None:
        """Blocks until all is done."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                work()
            except Exception as error:
                logger.bind(error=type(error).__name__).error("A recording could not be written to disk.")
