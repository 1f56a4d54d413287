"""How Larkfield comes to have customers and a past: hand-written heroes, and the rest drawn from a seed."""
