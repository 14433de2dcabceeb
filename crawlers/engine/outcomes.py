"""What an officer is told when a source does not give what was asked for: the same words from every engine."""

from __future__ import annotations

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch
from warehouse.errors import StageError


def forbidden(card: SourceCard, fetch: Fetch) -> StageError:
    """robots.txt does not allow it."""
    return StageError(f"来源 {card.name} 的 robots.txt 不允许访问 {fetch.path}", "请停用该来源或联系发布方。")


def refused(card: SourceCard, status: int, fetch: Fetch) -> StageError:
    """An answer that asking again does not change."""
    if status in {401, 403} and card.key_setting:
        return StageError(
            f"来源 {card.name} 不接受访问密钥（{status}）。", f"请核对设置 {card.key_setting}；密钥不要写进命令行。"
        )
    if status in {401, 403}:
        return StageError(f"来源 {card.name} 拒绝访问（{status}）：{fetch.path}", "请核对来源网站是否限制自动访问。")
    return StageError(f"来源 {card.name} 的地址无效（{status}）：{fetch.path}", "接口可能已变更，请核对来源卡。")


def failed(card: SourceCard, outcome: str, fetch: Fetch) -> StageError:
    """Asked for as often as the card allows, and never answered properly."""
    return StageError(
        f"来源 {card.name} 连续 {card.max_attempts} 次未能正常应答（{outcome}）：{fetch.path}",
        "请检查网络或来源网站，然后重新运行同一命令，已取得的不会重取。",
    )


def too_large(card: SourceCard) -> StageError:
    """More bytes than the card allows."""
    return StageError(
        f"来源 {card.name} 的应答超过 {card.max_body_mb:g} MB。", "已停止接收；请核对来源卡的 max_body_mb。"
    )


def rests_long(card: SourceCard, seconds: float) -> StageError:
    """The source wants a rest that a run should not wait for."""
    return StageError(f"来源 {card.name} 要求 {seconds / 60:.0f} 分钟后再访问。", "请稍后重新运行，已取得的不会重取。")


def led_elsewhere(card: SourceCard, location: str) -> StageError:
    """A redirect to another site."""
    return StageError(
        f"来源 {card.name} 转到了别的网站：{location}",
        "可能需要登录或网址已变；请核对来源卡，或用 --base-url 指定镜像。",
    )


def robots_unreadable(host: str) -> StageError:
    """Whether the source may be asked cannot be known (RFC 9309 2.3.1.4)."""
    return StageError(f"无法读取 {host} 的 robots.txt，按规定不访问该来源。", "请检查网络后重新运行。")
