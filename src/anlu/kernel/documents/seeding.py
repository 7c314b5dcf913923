"""
Rules, templates and phrases that come with the software: seeded by ``anlu init``, never by a migration.

What was there once is not brought again, and what an administrator has changed is left alone.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

from django.db import transaction
from django.db.models import Count

from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.documents.define import DocumentKind, in_order, kinds
from anlu.kernel.documents.models import (
    Combination,
    Document,
    KindRule,
    LegalBasis,
    Phrase,
    SigningRule,
    Template,
)
from anlu.kernel.documents.retention import kept_until
from anlu.kernel.documents.rules import asked_of, kind_rules

log: Final = logging.getLogger("anlu.documents")


def shipped(name: str) -> Iterator[dict[str, Any]]:
    """Rows of a shipped table; empty cells are left out."""
    text = files("anlu.kernel.documents").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield {key: value for key, value in row.items() if value}


@transaction.atomic
def seed_documents(*, by: Viewer = SYSTEM) -> int:
    """Bring in what is missing; gives how many rows were added."""
    return (
        _bases(by)
        + _combinations(by)
        + _signing(by)
        + _kind_rules(by)
        + _phrases(by)
        + sum(_template(kind, by) for kind in in_order())
        + _retention()
    )


def _bases(by: Viewer) -> int:
    known = set(LegalBasis.objects.values_list("code", flat=True))
    rows = [
        LegalBasis(**row, builtin=True, created_by=by.uid)
        for row in shipped("legal_bases")
        if row["code"] not in known
    ]
    return len(LegalBasis.objects.bulk_create(rows))


def _combinations(by: Viewer) -> int:
    known = set(Combination.objects.values_list("kind", "issuer", "addressee", "basis"))
    rows = [
        Combination(**row, builtin=True, created_by=by.uid)
        for row in shipped("combinations")
        if (row["kind"], row["issuer"], row.get("addressee", ""), row.get("basis", "")) not in known
    ]
    return len(Combination.objects.bulk_create(rows))


def _signing(by: Viewer) -> int:
    known = set(SigningRule.objects.values_list("role", "issuer", "kind"))
    rows = [
        SigningRule(**row, builtin=True, created_by=by.uid)
        for row in shipped("signing_rules")
        if (row["role"], row.get("issuer", ""), row.get("kind", "")) not in known
    ]
    return len(SigningRule.objects.bulk_create(rows))


def _kind_rules(by: Viewer) -> int:
    known = set(KindRule.objects.values_list("kind", flat=True))
    rows = [
        KindRule(
            kind=kind.code,
            reply_days=kind.reply_days,
            delivery=kind.delivery,
            retention_years=kind.retention_years,
            source="随软件提供，按本地规定修改",
            builtin=True,
            created_by=by.uid,
        )
        for kind in kinds
        if kind.code not in known
    ]
    return len(KindRule.objects.bulk_create(rows))


def _retention() -> int:
    """
    Documents that were issued before the register knew how long they are kept.

    One of a kind that nobody declares any more (its app was taken away) stays as it is, and the log names the kind.
    """
    unknown = Document.objects.filter(issued_on__isnull=False, retention_years__isnull=True)
    lost = unknown.exclude(kind__in=kinds.codes()).order_by("kind").values_list("kind").annotate(Count("pk"))
    for kind, number in lost:
        log.warning(
            "文种「%s」已没有声明，%d 份公文未定保管期限；请装回定义它的应用后再运行 anlu init", kind, number
        )
    rules = kind_rules()
    known = list(unknown.filter(kind__in=kinds.codes()).only("kind", "issued_on"))
    for document in known:
        assert document.issued_on is not None
        years = asked_of(kinds.get(document.kind), on=document.issued_on, rules=rules).retention_years
        document.retention_years, document.keep_until = years, kept_until(document.issued_on, years)
    Document.objects.bulk_update(known, ["retention_years", "keep_until"], batch_size=500)
    return len(known)


def _phrases(by: Viewer) -> int:
    known = set(Phrase.objects.values_list("code", flat=True))
    rows = [row for row in shipped("phrases") if row["code"] not in known]
    made = {
        row["code"]: Phrase.objects.create(
            **{name: value for name, value in row.items() if name not in ("replaced_by", "wrong_forms")},
            wrong_forms=row.get("wrong_forms", "").split("|") if row.get("wrong_forms") else [],
            builtin=True,
            created_by=by.uid,
        )
        for row in rows
    }
    for row in rows:
        if "replaced_by" in row:
            successor = made.get(row["replaced_by"]) or Phrase.objects.get(code=row["replaced_by"])
            Phrase.objects.filter(pk=made[row["code"]].pk).update(replaced_by=successor)
    return len(rows)


def _template(kind: DocumentKind, by: Viewer) -> int:
    """The first version; a later one when the shipped wording changed and nobody wrote one of their own."""
    title, _, body = kind.wording.partition("\n")
    latest = Template.objects.filter(kind=kind.code).order_by("-number").first()
    if latest is not None and (not latest.builtin or (latest.title, latest.body) == (title, body)):
        return 0
    Template.objects.create(
        kind=kind.code,
        number=latest.number + 1 if latest else 1,
        title=title,
        body=body,
        note="随软件提供",
        author_name=by.name,
        builtin=True,
        created_by=by.uid,
    )
    return 1
