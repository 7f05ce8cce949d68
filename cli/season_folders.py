"""Makes the demo's folders ahead of their scenes, as a process of its own: ``python -m cli.season_folders``."""

import argparse
from pathlib import Path

from cli.season_cast import Cast
from cli.season_files import make, parcels
from config.editions_file import load_edition, shipped_edition


def main() -> None:
    """Make every folder that is handed in at first, in the order in which they are received."""
    parser = argparse.ArgumentParser(prog="python -m cli.season_folders")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--edition", required=True)
    parser.add_argument("--applications", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    told = parser.parse_args()
    edition = load_edition(shipped_edition(told.edition)).edition
    for parcel in parcels(Cast(edition, applications=told.applications, seed=told.seed).entries):
        make(told.home / "folders", edition, parcel)


if __name__ == "__main__":
    main()
