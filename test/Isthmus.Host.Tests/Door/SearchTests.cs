using System.Net;
using System.Text.Json;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Search;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Door;

/// <summary>What is on record, found and read over the door.</summary>
public sealed class SearchTests(RunningApi api) : IClassFixture<RunningApi>, IAsyncLifetime
{
    private const string Scopes = "system/Patient.rs system/Observation.rs";

    private readonly Guid person = Guid.NewGuid();
    private readonly List<Guid> results = [];
    private string token = null!;

    public async Task InitializeAsync()
    {
        token = await api.TokenAsync(Scopes);
        results.AddRange(Enumerable.Range(0, 7).Select(_ => Guid.NewGuid()));
        await api.CommitAsync(
            person,
            [
                ("Patient", person, $$"""{"resourceType":"Patient","id":"{{person}}","identifier":[{"system":"urn:mrn","value":"{{person:N}}"}],"active":true,"name":[{"family":"Müllerson"}],"gender":"female"}"""),
                .. results.Select((id, i) => ("Observation", id, Result(id, i, "preliminary"))),
            ]);
        await api.CommitAsync(person, ("Observation", results[0], Result(results[0], 0, "final")));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_patient_is_found_by_identifier_and_by_the_beginning_of_a_name()
    {
        foreach (var search in (string[])[$"identifier=urn:mrn|{person:N}", $"family=mullers&_id={person}", $"name:contains=ERSON&identifier={person:N}"])
        {
            var bundle = await BundleAsync($"/fhir/Patient?{search}");

            Assert.Equal(("Bundle", "searchset"), (bundle.GetProperty("resourceType").GetString(), bundle.GetProperty("type").GetString()));
            var entry = Assert.Single(bundle.GetProperty("entry").EnumerateArray());
            Assert.EndsWith($"/fhir/Patient/{person}", entry.GetProperty("fullUrl").GetString(), StringComparison.Ordinal);
            Assert.Equal("match", entry.GetProperty("search").GetProperty("mode").GetString());
            Assert.Equal("1", entry.GetProperty("resource").GetProperty("meta").GetProperty("versionId").GetString());
        }
    }

    [Fact]
    public async Task Results_come_page_by_page_in_the_order_that_was_asked_for()
    {
        var dates = new List<string>();
        var pages = 0;
        for (var next = $"/fhir/Observation?patient={person}&code=http://loinc.org|2823-3&_sort=-date&_count=3"; next is not null; pages++)
        {
            var bundle = await BundleAsync(next);
            dates.AddRange(bundle.GetProperty("entry").EnumerateArray().Select(e => e.GetProperty("resource").GetProperty("effectiveDateTime").GetString()!));
            next = bundle.GetProperty("link").EnumerateArray().Where(l => l.GetProperty("relation").GetString() == "next").Select(l => l.GetProperty("url").GetString()).FirstOrDefault();
        }

        Assert.Equal(3, pages);
        Assert.Equal(7, dates.Count);
        Assert.Equal(dates.OrderDescending(StringComparer.Ordinal), dates);
    }

    [Fact]
    public async Task What_comes_with_the_matches_is_marked_as_such_and_the_total_is_of_matches()
    {
        var bundle = await BundleAsync($"/fhir/Observation?patient={person}&status=final&_include=Observation:patient&_total=accurate");

        Assert.Equal(1, bundle.GetProperty("total").GetInt32());
        Assert.Equal(["match Observation", "include Patient"], bundle.GetProperty("entry").EnumerateArray().Select(e =>
            $"{e.GetProperty("search").GetProperty("mode").GetString()} {e.GetProperty("resource").GetProperty("resourceType").GetString()}"));
        Assert.Equal(7, (await BundleAsync($"/fhir/Observation?patient={person}&_summary=count")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Of_a_resource_only_what_is_wanted_is_given_and_marked_so()
    {
        var resource = (await BundleAsync($"/fhir/Observation?_id={results[1]}&_elements=value")).GetProperty("entry")[0].GetProperty("resource");

        Assert.Equal(["resourceType", "id", "meta", "status", "code", "valueQuantity"], resource.EnumerateObject().Select(p => p.Name));
        Assert.Equal("SUBSETTED", resource.GetProperty("meta").GetProperty("tag")[0].GetProperty("code").GetString());
        var summary = (await BundleAsync($"/fhir/Patient?_id={person}&_summary=text")).GetProperty("entry")[0].GetProperty("resource");
        Assert.Equal(["resourceType", "id", "meta", "active"], summary.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task A_page_belongs_to_its_client_and_its_search()
    {
        var first = await BundleAsync($"/fhir/Observation?patient={person}&_count=2");
        var next = first.GetProperty("link")[1].GetProperty("url").GetString()!;
        var another = await api.TokenAsync(await api.ClientAsync(Scopes), Scopes);

        await RefusedAsync(next, another, HttpStatusCode.BadRequest, "search.page-unknown");
        await RefusedAsync(next.Replace("_count=2", "_count=3", StringComparison.Ordinal), token, HttpStatusCode.BadRequest, "search.page-unknown");
        await RefusedAsync($"/fhir/Observation?patient={person}&_page=AAAA", token, HttpStatusCode.BadRequest, "search.page-unknown");
    }

    [Theory]
    [InlineData("/fhir/Patient?nonesuch=SECRET", "search.parameter-unknown")]
    [InlineData("/fhir/Patient?birthdate=SECRET", "search.value-invalid")]
    [InlineData("/fhir/Patient?identifier=", "search.value-invalid")]
    [InlineData("/fhir/Patient?_count=SECRET", "search.count-invalid")]
    [InlineData("/fhir/Patient?name=%27%3B%20DROP%20TABLE%20phi.search%3B--&_sort=SECRET", "search.sort-unknown")]
    public async Task A_search_that_is_not_understood_is_refused_without_a_word_of_its_values(string path, string rule) =>
        Assert.DoesNotContain("SECRET", await RefusedAsync(path, token, HttpStatusCode.BadRequest, rule), StringComparison.Ordinal);

    [Fact, HostileRow("F09")]
    public async Task No_parameter_takes_a_command_for_anything_but_text()
    {
        string[] commands = ["' OR '1'='1", "\"; DROP TABLE phi.search; --", "%' UNION SELECT body FROM phi.pack --", "$.** ? (true)", "Patient.name.exists()", "a\\,b|c$d"];
        var index = SearchIndex.Of(DefinitionSet.R4);
        var tried = 0;
        foreach (var parameter in index.Parameters("Patient"))
        {
            foreach (var modifier in (string[])["", ":exact", ":contains", ":text", ":identifier", ":in", ":of-type", ":below"])
            {
                var command = commands[tried++ % commands.Length];
                using var answer = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient?{parameter.Code}{modifier}={Uri.EscapeDataString(command)}", token);

                var body = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden, $"{parameter.Code}{modifier}: {answer.StatusCode}");
                Assert.DoesNotContain("\"entry\"", body, StringComparison.Ordinal);
                Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
            }
        }

        Assert.NotEmpty((await BundleAsync($"/fhir/Patient?_id={person}")).GetProperty("entry").EnumerateArray());
    }

    [Fact]
    public async Task A_lenient_client_is_told_what_was_left_out()
    {
        using var answer = await api.AskAsync(HttpMethod.Get, $"/fhir/Patient?_id={person}&nonesuch=1", token, header: "Prefer: handling=lenient");

        var bundle = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(["match", "outcome"], bundle.GetProperty("entry").EnumerateArray().Select(e => e.GetProperty("search").GetProperty("mode").GetString()));
        Assert.DoesNotContain("nonesuch", bundle.GetProperty("link")[0].GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_tenant_and_what_a_scope_leaves_out_are_as_if_they_were_not_there()
    {
        var narrow = await api.TokenAsync("system/Observation.rs?status=final");
        var seen = await BundleAsync($"/fhir/Observation?patient={person}&_total=accurate", narrow);
        var foreign = await BundleAsync($"/fhir/Patient?_id={api.Foreign}&_total=accurate");

        Assert.Equal((1, 0), (seen.GetProperty("total").GetInt32(), foreign.GetProperty("total").GetInt32()));
        Assert.False(foreign.TryGetProperty("entry", out _));
        Assert.Equal(1, (await BundleAsync($"/fhir/Patient?family=Quillfeather&_total=accurate")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Versions_are_read_one_by_one_and_all_together()
    {
        var path = $"/fhir/Observation/{results[0]}";
        using var current = await api.AskAsync(HttpMethod.Get, path, token);
        using var first = await api.AskAsync(HttpMethod.Get, path + "/_history/1", token);
        using var third = await api.AskAsync(HttpMethod.Get, path + "/_history/3", token);
        using var unchanged = await api.AskAsync(HttpMethod.Get, path, token, header: "If-None-Match: W/\"2\"");
        var history = await BundleAsync(path + "/_history");

        Assert.Contains("\"status\":\"final\"", await current.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("\"status\":\"preliminary\"", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotModified), (third.StatusCode, unchanged.StatusCode));
        Assert.Equal(["2", "1"], history.GetProperty("entry").EnumerateArray().Select(e => e.GetProperty("resource").GetProperty("meta").GetProperty("versionId").GetString()));
        var page = await BundleAsync(path + "/_history?_count=1");
        Assert.Equal("1", (await BundleAsync(page.GetProperty("link")[1].GetProperty("url").GetString()!)).GetProperty("entry")[0].GetProperty("resource").GetProperty("meta").GetProperty("versionId").GetString());
    }

    [Fact, HostileRow("G04")]
    public async Task Once_a_person_has_refused_nothing_of_theirs_is_read_in_any_way()
    {
        var next = (await BundleAsync($"/fhir/Observation?patient={person}&_count=2")).GetProperty("link")[1].GetProperty("url").GetString()!;
        string[] single = [$"/fhir/Patient/{person}", $"/fhir/Observation/{results[0]}", $"/fhir/Observation/{results[0]}/_history/1", $"/fhir/Observation/{results[0]}/_history"];
        string[] several = [next, $"/fhir/Observation?patient={person}&_total=accurate", $"/fhir/Patient?_id={person}", $"/fhir/Observation?patient.identifier={person:N}", $"/fhir/Patient?_has:Observation:patient:_id={results[0]}"];
        foreach (var path in single)
        {
            using var before = await api.AskAsync(HttpMethod.Get, path, token);
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        await api.RefuseAsync(person);

        foreach (var path in single)
        {
            using var after = await api.AskAsync(HttpMethod.Get, path, token);
            Assert.Equal(HttpStatusCode.NotFound, after.StatusCode);
        }

        foreach (var path in several)
        {
            var bundle = await BundleAsync(path);
            Assert.False(bundle.TryGetProperty("entry", out _));
            Assert.False(bundle.TryGetProperty("total", out var total) && total.GetInt32() > 0);
        }
    }

    private string Result(Guid id, int number, string status) => $$"""
        {"resourceType":"Observation","id":"{{id}}","meta":{"versionId":"77","source":"urn:lab"},"status":"{{status}}","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},
         "subject":{"reference":"Patient/{{person}}"},"effectiveDateTime":"2026-03-0{{number + 1}}","valueQuantity":{"value":4.{{number}},"unit":"mmol/L"} }
        """;

    private async Task<JsonElement> BundleAsync(string path, string? by = null)
    {
        using var answer = await api.AskAsync(HttpMethod.Get, path, by ?? token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    private async Task<string> RefusedAsync(string path, string by, HttpStatusCode status, string rule)
    {
        using var answer = await api.AskAsync(HttpMethod.Get, path, by);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal((status, true), (answer.StatusCode, body.Contains($"\"{rule}\"", StringComparison.Ordinal)));
        return body;
    }
}
