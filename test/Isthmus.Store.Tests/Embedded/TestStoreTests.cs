using Isthmus.Store.Connections;
using Isthmus.Testing;

namespace Isthmus.Store.Tests.Embedded;

public sealed class TestStoreTests
{
    [Fact]
    public async Task Every_zone_logs_in_to_a_migrated_database_of_the_tests_own()
    {
        await using var one = await TestStore.CreateAsync();
        await using var other = await TestStore.CreateAsync();

        Assert.NotEqual(one.OwnerAddress, other.OwnerAddress);
        foreach (var role in ZoneRoles.All)
        {
            await using var command = one.For(role).CreateCommand("select current_user::text");
            Assert.Equal(role.LoginName(), await command.ExecuteScalarAsync());
        }
    }
}
