using System.Text;
using Isthmus.Fhir.Units;

namespace Isthmus.Mapping.Terminology;

/// <summary>The tables of the library and of the site, all loaded.</summary>
internal sealed class TerminologySet
{
    private readonly Dictionary<string, CodeTable> vocabularies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LocalCodeTable> translations = new(StringComparer.Ordinal);

    /// <summary>Names of coding systems (HL7 table 0396) and their URIs.</summary>
    public CodeTable Systems { get; } = new("coding-systems");

    /// <summary>Assigning authorities' namespace ids and their URIs.</summary>
    public CodeTable Authorities { get; } = new("authorities");

    /// <summary>Unit spellings and their UCUM codes.</summary>
    public CodeTable Units { get; } = new("units");

    /// <summary>The URI that a local name is put behind.</summary>
    public byte[] LocalBase { get; set; } = Encoding.UTF8.GetBytes("https://isthmus.example/local/");

    /// <summary>What each table states; where a site adds to the library's, both: <c>1.0.0+1.2.0</c>.</summary>
    public SortedDictionary<string, string> Versions { get; } = new(StringComparer.Ordinal);

    /// <summary>Every table of local codes, by name.</summary>
    public IEnumerable<LocalCodeTable> Translations => translations.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value);

    public void State(string table, string version) =>
        Versions[table] = Versions.TryGetValue(table, out var before) ? $"{before}+{version}" : version;

    /// <summary>The unit that the site's table takes a spelling for; else the one it is, where the sender says that it is UCUM.</summary>
    public UcumUnit? UnitOf(ReadOnlySpan<byte> spelling, ReadOnlySpan<byte> system) =>
        spelling.IsEmpty ? null
        : Units.Find(spelling) is { } listed ? Ucum.Unit(listed.Code)
        : !system.IsEmpty && Systems.Find(system) is { } named && named.Code.AsSpan().SequenceEqual("http://unitsofmeasure.org"u8) ? Ucum.Unit(spelling)
        : null;

    public CodeTable? Vocabulary(string name) => vocabularies.GetValueOrDefault(name);

    public LocalCodeTable? Translation(string name) => translations.GetValueOrDefault(name);

    public CodeTable VocabularyOf(string name) => vocabularies.TryGetValue(name, out var table) ? table : vocabularies[name] = new CodeTable(name);

    public LocalCodeTable TranslationOf(string name) => translations.TryGetValue(name, out var table) ? table : translations[name] = new LocalCodeTable(name);
}
