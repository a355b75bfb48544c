namespace Isthmus.Mapping.Tests;

public sealed class GoldenExampleTests
{
    private static readonly MapExample Examples = new(Demo.Maps);

    public static TheoryData<string> Names() =>
        new(Directory.EnumerateFiles(Path.Combine(Demo.Library, "examples"), "*.hl7").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_example_beside_the_maps_is_what_they_make(string name)
    {
        var path = Path.Combine(Demo.Library, "examples", name);
        var made = Examples.Made(File.ReadAllBytes(path + ".hl7"));

        Assert.NotNull(made);
        Assert.Empty(MapExample.Differences(File.ReadAllText(path + ".json"), made));
    }

    [Fact]
    public void A_difference_names_resource_and_element()
    {
        var path = Path.Combine(Demo.Library, "examples", "chemistry");
        var made = Examples.Made(File.ReadAllBytes(path + ".hl7"))!;
        var changed = made.Replace("\"gender\": \"female\"", "\"gender\": \"male\"", StringComparison.Ordinal);

        Assert.NotEqual(changed, made);
        var difference = Assert.Single(MapExample.Differences(changed, made));
        Assert.Matches("^Patient/[0-9a-f-]{36}.gender$", difference.Path);
        Assert.Equal(("\"male\"", "\"female\""), (difference.Expected, difference.Made));
    }
}
