"""Limits and hostile requests: each refused early and cheaply, with a small answer that repeats nothing."""

import gzip
import random
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from qbwc_server.connector.soap import Limits, soap_application
from qbwc_server.connector.soap.body import PIECE_BYTES
from qbwc_server.connector.soap.limits import ENVELOPE_BYTES
from qbwc_server.connector.soap.reading import read_call
from qbwc_server.connector.soap.refusals import BodyBroken
from qbwc_server.connector.text import Text
from tests.qbwc_server.connector.soap.exchange import (
    HEAD,
    SOAP,
    TAIL,
    TICKET,
    Answer,
    RecordedOperations,
    Stream,
    authenticate,
    envelope,
    operation,
    post,
    receive,
    receive_in_pieces,
)

KB = 1024
MB = 1024 * KB
MARK = "EVIL"  # stands in every hostile request and in no answer


def check_cheap(answer: Answer) -> None:
    """An answer that costs nothing and tells nothing."""
    assert len(answer.body) < 1000
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert answer.tree.tag == f"{{{SOAP}}}Envelope"
    assert MARK.encode() not in answer.body


def endless(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


# --- what is no request at all -----------------------------------------------------------------------------------

HEADERS: dict[str, tuple[dict[str, object], int]] = {
    "GET": ({"REQUEST_METHOD": "GET"}, 405),
    "PUT": ({"REQUEST_METHOD": "PUT"}, 405),
    "plain text": ({"CONTENT_TYPE": "text/plain"}, 415),
    "SOAP 1.2": ({"CONTENT_TYPE": f"application/soap+xml; charset=utf-8; action={MARK}"}, 415),
    "a form": ({"CONTENT_TYPE": "application/x-www-form-urlencoded"}, 415),
    "with attachments": ({"CONTENT_TYPE": "multipart/related; type=text/xml; boundary=x"}, 415),
    "no content type": ({"CONTENT_TYPE": ""}, 415),
    "gzip": ({"HTTP_CONTENT_ENCODING": "gzip"}, 415),
    "several encodings": ({"HTTP_CONTENT_ENCODING": "identity, deflate"}, 415),
    "a length over the limit": ({"CONTENT_LENGTH": str(256 * MB + ENVELOPE_BYTES + 1)}, 413),
    "an absurd length": ({"CONTENT_LENGTH": "9" * 5000}, 413),
    "a negative length": ({"CONTENT_LENGTH": "-1"}, 411),
    "a length in words": ({"CONTENT_LENGTH": MARK}, 411),
    "a length in other digits": ({"CONTENT_LENGTH": "١٢"}, 411),
    "no length": ({"CONTENT_LENGTH": "", "wsgi.input_terminated": False}, 411),
}


@pytest.mark.parametrize(("environ", "status"), HEADERS.values(), ids=HEADERS.keys())
def test_wrong_headers_are_refused_before_anything_is_read(environ: dict[str, object], status: int) -> None:
    operations = RecordedOperations()
    stream = Stream([authenticate()])
    answer = post(soap_application(operations), stream, **environ)
    assert answer.status == status
    assert answer.fault
    check_cheap(answer)
    assert (stream.taken, operations.calls) == (0, [])
    assert (answer.headers.get("Allow") == "POST") == (status == 405)


def test_head_is_refused_without_a_body() -> None:
    answer = post(soap_application(RecordedOperations()), b"", REQUEST_METHOD="HEAD")
    assert (answer.status, answer.body) == (405, b"")


def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(authenticate(user="x" * 10 * MB))
    stream = Stream([bomb])
    answer = post(soap_application(RecordedOperations()), stream, HTTP_CONTENT_ENCODING="gzip")
    assert (answer.status, stream.taken) == (415, 0)
    answer = post(soap_application(RecordedOperations()), bomb)  # not announced: it is simply no XML
    assert answer.fault == "The request is not well-formed XML."
    check_cheap(answer)


# --- malformed and hostile documents -------------------------------------------------------------------------------


def declared(encoding: str) -> bytes:
    return authenticate(MARK).replace(b'encoding="utf-8"', f'encoding="{encoding}"'.encode())


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    return f'<!DOCTYPE x [<!ENTITY l0 "{MARK}">{entities}]>'.encode() + authenticate("&l11;").partition(b"?>")[2]


MALFORMED = "The request is not well-formed XML."
NOT_FLAT = "The request must be one operation with flat parameters, each at most once."
DTD = "A document type declaration is not allowed."
NOT_SOAP = "The request is not a SOAP 1.1 envelope."
UNKNOWN = "There is no such operation."
ENCODING = "The character encoding is not supported. Send UTF-8."
BODY = authenticate(MARK).partition(b"?>")[2]

HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", MALFORMED),
    "white space": (b" \n ", MALFORMED),
    "text": (MARK.encode(), MALFORMED),
    "binary": (bytes(range(256)), MALFORMED),
    "HTML": (f"<html><body>{MARK}</body></html>".encode(), NOT_SOAP),
    "JSON": (b'{"ticket": "EVIL"}', MALFORMED),
    "cut off": (authenticate(MARK)[:-20], MALFORMED),
    "twice": (authenticate(MARK) + BODY, MALFORMED),
    "followed by junk": (authenticate(MARK) + b"EVIL", MALFORMED),
    "a wrong end tag": (authenticate(MARK).replace(b"</soap:Body>", b"</soap:EVIL>"), MALFORMED),
    "an undeclared prefix": (authenticate(MARK).replace(b"<strUserName>", b"<evil:strUserName>"), MALFORMED),
    "an attribute twice": (envelope('<authenticate EVIL="1" EVIL="2"/>'), MALFORMED),
    "invalid UTF-8": (authenticate(MARK).replace(b"EVIL", b"EVIL\xc3\x28\xff"), MALFORMED),
    "an overlong form": (authenticate(MARK).replace(b"EVIL", b"EVIL\xc0\xaf"), MALFORMED),
    "a surrogate in UTF-8": (authenticate(MARK).replace(b"EVIL", b"EVIL\xed\xa0\x80"), MALFORMED),
    "half a pair in UTF-16": (
        ("\ufeff" + BODY.decode()).encode("utf-16-le").replace(b"E\0V\0", b"E\0\0\xdc"),
        MALFORMED,
    ),
    "a control character": (authenticate(MARK + "\x0b"), MALFORMED),
    "a zero": (authenticate(MARK + "\x00"), MALFORMED),
    "a reference to a control character": (authenticate(MARK + "&#11;"), MALFORMED),
    "a reference to a surrogate": (authenticate(MARK + "&#xD800;"), MALFORMED),
    "an undeclared entity": (authenticate("EVIL&nbsp;"), MALFORMED),
    "UTF-7": (declared("utf-7"), ENCODING),
    "EBCDIC": (declared("cp037"), ENCODING),
    "a codec that is no encoding": (declared("rot13"), ENCODING),
    "escapes as an encoding": (declared("unicode_escape"), ENCODING),
    "multi-byte": (declared("shift_jis"), ENCODING),
    "a made-up encoding": (declared(MARK), ENCODING),
    "UTF-16 only in the declaration": (declared("utf-16"), MALFORMED),
    "UTF-32": (BODY.decode().encode("utf-32"), MALFORMED),
    "external entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + authenticate("EVIL&e;").partition(b"?>")[2],
        DTD,
    ),
    "parameter entity": (b'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://evil.example/EVIL">%e;]>' + BODY, DTD),
    "external DTD": (b'<!DOCTYPE x SYSTEM "http://evil.example/EVIL.dtd">' + BODY, DTD),
    "an empty DTD": (b"<!DOCTYPE x>" + BODY, DTD),
    "billion laughs": (laughs(), DTD),
    "quadratic blow-up": (
        f'<!DOCTYPE x [<!ENTITY a "{MARK * 5000}">]>'.encode() + authenticate("&a;" * 5000).partition(b"?>")[2],
        DTD,
    ),
    "SOAP 1.2": (authenticate(MARK).replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"), NOT_SOAP),
    "no envelope": (b"<authenticate>EVIL</authenticate>", NOT_SOAP),
    "no namespace": (b"<Envelope><Body><authenticate/></Body></Envelope>", NOT_SOAP),
    "an envelope without a body": (f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(), NOT_FLAT),
    "only a header": (f'<s:Envelope xmlns:s="{SOAP}"><s:Header><EVIL/></s:Header></s:Envelope>'.encode(), NOT_FLAT),
    "an empty body": (envelope(""), NOT_FLAT),
    "text in the body": (envelope("EVIL"), NOT_FLAT),
    "two bodies": (authenticate(MARK).replace(b"</soap:Body>", b"</soap:Body><soap:Body/>"), NOT_FLAT),
    "two operations": (envelope("<authenticate/><authenticate/>"), NOT_FLAT),
    "references to blocks": (
        envelope('<authenticate><strUserName href="#x"/></authenticate><block id="x">EVIL</block>'),
        NOT_FLAT,
    ),
    "a fault": (envelope("<soap:Fault><faultcode>soap:Client</faultcode></soap:Fault>"), UNKNOWN),
    "an unknown operation": (operation("EVIL", ("ticket", TICKET)), UNKNOWN),
    "another spelling": (operation("Authenticate"), UNKNOWN),
    "a name of ours": (operation("__init__"), UNKNOWN),
    "a parameter twice": (operation("authenticate", ("strUserName", "a"), ("strUserName", MARK)), NOT_FLAT),
    "a parameter twice, once nil": (
        envelope('<authenticate><strUserName xsi:nil="true"/><strUserName>EVIL</strUserName></authenticate>'),
        NOT_FLAT,
    ),
    "an element in a parameter": (operation("authenticate", ("strUserName", "a<b>EVIL</b>")), NOT_FLAT),
    "deep nesting": (envelope("<a>" * 3000 + "EVIL" + "</a>" * 3000), UNKNOWN),
    "deep nesting in an operation": (envelope("<authenticate>" + "<a>" * 3000), NOT_FLAT),
    "deep nesting in the header": (HEAD.replace(b"Body", b"Header") + b"<EVIL>" * 3000, NOT_FLAT),
    "many parameters": (envelope("<authenticate>" + "<EVIL/>" * 5000 + "</authenticate>"), NOT_FLAT),
    "many headers": (HEAD.replace(b"Body", b"Header") + b"<EVIL/>" * 5000, NOT_FLAT),
    "many attributes": (
        envelope("<authenticate " + " ".join(f'EVIL{i}="x"' for i in range(4000)) + "/>"),
        NOT_FLAT,
    ),
    "many namespaces": (
        envelope("<EVIL " + " ".join(f'xmlns:n{i}="x{i}"' for i in range(3000)) + "/>"),
        UNKNOWN,
    ),
}


