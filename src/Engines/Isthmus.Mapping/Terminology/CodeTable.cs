using System.Text;

namespace Isthmus.Mapping.Terminology;

/// <summary>A coding as a table gives it; empty parts are absent.</summary>
internal sealed record Coded(byte[] Code, byte[] System, byte[] Display);

/// <summary>From a source code to a coding: a vocabulary of the guide, local codes to LOINC, unit spellings to UCUM.</summary>
internal sealed class CodeTable(string name)
{
    private readonly Dictionary<byte[], Coded> rows = new(Utf8Keys.Instance);

    public string Name => name;

    public int Count => rows.Count;

    public IEnumerable<KeyValuePair<byte[], Coded>> Rows => rows;

    /// <summary>Adds a row; false if the source code is already there.</summary>
    public bool Add(string source, Coded coded) => rows.TryAdd(Encoding.UTF8.GetBytes(source), coded);

    public Coded? Find(ReadOnlySpan<byte> source) =>
        rows.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(source, out var coded) ? coded : null;
}
