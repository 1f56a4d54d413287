"""The outside world on one machine: carrier, callers, brain and back office. It speaks protocols only."""
