"""What holds for the whole session: no settings from outside, a machine far from Shanghai, unhurried properties."""

import os
import time

from hypothesis import settings

pytest_plugins = ["stores", "cast", "contest", "printing"]

# A developer's own settings must not decide a test.
for name in [key for key in os.environ if key.startswith("LINXUAN_")]:
    del os.environ[name]

# Every instant carries its offset: code that asks the machine where it stands is half a day off here.
os.environ["TZ"] = "America/New_York"
time.tzset()

# Properties run beside a browser and a database on two cores: slowness alone is no fault.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
