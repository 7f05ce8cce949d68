"""Lets the readers of this door check a file, at the desk of the request that is answered."""

from dataclasses import replace

from config.edition import Slot
from documents.findings import Declared, Report
from documents.vault import Kept
from office import slices
from office.desk import Desk
from web.pages import Pages


def check_named(pages: Pages, name: str) -> slices.Check:
    """A check whose report calls the file as its sender does."""
    desk: Desk = pages.desk

    def check(kept: Kept, slot: Slot, declared: Declared) -> Report:
        path = desk.vault.path(kept.sha256)
        told = pages.readers.check(path, slot=slot, edition=desk.edition, declared=declared, sha256=kept.sha256)
        return replace(told, name=name)

    return check
