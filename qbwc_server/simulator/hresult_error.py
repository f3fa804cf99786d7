"""The error with which QuickBooks ends a call as a whole, instead of answering it."""


class HResultError(Exception):
    """QuickBooks refused a connection or broke off a message set.

    Attributes:
        hresult: as the Web Connector writes it, ``0x80040400``.
        message: the text that QuickBooks gives with it.
    """

    def __init__(self, hresult: str, message: str = "") -> None:
        super().__init__(f"{hresult}: {message}" if message else hresult)
        self.hresult = hresult
        self.message = message
