using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Tests;

/// <summary>Documents that are JSON, in as many spellings as the grammar has.</summary>
internal sealed class RandomJson(int seed)
{
    private const int MaxDepth = 6;

    private static readonly string[] Characters =
        ["a", "B", " ", "7", "é", "ß", "漢", "😀", "\u2028", "\\n", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\t", "\\u0041", "\\u00e9", "\\uD83D\\uDE00", "\\u0000", "\u007f", "__proto__", "<div>"];

    private readonly Random random = new(seed);
    private readonly StringBuilder json = new();

    public byte[] Next()
    {
        json.Clear();
        Space();
        Value(0);
        Space();
        return Encoding.UTF8.GetBytes(json.ToString());
    }

    private void Value(int depth)
    {
        switch (random.Next(depth >= MaxDepth ? 5 : 9))
        {
            case 0: json.Append("true"); break;
            case 1: json.Append("false"); break;
            case 2: json.Append("null"); break;
            case 3: Number(); break;
            case 4: String(); break;
            case 5 or 6: Members('[', ']', depth, named: false); break;
            default: Members('{', '}', depth, named: true); break;
        }
    }

    private void Members(char opening, char closing, int depth, bool named)
    {
        json.Append(opening);
        Space();
        var used = new HashSet<int>();
        for (var left = random.Next(random.Next(10) == 0 ? 60 : 6); left > 0; left--)
        {
            if (named)
            {
                Name(used);
                Space();
                json.Append(':');
                Space();
            }

            Value(depth + 1);
            Space();
            if (left > 1)
            {
                json.Append(',');
                Space();
            }
        }

        json.Append(closing);
    }

    /// <summary>Mostly R4's own names and their siblings, as a FHIR document has them.</summary>
    private void Name(HashSet<int> used)
    {
        var id = random.Next(FhirNames.Count);
        if (random.Next(4) > 0 && used.Add(id))
        {
            json.Append('"').Append(random.Next(8) == 0 ? "_" : "").Append(Encoding.UTF8.GetString(FhirNames.Text(id))).Append('"');
        }
        else
        {
            String();
        }
    }

    private void String()
    {
        json.Append('"');
        for (var left = random.Next(random.Next(8) == 0 ? 90 : 12); left > 0; left--)
        {
            json.Append(Characters[random.Next(Characters.Length)]);
        }

        json.Append('"');
    }

    private void Number()
    {
        json.Append(random.Next(3) == 0 ? "-" : "").Append(random.Next(3) == 0 ? "0" : random.Next(1, int.MaxValue).ToString(CultureInfo.InvariantCulture));
        if (random.Next(2) == 0)
        {
            json.Append('.');
            Digits();
        }

        if (random.Next(4) == 0)
        {
            json.Append("eE"[random.Next(2)]).Append(new[] { "", "+", "-" }[random.Next(3)]);
            Digits();
        }
    }

    private void Digits()
    {
        for (var left = random.Next(1, 20); left > 0; left--)
        {
            json.Append((char)('0' + random.Next(10)));
        }
    }

    private void Space()
    {
        for (var left = random.Next(6) == 0 ? random.Next(4) : 0; left > 0; left--)
        {
            json.Append(" \n\r\t"[random.Next(4)]);
        }
    }
}
