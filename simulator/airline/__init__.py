"""The systems of record of Windhover, an airline that does not exist, as a server of tools: a stand-in."""
