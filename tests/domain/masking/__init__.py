"""What is masked, what passes, and what is recalled."""
