"""The telephone's doors: webhooks, media streams, and control over the calls that come through them."""
