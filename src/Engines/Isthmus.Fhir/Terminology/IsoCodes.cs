namespace Isthmus.Fhir.Terminology;

/// <summary>Lists of ISO codes that FHIR's value sets refer to; embedded as <c>iso-codes.txt</c>.</summary>
internal static class IsoCodes
{
    public const string Countries = "urn:iso:std:iso:3166";
    public const string Currencies = "urn:iso:std:iso:4217";

    private static readonly ILookup<string, string> Codes = Load();
    private static readonly HashSet<string> Languages = Set(StringComparer.OrdinalIgnoreCase, "language", "language-withdrawn");
    private static readonly HashSet<string> Regions = Set(StringComparer.OrdinalIgnoreCase, "country");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> LanguageSpans = Languages.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> RegionSpans = Regions.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The system's codes; null for any other system.</summary>
    public static CodeSystemModel? Model(string system) => system switch
    {
        Countries => new CodeSystemModel(system, Set(StringComparer.Ordinal, "country", "country3", "country-number")),
        Currencies => new CodeSystemModel(system, Set(StringComparer.Ordinal, "currency", "currency-withdrawn")),
        _ => null,
    };

    /// <summary>ISO 639-1, in any case.</summary>
    public static bool IsLanguage(ReadOnlySpan<char> code) => LanguageSpans.Contains(code);

    /// <summary>ISO 3166-1 alpha-2, in any case.</summary>
    public static bool IsCountry(ReadOnlySpan<char> code) => RegionSpans.Contains(code);

    private static HashSet<string> Set(StringComparer comparer, params string[] lists) => lists.SelectMany(list => Codes[list]).ToHashSet(comparer);

    private static ILookup<string, string> Load()
    {
        using var stream = typeof(IsoCodes).Assembly.GetManifestResourceStream("iso-codes.txt")
            ?? throw new InvalidOperationException("The list of ISO codes is missing from this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' '))
            .SelectMany(words => words.Skip(1).Select(code => (List: words[0], Code: code))).ToLookup(row => row.List, row => row.Code, StringComparer.Ordinal);
    }
}
