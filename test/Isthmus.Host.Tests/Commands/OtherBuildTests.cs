using Isthmus.Host.Running;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary>A command over a store that another build made.</summary>
public sealed class OtherBuildTests
{
    [Fact]
    public async Task A_store_whose_migrations_read_otherwise_is_told_of_in_a_sentence_with_the_remedy()
    {
        await using var store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        await store.ExecuteAsOwnerAsync("UPDATE migration.applied SET hash = 'other' WHERE number = 1");

        var (code, answer, complaint) = await CommandProcess.RunAsync(
            new Dictionary<string, string>
            {
                ["ISTHMUS_DATABASE"] = store.OwnerAddress, ["ISTHMUS_CREDENTIALS"] = store.Credentials.Folder, ["ISTHMUS_KEYS"] = store.Credentials.Folder,
            },
            ["message", "list"]);

        Assert.Equal((1, ""), (code, answer));
        Assert.StartsWith("store.other-build: ", complaint, StringComparison.Ordinal);
        Assert.Contains("ISTHMUS_DATA", complaint, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", complaint, StringComparison.Ordinal);
    }
}
