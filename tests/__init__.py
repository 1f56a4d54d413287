"""What judges us exactly."""
