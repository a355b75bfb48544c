using System.Net;

namespace Isthmus.Simulators.Tests.Ehr;

public sealed class FaultTests
{
    [Fact]
    public async Task A_throttling_fault_answers_429_with_Retry_After_as_often_as_ordered()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();
        await ehr.OrderFaultAsync(new { kind = "429", count = 2, retryAfterSeconds = 7 });

        var statuses = new List<HttpStatusCode>();
        TimeSpan? retryAfter = null;
        for (var i = 0; i < 3; i++)
        {
            using var answer = await ehr.SendAsync(Bundles.Result("p", "o"), "d");
            statuses.Add(answer.StatusCode);
            retryAfter ??= answer.Headers.RetryAfter?.Delta;
        }

        Assert.Equal([HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests, HttpStatusCode.OK], statuses);
        Assert.Equal(TimeSpan.FromSeconds(7), retryAfter);
        Assert.Equal(1, (int)(await ehr.JsonAsync("/simulator/effects"))["transactions"]!);
    }

    [Fact]
    public async Task A_timeout_after_the_effect_keeps_the_effect_and_withholds_the_answer()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();
        await ehr.OrderFaultAsync(new { kind = "timeout-after-effect", count = 1, milliseconds = 20 });

        await Assert.ThrowsAsync<HttpRequestException>(() => ehr.SendAsync(Bundles.Result("p", "o"), "d"));
        using var repeat = await ehr.SendAsync(Bundles.Result("p", "o"), "d");

        Assert.Equal(HttpStatusCode.OK, repeat.StatusCode);
        var totals = await ehr.JsonAsync("/simulator/effects");
        Assert.Equal(2, (int)totals["transactions"]!);
        Assert.Equal(2, (int)totals["changes"]!);
        Assert.Equal(2, (int)totals["repeats"]!);
    }

    [Fact]
    public async Task A_dropped_call_has_no_effect()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();
        await ehr.OrderFaultAsync(new { kind = "drop", count = 1 });

        await Assert.ThrowsAsync<HttpRequestException>(() => ehr.SendAsync(Bundles.Result("p", "o"), "d"));

        Assert.Equal(0, (int)(await ehr.JsonAsync("/simulator/effects"))["transactions"]!);
    }

    [Fact]
    public async Task A_fault_strikes_only_what_it_matches_and_can_be_cleared()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();
        await ehr.OrderFaultAsync(new { kind = "500", match = "Patient/q" });

        using var other = await ehr.SendAsync(Bundles.Result("p", "o"), "d1");
        using var struck = await ehr.SendAsync(Bundles.Result("q", "x"), "d2");
        using var cleared = await ehr.Client.DeleteAsync("/simulator/faults");
        using var after = await ehr.SendAsync(Bundles.Result("q", "x"), "d2");

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, struck.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task A_fault_on_the_token_endpoint_is_ordered_by_its_path()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await RunningEhr.StartAsync(folder);
        await ehr.OrderFaultAsync(new { kind = "503", count = 1, match = "/oauth2/token" });

        using var struck = await ehr.AskTokenAsync(ehr.Assertion());
        using var after = await ehr.AskTokenAsync(ehr.Assertion());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, struck.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Theory]
    [InlineData("""{"kind":"nonsense"}""")]
    [InlineData("""{"kind":"200"}""")]
    [InlineData("""{"kind":"latency"}""")]
    [InlineData("""[{"kind":"500","count":0}]""")]
    [InlineData("""{""")]
    public async Task An_impossible_fault_is_refused(string order)
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await RunningEhr.StartAsync(folder);

        using var answer = await ehr.Client.PostAsync("/simulator/faults", new StringContent(order));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
