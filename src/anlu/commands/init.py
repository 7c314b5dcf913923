"""``anlu init``: make or upgrade an installation. Twice is safe."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from anlu.engine.errors import BadInput
from anlu.kernel.core.keys import add_field_key, field_numbers, make_keys, make_secret
from anlu.project.configuration import configuration, write_sample
from anlu.project.folder import INIT_LOCK, SERVE_LOCK, is_locked, locked, make_folder
from anlu.project.start import require_database, set_up


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--demo", action="store_true", help="同时建立演示县(数据均为虚构)")
    parser.add_argument("--database", metavar="URL", default="", help="本次命令使用的数据库地址")
    parser.add_argument("--name", default="", help="单位名称, 显示在页面和文书上")
    parser.add_argument("--new-key", action="store_true", help="启用新的加密密钥, 由后台逐步重新加密")


def run(args: argparse.Namespace) -> int:
    """Make or upgrade; every step says what it did."""
    folder = configuration.data_folder
    make_folder(folder)
    with locked(folder, INIT_LOCK, busy="另一个 anlu init 正在运行, 请等它结束"):
        if write_sample(folder):
            print(f"建立配置文件 {folder / 'anlu.toml'}")
        make_secret(folder / "keys")
        first = not field_numbers(folder / "keys")
        set_up(database=args.database)
        require_database()
        _make_database(folder, demo=args.demo)
        _make_secrets(folder / "keys", first=first, new_key=args.new_key)
        _fill(name=args.name, demo=args.demo)
        if args.new_key:
            _ask_for_rekeying()
    print("完成。启动: anlu serve")
    return 0


def _make_secrets(folder: Path, *, first: bool, new_key: bool) -> None:
    """Keys that are absent; never in place of lost ones, which somebody may still have."""
    from anlu.kernel.core.fields import keys_in_use

    used = keys_in_use() if first else {}
    if used and not new_key:
        raise BadInput(
            f"数据库中有 {sum(used.values())} 个加密值, 而 {folder} 中没有密钥: 请放回原来的密钥; "
            "确已遗失时用 --new-key 启用新密钥, 旧值将无法读取"
        )
    if make_keys(folder, first_field=max(used, default=0) + 1):
        print(f"建立密钥 {folder}(请另行妥善保存, 备份默认不含密钥)")
    elif new_key:
        print(f"启用新密钥 field-{add_field_key(folder)}")


def _make_database(folder: Path, *, demo: bool) -> None:
    """Bring the tables up to this version."""
    from django.core.management import call_command  # Django is set up by now, not at import

    from anlu.kernel.core.installation import DatabaseState, database_state, installation

    row = installation()
    if demo and row is not None and not row.demo:
        raise BadInput(f"这里是「{row.name}」的正式安装, 不能加入演示数据: 用 ANLU_DATA 另选一个文件夹")
    state = database_state()
    if state is DatabaseState.NEWER:
        raise BadInput("数据库由较新的版本写过, 本版本不能打开: 请升级软件")
    if state is DatabaseState.CURRENT:
        print("数据库已是最新")
        return
    if state is DatabaseState.OLDER and is_locked(folder, SERVE_LOCK):
        raise BadInput("anlu serve 正在运行: 请先停止, 再升级数据库")
    print("建立数据库" if state is DatabaseState.EMPTY else "升级数据库")
    call_command("migrate", verbosity=0, interactive=False)


def _fill(*, name: str, demo: bool) -> None:
    """Dictionaries, roles, the installation's row, and either the demonstration or the first accounts."""
    from anlu.kernel.activities.seeding import seed_rhythms
    from anlu.kernel.cases.ladder import seed_ladder
    from anlu.kernel.core import dictionaries, tasks
    from anlu.kernel.core.audit import seal_pending
    from anlu.kernel.core.installation import register_installation
    from anlu.kernel.core.seeding import seeds
    from anlu.kernel.core.sources import seed_sources
    from anlu.kernel.documents.seeding import seed_documents
    from anlu.kernel.people.seeding import seed_roles

    seeded = dictionaries.seed_all()
    roles = seed_roles()
    seed_sources()
    seed_ladder()
    seed_rhythms()
    rules = seed_documents()
    for one in seeds:
        print(f"{one.label}: 新增 {one.fill()}")
    print(
        f"字典: 新增 {seeded.added}, 更新 {seeded.updated}; 角色与权限: 新增 {roles}; 公文模板与规则: 新增 {rules}"
    )
    tasks.plan_periodic_jobs()
    if demo:
        _make_demo()
    row = register_installation(name=name or ("青澜县公安局交通管理大队(演示)" if demo else ""), demo=demo)
    if not row.demo:
        _make_first_accounts()
    seal_pending()


def _make_demo() -> None:
    from anlu.kernel.core.clock import VARIABLE
    from anlu.kernel.core.demo import DAY, in_order, on_day

    with on_day(os.environ.get(VARIABLE) or DAY):
        for step in in_order():
            print(f"演示数据 {step.label}: ", end="", flush=True)
            print(step.make())


def _make_first_accounts() -> None:
    from anlu.kernel.people.first_accounts import make_first_accounts

    accounts = make_first_accounts()
    if accounts:
        print("首次登录账号(口令只显示这一次, 登录后须修改):")
    for account in accounts:
        print(f"  {account.login:<16}{account.password}  {account.name}")


def _ask_for_rekeying() -> None:
    from anlu.kernel.core import crypto, tasks
    from anlu.kernel.core.audit import record, seal_pending
    from anlu.kernel.core.scope import SYSTEM

    crypto.forget_keys()
    number = crypto.keyring().current
    record("new_key", None, by=SYSTEM, kind="core.installation", label=f"field-{number}")
    seal_pending()
    tasks.enqueue("core.rekey", by=SYSTEM)
    print("已安排后台重新加密, 进度见 系统 › 后台任务")
