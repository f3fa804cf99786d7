# make demo | test | check | browser | screenshots | bench | soak | month | shop-month | clean - needs make and Python 3.11 or newer, nothing else.
# PYTHON=/path/to/python chooses the interpreter, VENV=folder the place of the environment. DATABASES=both: what runs on
# either database runs on SQLite and on PostgreSQL, not on one of the two as its name tells.

VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=
DATABASES ?= one
# the packages of the extra "test" are wanted by everything but the demo
INSTALLED := $(VENV)/.installed
INSTALLED_TEST := $(VENV)/.installed-test

.PHONY: demo test check browser screenshots bench soak month shop-month migration clean
.DEFAULT_GOAL := demo

demo: $(INSTALLED)
	@$(BIN)/qbwc-server demo $(ARGS)

test: $(INSTALLED_TEST)
	@$(BIN)/python -m pytest -n logical --maxprocesses 8 --dist loadfile \
	  $(if $(filter both,$(DATABASES)),,--one-database) $(PYTEST_ARGS)

check: $(INSTALLED_TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_layers.py

browser: $(INSTALLED_TEST)  # with a Chromium on PATH
	@$(BIN)/python -m pytest -m browser tests/qbwc_server/portal/test_browser.py

screenshots: $(INSTALLED_TEST)  # pictures of every page of the portal, in ./screenshots
	@$(BIN)/python -m tests.qbwc_server.portal.screenshots screenshots

bench: $(INSTALLED_TEST)
	@$(BIN)/python -m bench $(ARGS)

soak: $(INSTALLED_TEST)
	@$(BIN)/python -m bench.soak --schedules $(or $(SCHEDULES),10000) --seed $(or $(SEED),1) $(ARGS)

month: $(INSTALLED_TEST)  # a month of connections by the clock; ARGS="--connections 1000 --days 30"
	@$(BIN)/python -m bench.month $(or $(ARGS),--connections 20 --days 1)

shop-month: $(INSTALLED_TEST)  # a month of a shop into a simulated company file; ARGS="--orders 100000 --days 30"
	@$(BIN)/python -m bench.shop_month $(or $(ARGS),--orders 300 --days 3 --minutes 30)

migration: $(INSTALLED_TEST)  # make migration MESSAGE="what changes"
	@written=$$($(BIN)/python -c "import sys; from qbwc_server.db import schema; print(schema.write_migration(sys.argv[1]))" \
	  "$(MESSAGE)" | tail -n 1) && test -n "$$written" && $(BIN)/ruff format --quiet "$$written" && \
	  echo "Read it, complete it, run make test: $$written"

clean:
	rm -rf $(VENV) .venv-* build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache demo screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@python="$(PYTHON)"; \
	for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  [ -z "$$python" ] || break; \
	  "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	    && python="$$candidate"; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or newer with venv is needed (Debian: apt install python3-venv). Else: make PYTHON=/path/to/python"; \
	  exit 1; \
	fi; \
	"$$python" -m venv "$(VENV)"
	@touch $@

$(INSTALLED): pyproject.toml | $(VENV)/.made
	@echo "Installing (once; a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(INSTALLED_TEST): pyproject.toml | $(VENV)/.made
	@echo "Installing with what the tests need (once; a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(INSTALLED)
