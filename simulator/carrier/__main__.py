"""`python -m simulator.carrier`: the carrier as a service of its own."""

import argparse
import asyncio
import os
import sys

from simulator.carrier.account import Account, PhoneNumber
from simulator.carrier.carrier import Carrier
from simulator.carrier.service import serving


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator.carrier", description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--number", default="+15550100", help="the number to be called, E.164")
    parser.add_argument("--public", default="https://voice.example.test", help="the product's public origin")
    parser.add_argument("--origin", default="http://127.0.0.1:8080", help="where the product listens")
    parser.add_argument("--voice-path", default="/voice")
    parser.add_argument("--fallback-path", default=None)
    parser.add_argument("--status-path", default=None)
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace, account: Account) -> None:
    def public(path: str | None) -> str | None:
        return arguments.public + path if path else None

    number = PhoneNumber(
        number=arguments.number,
        voice_url=arguments.public + arguments.voice_path,
        fallback_url=public(arguments.fallback_path),
        status_callback=public(arguments.status_path),
    )
    carrier = Carrier(account=account, numbers=[number], origins={arguments.public: arguments.origin})
    try:
        async with serving(carrier, port=arguments.port) as origin:
            print(f"Simulated carrier on {origin}, softphone on {origin}/softphone")  # noqa: T201
            await asyncio.Event().wait()
    finally:
        await carrier.close()


def main() -> None:
    sid, token = os.environ.get("TWILIO_ACCOUNT_SID"), os.environ.get("TWILIO_AUTH_TOKEN")
    if not sid or not token:
        sys.exit("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to what the product has in its settings.")
    try:
        asyncio.run(_serve(_arguments(), Account(sid=sid, auth_token=token)))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
