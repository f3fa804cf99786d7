"""The SOAP face: the Web Connector's eleven operations over HTTP, handed to plain functions on plain values.

This package alone knows spyne, and of the outside it knows only the protocol ``Operations``.
"""

from qbwc_server.connector.soap.contract import Operations
from qbwc_server.connector.soap.limits import Limits
from qbwc_server.connector.soap.mount import soap_application, soap_blueprint
from qbwc_server.connector.soap.reading import ticket_in
from qbwc_server.connector.soap.wsdl import wsdl

__all__ = ["Limits", "Operations", "soap_application", "soap_blueprint", "ticket_in", "wsdl"]
