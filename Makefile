# Developer and operator commands. Everything lives in .venv; nothing is installed outside this folder.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
LOCK_FLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: help run test install check ray clients fuzz bench-api assets wheel eval eval-ask bench-extract fmt lock clean bench-sparql bench-ingest durability screenshots snapshots bench-web

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.run $(VENV)/.assets ## set up, ingest the sample reports, serve on http://127.0.0.1:8000
	@exec $(BIN)/aifkg run --port $(PORT)

install: $(VENV)/.run ## set up only; leaves the command at .venv/bin/aifkg

test: $(VENV)/.dev $(VENV)/.assets ## set up what the tests need, then run them
	$(BIN)/python -m pytest -q -n auto -m "not alone"
	$(BIN)/python -m pytest -q -m alone

check: $(VENV)/.dev ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(VENV)/.dev ## how well reports are read: scores on the training reports and, where it is, the dev set
	$(BIN)/python -m ingest.evaluation --errors 5

eval-ask: $(VENV)/.dev ## how well questions in plain English are answered over the sample reports
	cd tests && ../$(BIN)/python eval_ask.py

bench-extract: $(VENV)/.dev ## how fast reports are read, beside the full language model
	$(BIN)/python -m ingest.evaluation.bench

bench-ingest: $(VENV)/.dev ## speed, memory and steadiness of ingest over varied reports; REPORTS=10000 JOBS=2
	$(BIN)/python tests/bench_ingest.py --reports $(or $(REPORTS),10000) --jobs $(or $(JOBS),2)

durability: $(VENV)/.dev ## kill at random moments, fill the disk, damage, turn the clock, and look; ROUNDS=50 REPORTS=200
	$(BIN)/python tests/durability.py --rounds $(or $(ROUNDS),50) --reports $(or $(REPORTS),200)

screenshots: $(VENV)/.dev ## draw the pictures of docs/tour.md again; needs chromium
	cd tests && ../$(BIN)/python screenshots.py

snapshots: $(VENV)/.dev $(VENV)/.assets ## draw the pictures anew that the tests of pages compare with; needs chromium
	cd tests && folder=$$(mktemp -d) && ../$(BIN)/python test_web_snapshots.py $$folder; rm -rf $$folder

bench-web: $(VENV)/.dev $(VENV)/.assets ## server time, first paint and interaction of the pages at two million quads
	cd tests && ../$(BIN)/python bench_web.py

fmt: $(VENV)/.dev ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench-sparql: $(VENV)/.dev ## this service beside the engine's own server on a million quads
	cd tests && ../$(BIN)/python bench_sparql.py

bench-api: $(VENV)/.dev ## the JSON API under 16 clients at two million quads, beside raw SPARQL
	cd tests && ../$(BIN)/python bench_api.py

fuzz: $(VENV)/.dev ## thousands of generated requests against a real service; EXAMPLES=20 SEED=7
	cd tests && ../$(BIN)/python fuzz.py --examples $(or $(EXAMPLES),20) --seed $(or $(SEED),7)

lock: $(VENV)/.dev ## compile the hash-pinned locks from requirements/*.in
	cd requirements && ../$(BIN)/uv pip compile $(LOCK_FLAGS) run.in -o run.lock && ../$(BIN)/uv pip compile $(LOCK_FLAGS) run.in dev.in -o dev.lock && ../$(BIN)/uv pip compile $(LOCK_FLAGS) web.in -o web.lock && ../$(BIN)/uv pip compile $(LOCK_FLAGS) ray.in -c dev.lock -o ray.lock

clients: $(VENV)/.assets ## write the types of the TypeScript client again, from the OpenAPI document
	$(BIN)/python scripts/build_client.py

ray: $(VENV)/.dev ## also install Ray, for `aifkg ingest --engine ray`
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/ray.lock

assets: $(VENV)/.assets ## bundle the web app's scripts, fonts and styles

wheel: $(VENV)/.dev $(VENV)/.assets ## build the wheel, with the web app's files in it, into dist/
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps --wheel-dir dist .

# A stamp file holds the moment of the last set-up, so a second run installs nothing.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "aifactory-kg needs Python 3.11 or newer; set PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

# Node comes from a Python wheel. Pages work without a build, so one that fails (no package registry) is told, not fatal.
$(VENV)/.assets: requirements/web.lock api/web/package-lock.json api/web/build.mjs $(wildcard api/web/src/*) api/static/style.css | $(VENV)/.run
	@{ $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/web.lock && \
	$(BIN)/python scripts/build_assets.py $(VENV)/web && touch $@; } || \
	{ [ -z "$$CI" ] && echo "The web app's scripts and fonts could not be built; its pages work without them." >&2; }

clean: ## remove the environment and the data that make run created
	rm -rf $(VENV) data api/static/built dist
