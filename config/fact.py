"""What every fact of an edition is made of: a frozen group, an aware instant, an exact number."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset, for example 2024-08-16T00:00:00+08:00")
    return instant


def _exact(number: object) -> object:
    return Decimal(str(number)) if type(number) in {int, float} else number


Instant = Annotated[datetime, Field(strict=True), AfterValidator(_aware)]
Points = Annotated[Decimal, BeforeValidator(_exact)]  # written 0.5, kept exactly


class Fact(BaseModel):
    """A frozen group of an edition's facts; an unknown key is a fault of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
