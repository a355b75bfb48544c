using System.Reflection;
using Isthmus.Store.Connections;
using Isthmus.Store.Schema;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Store.Tests.Schema;

public sealed class MigratorTests
{
    private static readonly Assembly[] OnlyTheStore = [];

    [Fact]
    public async Task Applying_again_changes_nothing()
    {
        var address = await TestPostgres.CreateDatabaseAsync();
        var logins = await LoginsAsync();

        var first = await Migrator.ApplyAsync(address, logins, OnlyTheStore);
        var again = await Migrator.ApplyAsync(address, logins, OnlyTheStore);

        Assert.True(first > 0);
        Assert.Equal(0, again);
    }

    [Fact]
    public async Task Nodes_that_start_together_apply_each_script_once()
    {
        var address = await TestPostgres.CreateDatabaseAsync();
        var logins = await LoginsAsync();

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrator.ApplyAsync(address, logins, OnlyTheStore)));

        Assert.Equal(Migration.FromModules([typeof(Migrator).Assembly]).Count, applied.Sum());
        Assert.Equal(3, applied.Count(count => count == 0));
    }

    [Fact]
    public async Task Several_databases_of_one_server_migrate_at_once()
    {
        var logins = await LoginsAsync();
        var addresses = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            addresses.Add(await TestPostgres.CreateDatabaseAsync());
        }

        var applied = await Task.WhenAll(addresses.Select(address => Migrator.ApplyAsync(address, logins, OnlyTheStore)));

        Assert.All(applied, count => Assert.True(count > 0));
    }

    [Fact]
    public async Task A_script_that_changed_after_it_was_applied_is_refused_by_name()
    {
        await using var store = await TestStore.CreateAsync();
        await store.ExecuteAsOwnerAsync("UPDATE migration.applied SET hash = 'other' WHERE number = 1");

        var refused = await Assert.ThrowsAsync<SchemaDiffersException>(
            () => Migrator.ApplyAsync(store.OwnerAddress, store.Credentials, OnlyTheStore));

        Assert.Contains("0001_store", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_leaves_no_lock_behind()
    {
        await using var store = await TestStore.CreateAsync();
        await store.ExecuteAsOwnerAsync("UPDATE migration.applied SET hash = 'other' WHERE number = 1");

        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<SchemaDiffersException>(
                () => Migrator.ApplyAsync(store.OwnerAddress, store.Credentials, OnlyTheStore).WaitAsync(TimeSpan.FromSeconds(10)));
        }
    }

    [Fact]
    public async Task A_newer_nodes_scripts_do_not_keep_an_older_one_from_starting()
    {
        await using var store = await TestStore.CreateAsync();
        await store.ExecuteAsOwnerAsync("INSERT INTO migration.applied (number, name, hash) VALUES (9999, '9999_future', 'x')");

        Assert.Equal(0, await Migrator.ApplyAsync(store.OwnerAddress, store.Credentials, OnlyTheStore));
    }

    [Fact]
    public async Task No_zone_may_change_the_schema()
    {
        await using var store = await TestStore.CreateAsync();
        foreach (var role in ZoneRoles.All)
        {
            foreach (var attempt in (string[])["CREATE TABLE public.t (i int)", "CREATE TABLE exchange.t (i int)", "CREATE SCHEMA s", "CREATE TEMP TABLE t (i int)"])
            {
                await using var command = store.For(role).CreateCommand(attempt);
                var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }
        }
    }

    private static async Task<Credentials> LoginsAsync()
    {
        await using var any = await TestStore.CreateAsync();
        return any.Credentials;
    }
}
