using System.Net;
using Isthmus.Testing;
using Isthmus.Trust.Access.Switches;

namespace Isthmus.Host.Tests.Door;

/// <summary>HL7 v2 at the door: under a token, for the feeds of the contract, on the way of every message.</summary>
public sealed class FeedDoorTests(RunningApi api) : IClassFixture<RunningApi>
{
    [Fact]
    public async Task A_client_hands_a_message_in_for_its_feed_and_journal_and_ledger_know_who_it_was()
    {
        var (client, token) = await SenderAsync();
        var id = HandIns.NewId();

        var answer = await api.HandInAsync(token, HandIns.Message(id), contentType: "x-application/hl7-v2+er7; charset=utf-8");

        Assert.Equal((HttpStatusCode.OK, ("AA", id)), (answer.Status, answer.Acknowledged));
        Assert.Equal("x-application/hl7-v2+er7; charset=utf-8", answer.ContentType);
        Assert.Equal(
            $"{answer.Number} lab {client} true",
            await api.ScalarAsync<string>(
                $"SELECT j.id || ' ' || j.source || ' ' || j.client || ' ' || (j.id IN (SELECT id FROM exchange.inbox)) FROM exchange.journal j WHERE control_id = '{id}'"));
        Assert.Equal(1L, await api.ScalarAsync<long>(
            $"""
            SELECT count(*) FROM ledger.pending p, exchange.journal j, unnest(p.kind, p.actor, p.message, p.detail) AS e(kind, actor, message, detail)
            WHERE j.control_id = '{id}' AND e.kind = 'message.handed-in' AND e.actor = '{client}' AND e.message = j.id
              AND e.detail::json ->> 'token' = replace(j.token::text, '-', '') AND e.detail::json ->> 'contract' = 'outreach-lab@1.0.0'
            """));
        Assert.Equal(1L, await api.ScalarAsync<long>($"SELECT count(*) FROM ledger.pending WHERE kind[1] = 'access.granted' AND actor[1] = '{client}'"));
    }

    [Fact]
    public async Task A_feed_that_the_contract_does_not_name_looks_like_one_that_is_not_there()
    {
        var (_, token) = await SenderAsync();

        var foreign = await api.HandInAsync(token, HandIns.Message(HandIns.NewId()), feed: "patient-administration");
        var absent = await api.HandInAsync(token, HandIns.Message(HandIns.NewId()), feed: "no-such-feed");

        Assert.True(foreign.Status == HttpStatusCode.Forbidden && foreign.Says("contract.feed-not-allowed"));
        Assert.Equal((absent.Status, absent.Body), (foreign.Status, foreign.Body));
    }

    [Fact]
    public async Task An_application_of_another_contract_is_refused_at_the_route()
    {
        var token = await api.TokenAsync(await api.ClientAsync("system/Patient.rs"), "system/Patient.rs");

        Assert.True(await api.HandInAsync(token, HandIns.Message(HandIns.NewId())) is { Status: HttpStatusCode.Forbidden } answer && answer.Says("contract.route-not-allowed"));
    }

    [Theory]
    [InlineData("OTHER|ST_ELSEWHERE", "application/hl7-v2", 400, "contract.sender-unknown")]
    [InlineData("SECOND|ST_ELSEWHERE", "application/hl7-v2", 400, "contract.sender-not-the-clients")]
    [InlineData("LAB|ST_ELSEWHERE", "application/hl7-v2; charset=ebcdic", 415, "http.charset-unsupported")]
    [InlineData("LAB|ST_ELSEWHERE", "text/plain", 415, "http.media-type-unsupported")]
    public async Task What_is_not_the_client_s_to_send_or_not_to_be_read_is_not_journalled(string sender, string contentType, int status, string rule)
    {
        api.Apply(site => site with
        {
            Files = site.Files with { Version = Guid.NewGuid().ToString("N") },
            Contracts = [.. site.Contracts.Select(c => c.Name != HandIns.Feed ? c : c with { Source = c.Source with { Senders = [new("LAB", "ST_ELSEWHERE"), new("SECOND", "ST_ELSEWHERE")] } })],
        });
        var (_, token) = await SenderAsync();
        var id = HandIns.NewId();

        var answer = await api.HandInAsync(token, HandIns.Message(id, sender: sender), contentType: contentType);

        Assert.Equal((status, true), ((int)answer.Status, answer.Says(rule)));
        Assert.Equal(status == 400 ? ("AR", id) : ("", ""), answer.Acknowledged);
        Assert.Equal(0L, await api.ScalarAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}'"));
    }

    [Fact]
    public async Task What_is_no_message_is_answered_AE()
    {
        var (_, token) = await SenderAsync();

        var answer = await api.HandInAsync(token, "not a message");

        Assert.Equal((HttpStatusCode.InternalServerError, "AE"), (answer.Status, answer.Acknowledged.Code));
    }

    [Theory]
    [InlineData(SwitchKind.Integration, "lab-results", 503, "switch.integration-off")]
    [InlineData(SwitchKind.Integration, "outreach-lab", 403, "switch.integration-off")]
    [InlineData(SwitchKind.Scope, "hl7v2:send", 403, "switch.scope-off")]
    [InlineData(SwitchKind.Route, "hl7v2-send", 503, "switch.route-off")]
    [InlineData(SwitchKind.Tenant, "1", 503, "switch.tenant-off")]
    public async Task What_is_switched_off_is_refused_within_a_second(SwitchKind kind, string target, int status, string rule)
    {
        var (_, token) = await SenderAsync();
        Task BecomesAsync(int code, string says) => Eventually.Within(TimeSpan.FromSeconds(1), $"{code}", async () =>
            await api.HandInAsync(token, HandIns.Message(HandIns.NewId())) is var answer && (int)answer.Status == code && answer.Says(says));

        await BecomesAsync(200, "MSA|AA");
        await api.Switches.OffAsync(1, kind, target, "nora", "in a test", default);
        try
        {
            await BecomesAsync(status, rule);
        }
        finally
        {
            await api.Switches.OnAsync(1, kind, target, "nora", "in a test", default);
        }

        await BecomesAsync(200, "MSA|AA");
    }

    /// <summary>A client of the outreach laboratories, and its token.</summary>
    private async Task<(string Client, string Token)> SenderAsync()
    {
        var client = await api.ClientAsync(HandIns.Send, "outreach-lab");
        return (client, await api.TokenAsync(client, HandIns.Send));
    }
}
