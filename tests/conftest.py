"""What holds for the whole session: no settings from outside, a machine far from Shanghai, unhurried properties."""

import gc
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["stores", "cast", "contest", "printing", "chromium", "doors"]

# A developer's own settings must not decide a test.
for name in [key for key in os.environ if key.startswith("LINXUAN_")]:
    del os.environ[name]

# Most of a test's time was the disk's fsync. What a killed process leaves behind is the same in memory.
_MEMORY, _NEEDED = Path("/dev/shm"), 4 * 1024**3
if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _NEEDED:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)

# Every instant carries its offset: code that asks the machine where it stands is half a day off here.
os.environ["TZ"] = "America/New_York"
time.tzset()

# Properties run beside a browser and a database on two cores: slowness alone is no fault.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

# Whole files go to one worker or the other: those that take minutes go first, so that both end together.
_LONG = (
    "test_season", "test_web_season_walk", "test_web_every_page", "test_web_stage_walk", "test_supervise", "test_flows",
    "test_web_leaks", "test_routes", "test_plan_inversions", "test_web_applicant", "test_web_expert_phone",
    "test_web_check_keys", "test_archive", "test_drawer",
)  # fmt: skip


# Half of a page test's time went into looking through all modules and collected tests for what may be thrown away.
_RARELY = (50_000, 20, 50)


def pytest_collection_finish() -> None:
    """What there is now stays to the end: it is not looked through again, and what comes more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_RARELY)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, the others as they were shuffled."""
    place = {name: at for at, name in enumerate(_LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(_LONG)))
