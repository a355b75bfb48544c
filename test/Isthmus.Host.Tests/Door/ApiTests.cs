using System.Net;
using System.Net.Sockets;
using System.Text;
using Isthmus.Testing;
using Isthmus.Trust.Access.Switches;

namespace Isthmus.Host.Tests.Door;

/// <summary>From registration to a resource on record, and everything that stands between.</summary>
public sealed class ApiTests(RunningApi api) : IClassFixture<RunningApi>
{
    private const string Scopes = "system/Patient.rs";

    [Fact]
    public async Task A_client_that_was_approved_gets_a_token_and_reads_what_its_scope_covers()
    {
        var client = await api.ClientAsync(Scopes);
        var token = await api.TokenAsync(client, Scopes);

        using var answer = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{api.Patient}", token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Matches("^{\"resourceType\":\"Patient\",\"id\":\"[-0-9a-f]{36}\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"[-0-9T:.]*Z\"},\"name\":\\[{\"family\":\"Quillfeather\"}]}$", await answer.Content.ReadAsStringAsync());
        Assert.Equal("W/\"1\"", answer.Headers.ETag!.ToString());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Equal("\"fhir-read\";q=1000;w=1", answer.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal(1L, await api.ScalarAsync<long>($"SELECT count(*) FROM ledger.pending WHERE kind[1] = 'access.granted' AND actor[1] = '{client}'"));
        Assert.Equal(1L, await api.ScalarAsync<long>($"SELECT count(*) FROM ledger.pending WHERE kind[1] = 'record.read' AND actor[1] = '{client}' AND person[1] = '{api.Patient}'"));
    }

    [Theory, HostileRow("B01", "B02")]
    [InlineData(null)]
    [InlineData("X-Tenant-Id: 2")]
    public async Task Another_tenant_s_patient_looks_like_one_that_is_not_there(string? header)
    {
        var token = await api.TokenAsync(await api.ClientAsync(Scopes), Scopes);

        using var foreign = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{api.Foreign}", token, header: header);
        using var absent = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{Guid.NewGuid()}", token, header: header);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (foreign.StatusCode, absent.StatusCode));
        Assert.Equal(await absent.Content.ReadAsStringAsync(), await foreign.Content.ReadAsStringAsync());
        Assert.Equal(Names(absent), Names(foreign));
    }

    [Theory, HostileRow("A39")]
    [InlineData("GET", "/fhir/Observation/1")]
    [InlineData("GET", "/fhir/$export")]
    [InlineData("GET", "/fhir/Patient?_include=Patient:organization")]
    [InlineData("GET", "/fhir/Patient?_revinclude=Observation:subject")]
    [InlineData("GET", "/fhir/Patient?organization.name=x")]
    [InlineData("POST", "/fhir/Patient")]
    [InlineData("DELETE", "/fhir/Patient/1")]
    public async Task What_the_scope_does_not_cover_is_forbidden_and_says_nothing_more(string method, string path)
    {
        var token = await api.TokenAsync(await api.ClientAsync(Scopes), Scopes);

        using var answer = await api.AskAsync(new HttpMethod(method), path, token, method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/fhir+json") : null);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.StartsWith("{\"resourceType\":\"OperationOutcome\"", body, StringComparison.Ordinal);
        Assert.Contains("scope.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Quillfeather", body, StringComparison.Ordinal);
    }

    [Fact, HostileRow("A38")]
    public async Task More_than_was_registered_is_refused_and_not_trimmed()
    {
        var client = await api.ClientAsync(Scopes);
        await api.TokenAsync(client, Scopes);

        using var answer = await api.AskTokenAsync(client, "system/*.cruds");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("\"invalid_scope\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact, HostileRow("A28", "D22")]
    public async Task A_revoked_client_s_token_and_one_switched_off_are_refused_within_a_second()
    {
        var (revoked, off) = (await api.ClientAsync(Scopes), await api.ClientAsync(Scopes));
        var (first, second) = (await api.TokenAsync(revoked, Scopes), await api.TokenAsync(off, Scopes));

        await api.Registry.RevokeAsync(revoked, "anna", "left", default);
        await Eventually.Within(TimeSpan.FromSeconds(1), "the revocation", async () => await StatusAsync(first) == HttpStatusCode.Unauthorized);
        await api.Switches.OffAsync(1, SwitchKind.Client, off, "nora", "in a test", default);
        await Eventually.Within(TimeSpan.FromSeconds(1), "the switch", async () => await StatusAsync(second) == HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Metadata_is_for_everybody_and_names_where_tokens_are_had()
    {
        using var answer = await api.AskAsync(HttpMethod.Get, "/fhir/metadata", null);

        var body = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\"fhirVersion\":\"4.0.1\"", body, StringComparison.Ordinal);
        Assert.Contains("/oauth2/token", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_there_is_a_challenge_and_no_word_on_what_is_there()
    {
        using var there = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{api.Patient}", null);
        using var absent = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{Guid.NewGuid()}", null);

        Assert.Equal(HttpStatusCode.Unauthorized, there.StatusCode);
        Assert.StartsWith("Bearer", there.Headers.WwwAuthenticate.First().ToString(), StringComparison.Ordinal);
        Assert.Equal(await absent.Content.ReadAsStringAsync(), await there.Content.ReadAsStringAsync());
    }

    [Theory, HostileRow("C11", "C12")]
    [InlineData("GET /fhir/..%2fadmin HTTP/1.1", "", "400", "404")]
    [InlineData("GET /fhir/%252e%252e/admin HTTP/1.1", "", "400", "404")]
    [InlineData("TRACE /fhir/metadata HTTP/1.1", "", "405", "405")]
    [InlineData("TRACK /fhir/metadata HTTP/1.1", "", "405", "405")]
    [InlineData("GET /fhir/metadata HTTP/1.1", "X-HTTP-Method-Override: DELETE\r\n", "200", "200")]
    [InlineData("GET /fhir/metadata HTTP/1.1", "Content-Length: 2\r\n", "400", "400")]
    public async Task Paths_and_methods_that_proxies_read_otherwise_lead_nowhere(string line, string fields, string either, string or)
    {
        var body = fields.StartsWith("Content-Length", StringComparison.Ordinal) ? "{}" : "";
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, api.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{line}\r\nHost: localhost\r\n{fields}Connection: close\r\n\r\n{body}"));
        using var reader = new StreamReader(new NetworkStream(socket));

        var status = (await reader.ReadLineAsync())!.Split(' ')[1];

        Assert.Contains(status, new[] { either, or });
    }

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var answer = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{api.Patient}", token);
        return answer.StatusCode;
    }

    private static IEnumerable<string> Names(HttpResponseMessage answer) => answer.Headers.Select(h => h.Key).Order(StringComparer.Ordinal);
}
