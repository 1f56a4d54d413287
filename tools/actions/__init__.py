"""What an action does once the gate has let it through; only `tools/gate/` reaches these."""
