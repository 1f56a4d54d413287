"""Sound to words and words to sound: every engine the product can be told to use."""
