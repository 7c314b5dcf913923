"""``anlu serve``: web server and worker together, kept running until they are told to stop."""

from __future__ import annotations

import argparse
import http.client
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from anlu.engine.errors import BadInput
from anlu.kernel.core.clock import VARIABLE
from anlu.kernel.core.demo import DAY as DEMO_DAY
from anlu.project.configuration import configuration
from anlu.project.folder import SERVE_LOCK, locked
from anlu.project.start import start

MANIFEST: Final = Path(__file__).resolve().parent.parent / "web" / "static" / "dist" / "manifest.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--port", type=int, default=8000, help="端口(默认 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址(默认只限本机; 0.0.0.0 = 全部网卡)")


def run(args: argparse.Namespace) -> int:
    """Check what can be checked beforehand, then serve."""
    _require_assets()
    _require_free(args.host, args.port)
    if not configuration.data_folder.is_dir():
        raise BadInput(f"数据文件夹 {configuration.data_folder} 不存在: 先运行 anlu init")
    start()
    busy = f"anlu serve 已在数据文件夹 {configuration.data_folder} 上运行"
    with locked(configuration.data_folder, SERVE_LOCK, busy=busy):
        return _serve(args.host, args.port)


def _require_assets() -> None:
    if not MANIFEST.exists():
        raise BadInput("页面资源还没有生成: 在源码目录运行 make assets")


def _require_free(host: str, port: int) -> None:
    if not 0 < port < 65_536:
        raise BadInput(field="--port", found=port, expected="1 至 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "已被占用" if error.errno in (98, 48) else f"不能使用({error.strerror})"
            raise BadInput(f"{host} 的端口 {port} {reason}, 用 --port 换一个") from None


def _serve(host: str, port: int) -> int:
    from django.db import connections  # Django is set up by now, not at import

    from anlu.kernel.core.installation import installation
    from anlu.project.consumer import worker_consumer
    from anlu.project.supervisor import Supervisor
    from anlu.project.web import serve_web

    row = installation()
    demo = row is not None and row.demo
    if demo:
        os.environ.setdefault(VARIABLE, DEMO_DAY)
    parts: dict[str, Callable[[], None]] = {
        "网页服务": partial(serve_web, host, port),
        "后台任务": lambda: worker_consumer().run(),
    }
    announce = Announcement(host, port, demo=demo)
    return Supervisor(parts, before_fork=connections.close_all, on_tick=announce).run()


class Announcement:
    """Says once, as soon as the server answers, where it is and who can sign in."""

    def __init__(self, host: str, port: int, *, demo: bool) -> None:
        self.host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        self.port, self.demo, self.made = port, demo, False
        self.everywhere = self.host != host

    def __call__(self) -> None:
        if not self.made and self._answers():
            self.made = True
            print("\n".join(self.lines()), flush=True)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=1.0)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            return bool(connection.getresponse().status)
        return False

    def lines(self) -> list[str]:
        """What is printed."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        lines = [f"安路已启动: http://{shown}:{self.port}/  (Ctrl-C 停止)"]
        if self.everywhere:
            lines.append(f"允许访问的主机名: {', '.join(configuration.allowed_hosts)}")
            lines.append("(在 anlu.toml 的 allowed_hosts 中添加)")
        return lines + (demo_lines() if self.demo else [])


def demo_lines() -> list[str]:
    """The demonstration accounts as a table."""
    from anlu.kernel.people.demo import PASSWORD, accounts

    lines = [f"演示县的业务日期: {os.environ.get('ANLU_TODAY')}", f"演示账号, 口令均为 {PASSWORD}:"]
    return lines + [f"  {account.login:<24}{account.name}  {account.post}" for account in accounts()]
