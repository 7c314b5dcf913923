"""Search: two Chinese characters are enough, numbers are found by their beginning, and nothing leaks."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from anlu.kernel.core import search
from anlu.kernel.core.models import Batch, BatchState, SearchEntry, SearchGram
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import EVERYTHING, NOTHING, Scope
from anlu.kernel.core.search import Hit, Indexed, Searchable, bulk_index, forget, grams_of, index, query_grams

KIND, VIEW = "test.thing", "test.thing.view"


class Somebody:
    """A viewer with one scope."""

    uid, name = UUID(int=7), "某人"

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def may(self, permission: str) -> bool:
        return permission == VIEW and not self.scope.nothing

    def scope_for(self, permission: str) -> Scope:
        return self.scope if permission == VIEW else NOTHING


ALL = Somebody(EVERYTHING)


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch):
    """A searchable kind of this test alone."""
    registry: Registry[Searchable] = Registry("searchable kind")
    monkeypatch.setattr(search, "searchables", registry)
    search.searchable(KIND, VIEW, "物", lambda viewer, uids: [Hit(KIND, "物", uid, str(uid)) for uid in uids])


def put(*texts: str, **scope: object) -> UUID:
    uid = uuid7()
    index(KIND, uid, texts, **scope)  # type: ignore[arg-type]
    return uid


def find(query: str, viewer: Somebody = ALL, **options: int) -> list[UUID]:
    return [hit.uid for hit in search.search(viewer, query, **options)]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("青澜县城关镇孙家路口", "孙家"),
        ("青澜县城关镇孙家路口", "孙家路口"),
        ("孙家路口北五百米", "路口 孙家"),
        ("事故 SJ-2026-00031", "SJ-2026-00031"),
        ("事故 SJ-2026-00031", "sj 2026"),
        ("事故 SJ-2026-00031", "31"),
        ("371581202300012345", "3715812023"),
        ("371581202300012345", "371581202300012345"),
        ("371581202300012345", "2345"),
        ("371581202300012345", "012345"),
        ("车辆 鲁P12345", "鲁P12345"),
        ("车辆鲁P12345", "鲁P12345"),
        ("车辆 鲁P12345", "P12345"),
        ("车辆 鲁P12345", "12345"),
        ("ＡＢＣ１２３路", "abc123"),
        ("G308 国道", "g308"),
        ("李 明", "李明"[0]),
    ],
)
@pytest.mark.django_db
def test_a_thing_is_found_by(text, query):
    other = put("毫不相干的地方 9")
    uid = put(text)
    assert find(query) == [uid]
    assert other not in find(query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("孙家路口", "孙口"),
        ("孙家路口", "李家路口"),
        ("SJ-2026-00031", "026"),
        ("371581202300012345", "371581202300012346"),
        ("孙家路口", "%"),
        ("孙家路口", ""),
        ("孙家路口", "  !? "),
    ],
)
@pytest.mark.django_db
def test_a_thing_is_not_found_by(text, query):
    put(text)
    assert find(query) == []


@given(st.text(max_size=30))
def test_a_text_has_every_gram_that_it_asks_for_as_a_query(text):
    runs = search.RUN.findall(search.normalised(text))
    if all(len(han) != 1 for han, _ in runs):  # a single character inside a text is part of pairs only
        assert query_grams(text) <= grams_of(text)


@pytest.mark.django_db
def test_all_words_of_a_query_must_be_there():
    both, one = put("孙家路口 G308"), put("孙家路口 G309")
    assert find("孙家 G308") == [both]
    assert set(find("孙家 G30")) == {both, one}


@pytest.mark.django_db
def test_the_last_indexed_comes_first_and_the_limit_holds():
    uids = [put("孙家路口") for _ in range(4)]
    assert find("路口", limit=3) == uids[:0:-1]


@pytest.mark.django_db
def test_a_changed_thing_is_found_by_its_new_text_only_and_once():
    uid = put("旧名称")
    index(KIND, uid, ["新名称"])
    assert find("旧名") == []
    assert find("名称") == [uid]


@pytest.mark.django_db
def test_a_forgotten_thing_is_not_found_and_its_grams_are_swept():
    kept, gone = put("孙家路口"), put("孙家路口")
    forget(KIND, gone)
    assert find("孙家") == [kept]
    assert search.sweep_grams() == 3
    assert SearchGram.objects.count() == 3
    assert find("孙家") == [kept]


@pytest.mark.django_db
def test_grams_are_swept_a_few_at_a_time_and_none_of_a_living_entry_goes(monkeypatch):
    monkeypatch.setattr(search, "GRAMS_AT_ONCE", 7)
    monkeypatch.setattr(search, "SWEPT_AT_ONCE", 2)
    uids = [put(f"孙家路口 {n}00", f"云桥{n}街") for n in range(1, 9)]
    for uid in uids[::2]:
        forget(KIND, uid)
    living = SearchGram.objects.filter(entry__in=SearchEntry.objects.all()).count()
    gone = SearchGram.objects.count() - living
    with CaptureQueriesContext(connection) as asked:
        assert search.sweep_grams() == gone > 20
    assert SearchGram.objects.count() == living
    assert search.sweep_grams() == 0
    assert set(find("孙家")) == set(uids[1::2])
    assert sum("DELETE" in one["sql"] for one in asked.captured_queries) >= gone / 2


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, "abcd"),
        (Scope(units=frozenset({1})), "a"),
        (Scope(areas=frozenset({5})), "b"),
        (Scope(person=UUID(int=9)), "c"),
        (Scope(units=frozenset({1}), areas=frozenset({5}), person=UUID(int=9)), "abc"),
        (Scope(units=frozenset({2}), areas=frozenset({6}), person=UUID(int=8)), ""),
        (NOTHING, ""),
    ],
)
@pytest.mark.django_db
def test_nobody_finds_what_is_outside_their_scope(scope, seen):
    uids = {
        "a": put("孙家路口", unit_id=1),
        "b": put("孙家路口", area_id=5),
        "c": put("孙家路口", owner=UUID(int=9)),
        "d": put("孙家路口", unit_id=3, area_id=4, owner=UUID(int=3)),
    }
    assert set(find("孙家", Somebody(scope))) == {uids[letter] for letter in seen}


@pytest.mark.django_db
def test_things_outside_the_scope_do_not_use_up_the_limit():
    mine = put("孙家路口", unit_id=1)
    for _ in range(5):
        put("孙家路口", unit_id=2)
    assert find("孙家", Somebody(Scope(units=frozenset({1}))), limit=2) == [mine]


@pytest.mark.django_db
def test_open_reference_data_is_found_by_everybody_with_the_permission():
    uid = put("孙家路口")
    narrow = Somebody(Scope(units=frozenset({1})))
    assert find("孙家", narrow) == []
    declared = Searchable(KIND, VIEW, "物", lambda viewer, uids: [], open=True)
    assert search.found(narrow, declared, "孙家", limit=5) == [uid]
    assert search.found(Somebody(NOTHING), declared, "孙家", limit=5) == []


@pytest.mark.parametrize("state", BatchState.values)
@pytest.mark.django_db
def test_rows_of_a_batch_are_found_only_while_it_is_visible(state):
    batch = Batch.objects.create(noun="x", state=state)
    other = put("孙家路口")
    uid = put("孙家路口", batch_id=batch.pk)
    visible = state in (BatchState.LIVE, BatchState.PUBLISHING)
    assert set(find("孙家")) == ({uid, other} if visible else {other})


@pytest.mark.django_db
def test_the_same_text_of_another_kind_is_not_mixed_in():
    put("孙家路口")
    index("test.other", uuid7(), ["孙家路口"])
    assert len(find("孙家")) == 1


@pytest.mark.django_db
def test_many_things_indexed_at_once_are_found_like_single_ones():
    rows = [Indexed(KIND, uuid7(), [f"第{n}号路口 K{n:05d}"], unit_id=n % 2) for n in range(50)]
    assert bulk_index(rows) == 50
    assert SearchEntry.objects.count() == 50
    assert find("K00031") == [rows[31].uid]
    assert len(find("路口", Somebody(Scope(units=frozenset({1}))), limit=100)) == 25
    single = put("单个路口")
    assert single in find("路口", limit=100)


@pytest.mark.django_db
def test_a_personal_number_is_found_exactly_and_first():
    listed, exact = put("孙家路口 13800000000"), uuid7()
    declared = Searchable(KIND, VIEW, "物", lambda v, u: [], exact=lambda viewer, text: [exact])
    assert search.found(ALL, declared, "13800000000", limit=5) == [exact, listed]


@pytest.mark.django_db
def test_grams_cannot_be_read_back():
    put("孙家路口")
    assert all(isinstance(number, int) for number in SearchGram.objects.values_list("gram", flat=True))
