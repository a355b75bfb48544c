using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens.Jose;
using Npgsql;
using static Isthmus.Trust.Tests.Clients.Arranged;

namespace Isthmus.Trust.Tests.Clients;

public sealed class ClientRegistryTests
{
    [Fact]
    public async Task A_client_waits_until_another_person_has_approved_it()
    {
        await using var arranged = await CreateAsync();
        var id = await arranged.RegisterAsync();
        Assert.StartsWith("patient-app-", id, StringComparison.Ordinal);
        Assert.False((await arranged.Registry.FindAsync(id, default))!.IsActive(TimeProvider.System.GetUtcNow()));

        await AssertRefusedAsync(ClientRules.SamePerson, arranged.Registry.ApproveAsync(id, "anna", "mine", default));
        await arranged.Registry.ApproveAsync(id, "ben", "looked at", default);

        var client = (await arranged.Registry.FindAsync(id, default))!;
        Assert.True(client.IsActive(TimeProvider.System.GetUtcNow()));
        Assert.Equal(("anna", "ben"), (client.RegisteredBy, client.ApprovedBy));
        Assert.Equal([SignatureAlgorithm.ES384], client.Credential.Algorithms);
        Assert.Equal("system/Patient.rs", client.Scopes.ToString());
        Assert.False(client.IsActive(client.Expires));
        Assert.Equal(["client.registered anna isthmus_operator", "client.approved ben isthmus_operator"], await arranged.LedgerAsync());
    }

    [Fact]
    public async Task A_revoked_client_stays_revoked()
    {
        await using var arranged = await CreateAsync();
        var id = await arranged.ApprovedAsync();

        await arranged.Registry.RevokeAsync(id, "anna", "left", default);

        Assert.Equal(ClientState.Revoked, (await arranged.Registry.FindAsync(id, default))!.State);
        await AssertRefusedAsync(ClientRules.AlreadyRevoked, arranged.Registry.RevokeAsync(id, "anna", "again", default));
        await AssertRefusedAsync(ClientRules.NotPending, arranged.Registry.ApproveAsync(id, "ben", "back", default));
        await AssertRefusedAsync(ClientRules.Unknown, arranged.Registry.RevokeAsync("nobody", "anna", "gone", default));
    }

    [Fact]
    public async Task Nobody_changes_what_was_approved()
    {
        await using var arranged = await CreateAsync();
        var id = await arranged.ApprovedAsync();

        foreach (var change in new[] { "scopes = 'system/*.cruds'", "expires = now() + interval '9 years'", "keys_hash = decode(repeat('00', 32), 'hex')", "state = 'pending'" })
        {
            await Assert.ThrowsAsync<PostgresException>(() => arranged.ExecuteAsOwnerAsync($"UPDATE access.client SET {change} WHERE id = '{id}'"));
        }

        await Assert.ThrowsAsync<PostgresException>(() => arranged.ExecuteAsOwnerAsync("DELETE FROM access.client"));
        await Assert.ThrowsAsync<PostgresException>(() => arranged.ExecuteAsOwnerAsync("TRUNCATE access.client"));
    }

    [Theory]
    [InlineData(ZoneRole.Admission)]
    [InlineData(ZoneRole.Api)]
    [InlineData(ZoneRole.Tokens)]
    [InlineData(ZoneRole.Inbound)]
    public async Task The_door_cannot_approve_or_revoke(ZoneRole role)
    {
        await using var arranged = await CreateAsync();
        var id = await arranged.RegisterAsync();
        var registry = new ClientRegistry(arranged.For(role), TimeProvider.System);

        await Assert.ThrowsAsync<PostgresException>(() => registry.ApproveAsync(id, "ben", "", default));
        await Assert.ThrowsAsync<PostgresException>(() => registry.RevokeAsync(id, "ben", "", default));
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "scope.missing", "scopes" }, { "client.scope-beyond-contract", "wider" }, { "client.scope-beyond-contract", "wildcard" },
        { "client.credential-missing", "none" }, { "client.credential-missing", "two" }, { "client.keys-url-unsafe", "http" },
        { "client.keys-url-unsafe", "production-loopback" }, { "client.algorithm-unfit", "algorithm" }, { "client.expiry-unfit", "short" },
        { "client.expiry-unfit", "long" }, { "client.field-unfit", "name" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_draft_is_held_to_its_contract_and_to_safe_credentials(string rule, string what)
    {
        var keys = Forge.SetOf(Forge.Jwk(Forge.P384, "k1"));
        var draft = Draft();
        draft = what switch
        {
            "scopes" => draft with { Scopes = Isthmus.Trust.Access.ScopeSet.Empty },
            "wider" => draft with { Scopes = Scopes("system/Patient.cruds") },
            "wildcard" => draft with { Scopes = Scopes("system/*.rs") },
            "none" => draft with { Credential = new ClientCredential() },
            "two" => draft with { Credential = new ClientCredential { Keys = keys, Certificate = new string('a', 43) } },
            "http" => draft with { Credential = new ClientCredential { KeysUrl = new Uri("http://app.example/jwks") } },
            "production-loopback" => draft with { Environment = SiteEnvironment.Production, Credential = new ClientCredential { KeysUrl = new Uri("http://127.0.0.1/jwks") } },
            "algorithm" => draft with { Credential = new ClientCredential { Keys = keys, Algorithms = [SignatureAlgorithm.RS384] } },
            "short" => draft with { Expires = TimeProvider.System.GetUtcNow().AddMinutes(5) },
            "long" => draft with { Expires = TimeProvider.System.GetUtcNow().AddYears(5) },
            _ => draft with { Name = "two\nlines" },
        };

        Assert.Equal(rule, draft.Refuse(Contract, Policy, TimeProvider.System.GetUtcNow())?.Id);
    }

    [Fact]
    public void Nothing_is_registered_without_an_access_policy() =>
        Assert.Equal("scope.policy-missing", Draft().Refuse(Contract, null, TimeProvider.System.GetUtcNow())?.Id);

    private static async Task AssertRefusedAsync(Refusal refusal, Task task) =>
        Assert.Equal(refusal, (await Assert.ThrowsAsync<RefusalException>(() => task)).Refusal);
}
