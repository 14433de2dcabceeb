"""Contacts as personal data: the sheet that a firm gets, its mails as files, and the words for both."""

from __future__ import annotations
