using System.Collections.Frozen;
using System.Text;

namespace Isthmus.Mapping.Terminology;

/// <summary>What the site's tables call a code, whether it is a local one or one that local ones are mapped to.</summary>
internal sealed class DisplayNames
{
    private readonly FrozenDictionary<(string System, string Code), string> names;

    public DisplayNames(TerminologySet terminology)
    {
        var found = new Dictionary<(string, string), string>();
        foreach (var (source, coded) in terminology.Translations.SelectMany(table => table.Rows).Where(row => row.Value.Display.Length > 0))
        {
            var display = Encoding.UTF8.GetString(coded.Display);
            var key = Encoding.UTF8.GetString(source);
            var caret = key.IndexOf('^', StringComparison.Ordinal);
            found.TryAdd((key[..caret], key[(caret + 1)..]), display);
            found.TryAdd((Encoding.UTF8.GetString(coded.System), Encoding.UTF8.GetString(coded.Code)), display);
        }

        names = found.ToFrozenDictionary();
        Systems = terminology.Systems;
    }

    private CodeTable Systems { get; }

    /// <param name="system">As a message names it (HL7 table 0396) or as a URI.</param>
    /// <returns>Null where no table has the code.</returns>
    public string? Of(string system, string code)
    {
        if (names.GetValueOrDefault((system, code)) is { } own)
        {
            return own;
        }

        // A row without a system matches any.
        var uri = Systems.Find(Encoding.UTF8.GetBytes(system)) is { } named ? Encoding.UTF8.GetString(named.Code) : null;
        return (uri is null ? null : names.GetValueOrDefault((uri, code))) ?? names.GetValueOrDefault((string.Empty, code));
    }
}
