using System.Text;

namespace Isthmus.Inbound.Tests.Framing;

/// <summary>Requests as bytes on the wire, with what the guard says to them: a rule, or null where they pass.</summary>
internal static class FramingCases
{
    private const string Host = "Host: isthmus.example\r\n";

    /// <summary>(what it is about, bytes, rule)</summary>
    public static IReadOnlyList<(string Name, string Wire, string? Rule)> All { get; } =
    [
        ("a plain GET", Get("/fhir/Patient/1"), null),
        ("a search as FHIR clients send it", Get("/fhir/Patient?identifier=urn:oid:1.2|M-1&_include=*&name:exact=O%27Hara"), null),
        ("a well-known path", Get("/.well-known/smart-configuration"), null),
        ("an operation", Get("/fhir/Patient/$match"), null),
        ("a path that ends with a slash", Get("/fhir/"), null),
        ("a POST without a body", $"POST / HTTP/1.1\r\n{Host}\r\n", null),
        ("a POST with a length", Post("Content-Length: 3\r\n", "abc"), null),
        ("a length of zero", Post("Content-Length: 0\r\n", ""), null),
        ("a GET with a length of zero", $"GET / HTTP/1.1\r\n{Host}Content-Length: 0\r\n\r\n", null),
        ("chunks", Post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), null),
        ("a content that looks like a request", Post("Content-Length: 37\r\n", "GET /admin HTTP/1.1\r\nHost: x.example\r\n"[..37]), null),
        ("two requests at once", Get("/a") + Post("Content-Length: 1\r\n", "x"), null),
        ("HTTP/1.0", $"GET / HTTP/1.0\r\n{Host}\r\n", null),
        ("an expectation", Post("Expect: 100-continue\r\nContent-Length: 1\r\n", "x"), null),
        ("names in any case", $"GET / HTTP/1.1\r\nhOST: a\r\nCONNECTION: Keep-Alive\r\n\r\n", null),
        ("a port and an address", $"GET / HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n", null),
        ("what follows a last request", $"GET / HTTP/1.1\r\n{Host}Connection: close\r\n\r\nGET / HTTP/1.1 and more", null),

