using System.Diagnostics;
using System.Net;
using Isthmus.Testing;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Host.Tests.Door;

/// <summary>Whoever guesses gets no further, learns nothing by it, and keeps nobody else out.</summary>
public sealed class GuessingTests(RunningApi api) : IClassFixture<RunningApi>
{
    private const string Scopes = "system/Patient.rs";

    [Fact, HostileRow("A37")]
    public async Task A_thousand_wrong_proofs_for_one_client_are_throttled_and_the_client_itself_is_not()
    {
        var client = await api.ClientAsync(Scopes);
        var token = await api.TokenAsync(client, Scopes);
        using var wrong = JwsSigner.Create().Signer;
        using var guesser = api.From(IPAddress.Parse("127.0.0.37"));
        var statuses = new List<HttpStatusCode>();
        var began = Stopwatch.GetTimestamp();

        for (var i = 0; i < 1000; i++)
        {
            using var answer = await RunningApi.AskTokenAsync(guesser, api.Assertion(client, wrong), Scopes);
            statuses.Add(answer.StatusCode);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized || answer.Headers.RetryAfter is not null);
        }

        // Sixty at once, and one a second.
        var failed = statuses.Count(status => status == HttpStatusCode.Unauthorized);
        Assert.InRange(failed, 60, 60 + (int)Stopwatch.GetElapsedTime(began).TotalSeconds + 1);
        Assert.Equal(1000 - failed, statuses.Count(status => status == HttpStatusCode.TooManyRequests));

        using var own = await api.AskTokenAsync(client, Scopes);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        using var read = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient/{api.Patient}", token);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact, HostileRow("A37")]
    public async Task How_long_an_answer_takes_does_not_tell_whether_the_client_exists()
    {
        const int Samples = 25;
        var client = await api.ClientAsync(Scopes);
        await api.TokenAsync(client, Scopes);
        using var wrong = JwsSigner.Create().Signer;
        using var guesser = api.From(IPAddress.Parse("127.0.0.38"));
        var (known, unknown) = (new List<double>(), new List<double>());
        var bodies = new HashSet<string>(StringComparer.Ordinal);

        for (var i = 0; i < Samples; i++)
        {
            foreach (var (id, times) in ((string, List<double>)[])[(client, known), ($"patient-app-{i:D12}", unknown)])
            {
                var assertion = api.Assertion(id, wrong);
                var began = Stopwatch.GetTimestamp();
                using var answer = await RunningApi.AskTokenAsync(guesser, assertion, Scopes);
                bodies.Add($"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        Assert.Single(bodies);
        Assert.InRange(Math.Abs(Median(known) - Median(unknown)), 0, 5);
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
