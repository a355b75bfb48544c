using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Tests;

/// <summary>The demonstration site's maps, and short ways to translate with them.</summary>
internal static class Demo
{
    public static string Site { get; } = FindSite();

    public static MapSet Maps { get; } = Load(Files()).Maps ?? throw new InvalidOperationException(string.Join('\n', Load(Files()).Faults));

    public static Translator Translator { get; } = new(Maps);

    public static TranslationContext Context => MapExample.Context;

    public static MapLoadResult Load(IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> files) => MapSet.Load(files);

    /// <summary>Where the library's source and its golden examples are.</summary>
    public static string Library { get; } = Path.GetFullPath(Path.Combine(FindSite(), "..", "..", "src", "Engines", "Isthmus.Mapping", "Library"));

    /// <summary>The library and what the site adds to it.</summary>
    public static IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> Files() => MapLibrary.Files.Concat(
        from folder in new[] { "maps", "terminology" }
        where Directory.Exists(Path.Combine(Site, folder))
        from path in Directory.EnumerateFiles(Path.Combine(Site, folder))
        select (Path.GetRelativePath(Site, path), (ReadOnlyMemory<byte>)File.ReadAllBytes(path)));

    public static Hl7Message Parse(string message) => Parse(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r")));

    public static Hl7Message Parse(byte[] message)
    {
        var read = Hl7Message.Parse(message);
        return read.Message ?? throw new InvalidOperationException(string.Join('\n', read.Findings));
    }

    public static byte[] Bundle(Translation translation)
    {
        var output = new ArrayBufferWriter<byte>();
        translation.WriteBundle(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The resources of a message, read back from the JSON that was written.</summary>
    public static Outcome Translate(string message, TranslationContext? context = null) => Translate(Parse(message), context);

    public static Outcome Translate(Hl7Message message, TranslationContext? context = null)
    {
        using var translation = Translator.Translate(message, context ?? Context);
        var read = FhirJsonReader.Read(Bundle(translation));
        Assert.Null(read.Fault);
        var resources = new List<FhirElement>();
        foreach (var entry in read.Root["entry"])
        {
            resources.Add(entry["resource"]);
        }

        return new Outcome(resources, [.. translation.Findings], [.. translation.UnreadFields().Select(field => field.ToString())]);
    }

    private static string FindSite([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "site", "demo"));
}

internal sealed record Outcome(IReadOnlyList<FhirElement> Resources, IReadOnlyList<MapFinding> Findings, IReadOnlyList<string> Unread)
{
    public IReadOnlyList<FhirElement> All(string type) => [.. Resources.Where(resource => resource.ResourceType == type)];

    public FhirElement One(string type) => Assert.Single(All(type));

    public string Json(string type) => Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(One(type)));
}

internal static class Elements
{
    /// <summary>The repetitions of an element.</summary>
    public static IReadOnlyList<FhirElement> Items(this FhirElement element)
    {
        var items = new List<FhirElement>();
        foreach (var item in element)
        {
            items.Add(item);
        }

        return items;
    }
}
