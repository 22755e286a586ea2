# Everything goes through local/bootstrap.py, which makes .venv once and runs a module in it.
PYTHON ?= python3
PORT ?= 7071
DATA ?= .local
BASE ?= http://localhost:$(PORT)
ARGS ?=
IN_VENV = $(PYTHON) local/bootstrap.py
COMPILE = $(IN_VENV) uv pip compile --universal --python-version 3.11 --annotation-style line

export PORT DATA FRESH BASE

.DEFAULT_GOAL := help
.PHONY: help run test check demo format access bench bench-compare lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 12

run: ## run the backend here; PORT=7071 DATA=.local FRESH=1
	@$(IN_VENV) local.run

demo: ## walk through the main journey on a running backend; BASE=http://localhost:7071
	@$(IN_VENV) local.demo

test: ## all tests; ARGS="tests/domain -k accept"
	@$(IN_VENV) pytest -n auto $(ARGS)

check: ## what has to pass before a merge: lint, format, types, import rules, infra policies, tests
	@PYTHON="$(PYTHON)" .ci/run $(ARGS)

format: ## put the code into shape
	@$(IN_VENV) ruff check --fix .
	@$(IN_VENV) ruff format .

access: ## write docs/access.md anew, after a change of endpoints
	@$(IN_VENV) local.access

bench: ## what everything costs, as one table and .local/bench.json; QUICK=1 for a few minutes' version
	@$(IN_VENV) tests.bench $(ARGS)

bench-compare: ## the benches of two commits in turn; BASE_COMMIT=main~5 QUICK=1
	@$(IN_VENV) tests.bench.compare $(BASE_COMMIT) $(ARGS)

lock: ## pin the requirements anew after a change of requirements*.in
	@$(COMPILE) requirements.in -o requirements.txt >/dev/null
	@$(COMPILE) requirements-dev.in -o requirements-dev.txt >/dev/null
	@$(COMPILE) requirements-policy.in -o requirements-policy.txt >/dev/null

clean: ## remove what was installed or cached, but no data
	rm -rf .venv .venv-policy local/azurite/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.local*' -prune -exec rm -rf {} +
