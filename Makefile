# make            what there is
# make run        sets everything up and starts Alliance with a made-up clinic
# make test       the whole suite

PYTHON_IN_VENV := .venv/bin/python
MANAGE := $(PYTHON_IN_VENV) manage.py
INSTALLED := .venv/installed
DEV_INSTALLED := .venv/installed-for-development
STATIC_COLLECTED := staticfiles/staticfiles.json
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --quiet

# Everything below tries Alliance out; a real installation is described in docs/operations.md.
export DEMO ?= 1

.DEFAULT_GOAL := help
.PHONY: help install run demo test soak scan check format bench lighthouse shots messages lock clean

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

install: $(STATIC_COLLECTED) ## make .venv, install what requirements.txt names, collect static files

run: install ## start everything; PORT=… moves it, Ctrl-C stops it
	@$(MANAGE) migrate --noinput --verbosity 0
	@[ "$(DEMO)" != 1 ] || LOG_LEVEL=ERROR $(MANAGE) seed_demo --if-empty
	@exec $(MANAGE) serve --end-with-parent

demo: export DATABASE_URL := # so that only the demo's own file is emptied, whatever .env says
demo: install ## throw the demo's data away and load it afresh
	@$(MANAGE) migrate --noinput --verbosity 0
	@LOG_LEVEL=ERROR $(MANAGE) seed_demo --afresh

test: $(DEV_INSTALLED) $(STATIC_COLLECTED) ## the whole suite: SQLite, PostgreSQL, browser
	@$(PYTHON_IN_VENV) -m tests.run

soak: $(DEV_INSTALLED) $(STATIC_COLLECTED) ## ten minutes under load, a fault every five seconds
	@$(PYTHON_IN_VENV) -m tests.soak

scan: $(DEV_INSTALLED) $(STATIC_COLLECTED) ## sqlmap, Wapiti and Schemathesis against a demo of its own
	@$(PYTHON_IN_VENV) -m tests.scan

check: $(DEV_INSTALLED) ## format, lint, floors, migrations, translations, production settings, compose file
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/lint-imports
	@$(MANAGE) makemigrations --check --dry-run
	@$(PYTHON_IN_VENV) -m deploy.messages
	@$(PYTHON_IN_VENV) -m deploy.example_environment
	@.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

format: $(DEV_INSTALLED) ## lay the code out
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --fix --quiet .

bench: $(DEV_INSTALLED) $(STATIC_COLLECTED) ## speed, as ratios against a bare view
	@$(PYTHON_IN_VENV) -m benchmarks

lighthouse: $(DEV_INSTALLED) $(STATIC_COLLECTED) ## the client's form on a slow tablet; needs Node and Chromium
	@$(PYTHON_IN_VENV) -m benchmarks.lighthouse

shots: $(DEV_INSTALLED) $(STATIC_COLLECTED) ## take the pictures of the README again
	@$(PYTHON_IN_VENV) -m tests.provision
	@$(PYTHON_IN_VENV) -m tests.shots

messages: $(DEV_INSTALLED) ## bring new messages into locale/, compile, name what is not translated
	@$(PYTHON_IN_VENV) -m deploy.messages --update

lock: ## compile requirements*.in to requirements*.txt, with hashes (needs uv)
	@$(COMPILE) requirements.in --output-file requirements.txt
	@$(COMPILE) requirements-dev.in --output-file requirements-dev.txt

clean: ## remove .venv, collected static files and caches; the data in var/ stays
	rm -rf .venv staticfiles .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(INSTALLED): requirements.txt
	@echo "Installing what requirements.txt names …"
	@deploy/install.sh requirements.txt
	@touch $@

$(DEV_INSTALLED): requirements-dev.txt
	@echo "Installing what requirements-dev.txt names …"
	@deploy/install.sh requirements-dev.txt
	@touch $(INSTALLED) $@

$(STATIC_COLLECTED): $(INSTALLED) $(shell find static -type f)
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@touch $@
