"""How many false sentences the speech check stops, and how many true ones it holds back."""
