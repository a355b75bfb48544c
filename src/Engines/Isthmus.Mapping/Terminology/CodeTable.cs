using System.Text;

namespace Isthmus.Mapping.Terminology;

/// <summary>A coding as a table gives it; empty parts are absent.</summary>
/// <param name="Inherited">Whether the row is the library's, which a site's own row replaces.</param>
/// <param name="Table">The table the row stands in, with its version.</param>
internal sealed record Coded(byte[] Code, byte[] System, byte[] Display, bool Inherited = false, string Table = "");

/// <summary>From a source code to a coding: a vocabulary of the guide, names of systems, unit spellings to UCUM.</summary>
internal sealed class CodeTable(string name)
{
    private readonly Dictionary<byte[], Coded> rows = new(Utf8Keys.Instance);

    public string Name => name;

    public int Count => rows.Count;

    public IEnumerable<KeyValuePair<byte[], Coded>> Rows => rows;

    /// <summary>Adds a row; a site's comes before the library's. False if the source code is already there in the same layer.</summary>
    public bool Add(string source, Coded coded)
    {
        var key = Encoding.UTF8.GetBytes(source);
        if (rows.TryGetValue(key, out var other) && coded.Inherited != other.Inherited)
        {
            rows[key] = coded.Inherited ? other : coded;
            return true;
        }

        return rows.TryAdd(key, coded);
    }

    public Coded? Find(ReadOnlySpan<byte> source) =>
        rows.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(source, out var coded) ? coded : null;
}
