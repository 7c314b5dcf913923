# Two commands matter: `make run` and `make test`. The others are their parts.
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print(sys.executable)' 2>/dev/null)) python3)

.PHONY: help run test lint format bench docs assets lock wheel clean
help:    ; @echo "make run · test · lint · format · bench · docs · assets · lock · wheel · clean"
run:     ; @$(PYTHON) tools/start.py $(ARGS)
test:    ; @$(PYTHON) tools/check.py $(STAGES)
lint:    ; @$(PYTHON) tools/check.py lint
format:  ; @$(PYTHON) tools/environment.py dev && .venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format .
bench:   ; @$(PYTHON) tools/environment.py dev && .venv/bin/anlu bench $(ARGS)
docs:    ; @$(PYTHON) tools/docs.py
assets:  ; @$(PYTHON) tools/frontend.py
lock:    ; @$(PYTHON) tools/lock.py $(ARGS) && $(PYTHON) tools/docs.py
wheel:   ; @$(PYTHON) tools/environment.py dev && $(PYTHON) tools/frontend.py && ANLU_RELEASE=1 .venv/bin/hatchling build -t wheel
clean:   ; rm -rf .venv node_modules dist src/anlu/web/static/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
