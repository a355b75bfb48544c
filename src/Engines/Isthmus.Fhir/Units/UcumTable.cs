namespace Isthmus.Fhir.Units;

/// <summary>The symbols of UCUM, from the embedded table; each resolved to base units once.</summary>
internal sealed class UcumTable
{
    private readonly Dictionary<string, string[]> lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UcumAtom> atoms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Rational> prefixes = new(StringComparer.Ordinal);

    private UcumTable(IEnumerable<string> text)
    {
        foreach (var line in text)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var words = line.Split(' ');
            if (words[0] == "prefix")
            {
                prefixes.Add(words[1], Rational.Parse(words[2]));
                continue;
            }

            lines.Add(words[1], words);
        }

        foreach (var code in lines.Keys)
        {
            Resolve(code);
        }
    }

    public static UcumTable Instance { get; } = Load();

    public IEnumerable<UcumAtom> Atoms => atoms.Values;

    /// <summary>The unit of that symbol with its prefix's value; null with the reason where there is none.</summary>
    public (UcumAtom Atom, Rational Prefix)? Find(string symbol, out bool prefixRefused)
    {
        prefixRefused = false;
        if (Resolve(symbol) is { } plain)
        {
            return (plain, Rational.One);
        }

        // Two-letter prefixes (da, Ki) and one-letter ones never both leave a metric unit: UCUM section 4.1 sees to that.
        for (var length = Math.Min(2, symbol.Length - 1); length > 0; length--)
        {
            if (prefixes.TryGetValue(symbol[..length], out var prefix) && Resolve(symbol[length..]) is { } atom)
            {
                if (atom.IsMetric)
                {
                    return (atom, prefix);
                }

                prefixRefused = true;
            }
        }

        return null;
    }

    private UcumAtom? Resolve(string code)
    {
        if (!atoms.TryGetValue(code, out var atom) && lines.TryGetValue(code, out var words))
        {
            atom = Make(words);
            atoms.Add(code, atom);
        }

        return atom;
    }

    private UcumAtom Make(string[] words)
    {
        var kind = words[0];
        var metric = kind is "base" || kind.StartsWith("metric", StringComparison.Ordinal);
        switch (kind)
        {
            case "base" or "arbitrary" or "metric-arbitrary":
                return new UcumAtom(words[1], metric, Rational.One, Dimensions.Of(words[1]), null);
            case "same":
                return Resolve(words[2])! with { Code = words[1] };
            case "special" or "metric-special":
                var reference = Measure(words[3], words[4]);
                return new UcumAtom(words[1], metric, reference.Factor, reference.Dimensions, SpecialScale.All[words[2]]);
            default:
                var value = Measure(words[2], words[3]);
                return new UcumAtom(words[1], metric, value.Factor, value.Dimensions, null);
        }
    }

    private (Rational Factor, Dimensions Dimensions) Measure(string value, string unit)
    {
        var read = UcumParser.Read(unit, this);
        return read.Unit is { } made
            ? (Rational.Parse(value) * made.Factor, made.Dimensions)
            : throw new InvalidOperationException($"The table of units is faulty at {unit}: {read.Fault!.Message}");
    }

    private static UcumTable Load()
    {
        using var stream = typeof(UcumTable).Assembly.GetManifestResourceStream("ucum.txt")
            ?? throw new InvalidOperationException("The table of units is missing from this build.");
        using var reader = new StreamReader(stream);
        return new UcumTable(reader.ReadToEnd().Split('\n'));
    }
}
