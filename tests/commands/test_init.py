"""`anlu init`: makes, upgrades, and does no harm when it is run again."""

import stat
from collections.abc import Iterator

import pytest

from tests.commands.installations import ENCRYPTED, READ, Place, Ran, empty_place, sqlite_place

MODELS = "from anlu.kernel.people.models import Officer\n"
COUNTS = (
    "from django.apps import apps\n"
    "skip = ('core.auditentry', 'core.seal', 'core.job')\n"
    "print({m._meta.label_lower: m._base_manager.count() for m in apps.get_models()"
    " if m._meta.label_lower not in skip})"
)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Ran]]:
    """A new installation, and what was said when it was made."""
    place = empty_place(tmp_path_factory.mktemp("new") / "data")
    yield place, place.anlu("init", "--name", "青澜大队")
    place.drop()


def test_init_twice_changes_nothing(installation):
    before = installation.script(COUNTS)
    keys = {path.name: path.read_bytes() for path in (installation.folder / "keys").iterdir()}
    ran = installation.anlu("init", "--demo")
    assert (ran.code, ran.err) == (0, "")
    assert installation.script(COUNTS) == before
    assert {path.name: path.read_bytes() for path in (installation.folder / "keys").iterdir()} == keys


def test_a_real_installation_does_not_become_a_demonstration(new):
    place, made = new
    assert made.code == 0
    ran = place.anlu("init", "--demo")
    assert ran.code == 2
    assert "青澜大队" in ran.err
    assert place.script(f"{MODELS}print(Officer.objects.count())").strip() == "3"


def test_only_the_owner_can_read_the_data_folder(made: Place):
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((made.folder / "keys").stat().st_mode) == 0o700
    loose = [path for path in made.folder.rglob("*") if path.stat().st_mode & 0o077]
    assert loose == []


def test_a_new_installation_shows_three_administrators_their_passwords_once(new):
    place, ran = new
    assert (ran.code, ran.err) == (0, "")
    shown = [line.split() for line in ran.out.splitlines() if line.startswith("  ")]
    assert [words[0] for words in shown] == ["sysadmin", "secadmin", "auditadmin"]
    check = (
        "from django.contrib.auth.hashers import check_password\n"
        "from anlu.kernel.people.models import Officer\n"
        "from anlu.kernel.core.installation import installation\n"
        f"given = { {words[0]: words[1] for words in shown}!r}\n"
        "print([check_password(given[o.login], o.password) and o.must_change_password"
        " for o in Officer.objects.order_by('pk')], installation().name)"
    )
    assert place.script(check).split() == ["[True,", "True,", "True]", "青澜大队"]
    again = place.anlu("init")
    assert again.code == 0
    assert shown[0][1] not in again.out
    assert "sysadmin" not in again.out


@pytest.mark.sqlite
def test_the_database_option_holds_for_this_command_only(tmp_path):
    place = sqlite_place(tmp_path / "data")
    other = tmp_path / "other.sqlite3"
    assert place.anlu("init", "--database", f"sqlite:///{other}").code == 0
    assert other.exists()
    assert not (place.folder / "anlu.sqlite3").exists()
    ran = place.anlu("backup", tmp_path / "b.tar.gz")
    assert (ran.code, ran.out) == (2, "")
    assert "先运行 anlu init" in ran.err


def test_older_software_refuses_a_newer_database(installation):
    installation.script(
        "from anlu.kernel.core.models import Installation\nInstallation.objects.update(format_number=99)"
    )
    for words in (["init"], ["backup", "b.tar.gz"]):
        ran = installation.anlu(*words)
        assert (ran.code, ran.out.count("完成")) == (2, 0)
        assert "较新的版本" in ran.err
        assert len(ran.err.splitlines()) == 1


def test_lost_keys_are_never_replaced_silently(installation):
    installation.script(ENCRYPTED)
    lost = installation.folder / "keys" / "field-1"
    kept = lost.read_bytes()
    lost.unlink()
    ran = installation.anlu("init")
    assert ran.code == 2
    assert "请放回原来的密钥" in ran.err
    assert not lost.exists()
    assert installation.anlu("init", "--new-key").code == 0
    assert not lost.exists()  # a new key has a new number: the old values stay recognisable
    assert (installation.folder / "keys" / "field-2").exists()
    lost.write_bytes(kept)
    assert installation.script(READ).strip() == "37152519900101002X"


def test_a_new_key_is_added_and_rekeying_is_asked_for(installation):
    installation.script(ENCRYPTED)
    assert installation.anlu("init", "--new-key").code == 0
    rekey = (
        "from anlu.kernel.core import tasks, fields\ntasks.run_due_jobs()\nprint(list(fields.keys_in_use()))"
    )
    assert installation.script(rekey).strip() == "[2]"
    assert installation.script(READ).strip() == "37152519900101002X"


@pytest.mark.parametrize(
    ("url", "words"),
    [("mysql://u:p@h/d", "DATABASE_URL"), ("postgresql://u:hushhush@127.0.0.1:1/d", "数据库打不开")],
)
def test_a_database_that_cannot_be_used_is_named_in_one_line(tmp_path, url, words):
    ran = sqlite_place(tmp_path / "data").anlu("init", "--database", url)
    assert ran.code == 2
    assert words in ran.err
    assert "hushhush" not in ran.err
    assert len(ran.err.splitlines()) == 1
