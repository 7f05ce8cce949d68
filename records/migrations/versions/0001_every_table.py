"""Every table."""
# ruff: noqa: E501, PLR0915  one statement a table, as long as the tables are

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_key_at"), ["key", "at"], unique=False)

    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_event", sa.Integer(), nullable=False),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("previous", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("digest", name=op.f("uq_block_digest")),
        sa.UniqueConstraint("first_event", name=op.f("uq_block_first_event")),
        sa.UniqueConstraint("last_event", name=op.f("uq_block_last_event")),
    )
    op.create_table(
        "mailboxwatch",
        sa.Column("mailbox", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("uid_validity", sa.Integer(), nullable=False),
        sa.Column("last_uid", sa.Integer(), nullable=False),
        sa.Column("looked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("fault", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailboxwatch")),
    )
    op.create_table(
        "once",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_once")),
    )
    op.create_table(
        "panel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("round", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("criteria_confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("assigned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("locked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("released_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("pairing", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.CheckConstraint("pairing IN ('everybody', 'chosen')", name=op.f("ck_panel_pairing_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("edition", "round", name=op.f("uq_panel_edition_round")),
    )
    op.create_table(
        "pastwinner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("endorser", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("same_title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("same_unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pastwinner")),
        sa.UniqueConstraint("year", "same_title", "same_unit", name=op.f("uq_pastwinner_year_same_title_same_unit")),
    )
    with op.batch_alter_table("pastwinner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pastwinner_same_title"), ["same_title"], unique=False)
        batch_op.create_index(batch_op.f("ix_pastwinner_same_unit"), ["same_unit"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("position", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("erased_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("aliases", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("province", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("edition", "name", name=op.f("uq_unit_edition_name")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_edition"), ["edition"], unique=False)

    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_address_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sa.UniqueConstraint("person_id", "email", name=op.f("uq_address_person_id_email")),
    )
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_address_person_id"), ["person_id"], unique=False)

    op.create_table(
        "endorser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("short", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("inner_closes", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('society', 'expert')", name=op.f("ck_endorser_kind_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_endorser_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorser")),
        sa.UniqueConstraint("edition", "kind", "name", "unit", name=op.f("uq_endorser_edition_kind_name_unit")),
    )
    with op.batch_alter_table("endorser", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endorser_edition"), ["edition"], unique=False)

    op.create_table(
        "expert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("officer_of", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fields", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_expert_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("edition", "person_id", name=op.f("uq_expert_edition_person_id")),
    )
    with op.batch_alter_table("expert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_edition"), ["edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_expert_person_id"), ["person_id"], unique=False)

    op.create_table(
        "officer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("disabled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("role IN ('office', 'lead', 'supervisor')", name=op.f("ck_officer_role_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_officer_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("person_id", name=op.f("uq_officer_person_id")),
    )
    op.create_table(
        "signinlink",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(purpose = 'sign_in') = (person_id IS NULL)", name=op.f("ck_signinlink_who_it_is_for")),
        sa.CheckConstraint(
            "purpose IN ('sign_in', 'invitation', 'office_setup')", name=op.f("ck_signinlink_purpose_known")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signinlink_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signinlink")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_signinlink_token_digest")),
    )
    with op.batch_alter_table("signinlink", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signinlink_person_id"), ["person_id"], unique=False)

    op.create_table(
        "actingfor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("whom", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("scan_sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("scan_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("scan_pages", sa.Integer(), nullable=False),
        sa.Column("began_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("whom IN ('applicant', 'endorser', 'expert')", name=op.f("ck_actingfor_whom_known")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_actingfor_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_actingfor_officer_id_officer")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_actingfor_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actingfor")),
    )
    with op.batch_alter_table("actingfor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actingfor_edition"), ["edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_actingfor_officer_id"), ["officer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_actingfor_person_id"), ["person_id"], unique=False)

    op.create_table(
        "adoptededition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_adoptededition_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoptededition")),
        sa.UniqueConstraint("edition", "version", name=op.f("uq_adoptededition_edition_version")),
    )
    with op.batch_alter_table("adoptededition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adoptededition_edition"), ["edition"], unique=False)

    op.create_table(
        "application",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("came_from", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("lapses_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("partners", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("endorser_id", sa.Integer(), nullable=True),
        sa.Column("commitments_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("submitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("resubmitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sent_back_count", sa.Integer(), nullable=False),
        sa.Column("open_slots", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=True),
        sa.Column("scraps", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "state <> 'disqualified' OR came_from IS NOT NULL", name=op.f("ck_application_disqualified_from")
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR lapses_at IS NOT NULL", name=op.f("ck_application_returned_has_due")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'endorsed', 'formally_checked', 'first_round', 'finalist', 'top_ten', 'publicized', 'announced', 'returned', 'rejected', 'lapsed', 'not_shortlisted', 'not_selected', 'withdrawn', 'disqualified')",
            name=op.f("ck_application_state_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft','lapsed','withdrawn') OR submitted_at IS NOT NULL", name=op.f("ck_application_handed_in")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["person.id"], name=op.f("fk_application_contact_id_person")),
        sa.ForeignKeyConstraint(["endorser_id"], ["endorser.id"], name=op.f("fk_application_endorser_id_endorser")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("edition", "number", name=op.f("uq_application_edition_number")),
        sa.UniqueConstraint("edition", "source", name=op.f("uq_application_edition_source")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_edition"), ["edition"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_application_edition_state_lapses_at_endorser_id"),
            ["edition", "state", "lapses_at", "endorser_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_application_edition_state_since_id"), ["edition", "state_since", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_application_endorser_id"), ["endorser_id"], unique=False)

    op.create_table(
        "archivejob",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("begun_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("cases_done", sa.Integer(), nullable=False),
        sa.Column("bytes_done", sa.Integer(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("failed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("file", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("deleted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("deleted_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("failed = '' OR file = ''", name=op.f("ck_archivejob_whole_or_failed")),
        sa.CheckConstraint("deleted_at IS NULL OR ended_at IS NOT NULL", name=op.f("ck_archivejob_ended_first")),
        sa.ForeignKeyConstraint(["asked_by"], ["officer.id"], name=op.f("fk_archivejob_asked_by_officer")),
        sa.ForeignKeyConstraint(["deleted_by"], ["officer.id"], name=op.f("fk_archivejob_deleted_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archivejob")),
    )
    with op.batch_alter_table("archivejob", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archivejob_edition"), ["edition"], unique=False)
        batch_op.create_index(
            "ix_archivejob_one_at_a_time",
            ["edition"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "calendaraddress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("part", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("read_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_calendaraddress_officer_id_officer")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendaraddress_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendaraddress")),
    )
    with op.batch_alter_table("calendaraddress", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendaraddress_edition"), ["edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_calendaraddress_person_id"), ["person_id"], unique=False)

    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("claimed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("claimed_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("moved_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("moved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("moved_by", sa.Integer(), nullable=True),
        sa.Column("moved_why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["moved_by"], ["officer.id"], name=op.f("fk_deadline_moved_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("edition", "kind", "due_at", name=op.f("uq_deadline_edition_kind_due_at")),
    )
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadline_settled_at_due_at"), ["settled_at", "due_at"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=True),
        sa.Column("drafted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("signed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sole_signer", sa.Boolean(), nullable=False),
        sa.Column("executed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("undone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("scan_sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("checked_by IS NULL OR checked_by <> drafted_by", name=op.f("ck_decision_two_persons")),
        sa.CheckConstraint(
            "drafted_by IS NOT NULL OR signed_by IS NULL OR sole_signer OR checked_by <> signed_by",
            name=op.f("ck_decision_two_sign"),
        ),
        sa.CheckConstraint("executed_at IS NULL OR signed_at IS NOT NULL", name=op.f("ck_decision_signed_first")),
        sa.CheckConstraint(
            "signed_at IS NULL OR checked_at IS NOT NULL OR sole_signer", name=op.f("ck_decision_checked_first")
        ),
        sa.ForeignKeyConstraint(["checked_by"], ["officer.id"], name=op.f("fk_decision_checked_by_officer")),
        sa.ForeignKeyConstraint(["drafted_by"], ["officer.id"], name=op.f("fk_decision_drafted_by_officer")),
        sa.ForeignKeyConstraint(["signed_by"], ["officer.id"], name=op.f("fk_decision_signed_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("edition", "number", name=op.f("uq_decision_edition_number")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_edition"), ["edition"], unique=False)

    op.create_table(
        "documentnumber",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("paper", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_documentnumber_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documentnumber")),
        sa.UniqueConstraint("edition", "number", name=op.f("uq_documentnumber_edition_number")),
        sa.UniqueConstraint("edition", "paper", name=op.f("uq_documentnumber_edition_paper")),
    )
    with op.batch_alter_table("documentnumber", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documentnumber_edition"), ["edition"], unique=False)

    op.create_table(
        "forumevent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("speakers", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_forumevent_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_forumevent_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forumevent")),
    )
    with op.batch_alter_table("forumevent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forumevent_edition"), ["edition"], unique=False)

    op.create_table(
        "hallpack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("wrapped", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.Column("head", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("holder", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("returned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("returned_head", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("called_off_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("holder IN ('server', 'hall')", name=op.f("ck_hallpack_holder_known")),
        sa.CheckConstraint("returned_at IS NULL OR called_off_at IS NULL", name=op.f("ck_hallpack_one_end")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_hallpack_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hallpack")),
        sa.UniqueConstraint("key", name=op.f("uq_hallpack_key")),
    )
    op.create_table(
        "holidayoverride",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('workday', 'weekend', 'holiday', 'make_up', 'published')",
            name=op.f("ck_holidayoverride_kind_known"),
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_holidayoverride_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidayoverride")),
        sa.UniqueConstraint("day", name=op.f("uq_holidayoverride_day")),
    )
    op.create_table(
        "letterwording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("template", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("english", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_letterwording_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letterwording")),
        sa.UniqueConstraint("edition", "template", "version", name=op.f("uq_letterwording_edition_template_version")),
    )
    with op.batch_alter_table("letterwording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letterwording_edition"), ["edition"], unique=False)

    op.create_table(
        "officepassword",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("set_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officepassword_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_officepassword")),
    )
    op.create_table(
        "panelmember",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("member_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("left_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_panelmember_expert_id_expert")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panelmember_panel_id_panel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panelmember")),
        sa.UniqueConstraint("panel_id", "expert_id", name=op.f("uq_panelmember_panel_id_expert_id")),
    )
    with op.batch_alter_table("panelmember", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_panelmember_expert_id"), ["expert_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_panelmember_panel_id"), ["panel_id"], unique=False)

    op.create_table(
        "retentionrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("dropped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("swept_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (done_at IS NULL)", name=op.f("ck_retentionrun_done_when_confirmed")
        ),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by", name=op.f("ck_retentionrun_two_persons")
        ),
        sa.CheckConstraint("done_at IS NULL OR dropped_at IS NULL", name=op.f("ck_retentionrun_done_or_dropped")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["officer.id"], name=op.f("fk_retentionrun_confirmed_by_officer")),
        sa.ForeignKeyConstraint(["proposed_by"], ["officer.id"], name=op.f("fk_retentionrun_proposed_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retentionrun")),
    )
    with op.batch_alter_table("retentionrun", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retentionrun_edition"), ["edition"], unique=False)

    op.create_table(
        "savedfilter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("query", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("saved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_savedfilter_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savedfilter")),
        sa.UniqueConstraint("edition", "officer_id", "name", name=op.f("uq_savedfilter_edition_officer_id_name")),
    )
    with op.batch_alter_table("savedfilter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_savedfilter_edition"), ["edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_savedfilter_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "signin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("previous_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("began_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("rotated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(purpose = 'office') = (officer_id IS NOT NULL)", name=op.f("ck_signin_office_has_officer")
        ),
        sa.CheckConstraint("purpose IN ('mail', 'invitation', 'office')", name=op.f("ck_signin_purpose_known")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_signin_officer_id_officer")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signin_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signin")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_signin_token_digest")),
    )
    with op.batch_alter_table("signin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signin_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signin_previous_digest"), ["previous_digest"], unique=False)

    op.create_table(
        "silencedreminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_silencedreminder_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silencedreminder")),
        sa.UniqueConstraint("edition", "kind", name=op.f("uq_silencedreminder_edition_kind")),
    )
    op.create_table(
        "stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("is_rehearsal", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("seed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("drawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("draw_minutes", sa.JSON(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=True),
        sa.Column("began_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("console_signin", sa.Integer(), nullable=True),
        sa.Column("console_officer_id", sa.Integer(), nullable=True),
        sa.Column("console_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revealed", sa.Integer(), nullable=True),
        sa.CheckConstraint("(seed = '') = (drawn_at IS NULL)", name=op.f("ck_stage_seed_of_the_lots")),
        sa.CheckConstraint("revealed IS NULL OR revealed >= 0", name=op.f("ck_stage_revealed_counts")),
        sa.ForeignKeyConstraint(
            ["console_officer_id"], ["officer.id"], name=op.f("fk_stage_console_officer_id_officer")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_stage_panel_id_panel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("panel_id", name=op.f("uq_stage_panel_id")),
    )
    op.create_table(
        "tievote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("minutes", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_tievote_officer_id_officer")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_tievote_panel_id_panel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tievote")),
    )
    with op.batch_alter_table("tievote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tievote_panel_id"), ["panel_id"], unique=False)

    op.create_table(
        "totp",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_totp_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_totp")),
    )
    op.create_table(
        "assigned",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("explanation", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_assigned_application_id_application")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_assigned_expert_id_expert")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_assigned_panel_id_panel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assigned")),
    )
    with op.batch_alter_table("assigned", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assigned_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assigned_panel_id"), ["panel_id"], unique=False)
        batch_op.create_index(
            "ix_assigned_standing",
            ["panel_id", "expert_id", "application_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("trigger", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("acting_for", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_batch_decision_id_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_edition"), ["edition"], unique=False)

    op.create_table(
        "colleague",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("invited_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("accepted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("removed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(role = 'filler') = (application_id IS NOT NULL)", name=op.f("ck_colleague_what_it_is_for")
        ),
        sa.CheckConstraint("role IN ('filler', 'admin')", name=op.f("ck_colleague_role_known")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_colleague_application_id_application")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_colleague_owner_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_colleague_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colleague")),
    )
    with op.batch_alter_table("colleague", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_colleague_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_colleague_edition"), ["edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_colleague_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_colleague_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_colleague_token_digest"), ["token_digest"], unique=False)

    op.create_table(
        "defender",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("post", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("named_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("name <> '' AND phone <> ''", name=op.f("ck_defender_who_and_how_reached")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_defender_application_id_application")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_defender_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defender")),
        sa.UniqueConstraint("application_id", name=op.f("uq_defender_application_id")),
    )
    with op.batch_alter_table("defender", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_defender_edition"), ["edition"], unique=False)

    op.create_table(
        "endorsementrequest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("endorser_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("route", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opinion", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_endorsementrequest_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["endorser_id"], ["endorser.id"], name=op.f("fk_endorsementrequest_endorser_id_endorser")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsementrequest")),
    )
    with op.batch_alter_table("endorsementrequest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endorsementrequest_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_endorsementrequest_endorser_id"), ["endorser_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_endorsementrequest_token_digest"), ["token_digest"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("before", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_extension_application_id_application")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_extension_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_extension_edition"), ["edition"], unique=False)

    op.create_table(
        "flowrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("prefect_run", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("failed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_flowrun_deadline_id_deadline")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flowrun")),
    )
    with op.batch_alter_table("flowrun", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flowrun_deadline_id"), ["deadline_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flowrun_edition"), ["edition"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("posted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closes_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reckoning", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("opens_for", sa.JSON(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_notice_decision_id_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("edition", "version", name=op.f("uq_notice_edition_version")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_edition"), ["edition"], unique=False)

    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("statement", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by_unit", sa.Boolean(), nullable=False),
        sa.Column("evidence_sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("disowned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("opinion_asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("opinion", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opinion_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("proposal", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sole_decider", sa.Boolean(), nullable=False),
        sa.Column("replied_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("proposal = '' OR proposed_by IS NOT NULL", name=op.f("ck_objection_proposed_by_somebody")),
        sa.CheckConstraint(
            "proposal IN ('', 'sustained', 'dismissed', 'refused')", name=op.f("ck_objection_proposal_known")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'sustained', 'dismissed', 'refused')", name=op.f("ck_objection_status_known")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR sole_decider OR proposed_by <> decided_by", name=op.f("ck_objection_two_decide")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_objection_application_id_application")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["officer.id"], name=op.f("fk_objection_decided_by_officer")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_objection_expert_id_expert")),
        sa.ForeignKeyConstraint(["handler_id"], ["officer.id"], name=op.f("fk_objection_handler_id_officer")),
        sa.ForeignKeyConstraint(["proposed_by"], ["officer.id"], name=op.f("fk_objection_proposed_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("edition", "number", name=op.f("uq_objection_edition_number")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_edition"), ["edition"], unique=False)

    op.create_table(
        "publicity",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("paragraph", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("english", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("forum", sa.Boolean(), nullable=False),
        sa.Column("speaker", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("matching", sa.Boolean(), nullable=False),
        sa.Column("wanted", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("matching_contact", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("printed", sa.Boolean(), nullable=False),
        sa.Column("consent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_publicity_application_id_application")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_publicity_officer_id_officer")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_publicity")),
    )
    op.create_table(
        "recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("explanation", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("overridden_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("overridden_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_recusal_application_id_application")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_recusal_expert_id_expert")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_recusal_panel_id_panel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint(
            "panel_id",
            "expert_id",
            "application_id",
            "ground",
            name=op.f("uq_recusal_panel_id_expert_id_application_id_ground"),
        ),
    )
    with op.batch_alter_table("recusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recusal_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recusal_panel_id"), ["panel_id"], unique=False)

    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("aspects", sa.JSON(), nullable=False),
        sa.Column("absent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("(total IS NULL) <> (absent = '')", name=op.f("ck_score_points_or_absent")),
        sa.CheckConstraint("total IS NULL OR (total >= 0 AND total <= 10000)", name=op.f("ck_score_range")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_score_application_id_application")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_score_expert_id_expert")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_score_panel_id_panel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint(
            "panel_id",
            "application_id",
            "expert_id",
            "revision",
            name=op.f("uq_score_panel_id_application_id_expert_id_revision"),
        ),
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_application_id"), ["application_id"], unique=False)

    op.create_table(
        "stagepass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("token_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(kind = 'expert') = (expert_id IS NOT NULL)", name=op.f("ck_stagepass_whose")),
        sa.CheckConstraint("kind IN ('expert', 'screen')", name=op.f("ck_stagepass_kind_known")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_stagepass_expert_id_expert")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_stagepass_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stagepass")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_stagepass_token_digest")),
    )
    with op.batch_alter_table("stagepass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stagepass_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "stageseat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("absent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(arrived_at IS NULL) = (absent <> '')", name=op.f("ck_stageseat_came_or_absent")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_stageseat_expert_id_expert")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_stageseat_officer_id_officer")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_stageseat_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stageseat")),
        sa.UniqueConstraint("stage_id", "expert_id", name=op.f("uq_stageseat_stage_id_expert_id")),
    )
    with op.batch_alter_table("stageseat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stageseat_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "stageturn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("scoring_opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("scoring_closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("left_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(application_id IS NULL) = (label <> '')", name=op.f("ck_stageturn_item_or_break")),
        sa.CheckConstraint(
            "scoring_closed_at IS NULL OR scoring_opened_at <= scoring_closed_at",
            name=op.f("ck_stageturn_opened_first"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_stageturn_application_id_application")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_stageturn_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stageturn")),
        sa.UniqueConstraint("stage_id", "application_id", name=op.f("uq_stageturn_stage_id_application_id")),
    )
    with op.batch_alter_table("stageturn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stageturn_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "standing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("printed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("in_quorum", sa.Boolean(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_standing_application_id_application")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_standing_panel_id_panel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
        sa.UniqueConstraint("panel_id", "application_id", name=op.f("uq_standing_panel_id_application_id")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_panel_id"), ["panel_id"], unique=False)

    op.create_table(
        "typedwords",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(application_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_typedwords_whose_they_are")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_typedwords_application_id_application")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_typedwords_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typedwords")),
        sa.UniqueConstraint("application_id", name=op.f("uq_typedwords_application_id")),
    )
    with op.batch_alter_table("typedwords", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_typedwords_edition"), ["edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_typedwords_person_id"), ["person_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("slot", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("begun_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("superseded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("blocks_submit", sa.Boolean(), nullable=False),
        sa.Column("secrecy_confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("likeness", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cleared_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cleared_months", sa.Integer(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(cleared_at IS NULL) = (cleared_months IS NULL)", name=op.f("ck_upload_cleared_under_a_term")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_upload_application_id_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint(
            "application_id", "slot", "ordinal", "revision", name=op.f("uq_upload_application_id_slot_ordinal_revision")
        ),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_sha256"), ["sha256"], unique=False)

    op.create_table(
        "checkline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("waiver", sa.Boolean(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_checkline_application_id_application")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["officer.id"], name=op.f("fk_checkline_confirmed_by_officer")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_checkline_officer_id_officer")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_checkline_upload_id_upload")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkline")),
        sa.UniqueConstraint(
            "application_id", "upload_id", "rule", name=op.f("uq_checkline_application_id_upload_id_rule")
        ),
    )
    with op.batch_alter_table("checkline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkline_application_id"), ["application_id"], unique=False)
        batch_op.create_index(
            "ix_checkline_to_confirm",
            ["officer_id", "application_id"],
            unique=False,
            sqlite_where=sa.text("waiver = 1 AND confirmed_at IS NULL"),
            postgresql_where=sa.text("waiver AND confirmed_at IS NULL"),
        )

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("state_from", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state_to", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("note_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_event_batch_id_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_application_id_id"), ["application_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_edition"), ["edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_kind_edition"), ["kind", "edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_subject_subject_id"), ["subject", "subject_id"], unique=False)

    op.create_table(
        "objectionfile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("brought_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("cleared_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cleared_months", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(brought_by = 'objector') = (secret <> '')", name=op.f("ck_objectionfile_objectors_files_are_sealed")
        ),
        sa.CheckConstraint(
            "brought_by IN ('objector', 'applicant', 'office')", name=op.f("ck_objectionfile_brought_by_known")
        ),
        sa.CheckConstraint(
            "(cleared_at IS NULL) = (cleared_months IS NULL)", name=op.f("ck_objectionfile_cleared_under_a_term")
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_objectionfile_objection_id_objection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objectionfile")),
    )
    with op.batch_alter_table("objectionfile", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objectionfile_objection_id"), ["objection_id"], unique=False)

    op.create_table(
        "objector",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wrapped_key", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("sealed", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("has_email", sa.Boolean(), nullable=False),
        sa.Column("erased_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(sealed IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_objector_gone_when_erased")),
        sa.CheckConstraint("(wrapped_key IS NULL) = (sealed IS NULL)", name=op.f("ck_objector_whole_or_gone")),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_objector_objection_id_objection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objector")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_objector_objection_id")),
    )
    op.create_table(
        "papersheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("photo", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first", sa.JSON(), nullable=False),
        sa.Column("first_by", sa.Integer(), nullable=False),
        sa.Column("first_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("second", sa.JSON(), nullable=False),
        sa.Column("second_by", sa.Integer(), nullable=True),
        sa.Column("second_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("score_id", sa.Integer(), nullable=True),
        sa.Column("dropped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("dropped_why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cleared_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cleared_months", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(cleared_at IS NULL) = (cleared_months IS NULL)", name=op.f("ck_papersheet_cleared_under_a_term")
        ),
        sa.CheckConstraint("second_by IS NULL OR second_by <> first_by", name=op.f("ck_papersheet_two_persons")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_papersheet_application_id_application")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_papersheet_expert_id_expert")),
        sa.ForeignKeyConstraint(["first_by"], ["officer.id"], name=op.f("fk_papersheet_first_by_officer")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_papersheet_panel_id_panel")),
        sa.ForeignKeyConstraint(["score_id"], ["score.id"], name=op.f("fk_papersheet_score_id_score")),
        sa.ForeignKeyConstraint(["second_by"], ["officer.id"], name=op.f("fk_papersheet_second_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papersheet")),
    )
    with op.batch_alter_table("papersheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_papersheet_panel_id"), ["panel_id"], unique=False)
        batch_op.create_index(
            "ix_papersheet_waiting",
            ["panel_id", "expert_id", "application_id"],
            unique=True,
            sqlite_where=sa.text("score_id IS NULL AND dropped_at IS NULL"),
            postgresql_where=sa.text("score_id IS NULL AND dropped_at IS NULL"),
        )

    op.create_table(
        "stageclock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("limit_seconds", sa.Integer(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("paused_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("paused_ms", sa.Integer(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('talk', 'questions', 'rest')", name=op.f("ck_stageclock_kind_known")),
        sa.CheckConstraint("ended_at IS NULL OR paused_at IS NULL", name=op.f("ck_stageclock_ended_is_not_paused")),
        sa.CheckConstraint("ended_at IS NULL OR started_at <= ended_at", name=op.f("ck_stageclock_started_first")),
        sa.CheckConstraint("paused_ms >= 0 AND limit_seconds > 0", name=op.f("ck_stageclock_lengths")),
        sa.ForeignKeyConstraint(["turn_id"], ["stageturn.id"], name=op.f("fk_stageclock_turn_id_stageturn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stageclock")),
        sa.UniqueConstraint("turn_id", "kind", name=op.f("uq_stageclock_turn_id_kind")),
    )
    with op.batch_alter_table("stageclock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stageclock_turn_id"), ["turn_id"], unique=False)

    op.create_table(
        "stagesend",
        sa.Column("client_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("score_id", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("grounds", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('kept', 'late', 'admitted', 'declined')", name=op.f("ck_stagesend_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_stagesend_application_id_application")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_stagesend_expert_id_expert")),
        sa.ForeignKeyConstraint(["score_id"], ["score.id"], name=op.f("fk_stagesend_score_id_score")),
        sa.ForeignKeyConstraint(["settled_by"], ["officer.id"], name=op.f("fk_stagesend_settled_by_officer")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_stagesend_stage_id_stage")),
        sa.PrimaryKeyConstraint("client_key", name=op.f("pk_stagesend")),
    )
    with op.batch_alter_table("stagesend", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stagesend_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("message_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("template", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("wording", sa.JSON(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by_day", sa.Boolean(), nullable=False),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("next_try_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("claimed_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'in_doubt', 'dead', 'held', 'cancelled', 'bounced')",
            name=op.f("ck_letter_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'bounced') OR sent_at IS NOT NULL", name=op.f("ck_letter_sent_has_instant")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_letter_application_id_application")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_letter_event_id_event")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_edition"), ["edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_edition_state"), ["edition", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_state_next_try_at"), ["state", "next_try_at"], unique=False)

    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("erased_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_note_application_id_application")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_note_event_id_event")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_note_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("event_id", name=op.f("uq_note_event_id")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_note_person_id"), ["person_id"], unique=False)

    op.create_table(
        "bounce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mailbox", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("uid_validity", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("read_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("handled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("handled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('bounced', 'delayed', 'other')", name=op.f("ck_bounce_kind_known")),
        sa.ForeignKeyConstraint(["handled_by"], ["officer.id"], name=op.f("fk_bounce_handled_by_officer")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_bounce_letter_id_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("mailbox", "uid_validity", "uid", name=op.f("uq_bounce_mailbox_uid_validity_uid")),
    )
    with op.batch_alter_table("bounce", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bounce_edition"), ["edition"], unique=False)
        batch_op.create_index(batch_op.f("ix_bounce_letter_id"), ["letter_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("bounce", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bounce_letter_id"))
        batch_op.drop_index(batch_op.f("ix_bounce_edition"))

    op.drop_table("bounce")
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_note_person_id"))
        batch_op.drop_index(batch_op.f("ix_note_application_id"))

    op.drop_table("note")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_state_next_try_at"))
        batch_op.drop_index(batch_op.f("ix_letter_person_id"))
        batch_op.drop_index(batch_op.f("ix_letter_event_id"))
        batch_op.drop_index(batch_op.f("ix_letter_edition_state"))
        batch_op.drop_index(batch_op.f("ix_letter_edition"))
        batch_op.drop_index(batch_op.f("ix_letter_application_id"))

    op.drop_table("letter")
    with op.batch_alter_table("stagesend", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stagesend_stage_id"))

    op.drop_table("stagesend")
    with op.batch_alter_table("stageclock", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stageclock_turn_id"))

    op.drop_table("stageclock")
    with op.batch_alter_table("papersheet", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_papersheet_waiting",
            sqlite_where=sa.text("score_id IS NULL AND dropped_at IS NULL"),
            postgresql_where=sa.text("score_id IS NULL AND dropped_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_papersheet_panel_id"))

    op.drop_table("papersheet")
    op.drop_table("objector")
    with op.batch_alter_table("objectionfile", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objectionfile_objection_id"))

    op.drop_table("objectionfile")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_subject_subject_id"))
        batch_op.drop_index(batch_op.f("ix_event_kind_edition"))
        batch_op.drop_index(batch_op.f("ix_event_edition"))
        batch_op.drop_index(batch_op.f("ix_event_batch_id"))
        batch_op.drop_index(batch_op.f("ix_event_application_id_id"))

    op.drop_table("event")
    with op.batch_alter_table("checkline", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_checkline_to_confirm",
            sqlite_where=sa.text("waiver = 1 AND confirmed_at IS NULL"),
            postgresql_where=sa.text("waiver AND confirmed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_checkline_application_id"))

    op.drop_table("checkline")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_sha256"))
        batch_op.drop_index(batch_op.f("ix_upload_application_id"))

    op.drop_table("upload")
    with op.batch_alter_table("typedwords", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_typedwords_person_id"))
        batch_op.drop_index(batch_op.f("ix_typedwords_edition"))

    op.drop_table("typedwords")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_panel_id"))

    op.drop_table("standing")
    with op.batch_alter_table("stageturn", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stageturn_stage_id"))

    op.drop_table("stageturn")
    with op.batch_alter_table("stageseat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stageseat_stage_id"))

    op.drop_table("stageseat")
    with op.batch_alter_table("stagepass", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stagepass_stage_id"))

    op.drop_table("stagepass")
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_application_id"))

    op.drop_table("score")
    with op.batch_alter_table("recusal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recusal_panel_id"))
        batch_op.drop_index(batch_op.f("ix_recusal_application_id"))

    op.drop_table("recusal")
    op.drop_table("publicity")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_edition"))
        batch_op.drop_index(batch_op.f("ix_objection_application_id"))

    op.drop_table("objection")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_edition"))

    op.drop_table("notice")
    with op.batch_alter_table("flowrun", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flowrun_edition"))
        batch_op.drop_index(batch_op.f("ix_flowrun_deadline_id"))

    op.drop_table("flowrun")
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extension_edition"))
        batch_op.drop_index(batch_op.f("ix_extension_application_id"))

    op.drop_table("extension")
    with op.batch_alter_table("endorsementrequest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_endorsementrequest_token_digest"))
        batch_op.drop_index(batch_op.f("ix_endorsementrequest_endorser_id"))
        batch_op.drop_index(batch_op.f("ix_endorsementrequest_application_id"))

    op.drop_table("endorsementrequest")
    with op.batch_alter_table("defender", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_defender_edition"))

    op.drop_table("defender")
    with op.batch_alter_table("colleague", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_colleague_token_digest"))
        batch_op.drop_index(batch_op.f("ix_colleague_person_id"))
        batch_op.drop_index(batch_op.f("ix_colleague_owner_id"))
        batch_op.drop_index(batch_op.f("ix_colleague_edition"))
        batch_op.drop_index(batch_op.f("ix_colleague_application_id"))

    op.drop_table("colleague")
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_edition"))

    op.drop_table("batch")
    with op.batch_alter_table("assigned", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_assigned_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_assigned_panel_id"))
        batch_op.drop_index(batch_op.f("ix_assigned_application_id"))

    op.drop_table("assigned")
    op.drop_table("totp")
    with op.batch_alter_table("tievote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tievote_panel_id"))

    op.drop_table("tievote")
    op.drop_table("stage")
    op.drop_table("silencedreminder")
    with op.batch_alter_table("signin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signin_previous_digest"))
        batch_op.drop_index(batch_op.f("ix_signin_person_id"))

    op.drop_table("signin")
    with op.batch_alter_table("savedfilter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_savedfilter_officer_id"))
        batch_op.drop_index(batch_op.f("ix_savedfilter_edition"))

    op.drop_table("savedfilter")
    with op.batch_alter_table("retentionrun", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retentionrun_edition"))

    op.drop_table("retentionrun")
    with op.batch_alter_table("panelmember", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_panelmember_panel_id"))
        batch_op.drop_index(batch_op.f("ix_panelmember_expert_id"))

    op.drop_table("panelmember")
    op.drop_table("officepassword")
    with op.batch_alter_table("letterwording", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letterwording_edition"))

    op.drop_table("letterwording")
    op.drop_table("holidayoverride")
    op.drop_table("hallpack")
    with op.batch_alter_table("forumevent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forumevent_edition"))

    op.drop_table("forumevent")
    with op.batch_alter_table("documentnumber", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documentnumber_edition"))

    op.drop_table("documentnumber")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_edition"))

    op.drop_table("decision")
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deadline_settled_at_due_at"))

    op.drop_table("deadline")
    with op.batch_alter_table("calendaraddress", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendaraddress_person_id"))
        batch_op.drop_index(batch_op.f("ix_calendaraddress_edition"))

    op.drop_table("calendaraddress")
    with op.batch_alter_table("archivejob", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_archivejob_one_at_a_time",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_archivejob_edition"))

    op.drop_table("archivejob")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_endorser_id"))
        batch_op.drop_index(batch_op.f("ix_application_edition_state_since_id"))
        batch_op.drop_index(batch_op.f("ix_application_edition_state_lapses_at_endorser_id"))
        batch_op.drop_index(batch_op.f("ix_application_edition"))
        batch_op.drop_index(batch_op.f("ix_application_contact_id"))

    op.drop_table("application")
    with op.batch_alter_table("adoptededition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adoptededition_edition"))

    op.drop_table("adoptededition")
    with op.batch_alter_table("actingfor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actingfor_person_id"))
        batch_op.drop_index(batch_op.f("ix_actingfor_officer_id"))
        batch_op.drop_index(batch_op.f("ix_actingfor_edition"))

    op.drop_table("actingfor")
    with op.batch_alter_table("signinlink", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signinlink_person_id"))

    op.drop_table("signinlink")
    op.drop_table("officer")
    with op.batch_alter_table("expert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_person_id"))
        batch_op.drop_index(batch_op.f("ix_expert_edition"))

    op.drop_table("expert")
    with op.batch_alter_table("endorser", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_endorser_edition"))

    op.drop_table("endorser")
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_address_person_id"))
        batch_op.drop_index(batch_op.f("ix_address_email"))

    op.drop_table("address")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_edition"))

    op.drop_table("unit")
    op.drop_table("person")
    with op.batch_alter_table("pastwinner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pastwinner_same_unit"))
        batch_op.drop_index(batch_op.f("ix_pastwinner_same_title"))

    op.drop_table("pastwinner")
    op.drop_table("panel")
    op.drop_table("once")
    op.drop_table("mailboxwatch")
    op.drop_table("block")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_key_at"))

    op.drop_table("attempt")
