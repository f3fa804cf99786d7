"""A Web Connector and a QuickBooks company file that are not there: for tests, demonstrations and other servers.

Nothing in here knows the server. ``WebConnector`` speaks SOAP to any server for the Web Connector, over HTTP or in
process, and breaks where ``Faults`` tells it to.
"""

from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.faults import FaultPlan
from qbwc_server.simulator.habits import Habits
from qbwc_server.simulator.hresult_error import HResultError
from qbwc_server.simulator.pc import Pc
from qbwc_server.simulator.quickbooks import CompanyToJoin, QuickBooks
from qbwc_server.simulator.scenarios import demo_company, empty_company
from qbwc_server.simulator.soap_client import BodyStyle, CallFailed, SoapClient, SoapFault
from qbwc_server.simulator.switches import Switches
from qbwc_server.simulator.transports import HttpTransport, Transport, TransportError, WsgiTransport
from qbwc_server.simulator.update_report import Call, ConnectorKilled, FellAsleep, NeverEnding, UpdateReport
from qbwc_server.simulator.web_connector import WebConnector
from qbwc_server.simulator.wire_faults import NO_FAULTS, Break, Faults, WireFault

__all__ = [
    # the Web Connector
    "WebConnector",
    "UpdateReport",
    "Call",
    "Habits",
    "NeverEnding",
    # its way to the server
    "Transport",
    "HttpTransport",
    "WsgiTransport",
    "TransportError",
    "SoapClient",
    "BodyStyle",
    "CallFailed",
    "SoapFault",
    # what breaks on that way
    "Faults",
    "NO_FAULTS",
    "WireFault",
    "Break",
    "ConnectorKilled",
    "FellAsleep",
    # QuickBooks behind it
    "QuickBooks",
    "CompanyToJoin",
    "HResultError",
    "CompanyFile",
    "Pc",
    "Bookkeeper",
    "Switches",
    "FaultPlan",
    "demo_company",
    "empty_company",
]
