using Isthmus.Api.Tests.Running;
using Isthmus.Trust.Tokens;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>What we cannot put on record or cannot sign is not given, is nobody's fault but ours, and costs no assertion.</summary>
public sealed class UnavailableTests : IAsyncLifetime
{
    private readonly DoorOfItsOwn own = new();
    private RunningDoor door = null!;

    public async Task InitializeAsync() => door = await own.OpenAsync();

    public async Task DisposeAsync() => await own.DisposeAsync();

    [Fact]
    public async Task Without_a_record_there_is_no_token_and_the_assertion_is_good_again()
    {
        var client = await door.ClientAsync();
        var assertion = client.Assertion();
        await door.Store.ExecuteAsOwnerAsync("REVOKE EXECUTE ON FUNCTION tokens.issue FROM isthmus_tokens");

        await AssertUnavailableAsync(client.AskAsync(assertion), TokenRules.StoreUnavailable.Id);

        await door.Store.ExecuteAsOwnerAsync("GRANT EXECUTE ON FUNCTION tokens.issue TO isthmus_tokens");
        Assert.Equal(200, (await client.AskAsync(assertion)).Status);
    }

    [Fact]
    public async Task A_proof_of_who_asks_that_cannot_be_used_up_revokes_and_tells_nothing()
    {
        var client = await door.ClientAsync();
        var token = await client.TokenAsync();
        await door.Store.ExecuteAsOwnerAsync("REVOKE EXECUTE ON FUNCTION tokens.use_once FROM isthmus_tokens, isthmus_admission");

        foreach (var endpoint in new[] { "/oauth2/revoke", "/oauth2/introspect" })
        {
            var form = client.Form();
            form["token"] = token;
            await AssertUnavailableAsync(door.PostAsync(endpoint, form), TokenRules.StoreUnavailable.Id);
        }
    }

    [Theory]
    [InlineData("wrapped = decode(repeat('00', 200), 'hex')")]
    [InlineData("withdrawn = clock_timestamp()")]
    public async Task A_key_that_does_not_open_or_is_not_there_signs_nothing_and_the_assertion_is_good_again(string damage)
    {
        var client = await door.ClientAsync();
        var assertion = client.Assertion();
        await door.Store.ExecuteAsOwnerAsync($"CREATE TABLE kept AS SELECT * FROM tokens.signing_key; UPDATE tokens.signing_key SET {damage}; SELECT access.next_epoch()");
        await door.Watch.ConfirmAsync(default);

        await AssertUnavailableAsync(client.AskAsync(assertion), TokenRules.KeyUnavailable.Id);

        await door.Store.ExecuteAsOwnerAsync(
            "UPDATE tokens.signing_key k SET wrapped = o.wrapped, withdrawn = o.withdrawn FROM kept o WHERE o.id = k.id; SELECT access.next_epoch()");
        await door.Watch.ConfirmAsync(default);
        Assert.Equal(200, (await client.AskAsync(assertion)).Status);
    }

    private static async Task AssertUnavailableAsync(Task<Answer> asked, string rule)
    {
        var answer = await asked;
        Assert.Equal((503, "temporarily_unavailable", rule, "1"), (answer.Status, answer.Text("error"), answer.Text("rule"), answer.Header("Retry-After")));
        Assert.False(answer.Has("access_token"));
    }
}
