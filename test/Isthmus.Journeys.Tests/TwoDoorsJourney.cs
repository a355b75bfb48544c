using Isthmus.Journeys.Tests.Running;
using Isthmus.Testing;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests;

/// <summary>
/// One site with two doors, each a process with its own way to the database. Whatever is decided once is decided for both: what is used
/// up, counted, switched off, taken back. A door that cannot know lets nobody in.
/// </summary>
public sealed class TwoDoorsJourney(TwoDoors doors, ITestOutputHelper output) : IClassFixture<TwoDoors>
{
    /// <summary>How soon whatever an operator does holds everywhere.</summary>
    private static readonly TimeSpan Everywhere = TimeSpan.FromSeconds(1);

    /// <summary>Opening again is no matter of safety, and nobody promised when.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    /// <summary>How soon a door whose database is back opens again.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(10);

    /// <summary>How long a request that was on its way when its door lost the database may hang.</summary>
    private static readonly TimeSpan Given = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private const string Unconfirmed = "access.state-unconfirmed";

    [Fact]
    public async Task An_assertion_serves_once_whichever_door_it_is_brought_to()
    {
        using var partner = await doors.LetInAsync();
        var used = partner.Assertion();
        Assert.Equal(200, (await partner.AskAsync(doors.First, used)).Status);
        Assert.Equal(401, (await partner.AskAsync(doors.Second, used)).Status);

        for (var round = 0; round < 3; round++)
        {
            var contested = partner.Assertion();
            var got = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => partner.AskAsync(doors.All[i % 2], contested)));
            Assert.Single(got, answer => answer.Status == 200);
            Assert.All(got.Where(answer => answer.Status != 200), answer => Assert.Equal(401, answer.Status));
        }
    }

    [Fact]
    public async Task Fifty_requests_at_once_over_both_doors_get_what_the_bucket_holds()
    {
        using var partner = await doors.LetInAsync();
        var token = await partner.TokenAsync(doors.First);
        await Task.WhenAll(doors.All.Select(door => partner.ReadAsync(door, token, doors.Patient)));
        var began = TimeProvider.System.GetTimestamp();

        var got = await Task.WhenAll(Enumerable.Range(0, 50).Select(
            i => partner.ReadAsync(doors.All[i % 2], token, "/fhir/Observation/00000000-0000-4000-8000-000000000000")));

        // It refills by one a second, and begins full.
        var refilled = (int)TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var let = got.Count(answer => answer.Says("fhir.not-found"));
        output.WriteLine($"{let} of 50 let in, the slowest in {got.Max(answer => answer.Took).TotalMilliseconds:0} ms");
        Assert.InRange(let, TwoDoors.SmallBucket, TwoDoors.SmallBucket + refilled + 1);
        Assert.Equal(50 - let, got.Count(answer => answer.Status == 429 && answer.Says("quota.exceeded")));
    }

    [Theory]
    [InlineData("client", "switch.client-off")]
    [InlineData("route", "switch.route-off")]
    public async Task What_is_switched_off_is_off_at_both_within_a_second_and_so_when_it_is_on_again(string kind, string rule)
    {
        using var partner = await doors.LetInAsync();
        var token = await partner.TokenAsync(doors.First);
        var target = kind == "client" ? partner.Id : "fhir-read";
        await using var knocking = await KnockAsync(partner, token);

        await doors.CommandAsync("switch", "off", kind, target, "--reason", "in a journey", "--as", "nora", "--json");
        var off = await doors.MomentAsync("SELECT off_at FROM access.switch WHERE kind = $1 AND target = $2", kind, target);
        await RefusedAtBothAsync(knocking, off, rule);

        await doors.CommandAsync("switch", "on", kind, target, "--reason", "in a journey", "--as", "nora", "--json");
        var on = TimeProvider.System.GetUtcNow();
        foreach (var door in doors.All)
        {
            await knocking.HeardAsync(door, on, Again, "is open again", answer => answer.IsLetIn);
        }
    }

    [Fact]
    public async Task A_token_that_is_taken_back_at_one_door_is_refused_at_the_other_which_knows_it_by_heart()
    {
        using var partner = await doors.LetInAsync();
        var (token, other) = (await partner.TokenAsync(doors.First), await partner.TokenAsync(doors.Second));
        await using var knocking = await KnockAsync(partner, token);

        Assert.Equal(200, (await partner.RevokeAsync(doors.First, token)).Status);
        await RefusedAtBothAsync(knocking, TimeProvider.System.GetUtcNow(), "token.revoked");

        Assert.True((await partner.ReadAsync(doors.First, other, doors.Patient)).IsLetIn);
    }

    [Fact]
    public async Task A_client_that_is_shut_out_by_command_is_out_at_both_with_every_token_it_has()
    {
        using var partner = await doors.LetInAsync();
        var token = await partner.TokenAsync(doors.Second);
        await using var knocking = await KnockAsync(partner, token);

        await doors.CommandAsync("client", "revoke", partner.Id, "--reason", "key seen in a ticket", "--as", "anna", "--json");
        await RefusedAtBothAsync(knocking, await doors.MomentAsync("SELECT revoked_at FROM access.client WHERE id = $1", partner.Id), "token.revoked");

        foreach (var door in doors.All)
        {
            Assert.Equal(401, (await partner.AskAsync(door)).Status);
        }
    }

    [Fact]
    public async Task A_message_that_is_handed_in_at_both_doors_has_one_effect_and_one_answer()
    {
        using var laboratory = await doors.LetInAsync("outreach-lab", "hl7v2:send");
        var token = await laboratory.TokenAsync(doors.First);
        var first = await laboratory.HandInAsync(doors.First, token, Message("TWO1"), "key-1");
        var repeat = await laboratory.HandInAsync(doors.Second, token, Message("TWO1"), "key-1");
        var another = await laboratory.HandInAsync(doors.Second, token, Message("TWO2"), "key-1");
        var contested = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => laboratory.HandInAsync(doors.All[i % 2], token, Message("TWO3"), "key-3")));

        Assert.Equal((200, first.Body), (repeat.Status, repeat.Body));
        Assert.Contains("MSA|AA|TWO1", first.Body, StringComparison.Ordinal);
        Assert.True(another.Status == 422 && another.Says("idempotency.key-reused"), another.ToString());
        var answer = Assert.Single(contested.Where(a => a.Status == 200).Select(a => a.Body).Distinct());
        Assert.Contains("MSA|AA|TWO3", answer, StringComparison.Ordinal);
        Assert.All(contested.Where(a => a.Status != 200), a => Assert.Equal(409, a.Status));
        Assert.Equal(2, await doors.AskAsync<long>("SELECT count(*) FROM exchange.journal WHERE client = $1", laboratory.Id));

        // The door that cannot ask says so, and the other still knows the answer.
        doors.First.Cord.Cut();
        await Eventually.Within(Limit, "the first door is shut", async () => (await laboratory.HandInAsync(doors.First, token, Message("TWO1"), "key-1")).Status == 503);
        Assert.Equal(first.Body, (await laboratory.HandInAsync(doors.Second, token, Message("TWO1"), "key-1")).Body);
        doors.First.Cord.Mend();
        await Eventually.Within(Back, "the first door is open again", async () => (await laboratory.HandInAsync(doors.First, token, Message("TWO1"), "key-1")).Body == first.Body);
        Assert.Equal(2, await doors.AskAsync<long>("SELECT count(*) FROM exchange.journal WHERE client = $1", laboratory.Id));
    }

    [Fact]
    public async Task A_door_that_is_cut_off_lets_nobody_in_after_a_second_and_opens_again_by_itself()
    {
        using var partner = await doors.LetInAsync();
        var token = await partner.TokenAsync(doors.First);
        await using var knocking = await KnockAsync(partner, token);

        var cut = TimeProvider.System.GetUtcNow();
        doors.Second.Cord.Cut();
        await ClosedAsync(knocking, cut);
        Assert.Equal(503, (await partner.AskAsync(doors.Second)).Status);
        Assert.Equal(200, (await partner.AskAsync(doors.First)).Status);

        var mended = TimeProvider.System.GetUtcNow();
        doors.Second.Cord.Mend();
        await OpenAgainAsync(knocking, mended);
        await knocking.StopAsync();

        AssertClosed(knocking, cut, mended);
        AssertNone(knocking.Of(doors.First).Where(answer => !answer.IsLetIn));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_door_whose_database_falls_silent_lets_nobody_in_by_what_it_knew(bool forgotten)
    {
        using var partner = await doors.LetInAsync();
        using var shut = await doors.LetInAsync();
        var (token, revoked) = (await partner.TokenAsync(doors.First), await shut.TokenAsync(doors.First));
        await using var knocking = await KnockAsync(partner, token);
        await using var knockingShut = await KnockAsync(shut, revoked);

        // From here on requests hang in the midst of their way in.
        var stalled = TimeProvider.System.GetUtcNow();
        doors.Second.Cord.Stall();
        Assert.Equal(200, (await shut.RevokeAsync(doors.First, revoked)).Status);
        var off = TimeProvider.System.GetUtcNow();
        await ClosedAsync(knocking, stalled);
        Assert.Equal(503, (await partner.AskAsync(doors.Second)).Status);

        var mended = TimeProvider.System.GetUtcNow();
        if (forgotten)
        {
            doors.Second.Cord.MendForNewcomers();
        }
        else
        {
            doors.Second.Cord.Mend();
        }

        await OpenAgainAsync(knocking, mended);
        await RefusedAtBothAsync(knockingShut, off, "token.revoked");
        await knocking.StopAsync();

        AssertClosed(knocking, stalled, mended);
        var late = knockingShut.Of(doors.Second).Where(answer => answer.IsLetIn && answer.Answered > off + Everywhere);
        AssertNone(late);
        AssertNone(knocking.Of(doors.First).Where(answer => !answer.IsLetIn));
    }

    [Fact]
    public async Task A_key_that_is_rotated_at_one_door_signs_at_both_and_no_token_fails_for_it()
    {
        using var partner = await doors.LetInAsync();
        var token = await partner.TokenAsync(doors.First);
        await using var knocking = await KnockAsync(partner, token);

        var announced = (await doors.CommandAsync("keys", "rotate", "--reason", "yearly", "--as", "anna", "--json")).GetProperty("key").GetString()!;
        await Eventually.Within(Everywhere, "both publish the key that will sign", async () =>
            (await partner.PublishedKeysAsync(doors.First)).Contains(announced) && (await partner.PublishedKeysAsync(doors.Second)).Contains(announced));

        var signs = (await doors.CommandAsync("keys", "rotate", "--emergency", "--reason", "seen", "--as", "anna", "--json")).GetProperty("key").GetString()!;
        await Eventually.Within(Everywhere, "both publish the new key alone", async () =>
            (await partner.PublishedKeysAsync(doors.First)).SequenceEqual([signs]) && (await partner.PublishedKeysAsync(doors.Second)).SequenceEqual([signs]));

        foreach (var (from, to) in ((Door, Door)[])[(doors.First, doors.Second), (doors.Second, doors.First)])
        {
            var fresh = await partner.TokenAsync(from);
            Assert.Contains(signs, System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(fresh.Split('.')[0])), StringComparison.Ordinal);
            Assert.True((await partner.ReadAsync(to, fresh, doors.Patient)).IsLetIn);
        }

        await knocking.StopAsync();
        AssertNone(doors.All.SelectMany(knocking.Of).Where(answer => !answer.IsLetIn));
    }

    [Fact]
    public async Task What_was_decided_holds_after_both_doors_were_killed()
    {
        using var partner = await doors.LetInAsync();
        using var switched = await doors.LetInAsync();
        var used = partner.Assertion();
        Assert.Equal(200, (await partner.AskAsync(doors.First, used)).Status);
        var (good, revoked, off) = (await partner.TokenAsync(doors.First), await partner.TokenAsync(doors.Second), await switched.TokenAsync(doors.First));
        Assert.Equal(200, (await partner.RevokeAsync(doors.Second, revoked)).Status);
        await doors.CommandAsync("switch", "off", "client", switched.Id, "--reason", "in a journey", "--as", "nora", "--json");

        await Task.WhenAll(doors.All.Select(door => door.KillAsync()));
        await Task.WhenAll(doors.All.Select(door => door.StartAsync(doors.Issuer)));

        foreach (var door in doors.All)
        {
            Assert.True((await partner.ReadAsync(door, good, doors.Patient)).IsLetIn);
            Assert.True((await partner.ReadAsync(door, revoked, doors.Patient)).Says("token.revoked"));
            Assert.True((await switched.ReadAsync(door, off, doors.Patient)).Says("switch.client-off"));
            Assert.Equal(401, (await partner.AskAsync(door, used)).Status);
        }
    }

    /// <summary>Knocks at both, and returns once both let in.</summary>
    private async Task<Knocking> KnockAsync(ApiPartner partner, string token)
    {
        var knocking = Knocking.At(doors.All, door => partner.ReadAsync(door, token, doors.Patient));
        foreach (var door in doors.All)
        {
            await knocking.HeardAsync(door, DateTimeOffset.MinValue, Limit, "lets in", answer => answer.IsLetIn);
        }

        return knocking;
    }

    private async Task RefusedAtBothAsync(Knocking knocking, DateTimeOffset since, string rule)
    {
        foreach (var door in doors.All)
        {
            await knocking.HeardAsync(door, since, Limit, $"says {rule}", answer => answer.Says(rule));
            var last = knocking.Of(door).Where(answer => answer.IsLetIn && answer.Asked > since).Select(answer => answer.Asked - since).DefaultIfEmpty().Max();
            output.WriteLine($"{rule} at the {door.Name} door after {last.TotalMilliseconds:0} ms");
            Assert.True(last < Everywhere, $"The {door.Name} door let in {last.TotalMilliseconds:0} ms after.");
        }
    }

    /// <summary>Until the second door has refused for some time.</summary>
    private Task ClosedAsync(Knocking knocking, DateTimeOffset since) =>
        knocking.HeardAsync(doors.Second, since + (3 * Everywhere), Limit, "refuses", answer => answer.Status == 503);

    private async Task OpenAgainAsync(Knocking knocking, DateTimeOffset mended)
    {
        await knocking.HeardAsync(doors.Second, mended, Back, "is open again", answer => answer.IsLetIn);
        var first = knocking.Of(doors.Second).First(answer => answer.IsLetIn && answer.Asked > mended);
        output.WriteLine($"open again {(first.Answered - mended).TotalMilliseconds:0} ms after it was mended");
        Assert.True(doors.Second.IsRunning, doors.Second.Complaints);
    }

    /// <summary>After a second without its database the second door refused everybody, at once and for that reason.</summary>
    private void AssertClosed(Knocking knocking, DateTimeOffset since, DateTimeOffset mended)
    {
        var asked = knocking.Of(doors.Second).Where(answer => answer.Asked > since && answer.Asked < mended).ToList();
        foreach (var group in asked.GroupBy(answer => (answer.IsLetIn, Rule: answer.IsLetIn ? "" : Rule(answer))))
        {
            output.WriteLine($"{group.Count()} {group.Key.Rule} asked {(group.Min(a => a.Asked) - since).TotalMilliseconds:0} to {(group.Max(a => a.Asked) - since).TotalMilliseconds:0} ms after, slowest {group.Max(a => a.Took).TotalMilliseconds:0} ms");
        }

        var closed = asked.Where(answer => answer.Asked > since + Everywhere).ToList();
        Assert.NotEmpty(closed);
        AssertNone(closed.Where(answer => answer.Status != 503 || !answer.Says(Unconfirmed) || answer.Took > Everywhere));

        // Those that were on their way are told as well.
        AssertNone(asked.Where(answer => answer.Status is not (200 or 503) || answer.Took > Given));
    }

    private static void AssertNone(IEnumerable<DoorAnswer> wrong) => Assert.Empty(wrong.Take(3).Select(answer => answer.ToString()));

    private static string Rule(DoorAnswer answer) =>
        answer.Json.GetProperty("issue")[0].GetProperty("details").GetProperty("coding")[0].GetProperty("code").GetString()!;

    private static string Message(string id) => string.Join('\r',
        $@"MSH|^~\&|LAB|ST_ELSEWHERE|ISTHMUS|ST_ELSEWHERE|20261120080000||ORU^R01^ORU_R01|{id}|P|2.5.1",
        "PID|1||MRN10001^^^ST_ELSEWHERE^MR||Albrecht^Mira^L||19580314|F",
        $"OBR|1||{id}^LAB|BMP^Basic metabolic panel^L|||20261120073000",
        "OBX|1|NM|NA^Sodium^L||139|mmol/L|||||F") + "\r";
}
