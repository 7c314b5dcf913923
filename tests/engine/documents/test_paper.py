"""A document in its elements refuses what could not be laid out."""

from datetime import date

import pytest

from anlu.engine.documents.blocks import Cell, Form, Run, Table, plain_text, runs_of
from anlu.engine.documents.paper import Paper, official_date


def test_a_date_is_written_without_zeros_in_front():
    assert official_date(date(2023, 7, 5)) == "2023年7月5日"


def test_words_are_runs_whether_plain_or_not():
    assert runs_of("各中队") == (Run("各中队"),)
    assert plain_text((Run("一是", "strong"), Run("加强领导。"))) == "一是加强领导。"


def test_a_table_whose_rows_do_not_fit_its_head_is_refused():
    with pytest.raises(ValueError, match="row 2 has 1 cells, the head has 2"):
        Table(("单位", "起数"), (("甲", "1"), ("乙",)))
    with pytest.raises(ValueError, match="3 widths for 2 columns"):
        Table(("单位", "起数"), (), widths=(1, 2, 3))


def test_a_form_whose_row_covers_too_few_columns_is_refused():
    with pytest.raises(ValueError, match="row 1 covers 2 columns of 3"):
        Form(((Cell("受送达人", label=True), Cell()),), (1, 1, 1))


def test_a_document_without_title_or_office_is_refused():
    with pytest.raises(ValueError, match="needs a title"):
        Paper("plain", " ")
    with pytest.raises(ValueError, match="needs at least one office"):
        Paper("document", "关于做好某项工作的通知")
    assert Paper("plain", "工作总结").issuers == ()
