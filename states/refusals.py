"""The lifecycle's own refusals: what is not possible, what is, and who may."""

from config.refusal import Refusal


class NotAllowed(Refusal):
    """The step is not possible from here, or its condition does not hold; says what is possible or missing."""

    exit_code = 3


class NotYours(Refusal):
    """The step exists, but somebody else takes it; says who."""

    exit_code = 3


class StateMoved(Refusal):
    """Somebody was faster: the application has left the state that was shown."""

    exit_code = 3
