"""The help page: which version this is, and under which licences it is built."""

from pathlib import Path

import pytest
from django.test import Client

from anlu.web.desk.help import groups_of, third_party
from tests.factories import make_officer

LISTED = Path(__file__).resolve().parents[2] / "THIRD_PARTY.md"


def test_every_package_of_an_installation_is_named_with_its_licence() -> None:
    groups = groups_of(LISTED.read_text(encoding="utf-8"))
    assert [group.label for group in groups] == ["随程序安装", "编入页面"]
    licences = {name: licence for group in groups for name, _, licence in group.packages}
    assert licences["django"] == "BSD-3-Clause"
    assert licences["maplibre-gl"] == "BSD-3-Clause"
    assert "pytest" not in licences  # nobody who uses the platform has it
    assert "" not in licences.values()


@pytest.mark.django_db
def test_whoever_is_signed_in_finds_help_from_every_page(client: Client) -> None:
    client.force_login(make_officer())
    page = client.get("/help/")
    assert page.status_code == 200
    words = page.content.decode()
    assert 'href="/help/"' in words
    assert "数据库格式" in words
    assert all(
        f'<td data-label="名称">{name}</td>' in words
        for group in third_party()
        for name, *_ in group.packages
    )
