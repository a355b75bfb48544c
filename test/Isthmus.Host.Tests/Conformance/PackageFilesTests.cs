using Isthmus.Exchange;
using Isthmus.Host.Conformance;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Conformance;

public sealed class PackageFilesTests : IDisposable
{
    private readonly string folder = Scratch.NewFolder("package").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_folder_of_definitions_is_laid_over_R4()
    {
        File.WriteAllText(Path.Combine(folder, "a.json"), """{"resourceType":"ValueSet","url":"http://example.org/a"}""");

        Assert.True(PackageFiles.Load([folder]).Find("http://example.org/a").Exists);
    }

    [Theory]
    [InlineData("guide.tgz", "no archive at all")]
    [InlineData("a.json", "{\"resourceType\":")]
    public void A_package_that_brings_nothing_is_refused_rather_than_passed_over(string name, string content)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, content);

        Assert.Equal("fhir.package.unusable", Assert.Throws<RefusalException>(() => PackageFiles.Load([name.EndsWith(".tgz", StringComparison.Ordinal) ? file : folder])).Refusal.Id);
    }
}
