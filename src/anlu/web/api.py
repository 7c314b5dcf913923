"""
The interface for programs: one API under ``/api/v1/``, whoever is signed in, with their own permissions and scope.

An app declares its part with ``add_router``. Errors are always ``{code, message}`` (and ``fields`` for input that
cannot be read); lists are paged by key: ``next`` of an answer is ``after`` of the following question. What a person
may not see is not found, as on the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie
from pydantic import Field

from anlu.kernel.core.errors import AnluError, ChangedMeanwhile, NotAllowed, NotFound
from anlu.kernel.core.registry import Registry
from anlu.kernel.people.models import Officer
from anlu.web import busy
from anlu.web.nav import page
from anlu.web.pages.paging import Order, edge_of, slice_of
from anlu.web.permissions import API
from anlu.web.viewers import viewer_of

VERSION: Final = "1.0"
PATH: Final = "api/v1/"
MOST: Final = 200
TITLE: Final = "安路接口"


class Problem(Schema):
    """What went wrong, in words fit for a person."""

    code: str = Field(
        description="not_found, not_allowed, changed_meanwhile, refused, invalid, signed_out, busy"
    )
    message: str
    fields: dict[str, str] = Field(default_factory=dict, description="输入有误时：字段与原因")


class Me(Schema):
    """Who is asking."""

    uid: UUID
    name: str
    unit: str
    permissions: list[str]


class SignedIn(APIKeyCookie):
    """The session of the pages; writing also needs the CSRF token, as a form does."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Officer | None:
        """The signed-in officer who may use the interface."""
        viewer = viewer_of(request)
        if viewer is not None and not viewer.may(API):
            raise HttpError(403, "您没有使用接口的权限")
        return viewer


@dataclass(frozen=True)
class Part:
    """A part of the API: ``make`` gives a router when everything is declared."""

    code: str
    label: str
    make: Callable[[], Router]


parts: Registry[Part] = Registry("part of the API")


def add_router(code: str, label: str, make: Callable[[], Router]) -> Part:
    """Declare a part; its addresses begin with ``code``."""
    return parts.add(Part(code, label, make))


REFUSALS: Final[tuple[tuple[type[AnluError], int, str], ...]] = (
    (NotFound, 404, "not_found"),
    (NotAllowed, 403, "not_allowed"),
    (ChangedMeanwhile, 409, "changed_meanwhile"),
    (AnluError, 422, "refused"),
)
ERRORS: Final = dict.fromkeys(
    (401, 403, 404, 409, 422, busy.STATUS), Problem
)  # what every operation may answer


def make_api(namespace: str = "api-1") -> NinjaAPI:
    """The API with everything that is declared now."""
    api = NinjaAPI(
        title=TITLE,
        version=VERSION,
        auth=SignedIn(),
        docs_url=None,
        openapi_url=None,
        urls_namespace=namespace,
        description="登录后使用，权限与管辖范围同页面。时间为 ISO 8601，坐标为 WGS-84。",
    )
    _answer_errors(api)
    api.get("/me", response={200: Me, **ERRORS}, summary="我是谁", tags=["通用"])(_me)
    for part in parts:
        api.add_router(f"/{part.code}", part.make(), tags=[part.label])
    return api


