"""Gives the environment under which Prefect's server and its clients run: local, quiet, silent to the outside.

It must be set before `prefect` is imported, so nothing here imports it. Each setting answers a measured fault:
analytics and the second user interface call outside hosts, the default server has no login and lets any page in the
operator's browser drive it (M18), leases kept in memory are never freed after a crash.
"""

import os
from pathlib import Path

import certifi

USER = "linxuan"
ADDRESS = "PREFECT_API_URL"
_AUTHORITY = "PREFECT_API_SSL_CERT_FILE"


def environment(home: Path, port: int, password: str) -> dict[str, str]:
    """The settings for a server on the loopback at ``port`` and for its clients; data in ``home``/prefect.

    ``password`` guards the pages and the API, with the user `USER`; it must not be empty.
    """
    if not password:
        raise ValueError("Prefect's server is never started without a password")
    return _place(home, port) | _door(port, password) | _SILENCE | _PACE | {_AUTHORITY: str(_authority(home))}


def _authority(home: Path) -> Path:
    """One certificate authority instead of the 140 that each new client would read (16 ms): the loopback needs none."""
    path = (home / "prefect" / "authority.pem").absolute()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        whole, end = certifi.contents(), "-----END CERTIFICATE-----\n"
        path.write_text(whole[: whole.index(end) + len(end)], encoding="ascii")
    return path


def _place(home: Path, port: int) -> dict[str, str]:
    return {
        "PREFECT_HOME": str((home / "prefect").absolute()),
        "PREFECT_PROFILES_PATH": str((home / "prefect" / "profiles.toml").absolute()),
        ADDRESS: f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    }


def _door(port: int, password: str) -> dict[str, str]:
    login = f"{USER}:{password}"
    return {
        "PREFECT_SERVER_API_AUTH_STRING": login,
        "PREFECT_API_AUTH_STRING": login,
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
        "PREFECT_UI_URL": f"http://127.0.0.1:{port}",
    }


_SILENCE = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",  # its page calls a vendor's host from the browser
    "PREFECT_LOGGING_LEVEL": "CRITICAL",  # a failure stands in our own records, and in the state of its run
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_COLORS": "false",
}

_PACE = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",  # nothing is scheduled there: the rows decide
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_FLOWS_DEFAULT_RETRIES": "0",
    "PREFECT_TASKS_DEFAULT_RETRIES": "0",
    "PREFECT_CLIENT_MAX_RETRIES": "1",  # a server that went away is noticed in seconds, the work goes on without it
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",  # one lock pins both
    "PREFECT_API_REQUEST_TIMEOUT": "10",
}


def elsewhere(address: str) -> dict[str, str]:
    """What differs for a client of a server that is not ours: its address, and the usual authorities behind TLS."""
    return {ADDRESS: address} | ({_AUTHORITY: certifi.where()} if address.startswith("https") else {})


def api_url() -> str:
    """The API that this process was told of; empty when it runs without Prefect."""
    return os.environ.get(ADDRESS, "")
