using System.Text;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Reverse;

/// <summary>From URIs to the names that v2 calls them by: coding systems (HL7 table 0396) and assigning authorities.</summary>
internal sealed class InverseNames
{
    private const string Hl7Table = "http://terminology.hl7.org/CodeSystem/v2-";

    private readonly Dictionary<string, byte[]> systems;
    private readonly Dictionary<string, byte[]> authorities;
    private readonly string localBase;

    public InverseNames(TerminologySet terminology)
    {
        systems = Inverse(terminology.Systems);
        authorities = Inverse(terminology.Authorities);
        localBase = Encoding.UTF8.GetString(terminology.LocalBase);
        Authorities = terminology.Authorities;
    }

    private CodeTable Authorities { get; }

    /// <summary>Whether a URI is that of a table of HL7 v2.</summary>
    public static bool IsTable(string uri) => uri.StartsWith(Hl7Table, StringComparison.Ordinal) && uri.Length == Hl7Table.Length + 4;

    /// <summary>The name of a coding system: HL70078, LN, a local name of the source, or the URI itself.</summary>
    public byte[] SystemName(string uri, string source) =>
        IsTable(uri) ? Encoding.ASCII.GetBytes("HL7" + uri[Hl7Table.Length..])
        : systems.GetValueOrDefault(uri) ?? Local(uri, source) ?? Encoding.UTF8.GetBytes(uri);

    /// <summary>An assigning authority as HD: namespace id, universal id, its type (table 0301).</summary>
    /// <param name="display">What the authority is called; null where nobody asks, empty where it has no name.</param>
    public (byte[] Name, byte[] Id, byte[] IdType) Authority(string? uri, string? display, string source)
    {
        var name = Encoding.UTF8.GetBytes(display ?? string.Empty);
        if (uri is null)
        {
            return (name, [], []);
        }

        foreach (var (prefix, type) in Universal)
        {
            if (uri.StartsWith(prefix, StringComparison.Ordinal))
            {
                var id = Encoding.UTF8.GetBytes(uri[prefix.Length..]);
                return (name.AsSpan().SequenceEqual(id) ? [] : name, id, type);
            }
        }

        if (authorities.GetValueOrDefault(uri) is { } listed)
        {
            // The sender's own name for it, where that leads there too.
            return Authorities.Find(name) is { } known && Encoding.UTF8.GetString(known.Code) == uri ? (name, [], []) : (listed, [], []);
        }

        if (Local(uri, source) is { } local)
        {
            return display is null || name.AsSpan().SequenceEqual(local) ? (local, [], []) : (name, local, [(byte)'L']);
        }

        return (name, Encoding.UTF8.GetBytes(uri), "URI"u8.ToArray());
    }

    private static readonly (string Prefix, byte[] Type)[] Universal =
    [
        ("urn:oid:", "ISO"u8.ToArray()), ("urn:uuid:", "UUID"u8.ToArray()), ("urn:dns:", "DNS"u8.ToArray()), ("urn:uri:", "URI"u8.ToArray()),
    ];

    /// <summary>The bare name behind the site's base and a source; null for other URIs.</summary>
    private byte[]? Local(string uri, string source)
    {
        if (!uri.StartsWith(localBase, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = uri.AsSpan(localBase.Length);
        var own = rest.StartsWith(source) && rest.Length > source.Length && rest[source.Length] == '/';
        var name = own ? rest[(source.Length + 1)..] : rest[(rest.IndexOf('/') + 1)..];
        return Encoding.UTF8.GetBytes(Uri.UnescapeDataString(name));
    }

    private static Dictionary<string, byte[]> Inverse(CodeTable table)
    {
        var names = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, uri) in table.Rows)
        {
            names.TryAdd(Encoding.UTF8.GetString(uri.Code), name);
        }

        return names;
    }
}
