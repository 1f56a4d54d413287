"""What judges us with numbers, where tests judge exactly."""
