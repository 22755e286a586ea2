# Everything goes through local/bootstrap.py, which makes .venv once and runs a module in it.
PYTHON ?= python3
PORT ?= 7071
DATA ?= .local
BASE ?= http://localhost:$(PORT)
ARGS ?=
IN_VENV = $(PYTHON) local/bootstrap.py
COMPILE = $(IN_VENV) uv pip compile --universal --python-version 3.11 --annotation-style line

# `make load` starts a backend of its own unless it is told which one to use.
LOAD = $(if $(filter file,$(origin BASE)),BASE=)

# `make fill` has a folder of its own unless it is told another one.
FILL = $(if $(filter file,$(origin DATA)),DATA=.local-big)

export PORT DATA FRESH BASE SEED EXAMPLES SECONDS ONLY STRICT AZURITE

.DEFAULT_GOAL := help
.PHONY: help run fill test check demo command format access audit secrets licences sbom api-check fuzz load soak capacity
.PHONY: bench scale bench-compare lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 23

run: ## run the backend here; PORT=7071 DATA=.local FRESH=1
	@$(IN_VENV) local.run

demo: ## walk through the main journey on a running backend; BASE=http://localhost:7071
	@$(IN_VENV) local.demo

fill: ## leads by the thousand, for make run on the same folder; LEADS=100000 DATA=.local-big SEED=1
	@$(FILL) $(IN_VENV) tests.bench.generate --leads $(or $(LEADS),100000) --seed $(or $(SEED),1)

test: ## all tests; ARGS="tests/domain -k accept"
	@$(IN_VENV) pytest -n auto $(ARGS)

check: ## what has to pass before a merge: lint, format, types, import rules, policies, advisories, secrets, tests
	@PYTHON="$(PYTHON)" .ci/run $(ARGS)

command: ## an operator's command on the data of make run; ARGS="check_data"
	@$(IN_VENV) local.command $(ARGS)

format: ## put the code into shape
	@$(IN_VENV) ruff check --fix .
	@$(IN_VENV) ruff format .

access: ## write docs/access.md and the README's table anew, after a change of endpoints
	@$(IN_VENV) local.access

audit: ## known vulnerabilities of the pinned packages; STRICT=1 fails if they can't be looked up
	@$(IN_VENV) local.advisories

secrets: ## what looks like a key or a password in the files; ARGS=--history for all their versions
	@$(IN_VENV) local.secret_scan $(ARGS)

licences: ## write docs/licences.md anew, after a change of requirements
	@$(IN_VENV) local.licences

sbom: ## the parts list of what is deployed, as CycloneDX; ARGS=file
	@$(IN_VENV) local.sbom $(ARGS)

api-check: ## requests made from the OpenAPI document, SECONDS=120 as each role, and as long walks; SEED=1 EXAMPLES=40
	@$(IN_VENV) tests.api_check

fuzz: ## every parser against made-up input, SECONDS=60 each; SEED=1 ONLY="phone csv"
	@$(IN_VENV) tests.fuzz

load: ## play 400 to 1,200 people for ten minutes; QUICK=1, AZURITE=1, or BASE=… DATA=… for a running backend
	@$(LOAD) $(IN_VENV) tests.load

soak: ## a steady load, with memory and connections watched; MINUTES=30 USERS=200
	@$(LOAD) MINUTES=$(or $(MINUTES),30) $(IN_VENV) tests.load

capacity: ## write what the last `make load` measured into docs/capacity.md
	@$(IN_VENV) tests.bench.capacity

scale: ## every list and report on 1,000 to 100,000 whole leads, as one table; ARGS=--write for docs/capacity.md
	@$(IN_VENV) tests.bench.scale $(ARGS)

bench: ## what everything costs, as one table and .local/bench.json; QUICK=1, PARTS="use_cases scale"
	@$(IN_VENV) tests.bench $(ARGS)

bench-compare: ## the benches of two commits in turn; BASE_COMMIT=main~5 TURNS=4 PARTS="use_cases"
	@$(IN_VENV) tests.bench.compare $(BASE_COMMIT) $(ARGS)

lock: ## pin the requirements anew after a change of requirements*.in
	@$(COMPILE) requirements.in -o requirements.txt >/dev/null
	@$(COMPILE) requirements-dev.in -o requirements-dev.txt >/dev/null
	@$(COMPILE) requirements-policy.in -o requirements-policy.txt >/dev/null
	@$(COMPILE) requirements-tools.in -o requirements-tools.txt >/dev/null
	@$(COMPILE) requirements-load.in -o requirements-load.txt >/dev/null

clean: ## remove what was installed or cached, but no data
	rm -rf .venv .venv-policy .venv-tools .venv-load local/azurite/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.local*' -prune -exec rm -rf {} +
