"""How constraints of every table are named, so that migrations can find them again."""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def one_of(column: str, values: type[StrEnum] | tuple[str, ...]) -> CheckConstraint:
    """A check that ``column`` holds one of ``values`` (an enum's or a tuple's)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def cleared_under_a_term() -> CheckConstraint:
    """A check that whoever has lost its bytes says when, and after how many months."""
    return CheckConstraint("(cleared_at IS NULL) = (cleared_months IS NULL)", name="cleared_under_a_term")
