using System.Buffers;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Hl7v2;
using Isthmus.Mapping;

namespace Isthmus.Governance.Tests.Loading;

/// <summary>The demo's contracts and its maps speak of the same elements.</summary>
public sealed class TranslatedSamplesTests
{
    private static readonly SearchValues<string> ChoiceElements =
        SearchValues.Create(["value", "effective", "deceased", "multipleBirth", "occurred", "event", "onset"], StringComparison.Ordinal);

    [Theory]
    [InlineData("lab-results", "LAB")]
    [InlineData("patient-administration", "HIS")]
    public void Every_element_that_the_samples_become_is_listed_for_the_record(string name, string sender)
    {
        var site = new DemoSite(whole: true).Load().Model!;
        var contract = site.Contracts.Single(c => c.Name == name);
        var maps = MapSet.Load([.. site.Files.Under(MapLibrary.Folder), .. site.Files.Under("maps/"), .. site.Files.Under("terminology/")]);
        Assert.Empty(maps.Faults);
        var translator = new Translator(maps.Maps!);
        var listed = contract.Fields.Terms.SelectMany(t => t.Elements).ToHashSet(StringComparer.Ordinal);

        var unlisted = site.Files.Under("samples/messages/")
            .Where(sample => sample.Bytes.Span.StartsWith(Encoding.ASCII.GetBytes($@"MSH|^~\&|{sender}|")))
            .SelectMany(sample => ElementsOf(sample.Bytes, translator, contract.Source.Zone))
            .Where(element => !listed.Contains(element))
            .ToHashSet(StringComparer.Ordinal);

        Assert.Empty(unlisted);
    }

    private static List<string> ElementsOf(ReadOnlyMemory<byte> message, Translator translator, TimeZoneInfo zone)
    {
        var read = Hl7Message.Parse(message, Hl7Limits.Default);
        if (read.Message is null)
        {
            return [];
        }

        using var translation = translator.Translate(
            read.Message, new TranslationContext(zone, "lab", new byte[32], null, DateTimeOffset.UnixEpoch, "sample"));
        var bundle = new ArrayBufferWriter<byte>();
        translation.WriteBundle(bundle);
        using var json = JsonDocument.Parse(bundle.WrittenMemory);
        return
        [
            .. from entry in json.RootElement.GetProperty("entry").EnumerateArray()
               let resource = entry.GetProperty("resource")
               from property in resource.EnumerateObject()
               where property.Name != "resourceType"
               select $"{resource.GetProperty("resourceType").GetString()}.{WithoutType(property.Name.TrimStart('_'))}",
        ];
    }

    /// <summary>A choice element carries its type in its name: <c>valueQuantity</c> is <c>value</c>.</summary>
    private static string WithoutType(string name)
    {
        var capital = name.AsSpan().IndexOfAnyInRange('A', 'Z');
        return capital > 0 && ChoiceElements.Contains(name[..capital]) ? name[..capital] : name;
    }
}
