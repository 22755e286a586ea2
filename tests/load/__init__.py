"""The platform under load: `make load` and `make soak`. Who plays it is in `_clients`, what is asked of it in `_stages`."""
