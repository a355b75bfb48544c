using Isthmus.Exchange.Contracts;
using Isthmus.Host.Doctor;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Doctor;

public sealed class KeyCheckTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo data = Scratch.NewFolder("keys");

    [Fact]
    public void A_key_that_others_may_read_is_a_fault_and_is_named()
    {
        Key("records", OwnerOnly);
        Key("outbound", OwnerOnly | UnixFileMode.GroupRead);

        var permissions = Examine(SiteEnvironment.Demo, "keys.permissions");

        Assert.Equal(Verdict.Fault, permissions.Verdict);
        Assert.Contains("outbound (mode 0640)", permissions.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("records", permissions.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_public_half_of_a_pair_may_be_read_by_anybody()
    {
        Key("mediation.pub", OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        Assert.Equal(Verdict.Ok, Examine(SiteEnvironment.Production, "keys.permissions").Verdict);
    }

    [Theory]
    [InlineData(SiteEnvironment.Demo, nameof(Verdict.Ok))]
    [InlineData(SiteEnvironment.Production, nameof(Verdict.Warning))]
    public void Keys_beside_the_data_they_open_are_good_enough_for_a_demo_only(SiteEnvironment environment, string expected)
    {
        Key("records", OwnerOnly);

        Assert.Equal(expected, Examine(environment, "keys.apart").Verdict.ToString());
    }

    [Theory]
    [InlineData(SiteEnvironment.Demo, nameof(Verdict.Ok))]
    [InlineData(SiteEnvironment.Production, nameof(Verdict.Fault))]
    public void Only_a_demo_makes_its_own_keys(SiteEnvironment environment, string expected) =>
        Assert.Equal(expected, Examine(environment, "keys.folder").Verdict.ToString());

    public void Dispose() => data.Delete(recursive: true);

    private void Key(string name, UnixFileMode mode)
    {
        var folder = Directory.CreateDirectory(Path.Combine(data.FullName, "keys"), OwnerOnly | UnixFileMode.UserExecute);
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, "a key");
        File.SetUnixFileMode(path, mode);
    }

    private Diagnosis Examine(SiteEnvironment environment, string check) =>
        Assert.Single(KeyChecks.Examine(data.FullName, Path.Combine(data.FullName, "keys"), environment), said => said.Check == check);
}