def _me(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in, and what they may do."""
    viewer = viewer_of(request)
    assert viewer is not None
    held = sorted(viewer.access.scopes)
    return {"uid": viewer.uid, "name": viewer.name, "unit": viewer.unit.name, "permissions": held}


def _answer_errors(api: NinjaAPI) -> None:
    def answer(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> HttpResponse:
        body = {"code": code, "message": message, "fields": fields or {}}
        return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})

    @api.exception_handler(AnluError)
    def refused(request: HttpRequest, error: AnluError) -> HttpResponse:
        status, code = next((status, code) for kind, status, code in REFUSALS if isinstance(error, kind))
        name = getattr(error, "name", "")
        return answer(status, code, str(error), {name: str(error)} if name else None)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = {".".join(str(part) for part in one["loc"][2:]): str(one["msg"]) for one in error.errors}
        return answer(422, "invalid", "输入有误", fields)

    @api.exception_handler(AuthenticationError)
    def signed_out(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(401, "signed_out", "请先登录")

    @api.exception_handler(OperationalError)
    def locked(request: HttpRequest, error: OperationalError) -> HttpResponse:
        if not busy.is_busy(error):
            raise error
        return busy.answer(request)

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        code = {403: "not_allowed", 404: "not_found"}.get(error.status_code, "refused")
        return answer(error.status_code, code, str(error))


# ------------------------------------------------------------------------------------------------ paging
class Paged(Schema):
    """A page of a list; ``next`` is the ``after`` of the following page, null at the end."""

    next: UUID | None = None


def paged(
    rows: QuerySet[Any], known: QuerySet[Any], order: Order, *, after: UUID | None, limit: int
) -> tuple[Sequence[Any], UUID | None]:
    """
    The rows after a row, and the one to go on from.

    Parameters
    ----------
    known
        Rows in which ``after`` is looked up: everything that the person may see.

    Raises
    ------
    NotFound
        ``after`` is not among them.
    """
    edge = edge_of(known, order, "uid", str(after)) if after else None
    if after is not None and edge is None:
        raise NotFound("after 不在您可见的范围内")
    found = slice_of(rows, order, size=min(max(limit, 1), MOST), after=edge)
    return found.rows, found.rows[-1].uid if found.rows and found.has_next else None


# ------------------------------------------------------------------------------------------------ addresses
_made: list[NinjaAPI] = []


def the_api() -> NinjaAPI:
    """The API of this process, made when it is first asked for."""
    if not _made:
        _made.append(make_api())
    return _made[0]


def patterns() -> list[URLPattern | URLResolver]:
    """Addresses of the API. The sign-in page is for people: a program gets 401."""
    found, app_name, namespace = the_api().urls
    for one in found:
        if isinstance(one, URLPattern):
            login_not_required(one.callback)
    return [path(PATH, (found, app_name, namespace))]


@cache
def document_of(api: NinjaAPI) -> Any:
    """The OpenAPI document, written once: it takes a second and is the same for everybody."""
    return api.get_openapi_schema(path_prefix=f"/{PATH}")


@page("web.api.schema", f"{PATH}openapi.json", "接口描述文件", permission=API)
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    found = document_of(the_api())
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})


@page("web.api", "api/", "接口说明", permission=API)
def described(request: HttpRequest) -> HttpResponse:
    """The same for people: every operation with what it takes and gives."""
    found = document_of(the_api())
    context = {
        "groups": operations(found),
        "page_note": f"版本 {VERSION}",
        "description": found["info"]["description"],
    }
    return render(request, "web/api.html", context)


def operations(document: Any) -> list[dict[str, Any]]:
    """Operations of an OpenAPI document by tag, as the page shows them."""
    groups: dict[str, list[dict[str, Any]]] = {}
    schemas = document.get("components", {}).get("schemas", {})
    for address, methods in document["paths"].items():
        for method, one in methods.items():
            shown = {
                "method": method.upper(),
                "path": address,
                "summary": one.get("summary", ""),
                "description": one.get("description", ""),
                "parameters": [
                    {"name": p["name"], "required": p.get("required", False), "type": type_words(p["schema"]),
                     "about": p["schema"].get("description", "")}
                    for p in one.get("parameters", []) if p["in"] != "cookie"
                ],
                "body": _properties(one.get("requestBody", {}), schemas),
            }  # fmt: skip
            for tag in one.get("tags") or [""]:
                groups.setdefault(str(tag), []).append(shown)
    return [{"label": label, "operations": found} for label, found in groups.items()]


def _properties(body: Any, schemas: Any) -> list[dict[str, Any]]:
    content = next(iter(body.get("content", {}).values()), {}).get("schema", {})
    return list(_flat(content, schemas))


def _flat(stated: Any, schemas: Any, before: str = "") -> Any:
    found = schemas.get(stated["$ref"].rpartition("/")[2], {}) if "$ref" in stated else stated
    for name, one in found.get("properties", {}).items():
        required = name in found.get("required", ())
        about = one.get("description") or one.get("title", "")
        yield {"name": before + name, "required": required, "type": type_words(one), "about": about}
        if "$ref" in one:
            yield from _flat(one, schemas, f"{before}{name}.")


def type_words(stated: Any) -> str:
    """The type of a value as OpenAPI states it, in one word."""
    if "anyOf" in stated:
        return " 或 ".join(type_words(one) for one in stated["anyOf"] if one.get("type") != "null")
    if "enum" in stated:
        return " | ".join(str(one) for one in stated["enum"])
    if "$ref" in stated:
        return "object"
    return str(stated.get("format") or stated.get("type", ""))
