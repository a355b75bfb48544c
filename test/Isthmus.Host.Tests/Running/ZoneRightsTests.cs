using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Host.Tests.Running;

/// <summary>A table, a function or a right that is new is looked at before it is committed, and what is not granted is refused.</summary>
public sealed class ZoneRightsTests
{
    [Fact]
    public async Task Each_login_may_do_what_is_written_down_and_is_refused_everything_else()
    {
        await using var store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        await using var owner = new NpgsqlConnection(store.OwnerAddress);
        await owner.OpenAsync();

        var actual = await ZoneRights.OfCatalogAsync(owner);
        if (Environment.GetEnvironmentVariable("ISTHMUS_ACCEPT") is not null)
        {
            await File.WriteAllLinesAsync(ZoneRights.CommittedFile, actual);
        }

        var committed = await File.ReadAllLinesAsync(ZoneRights.CommittedFile);
        string[] changes = [.. actual.Except(committed).Select(line => "+ " + line), .. committed.Except(actual).Select(line => "- " + line)];
        Assert.True(changes.Length == 0, $"Rights differ from test/Isthmus.Testing/ZoneRights.txt; look at each, then run this test once with ISTHMUS_ACCEPT=1:\n{string.Join('\n', changes)}");

        foreach (var role in ZoneRoles.All)
        {
            await using var zone = await store.For(role).OpenConnectionAsync();
            Assert.Empty(await ZoneRights.TryAsync(owner, zone, role.LoginName()["isthmus_".Length..]));
        }
    }
}
