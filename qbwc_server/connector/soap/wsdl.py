"""The service's description, made from the contract and the configured public URL, never from a request.

Its shape is that of Intuit's own file, from which .NET, PHP, Java and Python tools make wrapped methods: anonymous
types inside the message elements, one part named ``parameters``, the full SOAPAction.
"""

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from qbwc_server.connector.soap.contract import CONTRACT, NAMESPACE, SERVICE, Kind, Operation

_PORT = f"{SERVICE}Soap"


def wsdl(public_url: str) -> bytes:
    """The WSDL 1.1 document of the service at ``public_url``."""
    operations = CONTRACT.values()
    return "\n".join(
        (
            '<?xml version="1.0" encoding="utf-8"?>',
            '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"'
            ' xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s="http://www.w3.org/2001/XMLSchema"'
            f' xmlns:tns="{NAMESPACE}" targetNamespace="{NAMESPACE}">',
            "<wsdl:types>",
            f'<s:schema elementFormDefault="qualified" targetNamespace="{NAMESPACE}">',
            *(line for operation in operations for line in _elements(operation)),
            '<s:complexType name="ArrayOfString"><s:sequence>'
            '<s:element minOccurs="0" maxOccurs="unbounded" name="string" nillable="true" type="s:string"/>'
            "</s:sequence></s:complexType>",
            "</s:schema>",
            "</wsdl:types>",
            *(line for operation in operations for line in _messages(operation)),
            f'<wsdl:portType name="{_PORT}">',
            *(_port_operation(operation) for operation in operations),
            "</wsdl:portType>",
            f'<wsdl:binding name="{_PORT}" type="tns:{_PORT}">',
            '<soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>',
            *(_bound_operation(operation) for operation in operations),
            "</wsdl:binding>",
            f'<wsdl:service name="{SERVICE}">',
            f'<wsdl:port name="{_PORT}" binding="tns:{_PORT}">',
            f"<soap:address location={quoteattr(public_url)}/>",
            "</wsdl:port>",
            "</wsdl:service>",
            "</wsdl:definitions>",
            "",
        )
    ).encode()


def _elements(operation: Operation) -> Iterable[str]:
    yield _element(operation.name, [(parameter.name, parameter.kind) for parameter in operation.parameters])
    yield _element(f"{operation.name}Response", [(f"{operation.name}Result", operation.result)])


def _element(name: str, members: Iterable[tuple[str, Kind]]) -> str:
    """A message element. Numbers must be there, everything else may be left out, as in Intuit's file."""
    sequence = "".join(
        f'<s:element minOccurs="{int(kind is Kind.INT)}" maxOccurs="1" name="{member}" type="{kind}"/>'
        for member, kind in members
    )
    return f'<s:element name="{name}"><s:complexType><s:sequence>{sequence}</s:sequence></s:complexType></s:element>'


def _messages(operation: Operation) -> Iterable[str]:
    for way, element in (("In", operation.name), ("Out", f"{operation.name}Response")):
        yield (
            f'<wsdl:message name="{operation.name}Soap{way}">'
            f'<wsdl:part name="parameters" element="tns:{element}"/></wsdl:message>'
        )


def _port_operation(operation: Operation) -> str:
    name = operation.name
    return (
        f'<wsdl:operation name="{name}"><wsdl:input message="tns:{name}SoapIn"/>'
        f'<wsdl:output message="tns:{name}SoapOut"/></wsdl:operation>'
    )


def _bound_operation(operation: Operation) -> str:
    body = '<soap:body use="literal"/>'
    return (
        f'<wsdl:operation name="{operation.name}">'
        f'<soap:operation soapAction="{NAMESPACE}{operation.name}" style="document"/>'
        f"<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output></wsdl:operation>"
    )
