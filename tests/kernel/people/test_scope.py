"""Who sees what: five widths, trees with closures, merged units, towns that moved, auxiliaries."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.permissions import Permission, permissions
from anlu.kernel.core.scope import EVERYTHING, NOTHING, SYSTEM, Scope, Width
from anlu.kernel.people.access import access_of, responsible_unit, units_below
from anlu.kernel.people.models import Officer, OfficerKind, UnitKind
from anlu.kernel.people.services import (
    GrantProblem,
    assign_area,
    change_grant,
    change_officer,
    close_unit,
    end_grant,
    grant_role,
)
from anlu.kernel.places.services import TreeProblem, close_area
from tests.factories import make_area, make_officer, make_role, make_unit

pytestmark = pytest.mark.django_db
VIEW = "people.officer.view"


def visible_names(viewer: Officer) -> set[str]:
    return set(Officer.objects.visible_to(viewer).values_list("login", flat=True))


def reloaded(officer: Officer) -> Officer:
    return Officer.objects.get(pk=officer.pk)


def test_somebody_without_a_role_sees_nothing():
    nobody = make_officer()
    assert nobody.scope_for(VIEW) == NOTHING
    assert visible_names(nobody) == set()
    assert not Officer.objects.visible_to(None).exists()


def test_what_somebody_may_do_takes_two_questions_however_much_it_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Every page asks; places are asked for only where the grant names some."""
    for held in ([VIEW], permissions.codes()):
        viewer = reloaded(make_officer(None, *held))
        with django_assert_num_queries(2):
            assert viewer.access.scopes == dict.fromkeys(held, EVERYTHING)


def test_each_width_reaches_exactly_as_far_as_it_says():
    brigade = make_unit("大队", UnitKind.BRIGADE)
    ours, theirs = make_unit(parent=brigade), make_unit(parent=brigade)
    post = make_unit("执勤点", parent=ours)
    other = make_officer(theirs)
    below = make_officer(post)
    everyone = {other.login, below.login}

    def sees(width: Width, **chosen: object) -> set[str]:
        viewer = make_officer(ours)
        grant_role(viewer, make_role(VIEW, width=width), by=SYSTEM, **chosen)  # type: ignore[arg-type]
        found = visible_names(viewer)
        assert viewer.login in found or width == Width.CHOSEN
        return found & everyone

    assert sees(Width.ALL) == everyone
    assert sees(Width.BELOW) == {below.login}
    assert sees(Width.OWN) == set()
    assert sees(Width.MINE) == set()
    assert sees(Width.CHOSEN, units=[theirs]) == {other.login}


def test_a_town_office_sees_by_area_with_the_villages_below():
    county = make_area("县")
    town = make_area("镇", parent=county)
    village = make_area("村", parent=town)
    office = make_unit("镇安办", UnitKind.TOWN_OFFICE, area=town)
    director = make_officer(office, VIEW, width=Width.BELOW)
    assert director.scope_for(VIEW) == Scope(areas=frozenset({town.pk, village.pk}))


def test_the_records_of_a_merged_squadron_belong_to_its_successor():
    old, new = make_unit("老中队"), make_unit("新中队")
    leader = make_officer(new, VIEW, width=Width.OWN)
    assert old.pk not in leader.scope_for(VIEW).units
    close_unit(old.pk, successor_id=new.pk, on=date(2023, 1, 1), by=SYSTEM)
    assert old.pk in reloaded(leader).scope_for(VIEW).units
    third = make_unit("更新的中队")
    change_officer(leader.pk, version=1, by=SYSTEM, unit=third)
    close_unit(new.pk, successor_id=third.pk, on=date(2023, 6, 1), by=SYSTEM)
    assert units_below([third.pk]) == {old.pk, new.pk, third.pk}


def test_a_unit_with_people_cannot_be_closed():
    old, new = make_unit(), make_unit()
    make_officer(old)
    with pytest.raises(TreeProblem, match="1 名在岗人员"):
        close_unit(old.pk, successor_id=new.pk, on=date(2023, 1, 1), by=SYSTEM)


def test_a_unit_cannot_be_merged_into_something_below_it():
    top = make_unit()
    below = make_unit(parent=top)
    with pytest.raises(TreeProblem, match="之下"):
        close_unit(top.pk, successor_id=below.pk, on=date(2023, 1, 1), by=SYSTEM)


def test_a_closed_unit_hands_its_towns_to_the_successor():
    old, new, town = make_unit(), make_unit(), make_area()
    assign_area(old, town, by=SYSTEM)
    close_unit(old.pk, successor_id=new.pk, on=date(2023, 3, 1), by=SYSTEM)
    assert responsible_unit(town.pk, on=date(2023, 2, 1)) == old.pk
    assert responsible_unit(town.pk, on=date(2023, 3, 2)) == new.pk


def test_a_village_is_answered_for_by_the_unit_of_its_town():
    town = make_area()
    village = make_area(parent=town)
    squadron = make_unit()
    assign_area(squadron, town, by=SYSTEM)
    assert responsible_unit(village.pk, on=date(2023, 1, 1)) == squadron.pk
    assert responsible_unit(None, on=date(2023, 1, 1)) is None
    assert responsible_unit(make_area().pk, on=date(2023, 1, 1)) is None


