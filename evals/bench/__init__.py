"""Calls per core, our own milliseconds and our memory, beside a stock pipecat bot in the same run."""
