"""Settings from the environment and the file; database addresses; one clear line when something is wrong."""

import re
import tomllib
from pathlib import Path

import pytest

from anlu.engine.errors import BadInput
from anlu.project import configuration
from anlu.project.configuration import Configuration, load, write_sample
from anlu.project.databases import database_settings
from anlu.project.reference import settings_page

pytestmark = pytest.mark.no_database


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty data folder that the environment names."""
    monkeypatch.setenv("ANLU_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(folder, monkeypatch):
    assert load().upload_limit_mb == 200
    (folder / "anlu.toml").write_text('upload_limit_mb = 50\nallowed_hosts = ["10.1.2.3", "anlu.local"]\n')
    assert load().upload_limit_mb == 50
    assert load().allowed_hosts == ["10.1.2.3", "anlu.local"]
    monkeypatch.setenv("ANLU_UPLOAD_LIMIT_MB", "70")
    monkeypatch.setenv("ANLU_ALLOWED_HOSTS", "a.example, b.example")
    assert load().upload_limit_mb == 70
    assert load().allowed_hosts == ["a.example", "b.example"]


def test_the_database_address_comes_from_its_usual_variable_or_the_file(folder, monkeypatch):
    (folder / "anlu.toml").write_text('database_url = "sqlite:////tmp/file.sqlite3"\n')
    assert load().database_url == "sqlite:////tmp/file.sqlite3"
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/d")
    assert load().database_url == "postgresql://u:p@h/d"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("upload_limit_mb = 0\n", "upload_limit_mb"),
        ('upload_limit_mb = "viel"\n', "upload_limit_mb"),
        ("upload_limt_mb = 5\n", "upload_limt_mb"),
        ("upload_limit_mb = \n", "不是有效的 TOML"),
        ("log_days = 30\n", "log_days"),
        ('time_zone = "Mars/Olympus"\n', "time_zone"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(folder, text, words):
    (folder / "anlu.toml").write_text(text)
    with pytest.raises(BadInput) as refused:
        load()
    assert words in str(refused.value)
    assert "anlu.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_secret_never_stands_in_a_message(folder, monkeypatch):
    monkeypatch.setenv("ANLU_SECRET_KEY", "topsecret")
    monkeypatch.setenv("ANLU_JOB_THREADS", "99")
    with pytest.raises(BadInput) as refused:
        load()
    assert "topsecret" not in str(refused.value)
    monkeypatch.delenv("ANLU_JOB_THREADS")
    assert "topsecret" not in repr(load())


def test_the_sample_file_states_every_setting_and_changes_nothing(folder):
    assert write_sample(folder)
    assert not write_sample(folder)
    before = load()
    text = (folder / "anlu.toml").read_text(encoding="utf-8")
    uncommented = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.M)
    stated = tomllib.loads(uncommented)
    assert set(stated) == set(Configuration.model_fields) - set(configuration.NOT_IN_FILE)
    assert (folder / "anlu.toml").stat().st_mode & 0o777 == 0o600
    (folder / "anlu.toml").write_text(uncommented, encoding="utf-8")
    assert load() == before


def test_every_setting_says_what_it_is():
    assert all(field.description for field in Configuration.model_fields.values())


def test_the_reference_page_is_what_the_declarations_say():
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_page(), "run make docs"
    assert all(
        f"`{name}`" in settings_page()
        for name in Configuration.model_fields
        if name not in configuration.NOT_IN_FILE
    )


def test_no_address_means_a_file_in_the_data_folder(tmp_path):
    found = database_settings("", tmp_path)
    assert (found["ENGINE"], found["NAME"]) == ("anlu.project.sqlite", str(tmp_path / "anlu.sqlite3"))
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:////abs/path/a.sqlite3", "/abs/path/a.sqlite3"),
        ("sqlite:////abs/with%20space/%E5%BA%93.sqlite3", "/abs/with space/库.sqlite3"),
        ("sqlite://:memory:", ":memory:"),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_an_sqlite_address_names_a_file(tmp_path, url, name):
    assert database_settings(url, tmp_path)["NAME"] == name


def test_a_relative_sqlite_address_starts_where_the_command_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert database_settings("sqlite:///a.sqlite3", tmp_path)["NAME"] == str(tmp_path / "a.sqlite3")


@pytest.mark.parametrize(
    ("url", "facts"),
    [
        ("postgresql://u:p@h/d", {"USER": "u", "PASSWORD": "p", "HOST": "h", "NAME": "d", "PORT": ""}),
        ("postgres://u:p%40%2F@h:6543/d", {"PASSWORD": "p@/", "PORT": "6543"}),
        (
            "postgresql://postgres:@/postgres?host=/run/pg",
            {"USER": "postgres", "PASSWORD": "", "HOST": "/run/pg", "NAME": "postgres"},
        ),
        ("postgresql://u@h/d?host=%2Fsock&port=7000", {"HOST": "/sock", "PORT": "7000"}),
        ("postgresql:///d", {"USER": "", "HOST": "", "NAME": "d"}),
        ("postgresql://u:p@[::1]:5433/d", {"HOST": "::1", "PORT": "5433"}),
    ],
)
def test_a_postgresql_address_is_taken_apart(tmp_path, url, facts):
    found = database_settings(url, tmp_path)
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert {name: found[name] for name in facts} == facts


def test_further_parameters_go_to_the_driver(tmp_path):
    options = database_settings("postgresql://u:p@h/d?sslmode=require&connect_timeout=3", tmp_path)["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"]) == ("require", "3")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hushhush@h/d",
        "postgresql://u:hushhush@h/",
        "postgresql://u:hushhush@h:port/d",
        "sqlite:///",
        "file.db",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(tmp_path, url):
    with pytest.raises(BadInput) as refused:
        database_settings(url, tmp_path)
    assert "DATABASE_URL" in str(refused.value)
    assert "hushhush" not in str(refused.value)
