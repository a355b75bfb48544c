using Isthmus.Host.Doctor;
using Isthmus.Host.Running;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Host.Tests.Doctor;

public sealed class SiteInForceCheckTests
{
    [Fact]
    public async Task Before_a_site_is_applied_it_says_so()
    {
        await using var empty = NpgsqlDataSource.Create(await TestPostgres.CreateDatabaseAsync());

        var said = await SiteInForceCheck.ExamineAsync(empty, "site/mine", "aaa", CancellationToken.None);

        Assert.Equal((Verdict.Warning, "No site is in force yet."), (said.Verdict, said.Said));
    }

    [Theory]
    [InlineData("aaa", Verdict.Ok, "Version aaa is in force, as it is in the folder.")]
    [InlineData("bbb", Verdict.Warning, "Version aaa is in force; in site/mine is version bbb.")]
    public async Task What_is_in_force_is_told_apart_from_what_lies_in_the_folder(string inFolder, object verdict, string sentence)
    {
        await using var store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        await store.ExecuteAsOwnerAsync("SELECT site.apply('aaa', '', 'ada')");
        await using var owner = NpgsqlDataSource.Create(store.OwnerAddress);

        var said = await SiteInForceCheck.ExamineAsync(owner, "site/mine", inFolder, CancellationToken.None);

        Assert.Equal(((Verdict)verdict, sentence), (said.Verdict, said.Said));
    }
}
