using System.Net.Http.Headers;
using Isthmus.Api.Tests.Running;
using Isthmus.Trust.Tokens;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>What SMART App Launch 2.2 says of token introspection.</summary>
public sealed class SmartIntrospectionShalls(RunningDoor door) : IClassFixture<RunningDoor>
{
    [Fact, Shall(271, 272, 273, 274, 275, 276)]
    public async Task S271_S276_A_good_token_is_told_as_RFC_7662_has_it()
    {
        var client = await door.ClientAsync();
        var issued = await client.AskAsync();
        var before = door.Time.GetUtcNow().ToUnixTimeSeconds();

        var told = await IntrospectAsync(await DeskTokenAsync(), issued.Text("access_token")!);

        Assert.Equal((200, "True"), (told.Status, told.Text("active")));
        Assert.Equal(issued.Text("scope"), told.Text("scope"));
        Assert.Equal(client.Id, told.Text("client_id"));
        Assert.InRange(told.Json.GetProperty("exp").GetInt64(), before + 295, before + int.Parse(issued.Text("expires_in")!));
    }

    [Fact, Shall(277, 278, 279)]
    public async Task S277_S279_What_no_token_response_has_is_told_of_none()
    {
        var client = await door.ClientAsync();
        var issued = await client.AskAsync();
        var told = await IntrospectAsync(await DeskTokenAsync(), issued.Text("access_token")!);

        // A machine is launched by nobody and signs nobody in: no launch context, no id_token.
        foreach (var member in new[] { "patient", "encounter", "intent", "id_token", "fhirUser" })
        {
            Assert.False(issued.Has(member));
            Assert.False(told.Has(member));
        }

        // And yet it says whose token it is, in the claims an id_token would have.
        Assert.Equal(door.Site.Access!.Issuer, told.Text("iss"));
        Assert.Equal(client.Id, told.Text("sub"));
    }

    [Fact, Shall(282, 283)]
    public async Task S282_S283_A_bearer_token_of_the_right_scope_asks_about_the_tokens_of_any_client()
    {
        var (one, two) = (await door.ClientAsync(), await door.ClientAsync());
        var (mine, theirs) = (await one.TokenAsync(), await two.TokenAsync());
        var desk = await DeskTokenAsync();

        Assert.Equal("True", (await IntrospectAsync(desk, mine)).Text("active"));
        Assert.Equal("True", (await IntrospectAsync(desk, theirs)).Text("active"));
        // Without that scope, about one's own only.
        Assert.Equal("True", (await IntrospectAsync(mine, mine)).Text("active"));
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(mine, theirs)).Body);
    }

    [Fact]
    public async Task What_is_no_good_token_is_not_active_and_nothing_more_is_said()
    {
        var client = await door.ClientAsync();
        var token = await client.TokenAsync();
        var desk = await DeskTokenAsync();

        Assert.Equal("""{"active":false}""", (await IntrospectAsync(desk, token + "x")).Body);
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(desk, "x")).Body);
        Assert.Equal(401, (await IntrospectAsync("not-a-token", token)).Status);
    }

    [Fact]
    public async Task Nobody_registers_a_client_without_the_right_to()
    {
        var client = await door.ClientAsync();
        var token = await client.TokenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/register") { Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        Assert.Equal((403, "insufficient_scope"), (await door.SendAsync(request, null)) is var a ? (a.Status, a.Text("error")!) : default);
    }

    private async Task<string> DeskTokenAsync()
    {
        var desk = await door.ClientAsync(AuthorizationServer.IntrospectScope, Sites.Desk);
        return await desk.TokenAsync(AuthorizationServer.IntrospectScope);
    }

    private Task<Answer> IntrospectAsync(string bearer, string token) => door.PostAsync(
        "/oauth2/introspect", [KeyValuePair.Create("token", token)], r => r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer));
}
