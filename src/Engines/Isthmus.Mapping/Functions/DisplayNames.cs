using System.Collections.Frozen;
using System.Text;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>What the site's tables call a code, whether it is a local one or one that local ones are mapped to.</summary>
internal sealed class DisplayNames
{
    private readonly FrozenDictionary<(string System, string Code), string> names;
    private readonly TerminologySet terminology;

    public DisplayNames(TerminologySet terminology)
    {
        var found = new Dictionary<(string, string), string>();
        foreach (var coded in terminology.Translations.SelectMany(table => table.Targets).Where(coded => coded.Display.Length > 0))
        {
            found.TryAdd((Encoding.UTF8.GetString(coded.System), Encoding.UTF8.GetString(coded.Code)), Encoding.UTF8.GetString(coded.Display));
        }

        names = found.ToFrozenDictionary();
        this.terminology = terminology;
    }

    public bool Lists(string vocabulary, string code) => terminology.Vocabulary(vocabulary)?.Find(Encoding.UTF8.GetBytes(code)) is not null;

    /// <param name="system">As a message names it (HL7 table 0396) or as a URI.</param>
    /// <param name="unit">The unit that a result has, by which a local code may mean one thing or another.</param>
    /// <param name="source">Whose code it is.</param>
    /// <returns>Null where no table has the code.</returns>
    public string? Of(string system, string code, string unit, string source)
    {
        if (names.GetValueOrDefault((system, code)) is { } own)
        {
            return own;
        }

        Span<byte> uri = stackalloc byte[SystemFunctions.LongestUri];
        var name = Encoding.UTF8.GetBytes(system);
        var length = SystemFunctions.CodingSystemUri(terminology, name, source, uri, out var standing);
        if (names.GetValueOrDefault((Encoding.UTF8.GetString(uri[..length]), code)) is { } standard)
        {
            return standard;
        }

        var spelling = Encoding.UTF8.GetBytes(unit);
        var use = new CodeUse(terminology, name, uri[..length], standing != SystemStanding.Listed, spelling, unitSystem: []);
        foreach (var table in terminology.Translations)
        {
            if (table.Find(Encoding.UTF8.GetBytes(code), use) is { Display.Length: > 0 } found)
            {
                return Encoding.UTF8.GetString(found.Display);
            }
        }

        return null;
    }
}
