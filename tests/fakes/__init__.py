"""One hand-written stand-in per port, under the port's name; no mocks and no assertions here."""