        ("two lengths", Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "http.two-lengths"),
        ("two lengths the other way round", Post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), "http.two-lengths"),
        ("a length of zero beside chunks", Post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "http.two-lengths"),
        ("a signed length", Post("Content-Length: +3\r\n", "abc"), "http.content-length-refused"),
        ("a negative length", Post("Content-Length: -3\r\n", "abc"), "http.content-length-refused"),
        ("a list of lengths", Post("Content-Length: 3, 3\r\n", "abc"), "http.content-length-refused"),
        ("the same length twice", Post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), "http.content-length-refused"),
        ("a length that may be octal", Post("Content-Length: 010\r\n", "12345678"), "http.content-length-refused"),
        ("a hexadecimal length", Post("Content-Length: 0x3\r\n", "abc"), "http.content-length-refused"),
        ("a length in quotes", Post("Content-Length: \"3\"\r\n", "abc"), "http.content-length-refused"),
        ("a length with a tab", Post("Content-Length: 3\t\r\n", "abc"), "http.content-length-refused"),
        ("no length in HTTP/1.0", $"POST / HTTP/1.0\r\n{Host}\r\n", "http.length-required"),
        ("an empty length", Post("Content-Length:\r\n", ""), "http.content-length-refused"),
        ("a length beyond every integer", Post("Content-Length: 99999999999999999999\r\n", ""), "http.content-length-refused"),
        ("another coding", Post("Transfer-Encoding: gzip\r\n", ""), "http.transfer-encoding-refused"),
        ("two codings", Post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), "http.transfer-encoding-refused"),
        ("identity", Post("Transfer-Encoding: identity\r\n", ""), "http.transfer-encoding-refused"),
        ("chunked twice", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "http.transfer-encoding-refused"),
        ("chunked in quotes", Post("Transfer-Encoding: \"chunked\"\r\n", ""), "http.transfer-encoding-refused"),
        ("chunked with a vertical tab", Post("Transfer-Encoding: \vchunked\r\n", ""), "http.header-character-refused"),
        ("chunked with a parameter", Post("Transfer-Encoding: chunked;q=1\r\n", ""), "http.transfer-encoding-refused"),
        ("chunks in HTTP/1.0", $"POST / HTTP/1.0\r\n{Host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "http.transfer-encoding-refused"),
        ("a GET with a body", $"GET / HTTP/1.1\r\n{Host}Content-Length: 3\r\n\r\nabc", "http.body-unexpected"),
        ("a DELETE with chunks", $"DELETE /x HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "http.body-unexpected"),

        ("a bare LF after the request line", $"GET / HTTP/1.1\n{Host}\r\n", "http.line-end-refused"),
        ("a bare LF in the header", $"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", "http.line-end-refused"),
        ("a bare LF at its end", $"GET / HTTP/1.1\r\n{Host}\n", "http.line-end-refused"),
        ("a bare CR in a value", $"GET / HTTP/1.1\r\n{Host}X: a\rTransfer-Encoding: chunked\r\n\r\n", "http.line-end-refused"),
        ("two CR", $"GET / HTTP/1.1\r\n{Host}\r\r\n\r\n", "http.line-end-refused"),
        ("NUL in a value", $"GET / HTTP/1.1\r\n{Host}X: a\0b\r\n\r\n", "http.header-character-refused"),
        ("an escape to the terminal in a value", $"GET / HTTP/1.1\r\n{Host}User-Agent: \u001b[31m\r\n\r\n", "http.header-character-refused"),
        ("letters beyond ASCII", $"GET / HTTP/1.1\r\n{Host}X: caf\u00e9\r\n\r\n", "http.header-character-refused"),
        ("an empty line before the request", $"\r\nGET / HTTP/1.1\r\n{Host}\r\n", "http.request-line-malformed"),
        ("a TLS greeting", "\u0016\u0003\u0001\u0002\0", "http.header-character-refused"),
        ("no header at all", "hello\r\n", "http.request-line-malformed"),

        ("a folded field", $"GET / HTTP/1.1\r\n{Host}X: a\r\n b\r\n\r\n", "http.header-folded"),
        ("a fold before the first field", $"GET / HTTP/1.1\r\n {Host}\r\n", "http.header-folded"),
        ("a space before the colon", Post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), "http.header-name-refused"),
        ("a tab before the colon", Post("Content-Length\t: 3\r\n", "abc"), "http.header-name-refused"),
        ("an underscore in a name", Post("Content_Length: 3\r\n", "abc"), "http.header-name-refused"),
        ("a name without a colon", $"GET / HTTP/1.1\r\n{Host}no header at all\r\n\r\n", "http.header-name-refused"),
        ("no name", $"GET / HTTP/1.1\r\n{Host}: x\r\n\r\n", "http.header-name-refused"),

        ("no host", "GET / HTTP/1.1\r\n\r\n", "http.host-refused"),
        ("two hosts", $"GET / HTTP/1.1\r\n{Host}Host: b.example\r\n\r\n", "http.host-refused"),
        ("an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "http.host-refused"),
        ("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "http.host-refused"),
        ("a host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "http.host-refused"),
        ("two hosts in one field", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "http.host-refused"),
        ("a host whose port is none", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", "http.host-refused"),

        ("absolute form", Get("http://isthmus.example/fhir"), "http.target-refused"),
        ("absolute form with another host", Get("http://other.example/fhir"), "http.target-refused"),
        ("authority form", Get("isthmus.example:443"), "http.target-refused"),
        ("asterisk form", Get("*"), "http.target-refused"),
        ("dot segments", Get("/fhir/../admin"), "http.path-ambiguous"),
        ("a dot segment at the end", Get("/fhir/.."), "http.path-ambiguous"),
        ("an encoded slash", Get("/fhir/..%2fadmin"), "http.path-ambiguous"),
        ("an encoded slash alone", Get("/fhir/a%2Fb"), "http.path-ambiguous"),
        ("dots encoded", Get("/fhir/%2e%2E/admin"), "http.path-ambiguous"),
        ("dots encoded twice", Get("/fhir/%252e%252e/admin"), "http.path-ambiguous"),
        ("one dot of two encoded", Get("/fhir/.%2e/admin"), "http.path-ambiguous"),
        ("an overlong encoding", Get("/fhir/%c0%ae%c0%ae/admin"), "http.path-ambiguous"),
        ("NUL in the path", Get("/fhir/a%00b"), "http.path-ambiguous"),
        ("a line end in the path", Get("/fhir/a%0d%0ab"), "http.path-ambiguous"),
        ("a backslash", Get("/fhir\\admin"), "http.path-ambiguous"),
        ("an encoded backslash", Get("/fhir/%5cadmin"), "http.path-ambiguous"),
        ("a parameter of a segment", Get("/fhir/..;/admin"), "http.path-ambiguous"),
        ("an empty segment", Get("/fhir//admin"), "http.path-ambiguous"),
        ("a path of two slashes", Get("//admin"), "http.path-ambiguous"),
        ("an escape that is none", Get("/fhir/%zz"), "http.path-ambiguous"),
        ("an escape cut off", Get("/fhir/%2"), "http.path-ambiguous"),
        ("a fragment", Get("/fhir#x"), "http.path-ambiguous"),
        ("NUL in the query", Get("/fhir?a=%00"), "http.query-malformed"),
        ("an escape in the query that is none", Get("/fhir?a=%g0"), "http.query-malformed"),
        ("a fragment in the query", Get("/fhir?a#b"), "http.query-malformed"),

        ("TRACE", Request("TRACE", "/"), "http.method-refused"),
        ("TRACK", Request("TRACK", "/"), "http.method-refused"),
        ("CONNECT", Request("CONNECT", "a.example:443"), "http.method-refused"),
        ("OPTIONS", Request("OPTIONS", "*"), "http.method-refused"),
        ("an unknown method", Request("FROB", "/"), "http.method-refused"),
        ("small letters", Request("get", "/"), "http.method-refused"),
        ("a method that is no word", Request("G(T", "/"), "http.request-line-malformed"),
        ("two spaces", $"GET  / HTTP/1.1\r\n{Host}\r\n", "http.request-line-malformed"),
        ("a space at the end", $"GET / HTTP/1.1 \r\n{Host}\r\n", "http.request-line-malformed"),
        ("a tab between", $"GET\t/ HTTP/1.1\r\n{Host}\r\n", "http.request-line-malformed"),
        ("HTTP/0.9", "GET /\r\n", "http.request-line-malformed"),
        ("HTTP/2 over its preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http.method-refused"),
        ("HTTP/1.2", $"GET / HTTP/1.2\r\n{Host}\r\n", "http.version-refused"),
        ("a version in small letters", $"GET / http/1.1\r\n{Host}\r\n", "http.request-line-malformed"),

        ("h2c", $"GET / HTTP/1.1\r\n{Host}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n", "http.connection-option-refused"),
        ("an upgrade", $"GET / HTTP/1.1\r\n{Host}Upgrade: websocket\r\n\r\n", "http.upgrade-refused"),
        ("settings of HTTP/2", $"GET / HTTP/1.1\r\n{Host}HTTP2-Settings: AAMAAABk\r\n\r\n", "http.upgrade-refused"),
        ("a field named hop by hop", $"GET / HTTP/1.1\r\n{Host}Connection: close, Authorization\r\n\r\n", "http.connection-option-refused"),
        ("another expectation", Post("Expect: 200-ok\r\nContent-Length: 1\r\n", "x"), "http.expectation-refused"),

        ("a chunk size beyond 64 bits", Chunks("FFFFFFFFFFFFFFFFF\r\nabc"), "http.chunk-malformed"),
        ("a chunk size of 32 bits", Chunks("80000000\r\nabc"), "http.chunk-malformed"),
        ("a signed chunk size", Chunks("+3\r\nabc\r\n0\r\n\r\n"), "http.chunk-malformed"),
        ("a prefixed chunk size", Chunks("0x3\r\nabc\r\n0\r\n\r\n"), "http.chunk-malformed"),
        ("a chunk without a size", Chunks("\r\nabc\r\n0\r\n\r\n"), "http.chunk-malformed"),
        ("a chunk extension", Chunks("3;a=b\r\nabc\r\n0\r\n\r\n"), "http.chunk-malformed"),
        ("a chunk extension with a bare LF", Chunks("3;\nxx\r\n45\r\n0\r\n\r\n"), "http.chunk-malformed"),
        ("a space behind a chunk size", Chunks("3 \r\nabc\r\n0\r\n\r\n"), "http.chunk-malformed"),
        ("a bare LF behind a chunk size", Chunks("3\nabc\r\n0\r\n\r\n"), "http.chunk-malformed"),
        ("a chunk longer than it says", Chunks("3\r\nabcd\r\n0\r\n\r\n"), "http.chunk-malformed"),
        ("a chunk ended by a bare LF", Chunks("3\r\nabc\n0\r\n\r\n"), "http.chunk-malformed"),
        ("a chunk ended by two other bytes", Chunks("3\r\nabcXX0\r\n\r\n"), "http.chunk-malformed"),
        ("a trailer", Chunks("0\r\nX: y\r\n\r\n"), "http.trailers-refused"),
        ("a trailer that is a length", Chunks("0\r\nContent-Length: 3\r\n\r\n"), "http.trailers-refused"),
        ("a bare LF at the end of the chunks", Chunks("0\r\n\n"), "http.trailers-refused"),

        ("a bad request behind a good one", Get("/a") + Post("Content-Length: +3\r\n", "abc"), "http.content-length-refused"),
        ("a bad request behind chunks", Chunks("3\r\nabc\r\n0\r\n\r\n") + "GET / HTTP/9\r\n", "http.request-line-malformed"),
    ];

    public static byte[] Bytes(string wire) => Encoding.Latin1.GetBytes(wire);

    private static string Get(string target) => Request("GET", target);

    private static string Request(string method, string target) => $"{method} {target} HTTP/1.1\r\n{Host}\r\n";

    private static string Post(string fields, string body) => $"POST /fhir HTTP/1.1\r\n{Host}{fields}\r\n{body}";

    private static string Chunks(string body) => Post("Transfer-Encoding: chunked\r\n", body);
}
