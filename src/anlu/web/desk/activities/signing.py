"""活动签到: the page on which a person types the code that is shown in the room."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse

from anlu.kernel.activities import permissions
from anlu.kernel.activities.services import sign_in_with
from anlu.kernel.core.clock import today
from anlu.web.nav import page
from anlu.web.pages.small import small_form
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

    def act() -> tuple[str, str]:
        activity = sign_in_with(form.cleaned_data["code"], by=viewer, on=today())
        return f"已签到:{activity.title}", request.path

    return small_form(request, form, act, title="活动签到", button="签到", back="/", field="code")
