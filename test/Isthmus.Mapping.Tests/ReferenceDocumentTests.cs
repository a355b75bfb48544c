using System.Reflection;
using System.Text;
using Isthmus.Mapping.Functions;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Tests;

/// <summary>docs/reference/maps.md: its files load over the library, do what they say, and leave no construct out.</summary>
public sealed class ReferenceDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Demo.Site, "..", "..", "docs", "reference", "maps.md"));

    private static readonly Lazy<MapLoadResult> Loaded = new(() => Demo.Load(
        Demo.Files().Concat(Blocks().Select((yaml, index) => ($"maps/reference-{index}.yaml", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(yaml))))));

    [Fact]
    public void Every_file_shown_loads() => Assert.Empty(Loaded.Value.Faults);

    [Fact]
    public void A_message_goes_through_the_maps_shown()
    {
        var types = Types("REF^E02", "SFT|x\nEVN|E02\nPID|||P1^^^X^MR~P2||Sample^Invented^^^Dr||197001010830|F||Clinic^Group\nNK1|1|Sample^Kin\nOBX|1|NM|K^Potassium^L||4.1|mmol/L|||||F\n");

        Assert.Equal(["MessageHeader", "Observation", "Organization", "Patient", "RelatedPerson"], types.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal(2, Types("REF^E04", "PID|||P1\nPID|||P2\n").Count(type => type == "Patient"));
        Assert.DoesNotContain("RelatedPerson", Types("REF^E05", "PID|||P1\nNK1|1|Sample^Kin\n"));
    }

    [Theory]
    [InlineData("ref-visits", "number;family;born;sex;seen\n1;Sample;01.02.1970;F;2026-11-16T09:15:00Z\n", "Patient Encounter")]
    [InlineData("ref-orders", "{\"patient\":{\"id\":\"1\",\"names\":[\"a\"]},\"results\":[{\"code\":\"K\",\"value\":4.1,\"final\":true},{\"code\":\"NA\",\"value\":139}]}", "Patient Observation Observation")]
    public void A_feed_goes_through_the_map_shown(string name, string content, string expected)
    {
        var maps = Loaded.Value.Maps!;
        var record = Assert.Single(maps.Feeds.Single(feed => feed.Name == name).Read(Encoding.UTF8.GetBytes(content)));
        using var translation = new Translator(maps).Translate(record.Message!, Demo.Context);

        Assert.Empty(record.Findings);
        Assert.Equal(expected, string.Join(' ', translation.Resources.Select(resource => resource.Type)));
    }

    [Fact]
    public void Every_function_is_told_of() => Assert.All(FunctionCatalogue.All.Keys, name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));

    [Fact]
    public void Every_fault_is_told_of() => Assert.All(
        typeof(MapRules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!),
        rule => Assert.Contains($"`{rule}`", Document, StringComparison.Ordinal));

    private static List<string> Types(string type, string segments)
    {
        using var translation = new Translator(Loaded.Value.Maps!).Translate(Demo.Parse($"MSH|^~\\&|LAB||||||{type}|1|P|2.5.1\n{segments}"), Demo.Context);
        return [.. translation.Resources.Select(resource => resource.Type)];
    }

    private static IEnumerable<string> Blocks() =>
        Document.Split("```yaml").Skip(1).Select(piece => piece[..piece.IndexOf("```", StringComparison.Ordinal)]);
}
