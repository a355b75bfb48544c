using System.Security.Cryptography;
using Isthmus.Records.Keys;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Records.Tests.Keys;

public sealed class TenantKeysTests(SharedRecords records) : IClassFixture<SharedRecords>
{
    [Fact]
    public async Task The_same_key_file_gives_the_same_keys()
    {
        var again = await LoadAsync(records.Folder, SharedRecords.Tenant);

        Assert.Equal(records.Keys.SearchKey, again.SearchKey);
        Assert.Equal(records.Keys.IdentityKey, again.IdentityKey);
        Assert.Equal(1L, await records.AskAsync<long>("SELECT count(*) FROM phi.tenant_key WHERE tenant = 1"));
    }

    [Fact]
    public async Task Another_key_file_opens_nothing() =>
        await Assert.ThrowsAnyAsync<CryptographicException>(() => LoadAsync(SharedRecords.NewFolder(), SharedRecords.Tenant));

    [Fact]
    public async Task Without_a_key_file_the_refusal_names_it()
    {
        var empty = new KeyFolder(Scratch.NewFolder("records").FullName);

        var missing = await Assert.ThrowsAsync<KeyMissingException>(() => LoadAsync(empty, SharedRecords.Tenant));

        Assert.Contains(SharedRecords.KeyFile, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrapped_key_does_not_serve_another_tenant()
    {
        await records.Store.ExecuteAsOwnerAsync("INSERT INTO phi.tenant_key (tenant, version, wrapped) SELECT 9, version, wrapped FROM phi.tenant_key WHERE tenant = 1");

        await Assert.ThrowsAnyAsync<CryptographicException>(() => LoadAsync(records.Folder, 9));
    }

    [Fact]
    public async Task Nodes_that_start_together_agree_on_the_first_key()
    {
        var loaded = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => LoadAsync(records.Folder, 5)));

        Assert.All(loaded, keys => Assert.Equal(loaded[0].SearchKey, keys.SearchKey));
    }

    [Fact]
    public async Task Tenants_and_purposes_have_keys_of_their_own()
    {
        var other = await LoadAsync(records.Folder, 2);
        byte[][] all = [records.Keys.SearchKey, records.Keys.IdentityKey, records.Keys.ResourceIdKey, records.Keys.SignalKey, records.Keys.CodeKey, other.SearchKey, other.IdentityKey];

        Assert.Equal(all.Length, all.Select(Convert.ToHexString).Distinct().Count());
    }

    private Task<TenantKeys> LoadAsync(KeyFolder folder, short tenant) =>
        TenantKeys.LoadAsync(records.Mediation, folder, SharedRecords.KeyFile, tenant, CancellationToken.None);
}
