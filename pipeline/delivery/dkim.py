"""Signing mails with DKIM (RFC 6376, RFC 8463), so that a receiving server can tell the office from who poses as it.

The signature's time is the mail's own Date, so the same mail and key give the same bytes; nothing here reads the clock.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.policy import default
from typing import Literal

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from pipeline.config import MailSettings, dkim_key
from warehouse.errors import InputError

# Each is signed as often as it stands in the mail and once more, so none can be added on the way (RFC 6376 8.15).
# RFC 8058 section 4 asks for both List-Unsubscribe fields.
SIGNED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "References",
    "In-Reply-To",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
)
_LEAST_BITS = 1024  # RFC 8301 section 3.2
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs for one domain with one key. The key never shows in `repr`."""

    domain: str
    selector: str
    algorithm: Literal["rsa-sha256", "ed25519-sha256"]
    key: bytes = field(repr=False)  # as dkimpy takes it: PKCS#1 PEM, or base64 of the 32 octets
    record: str  # what the TXT record at `name` has to say

    @property
    def name(self) -> str:
        """Where receivers look for the public key in the DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    def sign(self, content: bytes) -> bytes:
        """Return `content` (wire bytes with From and Date) with a DKIM-Signature before its first field.

        Errors: `ValueError` for a mail without From or Date.
        """
        headers = BytesHeaderParser(policy=default).parsebytes(content)
        if "From" not in headers or headers["Date"] is None or headers["Date"].datetime is None:
            raise ValueError("only a mail with From and Date is signed")
        signing = _Dated(content, signature_algorithm=self.algorithm.encode())
        signing.signed_at = int(headers["Date"].datetime.timestamp())
        field_line: bytes = signing.sign(
            self.selector.encode(),
            self.domain.encode(),
            self.key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[
                name.encode() for name in SIGNED for _ in range(len(headers.get_all(name, failobj=[])) + 1)
            ],
        )
        return field_line + content


class _Dated(dkim.DKIM):  # type: ignore[misc]  # dkimpy has no types
    """dkimpy states the wall clock; here the signature states a time that it is given."""

    signed_at = 0  # seconds since 1970 UTC

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: object, **named: object) -> bytes:
        dated = [(tag, str(self.signed_at).encode() if tag == b"t" else value) for tag, value in fields]
        found: bytes = super().gen_header(dated, *rest, **named)
        return found


def open_signer(settings: MailSettings) -> Signer | None:
    """The signer of this installation, None where no key is set.

    Errors: `InputError` for settings of which one is missing, a domain or selector that is none, a file that others may
    read, that is no private key, or whose key receivers would not accept.
    """
    stated = {
        "mail.dkim_domain": settings.dkim_domain,
        "mail.dkim_selector": settings.dkim_selector,
        "mail.dkim_key_file": settings.dkim_key_file,
    }
    if not any(stated.values()):
        return None
    missing = [key for key, value in stated.items() if not value]
    if missing:
        raise InputError(f"DKIM 签名的设置不完整，缺少：{'、'.join(missing)}。", "三项要么都填，要么都留空（不签名）。")
    for key in ("mail.dkim_domain", "mail.dkim_selector"):
        if not _NAME.fullmatch(stated[key]):
            raise InputError(
                f"{key} 不是域名的写法：{stated[key]}", "只用英文字母、数字、连字符和点；中文域名请写成 xn-- 形式。"
            )
    algorithm, key_bytes, public = _read_key(dkim_key(settings), settings.dkim_key_file)
    kind = algorithm.partition("-")[0]
    return Signer(
        domain=settings.dkim_domain.lower(),
        selector=settings.dkim_selector.lower(),
        algorithm=algorithm,
        key=key_bytes,
        record=f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}",
    )


def _read_key(pem: str, path: str) -> tuple[Literal["rsa-sha256", "ed25519-sha256"], bytes, bytes]:
    """Algorithm, private key for dkimpy, public key for the DNS record."""
    how = "请用 openssl genrsa -out 文件 2048 生成（不设口令），并设权限 600。"
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError as error:
        raise InputError(f"DKIM 私钥设有口令，程序不能使用：{path}", how) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(f"文件不是 PEM 格式的私钥：{path}", how) from error
    if isinstance(key, Ed25519PrivateKey):
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463 4.2: the octets alone
        return "ed25519-sha256", base64.b64encode(key.private_bytes_raw()), public
    if not isinstance(key, RSAPrivateKey):
        raise InputError(f"DKIM 只能用 RSA 或 Ed25519 私钥：{path}", how)
    if key.key_size < _LEAST_BITS:
        raise InputError(f"DKIM 私钥只有 {key.key_size} 位，收件方不会承认：{path}", how)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return "rsa-sha256", private, key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
