"""What the rooms need of each other: Protocols, joined to adapters in `app/bootstrap.py`."""
