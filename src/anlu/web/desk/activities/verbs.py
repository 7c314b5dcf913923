"""Pages of the verbs of an activity: hold it, cancel it, let people sign in, tick the list, show the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anlu.kernel.activities import services
from anlu.kernel.activities.models import Activity, Attendance, SignIn
from anlu.kernel.activities.registry import kinds
from anlu.kernel.core.errors import AnluError
from anlu.kernel.people.access import units_below
from anlu.kernel.people.models import Officer
from anlu.web.desk.activities.forms import CancelForm, HoldForm
from anlu.web.ledgers import Ledger
from anlu.web.nav import Crumb, Page, pages
from anlu.web.pages.base import one_of
from anlu.web.pages.small import small_form
from anlu.web.viewers import require_viewer

Draw = Callable[[Ledger, HttpRequest, Activity, Officer], HttpResponse]


def add_verbs(ledger: Ledger) -> None:
    """Register the pages of one ledger of activities."""
    for name, label, draw in (
        ("hold", "登记开展", _hold),
        ("cancel", "取消", _cancel),
        ("sign_in", "签到设置", _sign_in),
        ("attendance", "签到名单", _attendance),
    ):
        pages.add(
            Page(
                f"{ledger.code}.{name}",
                f"{ledger.path}/<uuid:uid>/{name.replace('_', '-')}/",
                f"{ledger.noun}：{label}",
                _view(ledger, draw, label),
                permission=ledger.permission_to("change"),
                chapter=ledger.chapter,
                item=ledger.item,
                ledger=ledger.code,
            )
        )


def _view(ledger: Ledger, draw: Draw, label: str) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = require_viewer(request)
        activity: Activity = one_of(ledger.visible_rows(viewer, "change"), ledger, uid)
        request.trail = [Crumb(activity.title, ledger.url_of(activity)), Crumb(label)]  # type: ignore[attr-defined]
        return draw(ledger, request, activity, viewer)

    return view


def _small_form(
    ledger: Ledger,
    request: HttpRequest,
    activity: Activity,
    form: Any,
    title: str,
    act: Callable[[], Any],
    done: str,
) -> HttpResponse:
    """One form about one activity, on a page of its own."""

    def done_by() -> str:
        act()
        return f"「{activity.title}」{done}"

    back = ledger.url_of(activity)
    return small_form(request, form, done_by, title=f"{title} {activity.title}", button=title, back=back)


def _hold(ledger: Ledger, request: HttpRequest, activity: Activity, viewer: Officer) -> HttpResponse:
    version = activity.version
    form = HoldForm(request.POST or None, instance=activity, kind=kinds.get(activity.kind))
    return _small_form(
        ledger,
        request,
        activity,
        form,
        "登记开展",
        lambda: services.hold_activity(
            activity.uid,
            form.cleaned_data,
            version=version,
            by=viewer,
            permission=ledger.permission_to("change"),
        ),
        "已登记开展",
    )


def _cancel(ledger: Ledger, request: HttpRequest, activity: Activity, viewer: Officer) -> HttpResponse:
    form = CancelForm(request.POST or None)
    return _small_form(
        ledger,
        request,
        activity,
        form,
        "取消活动",
        lambda: services.cancel_activity(
            activity.uid, why=form.cleaned_data["why"], by=viewer, permission=ledger.permission_to("change")
        ),
        "已取消",
    )


def _sign_in(ledger: Ledger, request: HttpRequest, activity: Activity, viewer: Officer) -> HttpResponse:
    """Off by default; what a choice means stands beside it. With a code, the page can be shown in the room."""
    if request.method == "POST":
        how = request.POST.get("how", "")
        if how in SignIn.values:
            try:
                permission = ledger.permission_to("change")
                activity = services.open_sign_in(activity.uid, how, by=viewer, permission=permission)
            except AnluError as problem:
                messages.error(request, str(problem))
            else:
                messages.success(request, f"签到方式:{activity.get_sign_in_display()}")
        return HttpResponseRedirect(request.path)
    context = {
        "activity": activity,
        "page_title": f"签到设置 {activity.title}",
        "ways": [
            ("", "不签到", "默认。到场人数由登记开展的人填写。"),
            ("list", "名单签到", "由组织者在名单上勾选到场,不记时间、不记位置。"),
            ("code", "口令签到", "现场显示六位口令,到场人员登录后输入;只在活动当天有效。"),
        ],
        "present": services.present_count(activity),
        "listed": services.listed_count(activity),
        "cancel_url": ledger.url_of(activity),
        "list_url": ledger.url_of(activity, "attendance"),
    }
    return render(request, "web/desk/activity_sign_in.html", context)


def _attendance(ledger: Ledger, request: HttpRequest, activity: Activity, viewer: Officer) -> HttpResponse:
    """People of the organising unit and below; ticked = was there, a reason = excused."""
    people = list(_people(activity))
    if request.method == "POST":
        known = {str(one.uid): one for one in people}
        marks = {
            one.uid: (uid in request.POST.getlist("present"), request.POST.get(f"note_{uid}", ""))
            for uid, one in known.items()
            if uid in request.POST.getlist("listed")
        }
        permission = ledger.permission_to("change")
        try:
            came = services.mark_attendance(activity.uid, marks, by=viewer, permission=permission)
        except AnluError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, f"名单 {len(marks)} 人,到场 {came} 人")
            return HttpResponseRedirect(ledger.url_of(activity))
    there = {one.officer_id: one for one in Attendance.objects.live().filter(activity=activity)}
    lines = [
        {
            "uid": str(one.uid),
            "name": one.name,
            "unit": one.unit.short_name or one.unit.name,
            "kind": one.get_kind_display(),
            "listed": one.pk in there or not there,
            "present": one.pk in there and there[one.pk].present,
            "note": there[one.pk].note if one.pk in there else "",
        }
        for one in people
    ]
    context = {
        "activity": activity,
        "lines": lines,
        "page_title": f"签到名单 {activity.title}",
        "cancel_url": ledger.url_of(activity),
    }
    return render(request, "web/desk/activity_attendance.html", context)


def _people(activity: Activity) -> Any:
    below = units_below([activity.unit_id]) if activity.unit_id else frozenset()
    found = Officer.objects.filter(unit__in=below, voided_at__isnull=True, is_active=True)
    return found.select_related("unit").order_by("unit__sort_key", "sort_key")[:400]
