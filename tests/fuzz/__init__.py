"""`make fuzz`: every parser of what clients send, against made-up input."""
