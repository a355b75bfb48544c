using System.Reflection;

namespace Isthmus.Mapping;

/// <summary>
/// The maps and tables that ship with this assembly: HL7 v2 to FHIR after the official guide, and our decisions where it is silent.
/// A site inherits them; its own files add to them and take the place of those that have the same name.
/// </summary>
public static class MapLibrary
{
    /// <summary>What the paths of inherited files begin with. Within one layer a name stands once; a site's name comes before the library's.</summary>
    public const string Folder = "library/";

    private static readonly Lazy<IReadOnlyList<(string Path, ReadOnlyMemory<byte> Bytes)>> Embedded = new(ReadEmbedded);

    /// <summary>Path, as <c>library/hl7v2/PID.yaml</c>, and content, in the order of paths.</summary>
    public static IReadOnlyList<(string Path, ReadOnlyMemory<byte> Bytes)> Files => Embedded.Value;

    internal static bool Holds(string path) => path.StartsWith(Folder, StringComparison.Ordinal);

    private static List<(string Path, ReadOnlyMemory<byte> Bytes)> ReadEmbedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new List<(string, ReadOnlyMemory<byte>)>();
        foreach (var name in assembly.GetManifestResourceNames().Where(Holds).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files.Add((name, bytes));
        }

        return files;
    }
}
