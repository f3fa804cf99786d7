"""The endpoint in Flask, and what stands around it."""

import io
from collections.abc import Iterator
from typing import Any
from wsgiref.validate import validator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from qbwc_server.connector.soap import Limits, soap_application, soap_blueprint
from tests.qbwc_server.connector.soap.exchange import (
    TICKET,
    RecordedOperations,
    Stream,
    authenticate,
    post,
    receive_in_pieces,
)

URL = "https://books.example/qbwc"


@pytest.fixture
def operations() -> RecordedOperations:
    return RecordedOperations()


@pytest.fixture
def flask_app(operations: RecordedOperations) -> Flask:
    app = Flask(__name__)
    app.register_blueprint(soap_blueprint(operations, public_url=URL))
    return app


@pytest.fixture
def client(flask_app: Flask) -> FlaskClient:
    return flask_app.test_client()


def test_post_is_a_call(client: FlaskClient, operations: RecordedOperations) -> None:
    response = client.post("/qbwc", data=authenticate(), content_type="text/xml; charset=utf-8")
    assert response.status_code == 200
    assert response.content_type == "text/xml; charset=utf-8"
    assert TICKET.encode() in response.data
    assert operations.calls == [("authenticate", ("alice", "secret", "127.0.0.1"))]


@pytest.mark.parametrize("query", ["", "?x=1", "?wsd"])
def test_a_browser_gets_a_sentence(client: FlaskClient, query: str) -> None:
    response = client.get("/qbwc" + query)
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    assert "Web Connector" in response.text


@pytest.mark.parametrize("query", ["?wsdl", "?WSDL", "?wsdl=1", "?x&wsdl"])
def test_the_description_names_the_configured_address_whatever_host_is_asked(client: FlaskClient, query: str) -> None:
    response = client.get(
        "/qbwc" + query,
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"},
    )
    assert response.status_code == 200
    assert response.content_type == "text/xml; charset=utf-8"
    assert etree.fromstring(response.data).tag == "{http://schemas.xmlsoap.org/wsdl/}definitions"
    assert b'location="https://books.example/qbwc"' in response.data
    assert b"evil" not in response.data


@pytest.mark.parametrize("query", ["", "?wsdl"])
def test_head_is_answered_without_a_body(client: FlaskClient, query: str) -> None:
    response = client.head("/qbwc" + query)
    assert (response.status_code, response.data) == (200, b"")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_with_xml(client: FlaskClient, method: str) -> None:
    response = client.open("/qbwc", method=method)
    assert response.status_code == 405
    assert response.mimetype == "text/xml"
    assert response.headers["Allow"] == "POST"
    assert b"html" not in response.data.lower()


def test_a_refusal_is_xml_through_flask_too(client: FlaskClient) -> None:
    response = client.post("/qbwc", data="nonsense", content_type="text/html")
    assert (response.status_code, response.mimetype) == (415, "text/xml")


def test_a_slash_at_the_end_does_not_matter(client: FlaskClient) -> None:
    assert client.get("/qbwc/").status_code == 200


def test_another_path() -> None:
    app = Flask(__name__)
    app.register_blueprint(soap_blueprint(RecordedOperations(), public_url=URL, path="/a/b"))
    assert app.test_client().get("/a/b?wsdl").status_code == 200
    assert app.test_client().get("/qbwc").status_code == 404


def test_the_body_streams_through_flask_unread(flask_app: Flask, operations: RecordedOperations) -> None:
    """Not even a limit of Flask's own applies, since Flask never touches the body."""
    flask_app.config["MAX_CONTENT_LENGTH"] = 1000
    stream = Stream(receive_in_pieces(b"x" * 1024 for _ in range(3000)))
    answer = post(flask_app, stream)
    assert answer.result("receiveResponseXML") == "100"
    assert operations.texts[0].size == 3000 * 1024


def test_a_refused_body_is_not_read_by_flask_either(flask_app: Flask) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1024

    stream = Stream(receive_in_pieces(endless(), ticket="stranger"))
    assert post(flask_app, stream).result("receiveResponseXML") == "-1"
    assert stream.taken < 1_500_000


def test_limits_are_passed_on() -> None:
    app = Flask(__name__)
    app.register_blueprint(soap_blueprint(RecordedOperations(), public_url=URL, limits=Limits(small=10)))
    response = app.test_client().post("/qbwc", data=authenticate(user="x" * 11), content_type="text/xml")
    assert response.status_code == 413


def test_the_application_keeps_to_wsgi() -> None:
    body = authenticate()
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/qbwc",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "text/xml",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    app = validator(soap_application(RecordedOperations()))
    started: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
        started.append(status)
        return lambda data: None

    for changed in (
        {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)},
        {"CONTENT_LENGTH": "3", "wsgi.input": io.BytesIO(b"<a>")},
        {"CONTENT_LENGTH": "", "wsgi.input": io.BytesIO(b""), "CONTENT_TYPE": "text/plain"},
    ):
        answer: Any = app({**environ, **changed}, start_response)
        assert b"Envelope" in b"".join(answer)
        answer.close()
    assert started == ["200 OK", "500 Internal Server Error", "415 Unsupported Media Type"]
