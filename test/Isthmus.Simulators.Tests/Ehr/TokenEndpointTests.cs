using System.Net;
using System.Security.Cryptography;

namespace Isthmus.Simulators.Tests.Ehr;

public sealed class TokenEndpointTests
{
    [Fact]
    public async Task A_call_without_a_token_is_refused_and_metadata_is_not()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await RunningEhr.StartAsync(folder);

        using var write = await ehr.SendAsync(Bundles.Result("p", "o"));
        using var metadata = await ehr.Client.GetAsync("/fhir/metadata");

        Assert.Equal(HttpStatusCode.Unauthorized, write.StatusCode);
        Assert.Equal(HttpStatusCode.OK, metadata.StatusCode);
        Assert.Equal("4.0.1", (string?)(await ehr.JsonAsync("/fhir/metadata"))["fhirVersion"]);
    }

    [Fact]
    public async Task An_assertion_by_the_registered_key_gets_a_token_once()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await RunningEhr.StartAsync(folder);
        var assertion = ehr.Assertion();

        using var first = await ehr.AskTokenAsync(assertion);
        using var again = await ehr.AskTokenAsync(assertion);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task An_assertion_that_breaks_a_rule_gets_none()
    {
        using var folder = new TemporaryFolder();
        await using var ehr = await RunningEhr.StartAsync(folder);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        string[] broken =
        [
            ehr.Assertion(audience: "https://elsewhere.example/token"),
            ehr.Assertion(lifeSeconds: 3600),
            ehr.Assertion(lifeSeconds: -60),
            ehr.Assertion(clientId: "someone"),
            ehr.Assertion(key: stranger),
            "not.a.jws",
            "eyJhbGciOiJub25lIn0.e30.",
        ];

        foreach (var assertion in broken)
        {
            using var answer = await ehr.AskTokenAsync(assertion);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_token_of_before_a_restart_is_unknown_after_it()
    {
        using var folder = new TemporaryFolder();
        System.Net.Http.Headers.AuthenticationHeaderValue? token;
        await using (var before = await (await RunningEhr.StartAsync(folder)).AuthorizedAsync())
        {
            token = before.Client.DefaultRequestHeaders.Authorization;
        }

        await using var after = await RunningEhr.StartAsync(folder);
        after.Client.DefaultRequestHeaders.Authorization = token;
        using var answer = await after.SendAsync(Bundles.Result("p", "o"));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