@pytest.mark.parametrize(("body", "sentence"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_refused_in_one_sentence(body: bytes, sentence: str) -> None:
    operations = RecordedOperations()
    with capture_logs() as logs:
        answer = post(soap_application(operations), body)
    assert answer.status == 500
    assert answer.fault == sentence
    check_cheap(answer)
    assert operations.calls == []
    assert [line["event"] for line in logs] == ["soap_refused"]
    assert MARK not in repr(logs)


TOKENS = [
    *(b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<!DOCTYPE x [", b"&#0;", b"&#x110000;", b"<?x?>"),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xf0\x9f", b' xsi:nil="true"', b"</soap:Body>", b"<soap:Body>"),
]


@pytest.mark.parametrize("seed", range(10))
def test_random_damage_never_breaks_out(seed: int) -> None:
    """A thousand requests with bytes changed, removed, doubled and moved: each is answered, none raises."""
    chance = random.Random(seed)
    app = soap_application(RecordedOperations(), Limits(small=2 * KB, response=8 * KB, hcp_response=4 * KB))
    originals = [authenticate(), receive("&lt;QBXML&gt;" * 20), operation("sendRequestXML", ("qbXMLMajorVers", "13"))]
    statuses: set[int] = set()
    for _ in range(100):
        body = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(body))
            match chance.randrange(5):
                case 0:
                    body[at] = chance.randrange(256)
                case 1:
                    del body[at : at + chance.randint(1, 20)]
                case 2:
                    body[at:at] = chance.choice(TOKENS)
                case 3:
                    body[at:at] = body[at : at + chance.randint(1, 60)]
                case _:
                    body[at:at] = b"x" * chance.randint(1, 30 * KB)
        answer = post(app, bytes(body))
        assert answer.tree.tag == f"{{{SOAP}}}Envelope"
        assert len(answer.body) < 1000
        statuses.add(answer.status)
    assert statuses <= {200, 413, 500}
    assert len(statuses) > 1


# --- limits ---------------------------------------------------------------------------------------------------------


def pieces_of(size: int, piece: bytes = b"x" * KB) -> Iterable[bytes]:
    return (piece for _ in range(size // len(piece)))


def test_a_long_response_of_a_known_ticket_is_taken_and_the_ticket_asked_for_once() -> None:
    operations = RecordedOperations()
    answer = post(soap_application(operations), Stream(receive_in_pieces(pieces_of(5 * MB))))
    assert answer.result("receiveResponseXML") == "100"
    assert operations.tickets_asked == [TICKET]
    assert operations.texts[0].size == 5 * MB
    assert operations.texts[0].in_file
    assert operations.calls[0][1] == (TICKET, "x" * 5 * MB, "", "")


def test_a_short_response_does_not_ask_for_the_ticket() -> None:
    operations = RecordedOperations()
    post(soap_application(operations), receive("x" * 64 * KB, ticket="stranger"))
    assert operations.tickets_asked == []
    assert operations.calls[0][1][1] == "x" * 64 * KB


@pytest.mark.parametrize("piece", [b"x" * KB, b"<!-- x -->" * 100], ids=["text", "comments"])
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
def test_a_long_response_of_a_stranger_is_neither_kept_nor_read_to_its_end(announced: bool, piece: bytes) -> None:
    operations = RecordedOperations()
    stream = Stream(receive_in_pieces(endless(piece), ticket="stranger"))
    environ: dict[str, object] = {"CONTENT_LENGTH": str(100 * MB)} if announced else {}
    with capture_logs() as logs:
        answer = post(soap_application(operations), stream, **environ)
    assert answer.result("receiveResponseXML") == "-1"
    check_cheap(answer)
    assert stream.taken <= MB + 64 * KB + 3 * PIECE_BYTES
    assert (operations.calls, operations.tickets_asked) == ([], ["stranger"])
    assert [line["event"] for line in logs] == ["soap_parameter_not_taken"]


@pytest.mark.parametrize("escaped", [False, True])
def test_the_small_limit_counts_text_or_body_whichever_is_over_first(escaped: bool) -> None:
    operations = RecordedOperations()
    response = "&lt;" * 30 * KB if escaped else "x" * (64 * KB + 1)
    answer = post(soap_application(operations), receive(response))
    assert answer.result("receiveResponseXML") == "100"
    assert operations.tickets_asked == [TICKET]
    assert len(str(operations.calls[0][1][1])) == len(response) // (4 if escaped else 1)


def test_small_reads_count_the_same() -> None:
    operations = RecordedOperations()
    body = receive("&lt;" * 20_300).replace(b"<message />", b"<message>" + b"m" * 1000 + b"</message>")
    assert len(body) > 64 * KB + ENVELOPE_BYTES
    answer = post(soap_application(operations), Stream(body[i : i + 100] for i in range(0, len(body), 100)))
    assert answer.result("receiveResponseXML") == "100"
    assert operations.tickets_asked == [TICKET]
    assert operations.calls[0][1][3] == "m" * 1000


def test_a_long_response_before_its_ticket_is_not_taken() -> None:
    operations = RecordedOperations()
    body = operation("receiveResponseXML", ("response", "x" * 65 * KB), ("ticket", TICKET))
    assert post(soap_application(operations), body).result("receiveResponseXML") == "-1"
    assert (operations.calls, operations.tickets_asked) == ([], [])


def test_a_modest_body_of_a_stranger_is_read_to_its_end_so_that_the_answer_arrives() -> None:
    body = receive("x" * 500 * KB, ticket="stranger")
    stream = Stream([body])
    answer = post(soap_application(RecordedOperations()), stream, CONTENT_LENGTH=str(len(body)))
    assert answer.result("receiveResponseXML") == "-1"
    assert stream.taken == len(body)


def test_a_ticket_check_that_fails_is_answered_within_the_protocol() -> None:
    operations = RecordedOperations(results={"ticket_is_known": ConnectionError("hunter2")})
    with capture_logs() as logs:
        answer = post(soap_application(operations), receive("x" * 65 * KB))
    assert answer.result("receiveResponseXML") == "-1"
    assert [line["event"] for line in logs] == ["soap_ticket_check_failed", "soap_parameter_not_taken"]
    assert "hunter2" not in repr(logs)


def hcp(size: int) -> bytes:
    return operation("sendRequestXML", ("ticket", TICKET), ("strHCPResponse", "x" * size), ("qbXMLMajorVers", "13"))


def test_the_first_answer_of_a_session_may_have_a_megabyte_and_no_more() -> None:
    operations = RecordedOperations()
    app = soap_application(operations)
    assert post(app, hcp(MB)).result("sendRequestXML") == "<QBXML/>"
    assert operations.calls[0][1] == (TICKET, "x" * MB, "", "", 13, 0)
    assert post(app, hcp(MB + 1)).result("sendRequestXML") == ""
    assert len(operations.calls) == 1


@pytest.mark.parametrize(
    "body",
    [
        authenticate(user="x" * (64 * KB + 1)),
        authenticate(user="x" * 50 * KB, password="x" * 50 * KB),
        operation("getLastError", ("ticket", "x" * 100 * KB)),
        operation("receiveResponseXML", ("ticket", "x" * 100 * KB)),
        operation("receiveResponseXML", ("ticket", TICKET), ("response", "x"), ("message", "x" * 65 * KB)),
        operation("closeConnection", ("unknown", "x" * 100 * KB)),
        HEAD.replace(b"Body", b"Header") + b"<a>" + b"x" * 100 * KB,
        b" " * 100 * KB,
        b"<!--" + b"x" * 100 * KB,
        b"<?x " + b"x" * 100 * KB,
        b"<a b='" + b"x" * 100 * KB,
    ],
    ids=["a parameter", "together", "a ticket", "a long call's ticket", "a message", "unknown", "a header", "space",
         "a comment", "an instruction", "an attribute"],
)  # fmt: skip
def test_everything_else_is_small(body: bytes) -> None:
    operations = RecordedOperations()
    answer = post(soap_application(operations), body)
    assert (answer.status, answer.fault) == (413, "The request is too long.")
    check_cheap(answer)
    assert operations.calls == []


LIMITS = Limits(small=64 * KB, hcp_response=128 * KB, response=2 * MB, spool_above=256 * KB)


@pytest.mark.parametrize(
    "piece", [b"x" * KB, b"&lt;" * 256, b"<!-- -->" * 128, b"<?x?>" * 200], ids=["text", "escapes", "comments", "PIs"]
)
def test_chunks_without_end_are_read_to_the_limit_even_of_a_known_ticket(piece: bytes) -> None:
    operations = RecordedOperations()
    stream = Stream(receive_in_pieces(endless(piece)))
    answer = post(soap_application(operations, LIMITS), stream)
    assert answer.result("receiveResponseXML") == "-1"
    assert stream.taken <= LIMITS.body + PIECE_BYTES
    assert operations.calls == []


def test_one_endless_token_is_not_scanned_again_and_again() -> None:
    """Older expat starts an unfinished comment from its beginning with every piece: quadratic, were it allowed."""
    stream = Stream(receive_in_pieces([b"x" * 100 * KB, b"<!--", *pieces_of(1 * MB)]))
    answer = post(soap_application(RecordedOperations(), LIMITS), stream)
    assert answer.status == 413
    assert stream.taken <= 400 * KB


def test_two_hundred_thousand_attributes_are_not_read() -> None:
    element = b"<authenticate " + b" ".join(b'a%d="x"' % i for i in range(200_000)) + b"/>"
    stream = Stream([HEAD, element, TAIL])
    assert post(soap_application(RecordedOperations()), stream).status == 413
    assert stream.taken <= 64 * KB + 2 * PIECE_BYTES


@pytest.mark.parametrize("claimed", [-40, 40])
def test_a_length_that_lies(claimed: int) -> None:
    body = authenticate()
    operations = RecordedOperations()
    answer = post(soap_application(operations), body, CONTENT_LENGTH=str(len(body) + claimed))
    if claimed < 0:
        assert (answer.status, answer.fault, operations.calls) == (500, MALFORMED, [])
    else:
        assert answer.status == 200  # the document was whole; what did not follow does not matter


def test_nothing_is_read_beyond_the_announced_length() -> None:
    body = authenticate()
    stream = Stream([body, b"POST /qbwc HTTP/1.1"])
    assert post(soap_application(RecordedOperations()), stream, CONTENT_LENGTH=str(len(body))).status == 200
    assert stream.taken == len(body)


class Broken:
    """A connection that breaks off after a while."""

    def __init__(self, error: Exception) -> None:
        self._pieces: list[bytes | Exception] = [authenticate()[:100], error]

    def read(self, size: int = -1, /) -> bytes:
        piece = self._pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        return piece


@pytest.mark.parametrize("error", [ConnectionResetError("EVIL"), TimeoutError("EVIL"), ValueError("closed file")])
def test_a_connection_that_breaks_is_no_exception_of_ours(error: Exception) -> None:
    broken: dict[str, object] = {"wsgi.input": Broken(error)}
    answer = post(soap_application(RecordedOperations()), b"x" * 1000, **broken)
    assert (answer.status, answer.fault) == (500, "The body could not be read to its end.")
    check_cheap(answer)


class NoChunkSize(Exception):
    """As gunicorn has one of its own."""


def test_chunks_that_a_server_cannot_read_are_the_callers_mistake() -> None:
    broken: dict[str, object] = {"wsgi.input": Broken(NoChunkSize("EVIL")), "CONTENT_LENGTH": ""}
    with capture_logs() as logs:
        answer = post(soap_application(RecordedOperations()), b"x", **broken, **{"wsgi.input_terminated": True})
    assert answer.status == 400
    check_cheap(answer)
    assert [(line["event"], line["log_level"]) for line in logs] == [("soap_refused", "info")]


# --- what is kept, and for how long -----------------------------------------------------------------------------------


def test_memory_does_not_grow_with_the_response() -> None:
    class Counting(RecordedOperations):
        read = 0

        def receive_response_xml(self, ticket: str, response: Text, hresult: str, message: str) -> int:
            with response.open() as file:
                self.read = sum(len(piece) for piece in iter(lambda: file.read(PIECE_BYTES), b""))
            return 100

    operations = Counting()
    app = soap_application(operations)
    post(app, receive("warm-up"))
    record = b"&lt;CustomerRet&gt;&lt;Name&gt;Zo\xc3\xab&lt;/Name&gt;&lt;/CustomerRet&gt;\n" * 100
    tracemalloc.start()
    try:
        answer = post(app, Stream(receive_in_pieces(pieces_of(24 * MB, record))))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.result("receiveResponseXML") == "100"
    assert operations.read > 15 * MB
    assert peak < 4 * MB


@pytest.mark.parametrize(
    "name", ["billion laughs", "quadratic blow-up", "many namespaces", "deep nesting in an operation"]
)
def test_a_hostile_document_takes_no_memory(name: str) -> None:
    app = soap_application(RecordedOperations())
    body, _ = HOSTILE[name]
    post(app, body)
    tracemalloc.start()
    try:
        post(app, body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MB


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what is spooled."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    "end", [b"", b"</response>EVIL", b"<evil/>", b"\x00", b"&evil;", b"</response><ticket/>"], ids=repr
)
def test_a_refusal_after_spooling_leaves_nothing_open(end: bytes, spool: Path) -> None:
    operations = RecordedOperations()
    body = Stream([*[*receive_in_pieces(pieces_of(3 * MB))][:-1], end])
    answer = post(soap_application(operations), body)
    assert answer.status == 500
    check_cheap(answer)
    assert operations.calls == []
    assert list(spool.iterdir()) == []


def test_a_disk_that_is_full_is_answered_within_the_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qbwc_server.connector.text.TemporaryFile", no_room)
    operations = RecordedOperations()
    stream = Stream(receive_in_pieces(pieces_of(5 * MB)))
    with capture_logs() as logs:
        answer = post(soap_application(operations), stream)
    assert answer.result("receiveResponseXML") == "-1"
    assert operations.calls == []
    assert stream.taken > 5 * MB  # to the end, so that the answer arrives
    assert [(line["event"], line["errno"]) for line in logs] == [("soap_parameter_not_spooled", 28)]


def test_a_broken_body_closes_what_was_spooled() -> None:
    def pieces() -> Iterator[bytes]:
        yield from [*receive_in_pieces(pieces_of(3 * MB))][:-1]
        raise BodyBroken

    # An unclosed temporary file would be a ResourceWarning, which fails the suite.
    with pytest.raises(BodyBroken):
        read_call(pieces(), Limits(), lambda _: True)
