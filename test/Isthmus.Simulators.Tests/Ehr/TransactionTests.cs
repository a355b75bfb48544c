using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Isthmus.Simulators.Tests.Ehr;

public sealed class TransactionTests
{
    [Fact]
    public async Task Entries_are_created_then_updated_and_a_repeat_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();

        var created = await StatusesAsync(await ehr.SendAsync(Bundles.Result("p", "o", "4.1"), "d1"));
        var repeated = await StatusesAsync(await ehr.SendAsync(Bundles.Result("p", "o", "4.1"), "d1"));
        var updated = await StatusesAsync(await ehr.SendAsync(Bundles.Result("p", "o", "4.4"), "d2"));

        Assert.Equal(["201 Created", "201 Created"], created);
        Assert.Equal(["200 OK", "200 OK"], repeated);
        Assert.Equal(["200 OK", "200 OK"], updated);
        var observation = await ehr.JsonAsync("/fhir/Observation/o");
        Assert.Equal("4.4", (string?)observation["valueString"]);
        Assert.Equal("2", (string?)observation["meta"]!["versionId"]);
    }

    [Fact]
    public async Task Effects_are_counted_per_resource_and_per_delivery_key()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();
        await StatusesAsync(await ehr.SendAsync(Bundles.Result("p", "o", "4.1"), "d1"));
        await StatusesAsync(await ehr.SendAsync(Bundles.Result("p", "o", "4.1"), "d1"));
        await StatusesAsync(await ehr.SendAsync(Bundles.Result("p", "o", "4.4"), "d2"));

        var totals = await ehr.JsonAsync("/simulator/effects");
        var names = await ehr.LinesAsync("/simulator/effects?each=name");
        var deliveries = await ehr.LinesAsync("/simulator/effects?each=delivery");

        Assert.Equal(3, (int)totals["transactions"]!);
        Assert.Equal(3, (int)totals["changes"]!);
        Assert.Equal(3, (int)totals["repeats"]!);
        Assert.Equal(1, (int)totals["repeatedDeliveries"]!);
        Assert.Equal(["Patient/p 1 2", "Observation/o 2 1"], names.Select(n => $"{n["name"]} {n["versions"]} {n["repeats"]}"));
        Assert.Equal(["d1 2", "d2 1"], deliveries.Select(d => $"{d["delivery"]} {d["transactions"]}"));
    }

    [Fact]
    public async Task Order_tells_per_subject_which_delivery_changed_what()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();
        await StatusesAsync(await ehr.SendAsync(Bundles.Result("p", "o", "1"), "d1"));
        await StatusesAsync(await ehr.SendAsync(Bundles.Result("q", "x", "1"), "d2"));
        await StatusesAsync(await ehr.SendAsync(Bundles.Result("p", "o", "2"), "d3"));

        var order = await ehr.LinesAsync("/simulator/order?subject=Patient/p");

        var steps = Assert.Single(order)["deliveries"]!.AsArray();
        Assert.Equal(["d1", "d3"], steps.Select(step => (string?)step!["delivery"]));
        Assert.Equal(["Observation/o/_history/2"], steps[1]!["changed"]!.AsArray().Select(name => (string?)name));
    }

    [Theory]
    [InlineData("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[")]
    [InlineData("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[]}")]
    [InlineData("[]")]
    [InlineData("{\"resourceType\":\"Patient\"}")]
    public async Task What_is_no_transaction_is_refused_whole(string body)
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();

        using var answer = await ehr.SendAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, (int)(await ehr.JsonAsync("/simulator/effects"))["transactions"]!);
    }

    [Fact]
    public async Task One_bad_entry_refuses_a_transaction_and_only_itself_in_a_batch()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();
        var good = Bundles.Put("Patient", "p", "\"active\":true");
        var bad = Bundles.Put("Patient", "p2", "\"active\":true").Replace("Patient/p2\"}", "Patient/other\"}", StringComparison.Ordinal);

        using var transaction = await ehr.SendAsync(Bundles.Of("transaction", good, bad));
        var batch = await StatusesAsync(await ehr.SendAsync(Bundles.Of("batch", bad, good)));

        Assert.Equal(HttpStatusCode.BadRequest, transaction.StatusCode);
        Assert.Equal(["400 Bad Request", "201 Created"], batch);
        Assert.Equal(1, (int)(await ehr.JsonAsync("/simulator/effects"))["names"]!);
    }

    [Fact]
    public async Task The_same_resource_twice_in_one_transaction_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();
        var entry = Bundles.Put("Patient", "p", "\"active\":true");

        using var answer = await ehr.SendAsync(Bundles.Of("transaction", entry, entry));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Single_resources_are_put_posted_and_read()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync();

        using var put = await ehr.Client.PutAsync("/fhir/Patient/p", Json("""{"resourceType":"Patient","id":"p"}"""));
        using var mismatch = await ehr.Client.PutAsync("/fhir/Patient/q", Json("""{"resourceType":"Patient","id":"p"}"""));
        using var posted = await ehr.Client.PostAsync("/fhir/Patient", Json("""{"resourceType":"Patient","active":true}"""));
        using var absent = await ehr.Client.GetAsync("/fhir/Patient/none");

        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, mismatch.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        var created = JsonNode.Parse(await ehr.Client.GetStringAsync(posted.Headers.Location!.AbsolutePath.Replace("/_history/1", "", StringComparison.Ordinal)))!;
        Assert.Equal(36, ((string)created["id"]!).Length);
        Assert.True((bool)created["active"]!);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/fhir+json");

    private static async Task<string[]> StatusesAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            answer.EnsureSuccessStatusCode();
            var bundle = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            return [.. bundle["entry"]!.AsArray().Select(entry => (string)entry!["response"]!["status"]!)];
        }
    }
}
