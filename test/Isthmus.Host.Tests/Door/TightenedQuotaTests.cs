using Isthmus.Testing;

namespace Isthmus.Host.Tests.Door;

/// <summary>While what lies behind the door is degraded, senders have less of their quota, and all of it again afterwards.</summary>
public sealed class TightenedQuotaTests(RunningApi api) : IClassFixture<RunningApi>
{
    private const string Whole = "\"hl7v2-send\";q=1000;w=5";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private string token = "";

    [Fact]
    public async Task A_destination_that_is_away_tightens_the_quota_of_its_feed_until_it_is_back()
    {
        await PolicyBecomesAsync(Whole);

        await api.ExecuteAsync("INSERT INTO outbound.breaker (destination, state, node) VALUES ('ehr', 'open', 'n'), ('registry', 'open', 'n')");
        await PolicyBecomesAsync("\"hl7v2-send\";q=500;w=5");
        Assert.Equal(0.5, await api.ScalarAsync<double>("SELECT share FROM access.bucket WHERE route = 'hl7v2-send' ORDER BY at DESC LIMIT 1"));

        await api.ExecuteAsync("UPDATE outbound.breaker SET state = 'half-open' WHERE destination = 'ehr'");
        await PolicyBecomesAsync("\"hl7v2-send\";q=625;w=5");

        await api.ExecuteAsync("UPDATE outbound.breaker SET state = 'closed' WHERE destination = 'ehr'; UPDATE outbound.breaker SET since = now() - interval '2 minutes'");
        await PolicyBecomesAsync(Whole);
        Assert.Equal(1.0, await api.ScalarAsync<double>("SELECT share FROM access.bucket WHERE route = 'hl7v2-send' ORDER BY at DESC LIMIT 1"));
    }

    [Fact]
    public async Task A_queue_that_grows_old_tightens_it_the_more_the_nearer_its_mark_and_refuses_beyond()
    {
        await PolicyBecomesAsync(Whole);

        // The demo's mark is ten minutes.
        await api.ExecuteAsync("INSERT INTO exchange.inbox (id, received, order_key, partition) VALUES (-1, now() - interval '450 seconds', 1, 3)");
        await Eventually.Within(Soon, "half", async () => Quota(await SendAsync()) is > 450 and <= 500);
        await api.ExecuteAsync("UPDATE exchange.inbox SET received = now() - interval '11 minutes' WHERE id = -1");
        await Eventually.Within(Soon, "refused", async () => await SendAsync() is { } answer && (int)answer.Status == 503 && answer.Says("watermark.queue-old"));

        await api.ExecuteAsync("DELETE FROM exchange.inbox WHERE id = -1");
        await PolicyBecomesAsync(Whole);
    }

    private static int Quota(HandedIn answer) => int.Parse(answer.Policy.Split("q=")[1].Split(';')[0], System.Globalization.CultureInfo.InvariantCulture);

    private Task PolicyBecomesAsync(string policy) => Eventually.Within(Soon, policy, async () => (await SendAsync()).Policy == policy);

    private async Task<HandedIn> SendAsync()
    {
        token = token.Length > 0 ? token : await api.TokenAsync(await api.ClientAsync(HandIns.Send, "outreach-lab"), HandIns.Send);
        return await api.HandInAsync(token, HandIns.Message(HandIns.NewId()));
    }
}
