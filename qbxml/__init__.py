"""Typed qbXML messages for QuickBooks Desktop (US, 13.0): built and checked, written, read strictly or as a stream.

Messages themselves come from the file of their object: ``from qbxml.messages.invoice import InvoiceAdd``.
"""

from qbxml.aggregate import Aggregate, Unknown
from qbxml.answer import Answer
from qbxml.answers import Answers, read_answers
from qbxml.envelope import (
    CLEAR_ALL_MESSAGE_SETS,
    MESSAGE_SET_ID_LENGTH,
    MessageSet,
    OnError,
    ResponseData,
    message_set,
    read_message,
    read_message_set,
)
from qbxml.errors import BuildError, MissingElement, OtherEdition, ParseError, QbxmlError, TooOld, VersionError
from qbxml.hresults import HResult, Written, hresult
from qbxml.kinds import CUSTOM_FIELDS
from qbxml.message import IteratorStep, MetaData, Query, Request, Response
from qbxml.messages import MESSAGES, request_for
from qbxml.outcome import Cause, Outcome
from qbxml.plain import build, plain
from qbxml.plain_schema import Schemas
from qbxml.rendering import render
from qbxml.shared import Ref
from qbxml.status_codes import Status
from qbxml.text import CharacterPolicy, Fitted, TextRefused, fit, shorten
from qbxml.values import Amount, ExchangeRate, Percent, Price, Quantity, UseMacro
from qbxml.versions import V13, Version, choose

__all__ = [
    "Aggregate",
    "Amount",
    "Answer",
    "Answers",
    "BuildError",
    "Cause",
    "CLEAR_ALL_MESSAGE_SETS",
    "CUSTOM_FIELDS",
    "CharacterPolicy",
    "ExchangeRate",
    "Fitted",
    "HResult",
    "IteratorStep",
    "MESSAGES",
    "MESSAGE_SET_ID_LENGTH",
    "MessageSet",
    "MetaData",
    "MissingElement",
    "OnError",
    "OtherEdition",
    "Outcome",
    "ParseError",
    "Percent",
    "Price",
    "QbxmlError",
    "Quantity",
    "Query",
    "Ref",
    "Request",
    "Response",
    "ResponseData",
    "Schemas",
    "Status",
    "TextRefused",
    "TooOld",
    "Unknown",
    "UseMacro",
    "V13",
    "Version",
    "VersionError",
    "Written",
    "build",
    "choose",
    "fit",
    "hresult",
    "message_set",
    "plain",
    "read_answers",
    "read_message",
    "read_message_set",
    "render",
    "request_for",
    "shorten",
]
