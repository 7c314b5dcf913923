"""The demonstration county's crashes as rows of the import: nobody in them is real, and all can be read."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from anlu.apps.crashes.demonstration.rows import Sheets, rows_of, spoiled
from anlu.apps.crashes.importing.fields import CRASH_FIELDS, PARTY_FIELDS, VEHICLE_FIELDS
from anlu.engine.county import County, make_county


@pytest.fixture(scope="module")
def county() -> County:
    """The county of the demonstration."""
    return make_county()


@pytest.fixture(scope="module")
def sheets(county: County) -> Sheets:
    """Its rows."""
    return rows_of(county.crashes, county.road_by_code)


def test_every_column_is_a_field_of_the_import(sheets: Sheets) -> None:
    for rows, fields in (
        (sheets.crashes, CRASH_FIELDS),
        (sheets.vehicles, VEHICLE_FIELDS),
        (sheets.parties, PARTY_FIELDS),
    ):
        assert {name for row in rows for name in row} <= {field.name for field in fields}


def test_rows_of_a_part_are_the_rows_of_the_whole(county: County, sheets: Sheets) -> None:
    part = rows_of(county.crashes[5_000:5_100], county.road_by_code)
    assert part.crashes == sheets.crashes[5_000:5_100]
    numbers = {row["number"] for row in part.crashes}
    assert part.parties == [row for row in sheets.parties if row["number"] in numbers]


def test_nobody_is_real(sheets: Sheets) -> None:
    assert all(
        row["name"] == "" or (len(row["name"]) == 2 and row["name"][1] == "某") for row in sheets.parties
    )
    assert all(row["id_number"] == "" or row["id_number"].startswith("990121") for row in sheets.parties)
    assert all(row["phone"] == "" or row["phone"].startswith("000") for row in sheets.parties)
    assert all(row["plate"] == "" or row["plate"].startswith("演") for row in sheets.vehicles)
    phones = [row["phone"] for row in sheets.parties if row["phone"]]
    assert len(set(phones)) == len(phones)


def test_identity_numbers_say_when_somebody_was_born(county: County, sheets: Sheets) -> None:
    year = {crash.number: crash.occurred_at.year for crash in county.crashes}
    for row in sheets.parties:
        if row["id_number"]:
            born = date(
                int(row["id_number"][6:10]), int(row["id_number"][10:12]), int(row["id_number"][12:14])
            )
            assert year[row["number"]] - born.year == int(row["age"])
            assert int(row["id_number"][16]) % 2 == (row["sex"] == "1")


def test_a_few_ordinary_crashes_began_in_the_summary_procedure(county: County, sheets: Sheets) -> None:
    procedure = {row["number"]: row["procedure"] for row in sheets.crashes}
    assert 20 < len(sheets.raised) < 100
    moved = Counter(
        (procedure[crash.number], crash.procedure)
        for crash in county.crashes
        if procedure[crash.number] != crash.procedure
    )
    assert moved == {("summary", "ordinary"): len(sheets.raised)}


def test_what_is_not_located_has_words_only(county: County, sheets: Sheets) -> None:
    for crash, row in zip(county.crashes, sheets.crashes, strict=True):
        assert bool(row["lon"]) == bool(row["lat"]) == bool(row["stake"]) == crash.located
        assert crash.located or (row["place_text"].endswith("附近") and "K" not in row["description"])


def test_spoiled_rows_are_copies_with_one_fault_each(sheets: Sheets) -> None:
    bad = spoiled(sheets.crashes)
    numbers = {row["number"] for row in sheets.crashes}
    assert [row["number"] in numbers for row in bad] == [False, True, False]
    assert bad[0]["occurred_at"] == "2023-02-30 08:10"
    assert bad[2]["number"] == ""
