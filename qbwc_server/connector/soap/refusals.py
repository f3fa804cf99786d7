"""What is said to a request that is no call of ours; nothing in it is taken from the request."""

from http import HTTPStatus
from typing import ClassVar

from qbwc_server.errors import QbwcError


class Refused(QbwcError):
    """The request is not one we answer."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR  # what SOAP 1.1 section 6.2 asks for with a fault
    fault: ClassVar[str] = "Client"


class NotPost(Refused):
    """Calls are made with POST."""

    code = "soap_not_post"
    status = HTTPStatus.METHOD_NOT_ALLOWED


class NotXml(Refused):
    """The content type must be text/xml."""

    code = "soap_content_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Compressed(Refused):
    """The body must not be compressed."""

    code = "soap_content_encoding"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class LengthUnclear(Refused):
    """The length of the body is missing or not a number."""

    code = "soap_length_unclear"
    status = HTTPStatus.LENGTH_REQUIRED


class TooLong(Refused):
    """The request is too long."""

    code = "soap_too_long"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class BodyBroken(Refused):
    """The body could not be read to its end."""

    code = "soap_body_broken"


class ChunksBroken(BodyBroken):
    """The body does not come in the chunks that its headers announce."""

    code = "soap_chunks_broken"
    status = HTTPStatus.BAD_REQUEST


class Malformed(Refused):
    """The request is not well-formed XML."""

    code = "soap_malformed"


class EncodingUnknown(Refused):
    """The character encoding is not supported. Send UTF-8."""

    code = "soap_encoding_unknown"


class HasDtd(Refused):
    """A document type declaration is not allowed."""

    code = "soap_dtd"


class NotSoap11(Refused):
    """The request is not a SOAP 1.1 envelope."""

    code = "soap_not_soap11"
    fault = "VersionMismatch"


class NotFlat(Refused):
    """The request must be one operation with flat parameters, each at most once."""

    code = "soap_not_flat"


class OperationUnknown(Refused):
    """There is no such operation."""

    code = "soap_operation_unknown"
