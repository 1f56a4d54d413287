"""What a process says about itself: static sentences, values in fields, nobody's personal data."""

import logging
import sys
from types import FrameType

from loguru import logger

FORMAT = "{time:YYYY-MM-DDTHH:mm:ss.SSSZZ} {level: <7} {message} {extra}"
NOISY = ("pipecat", "websockets", "httpx", "httpcore", "openai", "twilio", "uvicorn.error")


class _Forward(logging.Handler):
    """The standard library's log, in the same place."""

    def emit(self, record: logging.LogRecord) -> None:
        frame: FrameType | None = logging.currentframe()
        depth = 0
        while frame and (depth == 0 or frame.f_code.co_filename == logging.__file__):
            frame, depth = frame.f_back, depth + 1
        logger.opt(depth=depth).log(record.levelname, record.getMessage())


def set_up_logs(level: str) -> None:
    """Pipecat says what callers and models say, so nothing of its own is written at any level."""
    logger.remove()
    logger.add(sys.stderr, level=level, format=FORMAT, backtrace=False, diagnose=False)
    logger.disable("pipecat")
    logging.basicConfig(handlers=[_Forward()], level=logging.WARNING, force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)
