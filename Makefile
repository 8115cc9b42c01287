# Agon. `make help` lists the targets.
PYTHON ?= python3
UV ?= uv
LOCK = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url \
       --no-annotate --no-header pyproject.toml
ARGS ?=
BASE ?=

.DEFAULT_GOAL := help
.PHONY: help run test check bench image services stop-services lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 24

run: ## start everything: web, worker, scheduler, example challenges (AGON_PORT, AGON_HOME)
	@exec $(PYTHON) deploy/bootstrap.py run

test: ## run all tests with real services; make test ARGS="tests/unit -k word"
	@exec $(PYTHON) deploy/suite.py $(ARGS)

check: ## lint, format, types, layers, templates, migrations, known vulnerabilities
	@exec $(PYTHON) deploy/checks.py

bench: ## measure, print a table and write JSON
	@exec $(PYTHON) deploy/bench.py $(ARGS)

image: ## build the image that scores inside Docker; make image BASE=python:3.12-slim
	@$(PYTHON) deploy/bootstrap.py install
	@exec .venv/bin/python deploy/scorer/build.py $(if $(BASE),--base $(BASE))

services: ## start the services of the tests, so that plain pytest can be used
	@$(PYTHON) deploy/bootstrap.py install --lock test.txt
	@exec $(PYTHON) deploy/services.py ensure

stop-services: ## stop the services that this clone started
	@exec $(PYTHON) deploy/services.py stop

lock: ## write requirements/*.txt anew from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(LOCK) --extra test -o requirements/test.txt
	$(LOCK) --extra site --extra worker --extra score -c requirements/test.txt -o requirements/run.txt
	$(LOCK) --extra score -c requirements/test.txt -o requirements/score.txt

clean: stop-services ## remove what can be made again; data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf var/cache var/test-services
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
