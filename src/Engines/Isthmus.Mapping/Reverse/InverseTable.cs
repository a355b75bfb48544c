using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// A table of codes read backwards. Where several codes mean the same, the one that is spelt like it counts, else the first that the
/// table names: it is the standard's, spellings of senders come behind.
/// </summary>
internal sealed class InverseTable
{
    private readonly Dictionary<(string System, string Code), byte[]> codes = [];
    private readonly Dictionary<string, byte[]> bare = new(StringComparer.Ordinal);

    public InverseTable(CodeTable forward)
    {
        Forward = forward;
        var contested = new HashSet<(string System, string Code)>();
        foreach (var (source, coded) in forward.Rows)
        {
            var code = System.Text.Encoding.UTF8.GetString(coded.Code);
            var key = (System.Text.Encoding.UTF8.GetString(coded.System), code);
            if (!codes.TryAdd(key, source))
            {
                contested.Add(key);
                codes[key] = coded.Code.AsSpan().SequenceEqual(source) ? source : codes[key];
            }
        }

        foreach (var ((_, code), source) in codes)
        {
            bare.TryAdd(code, source);
        }

        // The order of the tables' files decides nothing where one code is spelt like what it means.
        IsAmbiguous = contested.Any(key => key.Code != System.Text.Encoding.UTF8.GetString(codes[key]));
    }

    public CodeTable Forward { get; }

    /// <summary>Whether somewhere only the order of the rows decides.</summary>
    public bool IsAmbiguous { get; }

    /// <summary>The v2 code for a coding; null where the table makes no such coding.</summary>
    public byte[]? Find(string? system, string? code) => code is null ? null : codes.GetValueOrDefault((system ?? string.Empty, code));

    /// <summary>The v2 code for a code whose system the element fixes.</summary>
    public byte[]? Find(string? code) => code is null ? null : bare.GetValueOrDefault(code);
}
