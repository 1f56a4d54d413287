"""`python -m app` is `callwright`."""

from app.command_line import main

main()
