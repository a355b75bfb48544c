using System.Text;

namespace Isthmus.Inbound.Tests.Framing;

/// <summary>Connections of one to three requests, some sound, most damaged where readers are known to differ.</summary>
internal sealed class RandomWire(int seed)
{
    private static readonly string[] Telling =
    [
        "\r\n", "\n", "\r", " ", "\t", "\0", "\v", ":", ";", ",", "+", "-", "0", "1", "3", "A", "_", "%", "%2f", "/", "/..", "//", "?", "#", "\\", "\"", "\u00e9",
        "Content-Length: 3\r\n", "Content-Length: 0\r\n", "content-length:4\r\n", "Content-Length : 3\r\n", "Transfer-Encoding: chunked\r\n",
        "transfer-encoding: Chunked\r\n", "Transfer-Encoding:\tchunked\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding: x\r\n", "Connection: close\r\n",
        "Connection: keep-alive, TE\r\n", "Upgrade: h2c\r\n", "Host: b\r\n", "X: y\r\n", " folded\r\n", "0\r\n\r\n", "3\r\nabc\r\n", "3;x=y\r\nabc\r\n", "ffffffff\r\n",
        "GET / HTTP/1.1\r\n", " HTTP/1.0\r\n", "HTTP/1.1", "Expect: 100-continue\r\n", "\r\n\r\n", "Trailer: X\r\n",
    ];

    private static readonly string[] Targets =
        ["/", "/fhir/Patient", "/fhir/Patient/1?_format=json", "/a%20b", "/%41", "/x?a=b|c&d=%2F", "/fhir/Patient?name=a,b", "/.well-known/x", "/a/"];

    private readonly Random random = new(seed);

    public byte[] Next()
    {
        var wire = new StringBuilder();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            wire.Append(random.Next(4) == 0 ? FramingCases.All[random.Next(FramingCases.All.Count)].Wire : Request());
        }

        for (var damage = random.Next(0, 4); damage > 0 && wire.Length > 0; damage--)
        {
            var at = random.Next(wire.Length);
            switch (random.Next(4))
            {
                case 0:
                    wire.Remove(at, Math.Min(random.Next(1, 4), wire.Length - at));
                    break;
                case 1:
                    wire[at] = (char)random.Next(256);
                    break;
                case 2:
                    wire.Insert(LineStart(wire, at), Telling[random.Next(Telling.Length)]);
                    break;
                default:
                    wire.Insert(at, Telling[random.Next(Telling.Length)]);
                    break;
            }
        }

        return FramingCases.Bytes(wire.ToString());
    }

    private string Request()
    {
        var fields = new StringBuilder("Host: a.example\r\n");
        for (var more = random.Next(3); more > 0; more--)
        {
            fields.Append(random.Next(3) switch { 0 => "Accept: */*\r\n", 1 => "User-Agent: x/1 (y; z)\r\n", _ => "X-Long:  a\tb  \r\n" });
        }

        var target = Targets[random.Next(Targets.Length)];
        var body = new string('b', random.Next(1, 20));
        return random.Next(3) switch
        {
            0 => $"{(random.Next(2) == 0 ? "GET" : "DELETE")} {target} HTTP/1.1\r\n{fields}\r\n",
            1 => $"POST {target} HTTP/1.1\r\n{fields}Content-Length: {body.Length}\r\n\r\n{body}",
            _ => $"PUT {target} HTTP/1.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n{(random.Next(2) == 0 ? "2\r\nxy\r\n" : "")}0\r\n\r\n",
        };
    }

    private static int LineStart(StringBuilder wire, int at)
    {
        while (at > 0 && wire[at - 1] != '\n')
        {
            at--;
        }

        return at;
    }
}
