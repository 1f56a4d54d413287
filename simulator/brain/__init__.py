"""A stand-in for a model: an OpenAI-compatible chat endpoint over a deterministic dialogue engine.

It sees only the request, knows one company's dialogues (`dialogues/*.toml`) and nothing else.
It lets the product be tried without keys; it is never the measure of the product's intelligence.
"""

MODEL = "callwright-stand-in-brain"
