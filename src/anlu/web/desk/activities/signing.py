"""活动签到: the page on which a person types the code that is shown in the room."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anlu.kernel.activities import permissions
from anlu.kernel.activities.services import sign_in_with
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.web.nav import page
from anlu.web.viewers import require_viewer


class CodeForm(forms.Form):
    """Six digits."""

    code = forms.CharField(
        label="签到口令",
        max_length=8,
        strip=True,
        help_text="现场屏幕上的六位数字;只登记到场,不记录时间和位置",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@page(
    "activities.sign_in",
    "activities/sign-in/",
    "活动签到",
    chapter="队伍建设",
    item="学习活动",
    entry=True,
    rank=90,
    permission=permissions.SIGN_IN,
)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in to today's activity."""
    viewer = require_viewer(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            activity = sign_in_with(form.cleaned_data["code"], by=viewer, on=today())
        except AnluError as problem:
            form.add_error("code", str(problem))
        else:
            messages.success(request, f"已签到:{activity.title}")
            return HttpResponseRedirect(request.path)
    context = {"form": form, "page_title": "活动签到", "button": "签到", "cancel_url": "/"}
    return render(request, "web/desk/small_form.html", context, status=422 if form.errors else 200)