def test_whoever_sees_the_successor_town_sees_the_old_town():
    old, new = make_area("旧镇"), make_area("新镇")
    office = make_unit(kind=UnitKind.TOWN_OFFICE, area=new)
    director = make_officer(office, VIEW, width=Width.OWN)
    close_area(old.pk, successor_id=new.pk, on=date(2023, 1, 1), by=SYSTEM)
    assert reloaded(director).scope_for(VIEW).areas == {old.pk, new.pk}
    with pytest.raises(TreeProblem, match="已于"):
        close_area(old.pk, successor_id=new.pk, on=date(2023, 1, 1), by=SYSTEM)


def test_scopes_of_two_roles_add_up_for_each_permission_alone():
    ours, theirs = make_unit(), make_unit()
    officer = make_officer(ours, VIEW, width=Width.OWN)
    grant_role(officer, make_role(VIEW, width=Width.CHOSEN), by=SYSTEM, units=[theirs])
    grant_role(officer, make_role("people.unit.view", width=Width.ALL), by=SYSTEM)
    officer = reloaded(officer)
    assert officer.scope_for(VIEW).units == {ours.pk, theirs.pk}
    assert not officer.scope_for(VIEW).everything
    assert officer.scope_for("people.unit.view") == EVERYTHING


def test_a_grant_holds_only_between_its_days():
    officer = make_officer()
    grant = grant_role(
        officer, make_role(VIEW), by=SYSTEM, valid_from=date(2023, 1, 1), valid_to=date(2023, 6, 30)
    )
    held = [
        access_of(officer, on=d).may(VIEW) for d in (date(2022, 12, 31), date(2023, 6, 30), date(2023, 7, 1))
    ]
    assert held == [False, True, False]
    end_grant(grant.pk, on=date(2023, 2, 1), by=SYSTEM)
    assert not access_of(officer, on=date(2023, 2, 2)).may(VIEW)


def test_changing_a_grant_records_what_held_before_and_what_holds_now():
    officer, east, west = make_officer(), make_area("东镇"), make_area("西镇")
    role = make_role(VIEW, width=Width.CHOSEN)
    grant = grant_role(officer, role, by=SYSTEM, valid_from=date(2023, 1, 1), areas=[east])
    recorded = AuditEntry.objects.count()
    given = {"valid_from": date(2023, 1, 1), "by": SYSTEM}
    change_grant(grant.pk, valid_to=None, areas=[east], **given)
    assert AuditEntry.objects.count() == recorded
    change_grant(grant.pk, valid_to=date(2023, 6, 30), areas=[west, east], **given)
    entry = AuditEntry.objects.order_by("-pk").first()
    assert entry.note == (
        f"{role.label}：原 2023-01-01 至 不限（东镇），现 2023-01-01 至 2023-06-30（东镇、西镇）"
    )


def test_an_inactive_officer_may_do_nothing():
    officer = make_officer(None, VIEW)
    change_officer(officer.pk, version=1, by=SYSTEM, is_active=False)
    assert not reloaded(officer).may(VIEW)


def test_auxiliaries_never_get_what_only_sworn_officers_may_do(monkeypatch):
    sign = Permission("test.document.sign", "签发", sworn=True)
    monkeypatch.setitem(permissions._items, sign.code, sign)
    unit = make_unit()
    sworn = make_officer(unit, sign.code, VIEW)
    auxiliary = make_officer(unit, sign.code, VIEW, kind=OfficerKind.AUXILIARY)
    assert sworn.may(sign.code)
    assert auxiliary.may(VIEW)
    assert not auxiliary.may(sign.code)


def test_the_three_administrators_are_three_people_and_no_business_users():
    system = make_role(administrator="system")
    audit = make_role(administrator="audit")
    business = make_role(VIEW)
    admin = make_officer()
    grant_role(admin, system, by=SYSTEM)
    with pytest.raises(GrantProblem, match="三员分立"):
        grant_role(admin, audit, by=SYSTEM)
    with pytest.raises(GrantProblem, match="三员分立"):
        grant_role(admin, business, by=SYSTEM)
    clerk = make_officer(None, VIEW)
    with pytest.raises(GrantProblem, match="三员分立"):
        grant_role(clerk, audit, by=SYSTEM)


def test_a_chosen_width_needs_a_choice():
    with pytest.raises(GrantProblem, match="至少选一个"):
        grant_role(make_officer(), make_role(VIEW, width=Width.CHOSEN), by=SYSTEM)


def test_digests_differ_exactly_when_scopes_differ():
    scopes = [
        EVERYTHING,
        NOTHING,
        Scope(units=frozenset({1})),
        Scope(areas=frozenset({1})),
        Scope(person=SYSTEM.uid),
    ]
    assert len({scope.digest() for scope in scopes}) == len(scopes)
    assert Scope(units=frozenset({2, 1})).digest() == Scope(units=frozenset({1, 2})).digest()
