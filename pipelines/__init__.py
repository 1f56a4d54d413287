"""One live call, between "hello" and "goodbye"; the only production home of pipecat."""
