# The ways in: make help. Everything stays inside .venv/ and var/; the locks decide every version.
PY ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install -qq --no-deps
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test thorough walks check lint format rules types floors system lock pictures

help: ## 列出全部命令 | this list
	@awk -F ' *## *' '/^[a-z]+:.*## / { split($$1, name, ":"); printf "  make %-8s %s\n", name[1], $$2 }' Makefile

setup: .venv/.dev ## 建立 .venv，安装运行与测试所需 | make .venv with everything
	@echo "就绪 / Ready: $(BIN)/linxuan --help"

demo: .venv/.runtime ## 演示完整一届（make demo ARGS=--once 放完即止） | play a whole season
	$(BIN)/linxuan demo $(ARGS)

serve: .venv/.runtime ## 启动本系统 | start the system
	$(BIN)/linxuan serve $(ARGS)

test: .venv/.dev system ## 全部测试，15 分钟以内 | all tests, under 15 minutes
	$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder

thorough: .venv/.dev system ## 足数再证：一万次选举、每一处反转、与未中断的一届逐封相比 | the same with every promised number, no bound
	THOROUGH=1 $(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/python tests/season_kills.py --kills 2

walks: .venv/.dev system ## 只在浏览器中走完整一届、现场和每一页 | of these the walks in a browser alone
	$(PYTEST) -n 1 tests/test_web_season_walk.py tests/test_web_stage_walk.py tests/test_web_every_page.py

check: lint test ## 格式、规则、类型、层次、测试 | format, rules, types, floors, tests

lint: format rules types floors ## 同上而不跑测试 | the same without the tests

format: .venv/.dev
	$(BIN)/ruff format --check .

rules: .venv/.dev
	$(BIN)/ruff check .

types: .venv/.dev
	$(BIN)/mypy

floors: .venv/.dev
	$(BIN)/lint-imports --no-cache

pictures: .venv/.dev system ## 重拍 docs/pictures/，约十分钟 | take the pictures of pages and papers anew
	homes=$$(mktemp -d); trap 'rm -rf "$$homes"' EXIT; \
	PYTHONPATH=. $(BIN)/python docs/make_picture.py --homes "$$homes" && \
	PYTHONPATH=. $(BIN)/python docs/make_papers.py --homes "$$homes"

lock: .venv/.dev ## 按 requirements*.in 重新锁定版本（需要 uv） | renew the locks, needs uv
	@command -v uv >/dev/null || { echo "缺少 uv，无法锁定版本 / uv is missing: install it, then run make lock again."; exit 1; }
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) requirements-dev.in -c requirements.lock -o requirements-dev.lock
	$(BIN)/python docs/make_licences.py

# No header, no notes: both would name the index that answered.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links

system: ## 测试所需的系统软件（浏览器、字体、LibreOffice） | the system programs that tests drive
	@deploy/test-system.sh

# One stamp for each lock: what it names is installed, then the project itself on top of it.
.venv/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "安装运行所需，约一分钟 / Installing what it runs on, about a minute"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@echo "安装测试所需 / Installing what the tests need"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(BIN)/python:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "需要 Python 3.11 或更新 / Python 3.11 or newer is needed: make PY=python3.11 (Debian: apt install python3.11)"; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "此 Python 不能建立虚拟环境 / This Python cannot make a virtual environment. Debian: apt install python3-venv"; exit 1; }
	@$(PY) -m venv .venv
