# Vigie. `make` or `make help` lists what there is to do.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
FAST = $(BIN)/pytest -q -n 2 --dist loadfile -m "not slow"
.DEFAULT_GOAL := help
.PHONY: help run reset test test-fast check lint-pathways simulate format package deploy bench faults assets locales test-dynamodb-local

help: ## Say what there is to do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 22

.venv/.ready: requirements-dev.txt
	@echo "making .venv (once, about a minute)…"
	@$(PYTHON) -c 'import sys; sys.exit("Vigie needs Python 3.11 or newer (set PYTHON=…)" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: .venv/.ready ## Run the whole system on this machine, with a demo day of 150 patients
	@$(BIN)/python -m infra.local

reset: .venv/.ready ## Forget what `make run` kept
	@$(BIN)/python -m infra.local --reset

test: .venv/.ready ## All tests: fast ones, then stories and browser on the real local stack
	@$(BIN)/python -m tests.browser.chromium
	@HYPOTHESIS_PROFILE=whole $(FAST)
	@$(BIN)/pytest -q -m slow

test-fast: .venv/.ready ## The tests that need no server (under a minute)
	@$(FAST)

test-dynamodb-local: .venv/.ready ## The storage contract against Amazon's own DynamoDB Local (Java and Maven)
	@$(BIN)/pytest -q tests/adapters -k dynamodb_local

check: .venv/.ready ## Lint, types, import contracts, pathways
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m infra.lint_pathways

lint-pathways: .venv/.ready ## What is wrong with the pathways (JSON=1 for one JSON line)
	@$(BIN)/python -m infra.lint_pathways $(if $(JSON),--json)

simulate: .venv/.ready ## Fly a pathway with invented patients: make simulate PATHWAY=inguinal-hernia N=20000 [WITH=other CSV=file SENSITIVITY=1]
	@$(BIN)/python -m infra.simulate --pathway $(or $(PATHWAY),inguinal-hernia) --count $(or $(N),20000) \
	  $(if $(WITH),--compare $(WITH)) $(if $(CSV),--csv $(CSV)) $(if $(SENSITIVITY),--sensitivity) $(if $(JSON),--json)

format: .venv/.ready ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only --quiet .

package: .venv/.ready ## Build out/sam.json and out/deployment.zip for stage prod
	@$(BIN)/python -m infra.package --stage prod

deploy: package ## Deploy to AWS: make deploy BUCKET=… STACK=… BASE_URL=https://…
	@test -n "$(BUCKET)" -a -n "$(STACK)" -a -n "$(BASE_URL)" || { echo "say BUCKET=… STACK=… BASE_URL=https://…"; exit 2; }
	aws cloudformation package --template-file out/sam.json --s3-bucket $(BUCKET) --output-template-file out/packaged.json --use-json
	aws cloudformation deploy --template-file out/packaged.json --stack-name $(STACK) --s3-bucket $(BUCKET) \
	  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameter-overrides BaseUrl=$(BASE_URL)

faults: .venv/.ready ## Fail every call of every scenario in every way (about 20 minutes; JSON=1 for one JSON line)
	@$(BIN)/python -m tests.faults $(if $(JSON),--json)

bench: .venv/.ready ## Benchmarks (JSON=1 for one JSON line each)
	@for b in hl7 decide intake ledger cold scale; do $(BIN)/python bench/$$b.py $(if $(JSON),--json); done

assets: ## Rebuild the committed style sheets (needs Node)
	@cd assets && npm ci --silent --ignore-scripts && node build.mjs

locales: .venv/.ready ## Bring the catalogues of words up to date and compile them
	@mkdir -p out
	@$(BIN)/pybabel -q extract -F assets/babel.cfg -k N_ --no-location -o out/vigie.pot chalicelib
	@$(BIN)/pybabel -q update -D vigie -i out/vigie.pot -d chalicelib/locales --no-fuzzy-matching
	@$(BIN)/pybabel -q compile -D vigie -d chalicelib/locales --statistics
