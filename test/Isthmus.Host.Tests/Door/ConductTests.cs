using System.Net;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Door;

/// <summary>What clients do at the door itself is counted beside what they do where tokens are given.</summary>
public sealed class ConductTests(RunningApi api) : IClassFixture<RunningApi>
{
    private static readonly TimeSpan Counted = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Refusals_at_the_door_are_counted_for_who_holds_the_token()
    {
        var client = await api.ClientAsync("system/Patient.rs");
        var token = await api.TokenAsync(client, "system/Patient.rs");
        using (await api.AskAsync(HttpMethod.Get, "/fhir/Observation/1", token))
        {
            await api.Registry.RevokeAsync(client, "anna", "left", default);
        }

        await Eventually.Within(Counted, "the revocation", async () =>
        {
            using var answer = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{api.Patient}", token);
            return answer.StatusCode == HttpStatusCode.Unauthorized;
        });

        await Eventually.Within(Counted, "the counts", async () =>
            await api.ScalarAsync<string>($"SELECT coalesce(string_agg(cause, ' ' ORDER BY cause), '') FROM access.conduct WHERE subject = '{client}' AND cause IN ('issued', 'scope', 'token')")
            == "issued scope token");
    }

    [Fact]
    public async Task Tokens_that_are_nobody_s_are_counted_for_the_address_they_come_from()
    {
        for (var i = 0; i < 12; i++)
        {
            using var answer = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{api.Patient}", $"a.b.{i}");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        await Eventually.Within(Counted, "the counts", async () =>
            await api.ScalarAsync<long>("SELECT coalesce(sum(bit_count(spread)), 0)::bigint FROM access.conduct WHERE subject = '127.0.0.1' AND cause = 'spread'") >= 8);
    }
}
