"""Gives each kind of refusal the status code under which its page is sent."""

from config.refusal import BadConfiguration, Refusal
from office.endorsement import LinkRefused
from states.refusals import NotAllowed, NotYours, StateMoved
from web.envelope import ForeignOrigin
from web.pages import NoSuchPage

_CODES: tuple[tuple[type[Refusal], int], ...] = (
    (NoSuchPage, 404),
    (LinkRefused, 410),
    (NotYours, 403),
    (ForeignOrigin, 403),
    (StateMoved, 409),
    (NotAllowed, 422),
    (BadConfiguration, 500),
)
_OTHER = 422


def status_of(refusal: Refusal) -> int:
    """The status code of this refusal; 422 for a kind that is not listed."""
    return next((code for kind, code in _CODES if isinstance(refusal, kind)), _OTHER)
