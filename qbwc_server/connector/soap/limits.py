"""How much of a SOAP request is read."""

from dataclasses import dataclass

from qbwc_server.connector.soap.contract import Length
from qbwc_server.connector.text import SPOOL_ABOVE_BYTES

ENVELOPE_BYTES = 16 * 1024  # room for what surrounds the parameters: envelope, header, escapes in short ones


@dataclass(frozen=True)
class Limits:
    """How much is read, in bytes of UTF-8; the whole body is bounded by the longest parameter plus its envelope."""

    small: int = 64 * 1024  # every parameter but the two below, and every body of a caller without a known ticket
    hcp_response: int = 1024 * 1024  # sendRequestXML.strHCPResponse
    response: int = 256 * 1024 * 1024  # receiveResponseXML.response
    spool_above: int = SPOOL_ABOVE_BYTES  # longer parameters lie in a temporary file

    def of(self, length: Length) -> int:
        """The limit of a parameter declared with ``length``."""
        return {Length.SMALL: self.small, Length.HCP_RESPONSE: self.hcp_response, Length.RESPONSE: self.response}[
            length
        ]

    @property
    def small_body(self) -> int:
        """A body of this size is read for anybody."""
        return self.small + ENVELOPE_BYTES

    @property
    def body(self) -> int:
        """No body beyond this size is read."""
        return max(self.small, self.hcp_response, self.response) + ENVELOPE_BYTES
