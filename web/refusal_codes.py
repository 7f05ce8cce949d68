"""Gives each kind of refusal the status code under which its page is sent."""

from config.refusal import BadConfiguration, Refusal
from office.attempts import TooMany
from office.cleared import Cleared
from office.endorsement import LinkRefused
from office.office_account import NotSignedIn
from office.signin_links import LinkSpent
from office.visitors import NoSuchCase
from states.refusals import NotAllowed, NotYours, StateMoved
from web.admission import SignInNeeded, StaleForm
from web.envelope import TOO_LARGE, ForeignOrigin, TooLarge
from web.pages import NoSuchPage

_CODES: tuple[tuple[type[Refusal], int], ...] = (
    (NoSuchPage, 404),
    (NoSuchCase, 404),
    (Cleared, 410),
    (LinkRefused, 410),
    (LinkSpent, 410),
    (TooMany, 429),
    (NotSignedIn, 422),
    (StaleForm, 409),
    (SignInNeeded, 401),
    (NotYours, 403),
    (ForeignOrigin, 403),
    (TooLarge, TOO_LARGE),
    (StateMoved, 409),
    (NotAllowed, 422),
    (BadConfiguration, 500),
)
_OTHER = 422


def status_of(refusal: Refusal) -> int:
    """The status code of this refusal; 422 for a kind that is not listed."""
    return next((code for kind, code in _CODES if isinstance(refusal, kind)), _OTHER)
