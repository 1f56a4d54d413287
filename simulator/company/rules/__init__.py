"""What holds across resources: days, stock, and money that goes back."""
