using Isthmus.Exchange.Contracts;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Trust.Tests.Keys;

public sealed class EnvironmentKeysTests : IDisposable
{
    private const string Name = "ward-7.webhook";
    private const string Variable = "ISTHMUS_KEY_WARD_7_WEBHOOK";

    private readonly string folder = Scratch.NewFolder("keys").FullName;

    [Fact]
    public void A_variable_comes_before_a_file_and_a_file_where_there_is_none()
    {
        var keys = new EnvironmentKeys(new KeyFolder(folder));
        Assert.False(keys.Has(Name));

        File.WriteAllText(Path.Combine(folder, Name), "of the file\n");
        Assert.Equal("of the file", keys.Text(Name));

        Environment.SetEnvironmentVariable(Variable, "of the environment");
        Assert.Equal("of the environment", keys.Text(Name));
    }

    [Fact]
    public void Production_is_given_no_keys_from_the_environment()
    {
        var settings = new KeySettings("keys", "records", "pseudonyms") { Provider = KeyProvider.Environment };

        Assert.IsType<EnvironmentKeys>(KeySource.Open(settings, new KeyFolder(folder), SiteEnvironment.Test, TimeProvider.System));
        Assert.Throws<ArgumentException>(() => KeySource.Open(settings, new KeyFolder(folder), SiteEnvironment.Production, TimeProvider.System));
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Directory.Delete(folder, recursive: true);
    }
}
