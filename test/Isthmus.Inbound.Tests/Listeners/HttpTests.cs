using System.Net;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Journal;
using Isthmus.Store.Connections;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;
using Npgsql;

namespace Isthmus.Inbound.Tests.Listeners;

/// <summary>What is HTTP's own: statuses, content types, charsets, and limits on requests.</summary>
public sealed class HttpTests(SharedHttpEdge shared) : IClassFixture<SharedHttpEdge>, IDisposable
{
    private readonly RunningEdge edge = shared.Edge;
    private readonly HttpSender sender = new();
    private readonly string id = Results.NewId();

    [Theory]
    [InlineData("2.5.1", "P", 200, "AA")]
    [InlineData("9.9", "P", 400, "AR")]
    public async Task The_status_follows_the_acknowledgement_code(string version, string processing, int status, string code)
    {
        using var response = await sender.PostAsync(edge, Results.Message(id, version: version, processing: processing));

        Assert.Equal((status, code), ((int)response.StatusCode, Answer.Of(await response.Content.ReadAsStringAsync()).Code));
    }

    [Fact]
    public async Task An_unreadable_message_is_500_with_its_acknowledgement()
    {
        using var response = await sender.PostAsync(edge, "no header");

        Assert.Equal((500, "AE"), ((int)response.StatusCode, Answer.Of(await response.Content.ReadAsStringAsync()).Code));
    }

    [Fact]
    public async Task What_may_pass_is_503_with_a_time_to_come_again()
    {
        await using var full = Start(site => site with { Watermarks = site.Watermarks with { QueueAge = TimeSpan.FromSeconds(-1) } });

        using var response = await sender.PostAsync(full, Results.Message(id));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
        Assert.Equal("AR", Answer.Of(await response.Content.ReadAsStringAsync()).Code);
    }

    [Fact]
    public async Task A_message_that_wants_no_acknowledgement_is_204()
    {
        using var response = await sender.PostAsync(edge, Results.Message(id, accept: "NE|NE"));

        Assert.Equal((HttpStatusCode.NoContent, ""), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("application/hl7-v2")]
    [InlineData("application/hl7-v2; charset=utf-8")]
    [InlineData("APPLICATION/HL7-V2; charset=\"UTF-8\"")]
    [InlineData("x-application/hl7-v2+er7; charset=us-ascii")]
    public async Task The_acknowledgement_has_the_content_type_of_the_message(string contentType)
    {
        using var response = await sender.PostAsync(edge, Results.Message(id), contentType);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.NonValidated["Content-Type"].ToString());
    }

    [Fact]
    public async Task Nothing_else_of_the_content_type_is_sent_back()
    {
        using var response = await sender.PostAsync(edge, Results.Message(id), "application/hl7-v2; profile=\"x\"; charset=utf-8");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("application/hl7-v2; charset=utf-8", response.Content.Headers.NonValidated["Content-Type"].ToString());
    }

    [Theory]
    [InlineData(null, "http.media-type-unsupported")]
    [InlineData("application/json", "http.media-type-unsupported")]
    [InlineData("application/hl7-v2+xml", "http.media-type-unsupported")]
    [InlineData("application/hl7-v2; charset=utf-16", "http.charset-unsupported")]
    [InlineData("application/hl7-v2; charset=klingon", "http.charset-unsupported")]
    public async Task Another_content_type_is_415(string? contentType, string rule)
    {
        using var response = await sender.PostAsync(edge, Results.Message(id), contentType);

        await ProblemAsync(response, 415, rule);
        Assert.Equal(0L, await RowsAsync());
    }

    [Fact]
    public async Task A_body_that_is_encoded_besides_is_415()
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Results.Message(id)));
        content.Headers.ContentEncoding.Add("gzip");

        await ProblemAsync(await sender.PostAsync(edge, content, HttpSender.MediaType), 415, "http.content-encoding-unsupported");
    }

    [Fact]
    public async Task Another_method_is_405_and_another_path_404()
    {
        using var get = new HttpRequestMessage(HttpMethod.Get, HttpSender.At(edge));
        using var elsewhere = new HttpRequestMessage(HttpMethod.Post, HttpSender.At(edge, "/admin"));

        using var notGet = await sender.SendAsync(get);
        await ProblemAsync(notGet, 405, "http.method-not-allowed");
        Assert.Equal("POST", notGet.Content.Headers.Allow.Single());
        await ProblemAsync(await sender.SendAsync(elsewhere), 404, "http.path-unknown");
    }

    [Fact]
    public async Task A_listener_takes_messages_at_the_path_of_its_settings()
    {
        await using var there = Start(site => site.WithListener(listener => listener with { Path = "/hl7/results" }));
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Results.Message(id)));
        content.Headers.ContentType = new(HttpSender.MediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, HttpSender.At(there, "/hl7/results")) { Content = content };

        using var response = await sender.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await ProblemAsync(await sender.PostAsync(there, Results.Message(id)), 404, "http.path-unknown");
    }

    [Theory]
    [InlineData("iso-8859-1", "", "8859/1")]
    [InlineData("utf-8", "8859/1", "UNICODE UTF-8")]
    [InlineData("utf-8", "", "")]
    [InlineData("us-ascii", "ASCII", "ASCII")]
    public async Task The_charset_of_the_content_type_decides_and_MSH_18_says_so_in_the_journal(string charset, string sent, string kept)
    {
        var mediations = new KeyFolder(RunningEdge.NewFolder());
        await using var keyed = RunningEdge.Start(shared.Edge.Store, site => site.OverHttp(), RunningEdge.NewKeys(mediations));

        using var response = await sender.PostAsync(
            keyed, WithCharacterSet(Results.Message(id), sent), $"{HttpSender.MediaType}; charset={charset}");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(WithCharacterSet(Results.Message(id), kept), await JournalledAsync(mediations));
    }

    [Fact]
    public void A_listener_whose_address_is_taken_says_which_one_it_is()
    {
        var refused = Assert.Throws<Isthmus.Exchange.RefusalException>(() =>
            Start(site => site.WithListener(listener => listener with { Port = edge.Port })));

        Assert.Equal("http.cannot-listen", refused.Refusal.Id);
    }

    public void Dispose() => sender.Dispose();

    private RunningEdge Start(Func<SiteModel, SiteModel> change) => RunningEdge.Start(shared.Edge.Store, site => change(site.OverHttp()));

    private Task<long> RowsAsync() => edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}'");

    private static string WithCharacterSet(string message, string set)
    {
        var header = message[..message.IndexOf('\r')].Split('|').ToList();
        while (header.Count < 18)
        {
            header.Add("");
        }

        header[17] = set;
        return string.Join('|', set.Length == 0 ? header.Take(15) : header) + message[message.IndexOf('\r')..];
    }

    private async Task<string> JournalledAsync(KeyFolder mediations)
    {
        await using var connection = new NpgsqlConnection(edge.Store.OwnerAddress + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT body, seal_key, seal_nonce FROM exchange.journal WHERE control_id = '{id}'", connection);
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        using var opener = new Opener(edge.Store.For(ZoneRole.Mediation), mediations, SealedTo.Mediation);
        var session = await opener.SessionAsync(row.GetInt32(1), CancellationToken.None);
        return Encoding.UTF8.GetString(Compression.Unpack(session.Open(row.GetFieldValue<byte[]>(0), JournalSeal.Bound("lab", id), row.GetInt64(2))));
    }

    private static async Task ProblemAsync(HttpResponseMessage response, int status, string rule)
    {
        using (response)
        {
            Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            Assert.Equal(rule, problem.RootElement.GetProperty("type").GetString());
        }
    }
}
