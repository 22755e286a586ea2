"""Commands for operators: `python -m adapters.commands.<name>`, with the app settings in the environment.

Results go to standard output, progress and faults to standard error. Exit status: 0 done and well, 1 refused,
failed or damaged, 2 used wrongly.
"""
