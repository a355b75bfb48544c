using System.Globalization;

namespace Isthmus.Mapping.Tests.Reverse;

/// <summary>Values of HL7 v2's datatypes as senders write them: escapes, precisions, offsets, alternates. Persons are invented.</summary>
internal sealed class ValueGenerator(Random random)
{
    private static readonly string[] Words = ["Sample", "Invented", "Beech", "Quince", "Zoë", "Müller", "O'Test", "Harbour", "St. Elsewhere", "north-west", "Łódź"];
    private static readonly string[] Escapes = ["\\T\\", "\\F\\", "\\S\\", "\\R\\", "\\E\\", " ", " 5 ", "-"];
    private static readonly string[] Types = ["MR", "PI", "PT", "AN", "VN", "NI", "PN"];
    private static readonly string[] Offsets = ["", "", "+0000", "-0500", "+0130", "+1400"];

    public bool Chance(int of100) => random.Next(100) < of100;

    public int Between(int least, int most) => random.Next(least, most + 1);

    public string One(params ReadOnlySpan<string> of) => of[random.Next(of.Length)];

    public string Word() => One(Words);

    /// <summary>A text with what must be escaped in it.</summary>
    public string Text() => Chance(60) ? Word() : Word() + One(Escapes) + Word();

    /// <summary>Several lines, as reports are sent.</summary>
    public string Lines() => string.Join(Chance(50) ? "\\.br\\" : "~", Enumerable.Range(0, Between(1, 3)).Select(_ => Text()));

    public string Number() => Between(1, 99999).ToString(CultureInfo.InvariantCulture);

    public string Decimal() => One("4", "4.10", "-0.5", "139", "0.07", "6.80");

    public string Maybe(Func<string> value, int of100 = 60) => Chance(of100) ? value() : string.Empty;

    /// <summary>Parts with what is empty at the end cut off.</summary>
    public static string Parts(char by, params string[] parts) => string.Join(by, parts).TrimEnd(by);

    public string Repeated(Func<string> value, int most) => string.Join('~', Enumerable.Range(0, Between(1, most)).Select(_ => value()));

    public string Day() => $"{Between(1930, 2026)}{Between(1, 12):00}{Between(1, 28):00}";

    /// <summary>Of any precision; times with and without offset, away from the hours at which clocks change.</summary>
    public string Date() => Between(0, 7) switch
    {
        0 => Day()[..4],
        1 => Day()[..6],
        2 or 3 => Day(),
        _ => Time(),
    };

    public string Time()
    {
        var text = $"{Day()}{Between(4, 22):00}{Between(0, 59):00}";
        text += Chance(70) ? $"{Between(0, 59):00}" + (Chance(20) ? "." + One("1", "25", "125", "0625") : string.Empty) : string.Empty;
        return text + One(Offsets);
    }

    public string Authority(char by) => Between(0, 4) switch
    {
        0 => Word().Replace("'", string.Empty, StringComparison.Ordinal),
        1 => $"{Word()}{by}2.16.840.1.113883.19.{Number()}{by}ISO",
        2 => $"{by}2.16.840.1.113883.19.{Number()}{by}ISO",
        3 => $"{by}6f1c1b1e-58a4-4f6a-8a53-0123456789ab{by}UUID",
        _ => $"CITY{by}city.example{by}DNS",
    };

    public string Cx() => Parts('^', Number(), string.Empty, string.Empty, Maybe(() => Authority('&'), 80), Maybe(() => One(Types), 80), string.Empty, Maybe(Day, 10), Maybe(Day, 10));

    public string Ei() => Chance(50) ? $"{Number()}^{Word()}" : Chance(50) ? $"{Number()}^LAB^2.16.840.1.113883.19.7^ISO" : Number();

    public string Xpn()
    {
        var given = Maybe(Word, 90);
        var suffix = Maybe(() => One("Jr", "III"), 30);
        return Parts('^', Chance(10) ? $"{Word()}&van&{Word()}" : Text(), given, given.Length > 0 ? Maybe(Word, 40) : string.Empty, suffix, Maybe(() => One("Dr", "Ms"), 30), suffix.Length > 0 ? Maybe(() => "MD", 30) : string.Empty, Maybe(() => One("L", "D", "M", "N", "MSK"), 60));
    }

    public string Xad()
    {
        var line = Maybe(Text, 90);
        return Parts('^', line, line.Length > 0 ? Maybe(() => "Apt " + Number(), 30) : string.Empty, Text(), Maybe(() => One("MA", "VT")), Maybe(() => "0" + Between(1000, 2999)), Maybe(() => "USA"), Maybe(() => One("H", "B", "C", "BA", "BI", "M"), 70), string.Empty, Maybe(Word, 20));
    }

    /// <param name="use">PRN or WPN; the other direction assumes them for their fields.</param>
    public string Xtn(string use) => Between(0, 3) switch
    {
        0 => $"^{use}^PH^^1^555^{Between(1000000, 9999999)}",
        1 => $"^{use}^Internet^{Word().ToUpperInvariant()[0]}.{Number()}@example.org",
        2 => $"555{Number()}^{use}^{One("PH", "FX", "BP")}",
        _ => $"^{use}^PH^^^{Between(200, 999)}^{Between(1000000, 9999999)}^{Between(1, 99)}",
    };

    public string Xcn() => Parts('^', Number(), Text(), Word(), Maybe(Word, 30), Maybe(() => "Jr", 20), Maybe(() => "Dr", 40), string.Empty, string.Empty, Maybe(() => Chance(50) ? "&2.16.840.1.113883.4.6&ISO" : Word(), 70), Maybe(() => "L", 40), string.Empty, string.Empty, Maybe(() => One("NPI", "DN"), 40));

    public string Xon() => Parts('^', Text(), string.Empty, string.Empty, string.Empty, string.Empty, Maybe(() => Authority('&'), 50), string.Empty, string.Empty, string.Empty, Number());

    /// <summary>Up to three codings and a text, of systems that are known, local, or HL7's own.</summary>
    public string Cwe()
    {
        string[] codings = [Coding(), Maybe(Coding, 40), Maybe(Coding, 15)];
        var text = Maybe(Text, 20);
        if (codings[2].Length > 0 && codings[1].Length > 0)
        {
            return $"{codings[0]}^{codings[1]}^^^{text}^{codings[2]}";
        }

        return Parts('^', codings[0], codings[1].Length > 0 ? codings[1] : "^^", string.Empty, string.Empty, text);
    }

    private string Coding() => Between(0, 3) switch
    {
        0 => $"{Between(1000, 99999)}-{Between(0, 9)}^{Text()}^LN",
        1 => $"L{Number()}^{Text()}^L",
        2 => $"{Between(100000, 999999)}^{Text()}^SCT",
        _ => $"Z{Number()}^{Text()}^99LAB",
    };

    public string Place() => Parts('^', Maybe(() => "W" + Number(), 80), Maybe(Number, 60), Maybe(() => One("A", "B"), 50), Maybe(() => "ST_ELSEWHERE", 70));
}
