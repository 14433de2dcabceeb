"""`tbtwatch replies ...`"""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.output import session_of

REPLY_WORDS = {
    "n_bounced": "退信",
    "n_soft_bounced": "暂时退信",
    "n_delayed": "投递延迟",
    "n_replied": "企业回复",
    "n_auto_replied": "自动回复",
    "n_unsubscribed": "退订",
    "n_other": "与告知无关",
}

replies = typer.Typer(help="读取退信、回复和退订。", no_args_is_help=True)


@replies.command("read")
def read(context: typer.Context) -> None:
    """读取收件箱：退信的停发并转电话告知，退订的停发，回复记入案件；邮件正文留在邮箱。"""
    from pipeline.steps.read_replies import read_replies

    session = session_of(context)
    session.output.finish(read_replies(session.context), REPLY_WORDS)


@replies.command("serve")
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="监听地址", metavar="地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="监听端口", metavar="端口", min=0, max=65535)] = 8072,
) -> None:
    """运行一键退订页面，置于本单位网站的反向代理之后；按 Ctrl-C 停止。"""
    from pipeline.inbound import one_click_file
    from pipeline.inbound.one_click import serve as serve_page

    session = session_of(context)
    session.output.line(f"退订页面：http://{host}:{port}/ ，记录写入 {one_click_file(session.context.home)}")
    serve_page(one_click_file(session.context.home), host, port)


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.add_typer(replies, name="replies")
