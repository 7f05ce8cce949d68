"""Write the first revision anew from the tables; for maintainers, only as long as nothing is released.

Run from the repository: ``.venv/bin/python docs/make_migration.py``
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from records.database import Database
from records.schema import FOLDER, HEAD, alembic_config


def main() -> None:
    """Replace the one file in ``records/migrations/versions`` by what the tables say now, formatted."""
    for old in (FOLDER / "versions").glob("0*.py"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        with database.engine.connect() as connection, connection.begin():
            command.revision(alembic_config(connection), "Every table", autogenerate=True, rev_id=HEAD)
        database.close()
    (made,) = (FOLDER / "versions").glob(f"{HEAD}_*.py")
    lines = made.read_text(encoding="utf-8").splitlines(keepends=True)
    made.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run([ruff, "check", "--fix", "--quiet", made], check=True)
    subprocess.run([ruff, "format", "--quiet", made], check=True)


if __name__ == "__main__":
    main()
